import { beforeAll, describe, expect, test } from 'vitest'
import type { Question, Reading } from '../../../controller/decision/reading.ts'
import { integrate } from '../../../controller/decision/window.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { type Dialect, type MakeSource, sourceContract } from '../../contract/source.ts'
import { type Graphite, startGraphite } from '../../support/graphite.ts'
import { needs } from '../../support/servers.ts'
import { deps } from './wire.ts'

const open = (url: string, config: Record<string, unknown> = {}): Source =>
  SourceSettings.parse({ type: 'graphite', url, interval: '15s', ...config }).open(deps())

const dialect: Dialect = {
  queries: {
    steady: 'sumSeries(ingest.*.contract_steady)',
    mean: 'averageSeries(ingest.*.contract_steady)',
    holed: 'sumSeries(ingest.*.contract_holed)',
    stopped: 'sumSeries(ingest.*.contract_stopped)',
    dying: 'sumSeries(ingest.*.contract_dying)',
    nothing: 'sumSeries(ingest.*.contract_nothing)',
    notANumber: 'sumSeries(ingest.*.contract_nan)',
    many: 'ingest.*.contract_steady',
    broken: 'sumSeries(ingest.*.contract_steady',
  },
  remedy: /sumSeries\(\) or averageSeries\(\)/,
}

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('a real Graphite', () => {
  let graphite: Graphite
  beforeAll(async () => {
    graphite = await startGraphite()
  })

  const make: MakeSource = async ({ series }) => {
    const sent = series.map(({ name, labels: { workload, instance }, samples }) => ({
      path: `${workload}.${instance}.${name}`,
      // Carbon drops NaN. Infinity is the value that it stores although it is no number.
      samples: samples.map(({ t, value }) => ({ t, value: Number.isNaN(value) ? Infinity : value })),
    }))
    await graphite.write(sent)
    return open(graphite.url)
  }
  sourceContract('graphite', make, dialect)
})

const MINUTE = 60_000
const STEP = 15_000

/** A value each 15 s for the last 20 minutes, in the middle of storage steps, where `has` says so. */
function gauge(path: string, now: number, value: number, has = (_: number): boolean => true) {
  const times: number[] = []
  for (let t = now - 20 * MINUTE + STEP / 2; t <= now; t += STEP) if (has(t)) times.push(t)
  return { path, samples: times.map((t) => ({ t, value })) }
}

/** Whole minutes, so that storage steps of 60 s begin with windows. */
const minuteNow = (): number => Math.floor(Date.now() / MINUTE) * MINUTE

function questionAt(now: number, query: string, changes: Partial<Question> = {}): Question {
  const to = now - STEP
  return { query, per: 'workload', from: to - 5 * MINUTE, to, step: STEP, interval: STEP, ...changes }
}

const patient = (): AbortSignal => AbortSignal.timeout(20_000)

function samplesOf(reading: Reading) {
  if (reading.kind !== 'samples') throw new Error(JSON.stringify(reading))
  return reading.samples
}

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('questions to a real Graphite', () => {
  let graphite: Graphite
  let source: Source
  const now = minuteNow()
  const ask = (query: string, changes: Partial<Question> = {}): Promise<Reading> =>
    source.read(questionAt(now, query, changes), patient())

  beforeAll(async () => {
    graphite = await startGraphite()
    const stopped = (t: number): boolean => t <= now - 3 * MINUTE
    await graphite.write([
      gauge('ingest.a.rps', now, 10),
      gauge('ingest.b.rps', now, 20),
      gauge('ingest.gone.rps', now, 40, (t) => t <= now - 15 * MINUTE),
      gauge('ingest.a.cpu.0', now, 1),
      gauge('ingest.a.cpu.1', now, 2),
      gauge('ingest.b.cpu.0', now, 3),
      gauge('ingest.b.cpu.1', now, 4),
      gauge('queue.length', now, 7),
      gauge('stopped.length', now, 7, stopped),
      gauge('holed.length', now, 7, (t) => t <= now - 3 * MINUTE || t > now - 2 * MINUTE),
      gauge('coarse.a.rps', now, 8),
      gauge('rolled.a.rps', now, 8),
      gauge('fine.a.rps', now, 8),
      gauge('infinite.length', now, Infinity),
    ])
    source = open(graphite.url)
    return () => source.close()
  })

  test.for<[string, string, number]>([
    ['a path alone', 'queue.length', 7],
    ['a sum', 'sumSeries(ingest.*.rps)', 30],
    ['a short name', 'sum(ingest.*.rps)', 30],
    ['a pipe', 'ingest.*.rps|sumSeries()|scale(2)', 60],
    ['a ratio of two sums', 'divideSeries(sumSeries(ingest.*.rps),sumSeries(queue.length))', 30 / 7],
    ['a moving mean', 'movingAverage(sumSeries(ingest.*.rps),"1min")', 30],
    ['shifted in time', 'timeShift(sumSeries(ingest.*.rps),"5min")', 30],
    ['without one instance', 'sumSeries(exclude(ingest.*.rps,"\\.b\\."))', 10],
    ['braces', 'sumSeries(ingest.{a,b}.rps)', 30],
  ])('the whole window is covered: %s', async ([, query, value]) => {
    const samples = samplesOf(await ask(query))
    expect(samples.map(({ t }) => t)).toEqual(Array.from({ length: 20 }, (_, i) => now - (20 - i) * STEP))
    for (const sample of samples) expect(sample.value).toBeCloseTo(value, 9)
  })

  test('a survey tells the newest value of each instance', async () => {
    const survey = await source.survey?.({ query: 'ingest.*.rps', interval: MINUTE }, patient())
    if (survey?.kind !== 'series') throw new Error(JSON.stringify(survey))
    const told = survey.series.map(({ names, value, t }) => ({
      name: names[0],
      value,
      isNew: t > now - MINUTE,
    }))
    expect(told).toEqual([
      { name: 'a', value: 10, isNew: true },
      { name: 'b', value: 20, isNew: true },
    ])
  })

  test('from is exclusive and until inclusive in storage steps, wherever in a step the window begins', async () => {
    for (const late of [0, 1, 999, 1_000, 7_499, 7_500, 14_999]) {
      const to = now - 2 * STEP + late
      const samples = samplesOf(await ask('queue.length', { from: to - 4 * STEP, to }))
      expect(samples.map(({ t }) => t)).toEqual([to - 3 * STEP, to - 2 * STEP, to - STEP, to])
    }
  })

  test('instances that are gone are not seen, and those excluded are not counted', async () => {
    const all = await ask('averageSeries(ingest.*.rps)', { per: 'instance' })
    expect(all).toMatchObject({ kind: 'samples', seen: ['a', 'b'] })
    expect(samplesOf(all).at(-1)).toMatchObject({ value: 15, present: 2 })
    const query = 'averageSeries(exclude(ingest.*.rps,"\\.b\\."))'
    expect(await ask(query, { per: 'instance' })).toMatchObject({ seen: ['a'] })
  })

  test('with several stars the settings say which node is the instance', async () => {
    const query = 'averageSeries(ingest.*.cpu.*)'
    expect(await ask(query, { per: 'instance' })).toMatchObject({
      kind: 'missing',
      reason: 'no-instances',
      detail: expect.stringMatching(/set instanceNode/),
    })
    expect(await ask(query)).toMatchObject({ kind: 'samples', seen: [] })
    const told = open(graphite.url, { instanceNode: 1 })
    const reading = await told.read(questionAt(now, query, { per: 'instance' }), patient())
    expect(reading).toMatchObject({ kind: 'samples', seen: ['a', 'b'] })
    expect(samplesOf(reading)[0]).toMatchObject({ value: 2.5, present: 2 })
    await told.close()
  })

  test.for<[string, string]>([
    ['transformNull() would make it zero', 'transformNull(QUERY,0)'],
    ['keepLastValue() would repeat it', 'keepLastValue(QUERY)'],
    ['movingAverage() would stretch it', 'movingAverage(QUERY,"2min")'],
    ['a stand-in would hide it', 'fallbackSeries(transformNull(QUERY,0),constantLine(0))'],
  ])('nothing vouches for what was not sent: %s', async ([, form]) => {
    const stopped = samplesOf(await ask(form.replace('QUERY', 'stopped.length')))
    expect(stopped.map(({ t }) => t).at(-1)).toBe(now - 3 * MINUTE)
    const holed = samplesOf(await ask(form.replace('QUERY', 'holed.length'))).map(({ t }) => t)
    expect(holed.filter((t) => t > now - 3 * MINUTE && t <= now - 2 * MINUTE)).toEqual([])
    expect(holed).toHaveLength(16)
  })

  describe('storage steps', () => {
    test('coarser ones vouch for themselves, and cover the window', async () => {
      const question = questionAt(now, 'sumSeries(coarse.*.rps)', { per: 'instance' })
      const reading = await source.read(question, patient())
      expect(reading).toMatchObject({ kind: 'samples', step: MINUTE, seen: ['a'] })
      const times = samplesOf(reading).map(({ t }) => (now - t) / STEP)
      // The last whole minute ended with `now`, which is beyond the window.
      expect(times).toEqual([20, 16, 12, 8, 4])
    })

    test('a window that is longer than the finest retention is answered in coarser steps', async () => {
      const short = await ask('sumSeries(rolled.*.rps)')
      expect(short).toMatchObject({ kind: 'samples', step: STEP })
      expect(samplesOf(short)).toHaveLength(20)
      const from = now - STEP - 12 * MINUTE
      const long = await ask('sumSeries(rolled.*.rps)', { from })
      expect(long).toMatchObject({ kind: 'samples', step: MINUTE })
      expect(samplesOf(long)).toHaveLength(12)
      const covered = integrate(questionAt(now, '', { from }), long, { ready: [], spans: [] }, 0.8)
      expect(covered).toMatchObject({
        kind: 'whole',
        load: expect.closeTo(8, 9),
        coverage: expect.closeTo(11.25 / 12, 9),
      })
    })

    test('finer ones are put together', async () => {
      const samples = samplesOf(await ask('sumSeries(fine.*.rps)'))
      expect(samples).toHaveLength(20)
      expect(samples.every(({ value }) => value === 8)).toBe(true)
    })

    test('different ones in one query cover no more than the coarser', async () => {
      const reading = await ask('sumSeries(coarse.a.rps,queue.length)')
      expect(reading).toMatchObject({ kind: 'samples', step: MINUTE })
      expect(samplesOf(reading).length).toBeGreaterThanOrEqual(4)
    })
  })

  test('what has just arrived is seen, although its server keeps answers for a minute', async () => {
    const begin = Math.floor(Date.now() / STEP) * STEP
    const fresh = (times: number[]) => [
      { path: 'fresh.length', samples: times.map((t) => ({ t, value: 3 })) },
    ]
    const last = () =>
      source.read(questionAt(begin, 'fresh.length'), patient()).then((all) => samplesOf(all).at(-1)?.t)
    await graphite.write(fresh([begin - 5 * STEP, begin - 4 * STEP]))
    expect(await last()).toBe(begin - 3 * STEP)
    await graphite.write(fresh([begin - 3 * STEP, begin - 2 * STEP]))
    expect(await last()).toBe(begin - STEP)
  })

  test.for<[string, string, string, RegExp]>([
    [
      'a metric that is not there',
      'sumSeries(ingest.*.rsp)',
      'no-data',
      /below ingest\.\* there is no rsp: is the name right/,
    ],
    ['a path that begins with nothing', 'nothing.at.all', 'no-data', /no path begins with nothing/],
    [
      'a branch',
      'sumSeries(ingest.*)',
      'no-data',
      /it is no metric, metrics are below it, such as ingest\.a\./,
    ],
    ['one that is long silent', 'ingest.gone.rps', 'no-data', /it knows that metric: is it still sent/],
    [
      'a stand-in for one that is not there',
      'fallbackSeries(nothing.at.all,constantLine(0))',
      'stale',
      /no path begins/,
    ],
    [
      'one of two that is not there',
      'sumSeries(queue.length,nothing.at.all)',
      'stale',
      /no value of nothing\.at\.all/,
    ],
    ['a syntax error', 'sumSeries(ingest.*.rps', 'bad-query', /ends too early/],
    ['an unknown function', 'sumOfSeries(ingest.*.rps)', 'bad-query', /unknown function: sumOfSeries/],
    [
      'wrong arguments',
      'movingAverage(queue.length)',
      'refused',
      /TypeError: movingAverage\(\) missing.*wrong arguments/,
    ],
    [
      'several series',
      'ingest.*.rps',
      'many-series',
      /3 series \(ingest\.a\.rps, ingest\.b\.rps, ingest\.gone\.rps\).*sumSeries\(\)/,
    ],
    [
      'a series that a function leaves out',
      'removeAboveValue(queue.length,1)',
      'no-data',
      /has values of queue\.length/,
    ],
    [
      'one value for all',
      'summarize(queue.length,"99year","avg")',
      'bad-query',
      /one value for the whole window/,
    ],
    ['infinity', 'infinite.length', 'not-a-number', /NaN or infinity/],
  ])('missing, with its reason: %s', async ([, query, reason, detail]) => {
    const reading = await ask(query)
    expect(reading).toMatchObject({ kind: 'missing', reason, detail: expect.stringMatching(detail) })
  })
})

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('a Graphite in trouble', () => {
  let graphite: Graphite
  const now = Math.floor(Date.now() / STEP) * STEP
  beforeAll(async () => {
    graphite = await startGraphite()
    await graphite.write(['a', 'b'].map((id) => gauge(`ingest.${id}.rps`, now, 10)))
    const many = Array.from({ length: 8 }, (_, i) => gauge(`many.${i}.rps`, now, 10))
    await graphite.write(many)
  })

  /** What the reading comes to `later` ms after the last value was sent. */
  async function integralOf(source: Source, later: number) {
    const question = questionAt(now + later, 'sumSeries(ingest.*.rps)')
    return integrate(question, await source.read(question, patient()), { ready: [], spans: [] }, 0.8)
  }

  test('carbon frozen, killed and back: old data is told by its age, and a slow answer by the deadline', async () => {
    const source = open(graphite.url)
    expect(await integralOf(source, 0)).toMatchObject({ kind: 'whole', load: 20 })
    graphite.carbon.freeze()
    const begin = performance.now()
    // The values are those of before; graphite-web waits a second for carbon, for each metric.
    expect(await integralOf(source, 0)).toMatchObject({ kind: 'whole', load: 20 })
    expect(performance.now() - begin).toBeGreaterThan(1_000)
    const hurried = open(graphite.url, { timeout: '500ms' })
    const asked = performance.now()
    expect(await hurried.read(questionAt(now, 'sumSeries(many.*.rps)'), patient())).toMatchObject({
      kind: 'missing',
      reason: 'timeout',
      detail: expect.stringMatching(/is carbon behind it stuck/),
    })
    expect(performance.now() - asked).toBeLessThan(1_500)
    await hurried.close()
    graphite.carbon.thaw()
    await graphite.carbon.kill()
    expect(await integralOf(source, 0)).toMatchObject({ kind: 'whole' })
    expect(await integralOf(source, 3 * STEP)).toMatchObject({
      kind: 'missing',
      reason: 'stale',
      detail: expect.stringMatching(/is 45s old/),
    })
    await graphite.carbon.restart()
    await graphite.write([gauge('ingest.c.rps', now, 10)])
    expect(await integralOf(source, 0)).toMatchObject({ kind: 'whole', load: 30 })
    await source.close()
  })

  test('graphite-web frozen, then thawed, then killed, then back', async () => {
    const source = open(graphite.url, { timeout: '1s' })
    const read = () => source.read(questionAt(now, 'sumSeries(ingest.*.rps)'), patient())
    expect(await read()).toMatchObject({ kind: 'samples' })
    graphite.web.freeze()
    const begin = performance.now()
    expect(await read()).toMatchObject({ kind: 'missing', reason: 'timeout' })
    expect(performance.now() - begin).toBeLessThan(2_500)
    graphite.web.thaw()
    expect(await read()).toMatchObject({ kind: 'samples' })
    await graphite.web.kill()
    expect(await read()).toMatchObject({ kind: 'missing', reason: 'unreachable' })
    await graphite.web.restart()
    expect(await read()).toMatchObject({ kind: 'samples' })
    await source.close()
  })
})
