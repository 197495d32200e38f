import { describe, expect, test } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import type { BillEntry, History, HistoryEntry, OutcomeEntry } from '../../controller/history/history.ts'

/** An hour at which tests take place; times of decisions are given in seconds after it. */
export const EIGHT = Date.UTC(2026, 10, 22, 8)

/** A decision `seconds` after EIGHT that keeps a workload at 3. */
export function decisionAt(seconds: number, change: Partial<Decision> = {}): Decision {
  return {
    workload: 'ingest',
    pool: 'local',
    at: EIGHT + seconds * 1000,
    min: 2,
    max: 12,
    size: 3,
    wanted: 3,
    granted: 3,
    counts: { ready: 3, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
    reason: 'inside-band',
    sentence: `ingest stays at 3, ${seconds} s after eight`,
    rules: [],
    clamps: [],
    next: {},
    alarms: [],
    ...change,
  }
}

const levelAt = (seconds: number, level: number, name = 'cpu'): Decision =>
  decisionAt(seconds, {
    rules: [
      {
        name,
        strategy: 'integral',
        unit: '%',
        reading: 'whole',
        load: level * 3,
        level,
        band: { above: 70, below: 30 },
        proposal: { kind: 'stay', why: 'inside the band' },
      },
    ],
  })

export const outcomeAt = (seconds: number, change: Partial<OutcomeEntry> = {}) => ({
  at: EIGHT + seconds * 1000,
  step: 'order-host',
  subject: 'local-1',
  result: 'started' as const,
  sentence: 'orders local-1',
  ...change,
})

/** What pool local has cost in the hour after EIGHT, as it stood `seconds` after EIGHT: one host, for so long. */
export function billAt(seconds: number, change: Partial<BillEntry> = {}) {
  const at = EIGHT + seconds * 1000
  const about = { id: 'bill-local', at, pool: 'local', from: EIGHT, to: EIGHT + 3_600_000 }
  const hostMs = Math.min(seconds, 3_600) * 1000
  const tally = {
    hostMs,
    unpricedMs: 0,
    money: seconds,
    idle: { slotMs: hostMs, money: seconds },
    workloads: {},
  }
  return { ...about, ...tally, ...change }
}

/** Entries in short: the seconds of a decision as first..last x count, or the step at its second. */
export const short = (entries: readonly HistoryEntry[]): string[] =>
  entries.map((entry) => {
    if (entry.kind === 'outcome') return `${entry.step} ${(entry.at - EIGHT) / 1000}`
    if (entry.kind === 'bill') return `${entry.id} ${(entry.at - EIGHT) / 1000}: ${entry.hostMs / 1000}`
    const [first, last] = [entry.first, entry.last].map((time) => (time - EIGHT) / 1000)
    return `${entry.workload} ${first}..${last} x${entry.count}`
  })

export function historyContract(name: string, open: () => Promise<History>): void {
  describe(`${name} keeps the promises of a history`, () => {
    test('decisions that differ in numbers only are one entry, with the span of each number', async () => {
      const history = await open()
      for (const [seconds, level] of [
        [0, 40],
        [15, 60],
        [30, 50],
      ] as const)
        history.decided(levelAt(seconds, level))
      const entries = await history.read({})
      expect(short(entries)).toEqual(['ingest 0..30 x3'])
      const [entry] = entries
      expect(entry).toMatchObject({
        decision: levelAt(30, 50),
        spans: { 'cpu.load': { min: 120, max: 180 }, 'cpu.level': { min: 40, max: 60 } },
      })
      expect(entry).not.toHaveProperty(['spans', 'cpu.coverage'])
    })

    test.for<{ name: string; change: Partial<Decision> }>([
      { name: 'the reason', change: { reason: 'missing' } },
      { name: 'the wanted size', change: { wanted: 4 } },
      { name: 'the size', change: { size: 4, granted: 4 } },
      { name: 'the least size', change: { min: 1 } },
      { name: 'the largest size', change: { max: 13 } },
      {
        name: 'a clamp',
        change: { clamps: [{ clamp: 'step', before: 4, after: 3, reason: 'step', why: 'by one' }] },
      },
      { name: 'who is ready', change: { counts: { ...decisionAt(0).counts, ready: 2, unready: 1 } } },
      { name: 'the pool', change: { pool: 'edge' } },
    ])('another entry begins when $name changes, and again when it changes back', async ({ change }) => {
      const history = await open()
      for (const seconds of [0, 15]) history.decided(decisionAt(seconds))
      for (const seconds of [30, 45]) history.decided(decisionAt(seconds, change))
      history.decided(decisionAt(60))
      const runs = ['ingest 0..15 x2', 'ingest 30..45 x2', 'ingest 60..60 x1']
      expect(short(await history.read({}))).toEqual(runs)
    })

    test('a clamp that changes what it did begins another entry, its words and times do not', async () => {
      const history = await open()
      const clamped = (seconds: number, after: number, why: string) =>
        decisionAt(seconds, {
          clamps: [{ clamp: 'step', before: 9, after, reason: 'step', why, until: seconds }],
        })
      history.decided(clamped(0, 4, 'one'))
      history.decided(clamped(15, 4, 'two'))
      history.decided(clamped(30, 5, 'two'))
      expect(short(await history.read({}))).toEqual(['ingest 0..15 x2', 'ingest 30..30 x1'])
    })

    test('a decision that changes the size is an entry of its own', async () => {
      const history = await open()
      const change = { granted: 4, wanted: 4, reason: 'out-by-rule' as const }
      for (const seconds of [0, 15]) history.decided(decisionAt(seconds, change))
      expect(short(await history.read({}))).toEqual(['ingest 0..0 x1', 'ingest 15..15 x1'])
    })

    test('a long silence and a clock that is set back end a run', async () => {
      const history = await open()
      for (const seconds of [0, 15, 1_000, 1_015, 500]) history.decided(decisionAt(seconds))
      const runs = ['ingest 0..15 x2', 'ingest 500..500 x1', 'ingest 1000..1015 x2']
      expect(short(await history.read({}))).toEqual(runs)
    })

    test('workloads are folded apart and outcomes stand between them, oldest first', async () => {
      const history = await open()
      history.decided(decisionAt(0))
      history.decided(decisionAt(1, { workload: 'consumer' }))
      history.happened(outcomeAt(2))
      history.decided(decisionAt(15))
      history.decided(decisionAt(16, { workload: 'consumer' }))
      expect(short(await history.read({}))).toEqual(['ingest 0..15 x2', 'consumer 1..16 x2', 'order-host 2'])
    })

    test('a bill supersedes the former one of its hour, and is answered only where it is asked for', async () => {
      const history = await open()
      history.decided(decisionAt(0))
      for (const seconds of [15, 30, 600, 615]) history.billed(billAt(seconds))
      expect(short(await history.read({}))).toEqual(['ingest 0..0 x1'])
      expect(short(await history.read({ kind: 'bill' }))).toEqual(['bill-local 615: 615'])
      for (const seconds of [3_615, 3_700]) history.billed(billAt(seconds))
      history.billed(billAt(3_715, { id: 'next', from: EIGHT + 3_600_000, to: EIGHT + 7_200_000 }))
      const [first, second] = await history.read({ kind: 'bill' })
      expect(first).toEqual({ kind: 'bill', version: 1, ...billAt(3_700) })
      expect(second).toMatchObject({ id: 'next' })
      expect(short(await history.read({ kind: 'bill', to: EIGHT + 3_650_000 }))).toEqual([
        'bill-local 3700: 3600',
        'next 3715: 3600',
      ])
    })

    test('bills of a workload are those in which it has a share', async () => {
      const history = await open()
      const share = { slotMs: 1, instanceMs: 1, money: 1 }
      history.billed(billAt(15, { id: 'a', workloads: { ingest: share } }))
      history.billed(billAt(15, { id: 'b', workloads: { consumer: share } }))
      expect(short(await history.read({ kind: 'bill', workload: 'consumer' }))).toEqual(['b 15: 15'])
    })

    test('an outcome comes back as it was told', async () => {
      const history = await open()
      const told = outcomeAt(5, { workload: 'ingest', pool: 'local', result: 'refused', sentence: 'quota' })
      history.happened(told)
      const [entry] = await history.read({})
      expect(entry).toEqual({ kind: 'outcome', version: 1, id: expect.any(String), ...told })
    })

    test.for([
      { name: 'all', query: {}, expected: ['ingest 0..0 x1', 'a 10', 'consumer 20..20 x1', 'b 30'] },
      { name: 'one workload', query: { workload: 'ingest' }, expected: ['ingest 0..0 x1', 'a 10'] },
      { name: 'decisions', query: { kind: 'decision' }, expected: ['ingest 0..0 x1', 'consumer 20..20 x1'] },
      { name: 'outcomes of a workload', query: { kind: 'outcome', workload: 'ingest' }, expected: ['a 10'] },
      {
        name: 'from a time on, that time included',
        query: { from: EIGHT + 20_000 },
        expected: ['consumer 20..20 x1', 'b 30'],
      },
      {
        name: 'up to a time, that time included',
        query: { to: EIGHT + 10_000 },
        expected: ['ingest 0..0 x1', 'a 10'],
      },
      { name: 'the newest two', query: { limit: 2 }, expected: ['consumer 20..20 x1', 'b 30'] },
      {
        name: 'the newest before a time',
        query: { to: EIGHT + 20_000, limit: 1 },
        expected: ['consumer 20..20 x1'],
      },
      { name: 'nothing', query: { workload: 'nobody' }, expected: [] },
    ] as const)('a query can ask for $name', async ({ query, expected }) => {
      const history = await open()
      history.decided(decisionAt(0))
      history.happened(outcomeAt(10, { step: 'a', workload: 'ingest' }))
      history.decided(decisionAt(20, { workload: 'consumer' }))
      history.happened(outcomeAt(30, { step: 'b' }))
      await history.flush()
      expect(short(await history.read(query))).toEqual(expected)
    })

    test('a run counts for every time that it spans', async () => {
      const history = await open()
      for (const seconds of [0, 15, 30]) history.decided(decisionAt(seconds))
      expect(await history.read({ from: EIGHT + 20_000, to: EIGHT + 22_000 })).toHaveLength(1)
      expect(await history.read({ from: EIGHT + 31_000 })).toHaveLength(0)
    })

    test('without a limit the newest thousand are answered', async () => {
      const history = await open()
      for (let seconds = 0; seconds < 1_200; seconds++) history.happened(outcomeAt(seconds))
      const entries = await history.read({})
      expect(entries).toHaveLength(1_000)
      expect(short(entries.slice(0, 1))).toEqual(['order-host 200'])
    })

    test('ready counts tell what held when, what was in force at the beginning included', async () => {
      const history = await open()
      const ready = (seconds: number, ready: number) =>
        history.decided(decisionAt(seconds, { counts: { ...decisionAt(0).counts, ready } }))
      for (const [seconds, number] of [
        [0, 3],
        [15, 3],
        [30, 2],
        [45, 2],
        [60, 3],
      ] as const)
        ready(seconds, number)
      const spans = (from: number) =>
        history
          .readyCounts('ingest', EIGHT + from * 1000)
          .map(({ at, until, ready }) => [(at - EIGHT) / 1000, (until - EIGHT) / 1000, ready])
      expect(spans(-100)).toEqual([
        [0, 15, 3],
        [30, 45, 2],
        [60, 60, 3],
      ])
      expect(spans(29)).toEqual([
        [0, 15, 3],
        [30, 45, 2],
        [60, 60, 3],
      ])
      expect(spans(30)).toEqual([
        [30, 45, 2],
        [60, 60, 3],
      ])
      expect(spans(1_000)).toEqual([[60, 60, 3]])
      expect(history.readyCounts('nobody', 0)).toEqual([])
    })

    test('ready counts of runs that follow one another are one, over a silence they are not', async () => {
      const history = await open()
      for (const [seconds, reason] of [
        [0, 'inside-band'],
        [15, 'missing'],
        [30, 'inside-band'],
        [1_000, 'inside-band'],
      ] as const)
        history.decided(decisionAt(seconds, { reason }))
      expect(history.readyCounts('ingest', 0)).toEqual([
        { at: EIGHT, until: EIGHT + 30_000, ready: 3 },
        { at: EIGHT + 1_000_000, until: EIGHT + 1_000_000, ready: 3 },
      ])
    })

    test('every tick leaves its numbers, also where decisions are one entry', async () => {
      const history = await open()
      for (const [seconds, level] of [
        [0, 40],
        [15, 60],
        [30, 50],
      ] as const)
        history.decided(levelAt(seconds, level))
      const levels = async (from: number, to: number, limit?: number) => {
        const query = { workload: 'ingest', from: EIGHT + from * 1000, to: EIGHT + to * 1000 }
        const ticks = await history.numbers({ ...query, ...(limit !== undefined && { limit }) })
        return ticks.map(({ at, rules: [rule] }) => [(at - EIGHT) / 1000, rule?.level])
      }
      const all = [
        [0, 40],
        [15, 60],
        [30, 50],
      ]
      expect(await levels(0, 30)).toEqual(all)
      await history.flush()
      expect(await levels(-100, 100)).toEqual(all)
      expect(await levels(1, 15)).toEqual([[15, 60]])
      expect(await levels(0, 30, 2)).toEqual(all.slice(1))
      expect(await levels(31, 100)).toEqual([])
    })

    test('numbers come back as they were told, and what is absent is absent', async () => {
      const history = await open()
      const [rule] = levelAt(0, 64.2).rules
      if (rule === undefined) throw new Error('a rule is needed')
      const { load: _load, level: _level, ...blind } = rule
      const rules = [
        { ...rule, load: 192.6, coverage: 0.875 },
        { ...blind, name: 'lag', unit: '', band: {}, coverage: 0 },
      ]
      const counts = { ...decisionAt(0).counts, ready: 2, starting: 1 }
      history.decided(decisionAt(0, { rules, counts, wanted: 5, granted: 4 }))
      await history.flush()
      expect(await history.numbers({ workload: 'ingest', from: EIGHT, to: EIGHT })).toEqual([
        {
          ...{ workload: 'ingest', at: EIGHT, min: 2, max: 12 },
          ...{ size: 4, wanted: 5, ready: 2, starting: 1 },
          rules: [
            {
              ...{ name: 'cpu', strategy: 'integral', unit: '%', band: { above: 70, below: 30 } },
              ...{ load: 192.6, level: 64.2, coverage: 0.875 },
            },
            { name: 'lag', strategy: 'integral', unit: '', band: {}, coverage: 0 },
          ],
        },
      ])
    })

    test('a rule that is renamed, moved or removed keeps its own numbers', async () => {
      const history = await open()
      const both = [...levelAt(0, 1, 'a').rules, ...levelAt(0, 2, 'b').rules]
      const series = [both, both.toReversed(), both.slice(1), levelAt(0, 3, 'c').rules, [], both]
      for (const [i, rules] of series.entries()) history.decided(decisionAt(i * 15, { rules }))
      await history.flush()
      const ticks = await history.numbers({ workload: 'ingest', from: 0, to: EIGHT * 2 })
      expect(ticks.map(({ rules }) => rules.map(({ name, level }) => `${name} ${level}`))).toEqual([
        ['a 1', 'b 2'],
        ['b 2', 'a 1'],
        ['b 2'],
        ['c 3'],
        [],
        ['a 1', 'b 2'],
      ])
    })

    test('numbers are those of the workload that is asked for', async () => {
      const history = await open()
      for (const seconds of [0, 15])
        for (const [i, workload] of ['a', 'b', 'c'].entries())
          history.decided({ ...levelAt(seconds, 10 * i + seconds), workload })
      await history.flush()
      const levels = async (workload: string) =>
        (await history.numbers({ workload, from: EIGHT, to: EIGHT + 60_000 })).map(
          ({ rules: [rule] }) => rule?.level,
        )
      expect(await levels('b')).toEqual([10, 25])
      expect(await levels('nobody')).toEqual([])
    })

    test('nothing has failed as long as nothing fails', async () => {
      const history = await open()
      history.decided(decisionAt(0))
      await history.flush()
      await history.close()
      expect(history.faults()).toEqual({ unreadable: 0, failedWrites: 0 })
    })
  })
}
