import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Question, Reading, Survey } from '../../controller/decision/reading.ts'
import type { Source } from '../../controller/sources/source.ts'

/** What there was to be measured until `now` (epoch ms): raw samples of gauges, `interval` ms apart where there is no hole. */
export interface World {
  now: number
  interval: number
  series: readonly WorldSeries[]
}

export interface WorldSeries {
  name: string
  labels: { workload: string; instance: string }
  samples: readonly { t: number; value: number }[]
}

/** Opens a source that has measured `world`. The suite closes it. */
export type MakeSource = (world: World) => Promise<Source>

/** What the suite asks, for sources that do not evaluate expressions: each is the sum, or the mean, of one metric. */
export const queries = {
  steady: 'sum(contract_steady{workload="ingest"})',
  mean: 'avg(contract_steady{workload="ingest"})',
  holed: 'sum(contract_holed{workload="ingest"})',
  stopped: 'sum(contract_stopped{workload="ingest"})',
  dying: 'sum(contract_dying{workload="ingest"})',
  nothing: 'sum(contract_nothing{workload="ingest"})',
  notANumber: 'sum(contract_nan{workload="ingest"})',
  many: 'contract_steady{workload="ingest"}',
  broken: 'sum(contract_steady{',
} as const

/**
 * How a source is asked that has a language of its own, and what it calls the remedy for several series. `surveys`: whether it tells
 * the newest value of each instance; it does where nothing else is said.
 */
export interface Dialect {
  queries: Readonly<Record<keyof typeof queries, string>>
  remedy: RegExp
  surveys?: false
}

/**
 * How a source is asked that knows totals only: nobody is in them by name, they are one series, and always numbers. `each`: what it
 * answers holds for every instance alike.
 */
export interface TotalsDialect {
  kind: 'totals'
  each?: true
  queries: Readonly<Record<'steady' | 'holed' | 'stopped' | 'nothing' | 'broken', string>>
}

export const promql: Dialect = { queries, remedy: /sum\(\)/ }

const MINUTE = 60_000
const INTERVAL = 15_000

/** The hole is shorter than the 5 minutes that a Prometheus bridges, and the window reaches beyond it on both sides. */
function worldAt(now: number): World {
  const times: number[] = []
  // Half an interval off the times that are asked for, so that no sample lies on the edge of a step.
  for (let t = now - 20 * MINUTE + INTERVAL / 2; t <= now; t += INTERVAL) times.push(t)
  const series = (name: string, instance: string, value: number, has = (_: number) => true): WorldSeries => ({
    name,
    labels: { workload: 'ingest', instance },
    samples: times.filter(has).map((t) => ({ t, value })),
  })
  return {
    now,
    interval: INTERVAL,
    series: [
      series('contract_steady', 'a', 10),
      series('contract_steady', 'b', 20),
      series('contract_holed', 'a', 10, (t) => t <= now - 5 * MINUTE || t > now - 2 * MINUTE),
      series('contract_stopped', 'a', 10, (t) => t <= now - 4 * MINUTE),
      series('contract_dying', 'a', 10),
      series('contract_dying', 'b', 20, (t) => t <= now - 3 * MINUTE),
      series('contract_nan', 'a', Number.NaN),
    ],
  }
}

function ask(query: string, now: number, window = 6 * MINUTE, per: Question['per'] = 'workload'): Question {
  const to = now - INTERVAL
  return { query, per, from: to - window, to, step: INTERVAL, interval: INTERVAL }
}

const patient = (): AbortSignal => AbortSignal.timeout(10_000)

function samplesOf(reading: Reading) {
  if (reading.kind === 'missing') throw new Error(`missing: ${reading.reason}: ${reading.detail}`)
  return reading.samples
}

/** The promises of controller/sources/source.ts, which every source keeps. `dialect`: PromQL, where nothing else is said. */
export function sourceContract(
  name: string,
  make: MakeSource,
  dialect: Dialect | TotalsDialect = promql,
): void {
  const { queries } = dialect
  describe(`the contract of sources: ${name}`, () => {
    const now = Math.floor(Date.now() / INTERVAL) * INTERVAL
    let source: Source
    const read = (query: string, window?: number, per?: Question['per']) =>
      source.read(ask(query, now, window, per), patient())

    beforeAll(async () => {
      source = await make(worldAt(now))
    })
    afterAll(() => source.close())

    test('samples fill the window: in (from, to], ascending, finite, one a step, the newest at its end', async () => {
      const question = ask(queries.steady, now)
      const reading = await source.read(question, patient())
      const samples = samplesOf(reading)
      expect(reading).toMatchObject({ kind: 'samples', step: INTERVAL })
      expect(samples.map(({ value }) => value)).toEqual(samples.map(() => 30))
      const grid = samples.map((_, i) => question.from + (i + 1) * INTERVAL)
      expect(samples.map(({ t }) => t)).toEqual(grid)
      expect(grid.at(-1)).toBe(question.to)
    })

    if ('kind' in dialect) totalsOnly(dialect, read)
    else {
      instancesToo(dialect, read)
      if (dialect.surveys !== false) surveysToo(dialect, () => source, now)
    }

    test('nothing vouches for a hole in the raw data', async () => {
      const times = samplesOf(await read(queries.holed)).map(({ t }) => t)
      const inHole = (t: number): boolean => t - INTERVAL > now - 5 * MINUTE && t < now - 2 * MINUTE
      expect(times.filter(inHole)).toEqual([])
      expect(times.length).toBeGreaterThanOrEqual(11)
      expect(times.at(-1)).toBe(now - INTERVAL)
    })

    test.for<Missing>([
      ['a metric that does not exist', queries.nothing, 6, ['no-data'], /contract_nothing/],
      [
        'a series that stopped before the window',
        queries.stopped,
        3,
        ['stale', 'no-data'],
        /contract_stopped/,
      ],
      ['a query that is none', queries.broken, 6, ['bad-query'], /./],
    ])('missing, with its reason: %s', async (row) => {
      await expectMissing(read, row)
    })

    test('a read whose signal has aborted settles at once as a time-out', async () => {
      const reading = await source.read(ask(queries.steady, now), AbortSignal.abort())
      expect(reading).toMatchObject({ kind: 'missing', reason: 'timeout' })
    })

    test('a signal that aborts on the way settles the read', async () => {
      const hurry = new AbortController()
      const reading = source.read(ask(queries.steady, now), hurry.signal)
      hurry.abort()
      expect(['missing', 'samples']).toContain((await reading).kind)
    })

    test('equal questions at the same time get equal answers', async () => {
      const both = await Promise.all([read(queries.steady), read(queries.steady)])
      expect(samplesOf(both[0])).toEqual(samplesOf(both[1]))
    })

    test('closed, it still settles, and closing again does no harm', async () => {
      const other = await make(worldAt(now))
      await other.close()
      await other.close()
      expect(await other.read(ask(queries.steady, now), patient())).toMatchObject({ kind: 'missing' })
    })
  })
}

type Read = (query: string, window?: number, per?: Question['per']) => Promise<Reading>

/** What is asked, the minutes of its window, the reasons that are right, and what the detail says. */
type Missing = [string, string, number, readonly string[], RegExp]

async function expectMissing(read: Read, [, query, minutes, reasons, detail]: Missing): Promise<void> {
  const reading = await read(query, minutes * MINUTE)
  expect(reading).toMatchObject({ kind: 'missing', detail: expect.stringMatching(detail) })
  expect(reasons).toContain(reading.kind === 'missing' ? reading.reason : reading.kind)
}

/** What is asked of sources whose series are those of instances. */
function instancesToo({ queries, remedy }: Dialect, read: Read): void {
  test('it tells who was in the raw data, and how many, for a mean over instances', async () => {
    const reading = await read(queries.mean, undefined, 'instance')
    expect(samplesOf(reading).at(-1)).toMatchObject({ value: 15, present: 2 })
    expect(reading).toMatchObject({
      seen: expect.toSatisfy((seen: string[]) => seen.toSorted().join() === 'a,b'),
    })
  })

  test('an instance that died is in the data until it died, and not seen any more', async () => {
    const reading = await read(queries.dying)
    const samples = samplesOf(reading)
    expect(samples[0]).toMatchObject({ present: 2, value: 30 })
    expect(samples.at(-1)).toMatchObject({ present: 1 })
    expect(reading).toMatchObject({ seen: ['a'] })
  })

  test.for<Missing>([
    ['several series where one is expected', queries.many, 6, ['many-series'], remedy],
    ['values that are no numbers', queries.notANumber, 6, ['not-a-number'], /NaN/],
  ])('missing, with its reason: %s', async (row) => {
    await expectMissing(read, row)
  })
}

/** What is asked of sources that tell the newest value of each instance. */
function surveysToo({ queries }: Dialect, source: () => Source, now: number): void {
  const survey = async (query: string, signal = patient()): Promise<Survey> => {
    const told = await source().survey?.({ query, interval: MINUTE }, signal)
    if (told === undefined) throw new Error('it makes no surveys')
    return told
  }

  test('a survey tells the newest value of each instance, and of when it is', async () => {
    const told = await survey(queries.many)
    if (told.kind === 'missing') throw new Error(told.detail)
    const one = (name: string) => told.series.find(({ names }) => names.includes(name))
    expect(told.series).toHaveLength(2)
    expect([one('a')?.value, one('b')?.value]).toEqual([10, 20])
    for (const { t } of told.series) expect(Math.abs(now - INTERVAL / 2 - t)).toBeLessThanOrEqual(INTERVAL)
  })

  test.for([
    { name: 'a metric that does not exist', query: queries.nothing, reasons: ['no-data', 'no-instances'] },
    { name: 'a query that is none', query: queries.broken, reasons: ['bad-query'] },
  ])('a survey is missing, with its reason: $name', async ({ query, reasons }) => {
    const told = await survey(query)
    expect(reasons).toContain(told.kind === 'missing' ? told.reason : told.kind)
  })

  test('a survey whose signal has aborted settles at once as a time-out', async () => {
    const told = await survey(queries.many, AbortSignal.abort())
    expect(told).toMatchObject({ kind: 'missing', reason: 'timeout' })
  })
}

/** What is asked of sources that know no instances: they must not look as if they did. */
function totalsOnly({ queries, each }: TotalsDialect, read: Read): void {
  test('nobody is seen in a total, and nobody counted', async () => {
    const reading = await read(queries.steady)
    expect(reading).toMatchObject({ seen: [] })
    expect(samplesOf(reading).filter(({ present }) => present !== undefined)).toEqual([])
  })

  if (each === true) {
    test('what holds for every instance alike says so', async () => {
      const reading = await read(queries.steady, undefined, 'instance')
      expect(reading).toMatchObject({ kind: 'samples', each: true })
    })
    return
  }
  test('a mean over instances is refused, with the remedy', async () => {
    const reading = await read(queries.steady, undefined, 'instance')
    expect(reading).toMatchObject({
      kind: 'missing',
      reason: 'no-instances',
      detail: expect.stringMatching(/per: workload/),
    })
  })
}
