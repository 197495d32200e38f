import { describe, expect, test } from 'vitest'
import type { Question, Reading, SurveyQuestion } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { roundAfter } from '../../../controller/sources/rounds.ts'
import { type Scraper, scraper } from '../../../controller/sources/scrape.ts'
import { ScrapeConfig } from '../../../controller/sources/scrape-config.ts'
import type { Target } from '../../../controller/sources/source.ts'
import { queries, sourceContract, type World } from '../../contract/source.ts'
import { deps } from './wire.ts'

const STEP = 15_000
const config = ScrapeConfig.parse({ type: 'scrape', interval: '15s' })

const target = (id: string, more: Partial<Target> = {}): Target => ({
  id,
  workload: 'ingest',
  host: `host-${id}`,
  zone: 'one',
  version: 'v1',
  address: `${id}:80`,
  ready: true,
  ...more,
})

const idOf = (input: unknown): string => new URL(String(input)).hostname

/** Replays a world on the wire: at each time an instance shows the samples that it has then. */
async function replayed({ series, now, interval }: World): Promise<Scraper> {
  let clock = 0
  const expose = (id: string): string => {
    const shown = series.filter(({ labels }) => labels.instance === id)
    const lines = shown.flatMap(({ name, samples }) => {
      const sample = samples.find(({ t }) => t === clock)
      return sample === undefined ? [] : [`${name} ${sample.value}`]
    })
    return `${lines.join('\n')}\n`
  }
  const source = scraper(
    config,
    deps({
      now: () => clock,
      fetch: async (input) => new Response(expose(idOf(input))),
      targets: () => [target('a'), target('b')],
    }),
  )
  const times = [...new Set(series.flatMap(({ samples }) => samples.map(({ t }) => t)))].toSorted(
    (a, b) => a - b,
  )
  clock = times[0] ?? 0
  for (const query of Object.values(queries)) {
    const question = {
      query,
      per: 'workload',
      from: clock - 600_000,
      to: clock,
      step: interval,
      interval,
    } as const
    await source.read(question, AbortSignal.timeout(1_000))
  }
  for (const time of times) {
    clock = time
    await source.round(time)
  }
  clock = now
  return source
}

sourceContract('scrape', replayed)

/** Instances that each answer as `show` says at a time: a text, a status, or an error. */
function fleet(targets: Target[], show: (id: string, t: number) => string | number | Error) {
  const state = { t: 1_000_000_000, targets }
  const source = scraper(
    config,
    deps({
      now: () => state.t,
      targets: () => state.targets,
      fetch: async (input) => {
        const shown = show(idOf(input), state.t)
        if (shown instanceof Error) throw shown
        return typeof shown === 'number' ? new Response('', { status: shown }) : new Response(shown)
      },
    }),
  )
  const read = (query: string, points = 4, per: Question['per'] = 'workload'): Promise<Reading> => {
    const to = state.t
    const question = { query, per, from: to - points * STEP, to, step: STEP, interval: STEP }
    return source.read(question, AbortSignal.timeout(1_000))
  }
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      state.t += STEP
      await source.round(state.t)
    }
  }
  return { state, source, read, rounds }
}

const counter = (perSecond: number) => (_: string, t: number) =>
  `hits_total ${(t / 1000) * perSecond}\nload 5\n`

const samplesOf = (reading: Reading) => {
  if (reading.kind === 'missing') throw new Error(reading.detail)
  return reading.samples
}

describe('a survey of a fleet that is scraped', () => {
  const survey = (source: Scraper, query: string, more: Partial<SurveyQuestion> = {}) =>
    source.survey({ query, interval: STEP, ...more }, AbortSignal.timeout(1_000))

  test('tells the newest value of each instance, and how old it is where one does not answer any more', async () => {
    let down = false
    const show = (id: string): string | number => (down && id === 'b' ? 503 : `lag ${id === 'a' ? 3 : 45}\n`)
    const { state, source, rounds } = fleet([target('a'), target('b')], show)
    await survey(source, 'lag')
    await rounds(2)
    down = true
    await rounds(2)
    expect(await survey(source, 'lag')).toEqual({
      kind: 'series',
      series: [
        { names: ['a'], t: state.t, value: 3 },
        { names: ['b'], t: state.t - 2 * STEP, value: 45 },
      ],
    })
  })

  test('a value is as old as the oldest sample that it was made of', async () => {
    let halves = ['x 5', 'y 2']
    const { state, source, rounds } = fleet([target('a')], () => `${halves.join('\n')}\n`)
    await survey(source, 'x - y')
    await rounds(2)
    halves = ['x 7']
    await rounds(1)
    expect(await survey(source, 'x - y')).toMatchObject({ series: [{ t: state.t - STEP, value: 5 }] })
  })

  test('another label can name the instance', async () => {
    const { source, rounds } = fleet([target('a')], () => 'lag 3\n')
    await survey(source, 'lag')
    await rounds(1)
    expect(await survey(source, 'lag', { by: 'host' })).toMatchObject({ series: [{ names: ['host-a'] }] })
    const reason = 'no-instances'
    expect(await survey(source, 'sum(lag)')).toMatchObject({ kind: 'missing', reason })
    expect(await survey(source, 'lag', { by: 'rack' })).toMatchObject({ kind: 'missing', reason })
  })

  test('nothing, or nothing sound, is no value', async () => {
    const { source, rounds } = fleet([target('a')], () => 'lag 3\n')
    await rounds(1)
    expect(await survey(source, 'lag')).toMatchObject({ kind: 'missing', reason: 'no-data' })
    expect(await survey(source, 'abs(lag)')).toMatchObject({ kind: 'missing', reason: 'bad-query' })
  })
})

describe('a fleet that is scraped', () => {
  test('a rate is summed over the instances, with who is in it', async () => {
    const { read, rounds } = fleet([target('a'), target('b')], counter(10))
    const query = 'sum(rate(hits_total{workload="ingest"}[30s]))'
    await read(query)
    await rounds(6)
    const reading = await read(query)
    expect(samplesOf(reading).map(({ value, present }) => [value, present])).toEqual(Array(4).fill([20, 2]))
    expect(reading).toMatchObject({ kind: 'samples', seen: ['a', 'b'], step: STEP })
  })

  test('labels of the target are on each series, and its own ones step aside', async () => {
    const show = (): string => 'x{zone="mine",path="/a"} 3\n'
    const { read, rounds } = fleet([target('a', { zone: 'two', version: 'v7' })], show)
    const query =
      'sum(x{workload="ingest",instance="a",host="host-a",zone="two",version="v7",exported_zone="mine",path="/a"})'
    await read(query)
    await rounds(1)
    expect(samplesOf(await read(query))).toMatchObject([{ value: 3 }])
  })

  test('a new instance with one sample is absent from a rate, not zero', async () => {
    const { state, read, rounds } = fleet([target('a')], counter(10))
    const query = 'avg(rate(hits_total[30s]))'
    await read(query)
    await rounds(4)
    state.targets = [target('a'), target('b')]
    await rounds(1)
    expect(samplesOf(await read(query, 4, 'instance')).at(-1)).toMatchObject({ value: 10, present: 1 })
    await rounds(1)
    expect(samplesOf(await read(query, 4, 'instance')).at(-1)).toMatchObject({ value: 10, present: 2 })
  })

  test('one that went leaves the data as it goes, and is not missed', async () => {
    const { state, read, rounds } = fleet([target('a'), target('b')], counter(10))
    await read('sum(load)')
    await rounds(4)
    state.targets = [target('a')]
    await rounds(2)
    const reading = await read('sum(load)')
    expect(samplesOf(reading).map(({ value }) => value)).toEqual([10, 10, 5, 5])
    expect(reading).toMatchObject({ kind: 'samples', seen: ['a'] })
  })

  test.for<[string, string | number | Error, RegExp]>([
    ['an error', new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }), /ECONNREFUSED/],
    ['a status', 503, /answers 503/],
    ['a page of something else', '<html></html>', /line 1 is no metric/],
    ['more series than one instance may have', 'load{n="1"} 1\n'.repeat(3_000), /at most 2000/],
    ['more than one instance may say', `# ${'x'.repeat(9_000_000)}\n`, /8000000 bytes/],
  ])('a ready instance that answers %s makes the reading partial', async ([, answer, detail]) => {
    const broken = { since: Number.POSITIVE_INFINITY }
    const show = (id: string, t: number) => (id === 'b' && t >= broken.since ? answer : counter(10)(id, t))
    const { state, read, rounds } = fleet([target('a'), target('b')], show)
    await read('sum(load)')
    await rounds(4)
    broken.since = state.t
    await rounds(1)
    expect(await read('sum(load)')).toMatchObject({
      kind: 'partial',
      seen: ['a'],
      share: 0.5,
      detail: expect.stringMatching(detail),
    })
    expect(await read('sum(load)')).toMatchObject({
      detail: expect.stringMatching(/1 of 2 ready instances.*b /),
    })
  })

  test('one of many that does not answer now makes it partial, however small its share', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `n${i}`)
    const broken = { since: Number.POSITIVE_INFINITY }
    const show = (id: string, t: number) => (id === 'n7' && t >= broken.since ? 503 : counter(10)(id, t))
    const { state, read, rounds } = fleet(
      ids.map((id) => target(id)),
      show,
    )
    await read('sum(load)')
    await rounds(4)
    broken.since = state.t
    await rounds(1)
    expect(await read('sum(load)')).toMatchObject({ kind: 'partial', share: 39 / 40 })
  })

  test('one that is not ready is not missed', async () => {
    const show = (id: string, t: number) => (id === 'b' ? 503 : counter(10)(id, t))
    const { read, rounds } = fleet([target('a'), target('b', { ready: false })], show)
    await read('sum(load)')
    await rounds(4)
    expect(await read('sum(load)')).toMatchObject({ kind: 'samples', seen: ['a'] })
  })

  test('one that was starting before is not held against the window once it is ready', async () => {
    const born = { at: 0 }
    const show = (id: string, t: number) =>
      id === 'b' && t < born.at ? new Error('not up yet') : counter(10)(id, t)
    const { state, read, rounds } = fleet([target('a'), target('b', { ready: false })], show)
    born.at = state.t + 5 * STEP
    await read('sum(load)')
    await rounds(5)
    state.targets = [target('a'), target('b')]
    expect(await read('sum(load)')).toMatchObject({ kind: 'samples', seen: ['a', 'b'] })
  })

  test('instances that were dark for a part of the window make a sum too low, and it is partial', async () => {
    const show = (id: string, t: number) =>
      id !== 'a' && t > 1_000_000_000 + 4 * STEP && t <= 1_000_000_000 + 7 * STEP ? 503 : counter(10)(id, t)
    const { read, rounds } = fleet([target('a'), target('b'), target('c')], show)
    await read('sum(load)', 8)
    await rounds(9)
    const reading = await read('sum(load)', 8)
    expect(reading).toMatchObject({ kind: 'partial', seen: ['a', 'b', 'c'] })
    expect(reading).toMatchObject({ share: 1 - 6 / 24, detail: expect.stringMatching(/75 % of the scrapes/) })
  })

  test('instances of other workloads that know nothing of the metric are not missed', async () => {
    const other = target('z', { workload: 'consumer' })
    const show = (id: string, t: number) => (id === 'z' ? 503 : counter(10)(id, t))
    const { read, rounds } = fleet([target('a'), other], show)
    await read('sum(load)')
    await rounds(4)
    expect(await read('sum(load)')).toMatchObject({ kind: 'samples' })
    expect(await read('sum(load{workload="ingest"})')).toMatchObject({ kind: 'samples' })
  })

  test('whether they answer can be asked too', async () => {
    const show = (id: string, t: number) => (id === 'b' ? 503 : counter(10)(id, t))
    const { read, rounds } = fleet([target('a'), target('b', { ready: false })], show)
    await read('sum(up)')
    await rounds(4)
    expect(samplesOf(await read('sum(up)')).at(-1)).toMatchObject({ value: 1 })
    expect(samplesOf(await read('count(up)')).at(-1)).toMatchObject({ value: 2 })
  })
})

describe('why there is nothing', () => {
  test.for<[string, string, string, RegExp]>([
    ['a name that nobody shows', 'sum(lod)', 'no-data', /no instance has shown lod/],
    [
      'a matcher that matches nothing',
      'sum(load{workload="x"})',
      'no-data',
      /none of the 1 series of load matches/,
    ],
    ['a range that holds one sample', 'sum(rate(hits_total[10s]))', 'no-data', /make the range at least 30s/],
    [
      'a function that it does not know',
      'sum(irate(load[1m]))',
      'bad-query',
      /irate\(\): a prometheus source does/,
    ],
  ])('%s', async ([, query, reason, detail]) => {
    const { read, rounds } = fleet([target('a')], counter(10))
    await read('sum(load) + sum(hits_total)')
    await read(query)
    await rounds(4)
    expect(await read(query)).toMatchObject({
      kind: 'missing',
      reason,
      detail: expect.stringMatching(detail),
    })
  })

  test('nobody is there', async () => {
    const { read, rounds } = fleet([], counter(10))
    await read('sum(load)')
    await rounds(4)
    expect(await read('sum(load)')).toMatchObject({ kind: 'missing', reason: 'no-instances' })
  })

  test('nobody answers', async () => {
    const { read, rounds } = fleet([target('a'), target('b')], () => 503)
    await read('sum(load)')
    await rounds(4)
    expect(await read('sum(load)')).toMatchObject({
      reason: 'unreachable',
      detail: expect.stringMatching(/none of 2 ready instances.*a answers 503/),
    })
  })

  test('nothing was scraped yet', async () => {
    const { read } = fleet([target('a')], counter(10))
    expect(await read('sum(load)')).toMatchObject({
      reason: 'no-data',
      detail: expect.stringMatching(/next scrapes/),
    })
  })
})

test('instances that failed before go last, and no more are asked at once than allowed', async () => {
  const asked: string[] = []
  let [open, most] = [0, 0]
  const limited = ScrapeConfig.parse({ type: 'scrape', concurrency: 2 })
  const fetching = async (input: unknown): Promise<Response> => {
    asked.push(idOf(input))
    open += 1
    most = Math.max(most, open)
    await Promise.resolve()
    open -= 1
    return new Response('', { status: idOf(input) === 'a' ? 503 : 200 })
  }
  const targets = ['a', 'b', 'c', 'd'].map((id) => target(id))
  const source = scraper(limited, deps({ fetch: fetching, targets: () => targets }))
  await source.round(1)
  await source.round(2)
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'b', 'c', 'd', 'a'])
  expect(most).toBe(2)
})

test('settings: a time-out longer than the interval is refused, faults of a query are told', () => {
  const parsed = SourceSettings.safeParse({ type: 'scrape', interval: '1s', timeout: '2s' })
  expect(parsed.error?.issues).toMatchObject([{ path: ['timeout'] }])
  const settings = SourceSettings.parse({ type: 'scrape', interval: '1s' })
  expect(settings.interval).toBe(1_000)
  expect(settings.faults('sum(load)')).toEqual([])
  expect(settings.faults('sum(irate(load[1m]))')).toHaveLength(1)
})

test.for<[string, number, number]>([
  ['on time', 10_000, 10_000],
  ['a little early, as timers are', 9_990, 10_000],
  ['late', 13_000, 10_000],
  ['so late that a round was missed', 21_000, 21_000],
  ['after the clock was set back', 3_000, 3_000],
])('a round that begins %s', ([, now, wanted]) => {
  expect(roundAfter(0, now, 10_000)).toBe(wanted)
})
