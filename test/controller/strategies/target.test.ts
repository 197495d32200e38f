import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Series } from '../../../controller/decision/series.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Proposal, Seen } from '../../../controller/strategies/strategy.ts'
import { MINUTE, NOW, SECOND } from '../decision/builders.ts'

const events = { unit: 'plain', window: '5m' } as const

/** Ten minutes in parts of 15 s: `loads` by how many minutes ago; the last one reaches back to the beginning. */
function history(loads: readonly (readonly [minutesAgo: number, load: number])[], known = 1): Series {
  const from = NOW - 10 * MINUTE
  const parts = Array.from({ length: 40 }, (_, i) => {
    const end = from + (i + 1) * 15 * SECOND
    const ago = (NOW - end) / MINUTE
    const load = loads.find(([minutes]) => ago < minutes)?.[1] ?? loads.at(-1)?.[1] ?? 0
    return { from: end - 15 * SECOND, to: end, load }
  })
  return { from, to: NOW, parts, coverage: known }
}

const seen = (given: Partial<Seen>): Seen => ({
  load: 0,
  counted: given.size ?? 4,
  ...{ size: 4, min: 2, max: 64, outStep: 99, inStep: 99, coverage: 0.8 },
  ...given,
})

const propose = (given: Partial<Seen>, config: object = {}): Proposal =>
  strategies.target
    .parse({ level: 60, ...config })
    .strategy(events)
    .propose(seen(given))

const steady = (load: number): Partial<Seen> => ({ load, series: history([[99, load]]) })

describe('60 each, dead-band 10 %, out by 1 minute, in by the peak of 10', () => {
  test.for<{ name: string; given: Partial<Seen>; config?: object; kind: string; size?: number; why: string }>(
    [
      {
        name: 'out straight to what the load needs',
        given: { ...steady(540), size: 4 },
        kind: 'out',
        size: 9,
        why: '540 needs 9 at 60 each (1m mean)',
      },
      {
        name: 'out by the last minute, whatever the long mean says',
        given: {
          load: 240,
          series: history([
            [1, 480],
            [99, 240],
          ]),
        },
        kind: 'out',
        size: 8,
        why: '480 needs 8 at 60 each (1m mean)',
      },
      {
        name: 'within the dead-band it stays',
        given: { ...steady(264), size: 4 },
        kind: 'stay',
        why: '264 needs 5 at 60 each (1m mean)',
      },
      {
        name: 'the dead-band does not keep it from max',
        given: { ...steady(63.5 * 60), size: 63 },
        kind: 'out',
        size: 64,
        why: '3810 needs 64 at 60 each (1m mean)',
      },
      {
        name: 'nor from min',
        given: { ...steady(19.5 * 60), size: 21, min: 20 },
        kind: 'in',
        size: 20,
        why: '1170 needs 20 at 60 each (peak of 10m)',
      },
      {
        name: 'in straight to the most that was needed in all of the hold',
        given: {
          load: 60,
          series: history([
            [8, 60],
            [99, 300],
          ]),
          size: 9,
        },
        kind: 'in',
        size: 5,
        why: '300 needs 5 at 60 each (peak of 10m)',
      },
      {
        name: 'a peak that is still in the hold keeps it',
        given: {
          load: 60,
          series: history([
            [8, 60],
            [99, 530],
          ]),
          size: 9,
        },
        kind: 'stay',
        why: '530 needs 9 at 60 each (peak of 10m)',
      },
      {
        name: 'in only when all of the hold is known',
        given: { load: 60, series: history([[99, 60]], 0.649), size: 9 },
        kind: 'stay',
        why: '60 needs 1 at 60 each (1m mean), but only 64 % of the 10m are known',
      },
      {
        name: 'the last one stays',
        given: { ...steady(0), size: 2, min: 0 },
        kind: 'in',
        size: 1,
        why: '0 needs 1 at 60 each (peak of 10m)',
      },
      {
        name: 'unless nothing calls for it and next to nothing is left',
        given: { ...steady(5), size: 1, min: 0, maySleep: true },
        kind: 'in',
        size: 0,
        why: '5 needs 0 at 60 each (peak of 10m)',
      },
      {
        name: 'but not while it still carries something',
        given: { ...steady(30), size: 1, min: 0, maySleep: true },
        kind: 'stay',
        why: '30 needs 1 at 60 each (peak of 10m)',
      },
      {
        name: 'those that do not count do not carry: as many more are needed',
        given: { ...steady(240), size: 4, counted: 2 },
        kind: 'out',
        size: 6,
        why: '240 needs 4 at 60 each (1m mean)',
      },
      {
        name: 'nor are they relied upon going in',
        given: { ...steady(100), size: 4, counted: 2 },
        kind: 'stay',
        why: '100 needs 2 at 60 each (peak of 10m), but only 2 of 4 count',
      },
      {
        name: 'nobody counts: the load still says how many it needs, and the size stands for those that were ordered',
        given: { ...steady(240), size: 2, counted: 0 },
        kind: 'out',
        size: 4,
        why: '240 needs 4 at 60 each (1m mean)',
      },
      {
        name: 'three shares that do not sum up exactly are no reason for a fourth instance',
        given: { ...steady(3 * 60 * (1 + 1e-12)), size: 2, max: 3 },
        kind: 'out',
        size: 3,
        why: '180 needs 3 at 60 each (1m mean)',
      },
      {
        name: 'of a partial reading what is absent counts as 0',
        given: { load: 480, flaw: '1 of 2', series: history([[99, 480]]), size: 4 },
        kind: 'out',
        size: 8,
        why: '480 needs 8 at 60 each (1m mean)',
      },
    ],
  )('$name', ({ given, config, kind, size, why }) => {
    expect(propose(given, config)).toEqual(size === undefined ? { kind, why } : { kind, size, why })
  })
})

describe('of the last minute only half is known', () => {
  const whole = history([[99, 480]])
  const half = { ...whole, parts: whole.parts.slice(0, -2) }

  test.for([
    { name: 'what is absent of a partial reading counts as 0', given: { flaw: '1 of 2' } },
    { name: 'so does what is absent of a minute that is covered too little', given: {} },
  ])('$name', ({ given }) => {
    const proposal = propose({ load: 480, series: half, size: 2, ...given })
    expect(proposal).toEqual({ kind: 'out', size: 4, why: '240 needs 4 at 60 each (1m mean)' })
  })

  test('a short gap is bridged by the mean of the rest', () => {
    const series = { ...whole, parts: whole.parts.slice(0, -1) }
    expect(propose({ load: 480, series, size: 2, coverage: 0.7 })).toMatchObject({ kind: 'out', size: 8 })
  })
})

describe('a backlog of 50,000 that is to be drained within 5 minutes', () => {
  const config = { level: 60, backlog: { query: 'lag', within: '5m' } }
  const whole = (amount: number): Partial<Seen> => ({ asides: { backlog: { kind: 'whole', amount } } })

  test.for<{ name: string; given: Partial<Seen>; kind: string; size?: number; why: string }>([
    {
      name: 'what it takes a second is added to the load',
      given: { ...steady(240), ...whole(50_000), size: 4 },
      kind: 'out',
      size: 7,
      why: '407 needs 7 at 60 each with a backlog of 50000 to drain within 5m (1m mean)',
    },
    {
      name: 'more than a trifle of it keeps it from going in',
      given: { ...steady(60), ...whole(20_000), size: 9 },
      kind: 'stay',
      why: '127 needs 3 at 60 each with a backlog of 20000 to drain within 5m (1m mean), but a backlog of 20000 waits',
    },
    {
      name: 'a trifle does not',
      given: { ...steady(60), ...whole(600), size: 9 },
      kind: 'in',
      size: 2,
      why: '62 needs 2 at 60 each (peak of 10m)',
    },
    {
      name: 'missing, it adds nothing',
      given: {
        ...steady(240),
        asides: { backlog: { kind: 'missing', detail: 'timeout: no answer' } },
        size: 4,
      },
      kind: 'stay',
      why: '240 needs 4 at 60 each (1m mean)',
    },
    {
      name: 'and nothing goes in',
      given: {
        ...steady(60),
        asides: { backlog: { kind: 'missing', detail: 'timeout: no answer' } },
        size: 9,
      },
      kind: 'stay',
      why: '60 needs 1 at 60 each (1m mean), but its backlog is missing (timeout: no answer)',
    },
    {
      name: 'partial, it adds what is known',
      given: { ...steady(240), asides: { backlog: { kind: 'partial', amount: 50_000 } }, size: 4 },
      kind: 'out',
      size: 7,
      why: '407 needs 7 at 60 each with a backlog of 50000 to drain within 5m (1m mean)',
    },
    {
      name: 'and nothing goes in either',
      given: { ...steady(60), asides: { backlog: { kind: 'partial', amount: 10 } }, size: 9 },
      kind: 'stay',
      why: '60 needs 2 at 60 each with a backlog of 10 to drain within 5m (1m mean), but of its backlog only 10 are known',
    },
  ])('$name', ({ given, kind, size, why }) => {
    expect(propose(given, config)).toEqual(size === undefined ? { kind, why } : { kind, size, why })
  })

  test('is asked for over the short window, of the source of the rule unless it names another', () => {
    const { asides } = strategies.target.parse({ ...config, out: { window: '2m' } })
    expect(asides).toEqual({ backlog: { source: undefined, query: 'lag', window: 2 * MINUTE } })
  })
})

const limits: Limits = {
  ...{ min: 2, max: 12, outStep: 1, inStep: 1, unit: 'cores' },
  ...{ window: 5 * MINUTE, hold: 10 * MINUTE },
}

test('it asks for as far back as its hold, and needs no finer steps than its window for going out', () => {
  const { reach, finest } = strategies.target.parse({}).strategy(events)
  expect({ reach, finest }).toEqual({ reach: 10 * MINUTE, finest: MINUTE })
  expect(strategies.target.parse({}).faults(limits)).toEqual([])
})

describe('faults', () => {
  test.for<{ name: string; config: unknown; limits: Partial<Limits>; says: string[] }>([
    { name: 'a level of CPU has a default', config: {}, limits: {}, says: [] },
    {
      name: 'one of anything else has not',
      config: {},
      limits: { unit: 'plain' },
      says: ['level is missing: it has no default where the unit is not cores'],
    },
    {
      name: 'nothing at all to aim at',
      config: { level: 0 },
      limits: {},
      says: ['level (0) has to be more than 0: no number of instances would reach it'],
    },
    {
      name: 'all of the CPU',
      config: { level: 100 },
      limits: {},
      says: ['level (100) cannot be exceeded: an instance uses at most 100 % of its share of the cores'],
    },
    {
      name: 'so much CPU that the dead-band ends over all of it',
      config: { level: 92 },
      limits: {},
      says: [
        'level (92) with a deadBand of 10 % asks for more only over 101 %, which cannot be reached: an instance uses at most 100 % of its share of the cores; under 90.9 works',
      ],
    },
    { name: 'as much without a dead-band', config: { level: 92, deadBand: 0 }, limits: {}, says: [] },
    {
      name: 'a window for going out that is longer than the window',
      config: { out: { window: '6m' } },
      limits: {},
      says: [
        "out.window (6m) is longer than the rule's window (5m): it has to be as long or shorter, so that it sees a rise sooner",
      ],
    },
    {
      name: 'a hold that is shorter than the window',
      config: { in: { hold: '2m' } },
      limits: {},
      says: [
        "in.hold (2m) is shorter than the rule's window (5m): it has to be as long or longer, so that a short dip does not count",
      ],
    },
    {
      name: 'a backlog beside cores',
      config: { backlog: { query: 'lag' } },
      limits: {},
      says: [
        'backlog cannot stand beside the unit cores: backlog / within is so many a second, and has to be added to a load of so many a second',
      ],
    },
  ])('$name', ({ config, limits: change, says }) => {
    expect(strategies.target.parse(config).faults({ ...limits, ...change })).toEqual(says)
  })
})

/** Sizes that follow each other under a load, as the strategy and min/max alone would have them. */
function sizes(config: object, given: Partial<Seen>, start: number, step: number): number[] {
  const all = [start]
  for (let tick = 0; tick < 400; tick++) {
    const size = all.at(-1) ?? start
    const { min = 2, max = 64 } = given
    const proposal = propose({ ...given, size, counted: size }, config)
    if (proposal.kind !== 'out' && proposal.kind !== 'in') return all
    const next = Math.min(max, size + step, Math.max(min, size - step, proposal.size))
    if (next === size) return all
    all.push(next)
  }
  throw new Error(`it does not settle: ${all.slice(-10)}`)
}

test('under a constant load it settles, and never turns round', () => {
  const any = fc.record({
    level: fc.integer({ min: 1, max: 100_000 }).map((cents) => cents / 100),
    deadBand: fc.integer({ min: 0, max: 50 }),
    needs: fc.nat(3000).map((tenths) => tenths / 10),
    start: fc.integer({ min: 1, max: 300 }),
    min: fc.integer({ min: 0, max: 5 }),
    max: fc.integer({ min: 5, max: 300 }),
    step: fc.integer({ min: 1, max: 300 }),
  })
  fc.assert(
    fc.property(any, ({ level, deadBand, needs, start, min, max, step }) => {
      const from = Math.min(max, Math.max(min, start))
      const all = sizes({ level, deadBand }, { ...steady(needs * level), min, max }, from, step)
      const turns = new Set(all.slice(1).map((size, at) => Math.sign(size - (all[at] ?? size))))
      expect(turns.size).toBeLessThanOrEqual(1)
      const last = all.at(-1) ?? 0
      const carried = needs * level <= last * level * (1 + deadBand / 100) + 1e-6
      expect(carried || last === max).toBe(true)
    }),
    { numRuns: 400 },
  )
})

test('a load that swings faster than the hold does not make it swing', () => {
  for (const period of [2, 3, 5]) {
    const all = [4]
    for (let tick = 0; tick < 240; tick++) {
      const size = all.at(-1) ?? 4
      // In quarter minutes: high for the first half of the period.
      const loadAt = (quarter: number) => (quarter % (period * 4) < period * 2 ? 600 : 60)
      const parts = Array.from({ length: 40 }, (_, i) => {
        const end = NOW - (39 - i) * 15 * SECOND
        return { from: end - 15 * SECOND, to: end, load: loadAt(tick + i) }
      })
      const series = { from: NOW - 10 * MINUTE, to: NOW, parts, coverage: 1 }
      const proposal = propose({ load: 330, series, size, counted: size })
      if (proposal.kind === 'out' || proposal.kind === 'in') all.push(proposal.size)
    }
    expect(all, `period ${period}m`).toEqual(all.toSorted((a, b) => a - b))
    expect(all.at(-1)).toBe(10)
  }
})

test('it goes in to no less than what is needed now, and out to no more', () => {
  const any = fc.record({
    loads: fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 40, maxLength: 40 }),
    size: fc.integer({ min: 0, max: 60 }),
    counted: fc.nat(70),
  })
  fc.assert(
    fc.property(any, ({ loads, size, counted }) => {
      const parts = loads.map((load, i) => {
        const end = NOW - (39 - i) * 15 * SECOND
        return { from: end - 15 * SECOND, to: end, load }
      })
      const series = { from: NOW - 10 * MINUTE, to: NOW, parts, coverage: 1 }
      const need = Math.ceil(loads.slice(-4).reduce((sum, load) => sum + load, 0) / 4 / 60 - 1e-9)
      const proposal = propose({ load: 9, series, size, counted })
      if (proposal.kind === 'in') {
        expect(proposal.size).toBeLessThan(size)
        expect(proposal.size).toBeGreaterThanOrEqual(Math.max(1, need))
      }
      if (proposal.kind !== 'out') return
      expect(proposal.size).toBeGreaterThan(size)
      expect(proposal.size).toBeLessThanOrEqual(size + need)
      if (counted >= size || counted === 0) expect(proposal.size).toBe(need)
    }),
    { numRuns: 300 },
  )
})
