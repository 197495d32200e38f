import { afterEach, expect, test } from 'vitest'
import type { MetricProbe, Probe } from '../../../controller/decision/policy.ts'
import type { Survey, SurveyQuestion } from '../../../controller/decision/reading.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import type { Prober, ProbeTargetOf } from '../../../controller/loop/deps.ts'
import { targetsOf } from '../../../controller/loop/observe.ts'
import { createProber } from '../../../controller/loop/probe.ts'
import { scripted } from '../../../controller/sources/scripted.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { until } from '../../support/until.ts'
import { aHost, anEntry, aRun } from '../decision/builders.ts'

const opened: Prober[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const metric: MetricProbe = { source: 'main', query: 'lag', interval: 60, above: 30 }
const how = (given: Partial<Probe> = {}): Probe => ({
  ...{ target: { kind: 'metric' }, every: 5, timeout: 5, failures: 3, startWithin: 10_000 },
  metric,
  ...given,
})

const target = (id: string, probe = how()): ProbeTargetOf => ({
  ...{ id, address: '127.0.0.1', port: 1, probe },
  names: [id, `host-of-${id}`],
})

interface Script {
  asked: { question: SurveyQuestion; under: number }[]
  source: Source
}

/** A source that answers surveys as `answer` says. */
function surveyed(answer: (question: SurveyQuestion) => Survey | Promise<Survey>): Script {
  const asked: Script['asked'] = []
  let under = 0
  const quiet = scripted(() => ({ kind: 'missing', reason: 'no-data', detail: 'nothing' }))
  const survey = async (question: SurveyQuestion): Promise<Survey> => {
    under++
    asked.push({ question, under })
    const told = await answer(question)
    under--
    return told
  }
  return { asked, source: { ...quiet, survey } }
}

const series = (values: Readonly<Record<string, number>>): Survey => ({
  kind: 'series',
  series: Object.entries(values).map(([name, value]) => ({ names: [name], t: Date.now(), value })),
})

function proberOf(
  source: Source | undefined,
  given: Partial<Parameters<typeof createProber>[0]> = {},
): Prober {
  const one = createProber({
    ...{ now: Date.now, random: Math.random, probed() {}, queried() {} },
    within: (ms) => AbortSignal.timeout(ms),
    fetch: async () => new Response(''),
    sources: new Map(source === undefined ? [] : [['main', source]]),
    ...given,
  })
  opened.push(one)
  return one
}

test('one question tells of all instances, and never two of it are under way', async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { asked, source } = surveyed(async () => {
    if (asked.length === 2) await held
    return series({ a: 3, 'host-of-b': 45 })
  })
  const { watch, healthOf } = proberOf(source)
  const all = [target('a'), target('b'), target('c')]
  watch(all)
  await until(() => healthOf('a').kind === 'ready')
  expect(healthOf('b')).toMatchObject({ kind: 'unready', byMetric: true })
  expect(healthOf('c')).toMatchObject({ kind: 'unknown', why: expect.stringContaining('not in the answer') })
  await until(() => asked.length === 2)
  watch(all)
  // The question that hangs is the only one, however long it takes; what was known grows too old meanwhile.
  await until(() => healthOf('a').kind === 'unknown' && healthOf('b').kind === 'unknown')
  expect(asked).toHaveLength(2)
  release()
  await until(() => asked.length > 3 && healthOf('a').kind === 'ready')
  expect(Math.max(...asked.map(({ under }) => under))).toBe(1)
  expect(asked[0]?.question).toEqual({ query: 'lag', interval: 60 })
})

test('beside http both have to be well: up is not in sync', async () => {
  let lag = 3
  let status = 200
  const { source } = surveyed(() => series({ a: lag }))
  const { watch, healthOf } = proberOf(source, { fetch: async () => new Response('', { status }) })
  watch([target('a', how({ target: { kind: 'http', path: '/ready' } }))])
  await until(() => healthOf('a').kind === 'ready')
  lag = 45
  await until(() => healthOf('a').kind === 'unready')
  expect(healthOf('a')).toMatchObject({ detail: '45 is above 30 by metric (lag, source main)' })
  lag = 3
  status = 503
  await until(() => {
    const health = healthOf('a')
    return health.kind === 'unready' && health.detail === '/ready answers 503'
  })
})

test('a source that fails makes nobody dead: unknown, and ready again with its next answer', async () => {
  let up = true
  const { source } = surveyed(() =>
    up ? series({ a: 3 }) : { kind: 'missing', reason: 'unreachable', detail: 'connection refused' },
  )
  const seen = new Set<string>()
  const { watch, healthOf } = proberOf(source, { probed: () => seen.add(healthOf('a').kind) })
  watch([target('a')])
  await until(() => healthOf('a').kind === 'ready')
  up = false
  await until(() => healthOf('a').kind === 'unknown')
  expect(healthOf('a')).toMatchObject({ why: expect.stringContaining('unreachable: connection refused') })
  up = true
  await until(() => healthOf('a').kind === 'ready')
  expect(seen).not.toContain('silent')
})

test('a source that is not there is said to be so', async () => {
  const { watch, healthOf, firstRound } = proberOf(undefined)
  watch([target('a')])
  await firstRound(AbortSignal.timeout(5_000))
  expect(healthOf('a')).toMatchObject({
    kind: 'unknown',
    why: expect.stringContaining('there is no source main'),
  })
})

test('the first round waits for the metric too, and what nobody watches is not asked', async () => {
  const { asked, source } = surveyed(() => series({ a: 3 }))
  const { watch, firstRound, healthOf } = proberOf(source)
  watch([target('a')])
  await firstRound(AbortSignal.timeout(5_000))
  expect(healthOf('a').kind).toBe('ready')
  watch([])
  expect(healthOf('a')).toEqual({ kind: 'unknown' })
  const other = surveyed(() => series({}))
  const second = proberOf(other.source)
  second.watch([target('b')])
  const before = asked.length
  await until(() => other.asked.length > 4)
  expect(asked.length).toBeLessThanOrEqual(before + 1)
})

test('an older and a newer bound of one question are both kept to', async () => {
  const { asked, source } = surveyed(() => series({ a: 45, b: 45 }))
  const { watch, healthOf } = proberOf(source)
  watch([target('a'), target('b', how({ metric: { ...metric, above: 60 } }))])
  await until(() => healthOf('a').kind === 'unready')
  expect(healthOf('b').kind).toBe('ready')
  expect(asked.every(({ under }) => under === 1)).toBe(true)
})

test('an instance goes by its id, its address, and its host where it is alone there; what leaves is asked for life only', () => {
  const run = aRun({ probe: { ...aRun().probe, target: { kind: 'metric' }, metric } })
  const leaving = { ...anEntry({ id: 'db-3', slots: [2], port: 8102, run }), since: 0 }
  const entries = [
    anEntry({ id: 'db-1', workload: 'db', run }),
    anEntry({ id: 'web-1', workload: 'web', run }),
  ]
  const host = aHost({ entries, leaving: [leaving], address: '10.0.0.7' })
  const state = { ...emptyState, hosts: { [host.name]: host } }
  const [db, web, gone] = targetsOf(state, new Map())
  expect(db?.names).toEqual(['db-1', `10.0.0.7:${db?.port}`, host.name, '10.0.0.7'])
  expect(web?.names).toContain(host.name)
  expect(gone?.probe).toEqual({ ...aRun().probe, target: { kind: 'tcp' } })
  const crowded = aHost({ entries: entries.map((one) => ({ ...one, workload: 'db' })), address: '10.0.0.7' })
  const [first] = targetsOf({ ...emptyState, hosts: { [crowded.name]: crowded } }, new Map())
  expect(first?.names).toEqual(['db-1', `10.0.0.7:${first?.port}`])
})
