import { describe, expect, test } from 'vitest'
import type { Question, Reading } from '../../../controller/decision/reading.ts'
import { type AlertSource, alertSource } from '../../../controller/sources/alert.ts'
import { AlertConfig } from '../../../controller/sources/alert-config.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Kept } from '../../../controller/sources/source.ts'
import { sourceContract, type World } from '../../contract/source.ts'
import { deps } from './wire.ts'

const STEP = 15_000
const MINUTE = 60_000

/** What an Alertmanager posts of these alerts: its labels, and whether it is resolved. */
type Told = readonly [labels: Record<string, string>, status?: 'firing' | 'resolved']

const fingerprint = (labels: Record<string, string>): string => JSON.stringify(labels).slice(0, 64)

const hook = (told: readonly Told[], more: object = {}) => ({
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  receiver: 'capuchin',
  alerts: told.map(([labels, status = 'firing']) => ({
    ...{ status, labels, annotations: {}, fingerprint: fingerprint(labels) },
    ...{ startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '' },
  })),
  ...more,
})

const named = (name: string): string => `{alertname="contract_${name}"}`

/** Replays a world: so many alerts of a name fire as its value is, and each is repeated with every sample. */
async function replayed({ series, now }: World): Promise<AlertSource> {
  let clock = 0
  const config = AlertConfig.parse({ type: 'alert', interval: '15s', within: '20s' })
  const source = alertSource(config, deps({ now: () => clock }))
  for (const t of [...new Set(series.flatMap(({ samples }) => samples.map((one) => one.t)))].sort(
    (a, b) => a - b,
  )) {
    clock = t
    const told = series.flatMap(({ name, labels, samples }): Told[] => {
      const value = samples.find((one) => one.t === t)?.value ?? 0
      return Array.from({ length: value || 0 }, (_, i) => [{ i: `${labels.instance}${i}`, alertname: name }])
    })
    await source.inbox.take(hook(told))
  }
  clock = now
  return source
}

sourceContract('alert', replayed, {
  kind: 'totals',
  each: true,
  queries: {
    steady: named('steady'),
    holed: named('holed'),
    stopped: named('stopped'),
    nothing: named('nothing'),
    broken: '{alertname=',
  },
})

const hot = { alertname: 'HighLoad', service: 'ingest', node: 'a' }
const alsoHot = { alertname: 'HighLoad', service: 'ingest', node: 'b' }
const watchdog = { alertname: 'Watchdog' }

/** A disk in memory. */
function disk(): Kept & { text?: string } {
  const kept: Kept & { text?: string } = {
    load: async () => kept.text,
    async save(text) {
      kept.text = text()
      return undefined
    },
  }
  return kept
}

/** A source whose clock a test moves. */
function told(settings: object = {}, kept?: Kept, at = 1_000_000_000) {
  const config = AlertConfig.parse({ type: 'alert', heartbeat: { within: '1m' }, within: '2m', ...settings })
  const state = { now: at }
  const open = () => alertSource(config, deps({ now: () => state.now, ...(kept !== undefined && { kept }) }))
  const world = { source: open(), restart }
  function restart(): void {
    world.source = open()
  }
  const read = (query: string, back = 3 * MINUTE): Promise<Reading> => {
    const to = state.now
    const question: Question = { query, per: 'workload', from: to - back, to, step: STEP, interval: STEP }
    return world.source.read(question, AbortSignal.timeout(5_000))
  }
  const tell = (...alerts: readonly Told[]) => world.source.inbox.take(hook(alerts))
  const last = async (query: string): Promise<number | string> => {
    const reading = await read(query, STEP)
    return reading.kind === 'missing' ? reading.detail : (reading.samples.at(-1)?.value ?? 'nothing')
  }
  const pass = (ms: number): void => {
    state.now += ms
  }
  return { ...world, world: Object.assign(world, { last }), state, read, tell, last, pass }
}

describe('alerts that a source was told of', () => {
  test.for<[string, string, number]>([
    ['all of a name', '{alertname="HighLoad"}', 2],
    ['a name in front', 'HighLoad{node="a"}', 1],
    ['a pattern over the whole value', '{node=~"a|b"}', 2],
    ['what a label is not', 'HighLoad{node!="a"}', 1],
    ['count', 'count({service="ingest"})', 2],
    ['any is 1, however many fire', 'any({service="ingest"})', 1],
    ['nothing that is meant fires, and a heartbeat vouches for it', '{alertname="Other"}', 0],
    ['the heartbeat is not counted', '{alertname="Watchdog"}', 0],
  ])('counted: %s', async ([, query, wanted]) => {
    const { tell, last } = told()
    await tell([hot], [alsoHot], [watchdog])
    expect(await last(query)).toBe(wanted)
  })

  test('one that is resolved does not fire any more, and the window remembers that it did', async () => {
    const { tell, pass, read } = told()
    await tell([hot], [watchdog])
    pass(30_000)
    await tell([hot, 'resolved'], [watchdog])
    pass(30_000)
    const reading = await read('HighLoad', MINUTE)
    expect(reading.kind === 'samples' && reading.samples.map(({ value }) => value)).toEqual([1, 0, 0, 0])
  })

  test('the same message again changes nothing, also twice at once', async () => {
    const { tell, last } = told()
    await Promise.all([tell([hot], [watchdog]), tell([hot], [watchdog])])
    await tell([hot])
    expect(await last('HighLoad')).toBe(1)
  })

  test('one that is not repeated is missing and not resolved, and is known again when it is told again', async () => {
    const { tell, last, pass } = told()
    await tell([hot])
    pass(3 * MINUTE)
    await tell([watchdog])
    expect(await last('HighLoad')).toMatch(/last heard of 3m ago and is not resolved.*repeat_interval/)
    expect(await last('{alertname="Other"}')).toBe(0)
    await tell([hot])
    expect(await last('HighLoad')).toBe(1)
    await tell([hot, 'resolved'], [watchdog])
    expect(await last('HighLoad')).toBe(0)
  })

  test('one that nobody repeats or resolves is forgotten in the end', async () => {
    const { tell, last, pass } = told({ forget: '10m' })
    await tell([hot])
    pass(11 * MINUTE)
    await tell([watchdog])
    expect(await last('HighLoad')).toBe(0)
  })

  test('silence is missing without a heartbeat, and after one that has not come again', async () => {
    const without = told({ heartbeat: undefined })
    expect(await without.last('HighLoad')).toMatch(/without a heartbeat silence says nothing/)
    const { tell, last, pass } = told()
    expect(await last('HighLoad')).toMatch(/was last heard never yet.*does Alertmanager reach us/)
    await tell([watchdog])
    expect(await last('HighLoad')).toBe(0)
    pass(2 * MINUTE)
    expect(await last('HighLoad')).toMatch(/was last heard 2m ago \(1m are allowed\)/)
    await tell([watchdog, 'resolved'])
    expect(await last('HighLoad')).toMatch(/no alert of HighLoad fires/)
  })

  test('what fires is known without any heartbeat', async () => {
    const { tell, last } = told()
    await tell([hot])
    expect(await last('HighLoad')).toBe(1)
  })

  test('more than may be kept is refused, and then nobody knows how many fire', async () => {
    const { tell, last } = told({ most: 2 })
    expect(await tell([watchdog], [hot])).toEqual({ kind: 'taken', firing: 1 })
    expect(await tell([alsoHot])).toMatchObject({
      kind: 'failed',
      detail: expect.stringMatching(/raise most/),
    })
    expect(await last('{service="ingest"}')).toMatch(/not all alerts could be kept/)
  })

  test('alerts that Alertmanager has cut off make the count unknown', async () => {
    const { source, last } = told()
    await source.inbox.take(hook([[hot], [watchdog]], { truncatedAlerts: 3 }))
    expect(await last('HighLoad')).toMatch(/not all alerts could be kept.*max_alerts/)
  })

  test('a clock that is set back lets nothing fire for longer', async () => {
    const { tell, last, pass } = told()
    await tell([hot], [watchdog])
    pass(-60 * MINUTE)
    await tell([watchdog])
    pass(3 * MINUTE)
    await tell([watchdog])
    expect(await last('HighLoad')).toMatch(/not resolved/)
  })
})

describe('after a restart', () => {
  test('what fired fires still, until it should have been repeated; silence needs a new heartbeat', async () => {
    const { world, tell, last, pass } = told({}, disk())
    await tell([hot], [watchdog])
    world.restart()
    pass(30_000)
    expect(await last('HighLoad')).toBe(1)
    expect(await last('{alertname="Other"}')).toMatch(/was last heard 30s ago/)
    await tell([watchdog])
    expect(await last('{alertname="Other"}')).toBe(0)
    pass(2 * MINUTE)
    expect(await last('HighLoad')).toMatch(/not resolved/)
  })

  test('who only looks beside a controller that runs believes the heartbeats that it has heard', async () => {
    const kept = disk()
    const { world, tell, pass, state } = told({}, kept)
    await tell([watchdog])
    pass(30_000)
    const config = AlertConfig.parse({ type: 'alert', heartbeat: { within: '1m' }, within: '2m' })
    world.source = alertSource(config, deps({ now: () => state.now, kept: { load: kept.load } }))
    expect(await world.last('{alertname="Other"}')).toBe(0)
  })

  test('what lies on disk and cannot be read is as if nothing had been told', async () => {
    const kept = { ...disk(), text: '{"version":9}' }
    const { last } = told({}, { ...kept, load: async () => kept.text })
    expect(await last('HighLoad')).toMatch(/was last heard never yet/)
  })

  test('what cannot be written is not taken in, so that it is told again', async () => {
    const { tell } = told({}, { load: async () => undefined, save: async () => 'the disk is full' })
    expect(await tell([hot])).toEqual({
      kind: 'failed',
      detail: 'the alerts cannot be kept: the disk is full',
    })
  })
})

test.for<[string, unknown, RegExp]>([
  ['no mapping at all', 'x', /no message of Alertmanager's webhook/],
  ['another version', hook([], { version: '3' }), /version: has to be "4"/],
  [
    'alerts without a fingerprint',
    { version: '4', alerts: [{ status: 'firing', labels: {} }] },
    /fingerprint/,
  ],
  [
    'a status that there is not',
    hook([[hot]].map(([l]) => [l ?? {}, 'x' as 'firing'])),
    /alerts\[0\].status/,
  ],
])('refused: %s', async ([, body, wanted]) => {
  const { source } = told()
  expect(await source.inbox.take(body)).toEqual({ kind: 'wrong', detail: expect.stringMatching(wanted) })
})

test.for<[string, string, RegExp]>([
  ['an expression', 'sum(HighLoad)', /sum\(HighLoad\) says nothing about alerts.*such as/],
  ['a range', '{a="b"}[5m]', /range|says nothing/],
  ['half a query', '{alertname=', /PromQL syntax: the query ends too early/],
  ['nothing', ' ', /the query is empty/],
  ['a pattern that is none', '{a=~"("}', /the pattern "\("/],
])('a query is refused: %s', ([, query, wanted]) => {
  const { faults } = SourceSettings.parse({ type: 'alert' })
  expect(faults(query)).toEqual([expect.stringMatching(wanted)])
})

test('settings: forgetting at once and a heartbeat that is no selector are refused', () => {
  const parsed = SourceSettings.safeParse({ type: 'alert', forget: '1m', heartbeat: { match: 'sum(x' } })
  expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain('heartbeat.match')
  expect(SourceSettings.safeParse({ type: 'alert', forget: '1m' }).error?.issues[0]?.path).toEqual(['forget'])
})
