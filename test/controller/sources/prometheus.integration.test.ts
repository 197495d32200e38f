import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Question } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { sourceContract } from '../../contract/source.ts'
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts'
import { needs } from '../../support/servers.ts'
import { deps } from './wire.ts'

const MINUTE = 60_000
const STEP = 15_000

const open = (url: string, config: Record<string, unknown> = {}): Source =>
  SourceSettings.parse({ type: 'prometheus', url, interval: '15s', ...config }).open(deps())

needs('prometheus')('a real Prometheus', () => {
  let prometheus: Prometheus
  beforeAll(async () => {
    prometheus = await startPrometheus()
  })

  sourceContract('prometheus', async ({ series }) => {
    const labelled = series.map(({ name, labels, samples }) => ({
      labels: { __name__: name, ...labels },
      samples,
    }))
    await prometheus.write(labelled)
    return open(prometheus.url)
  })
})

/** A counter of `perSecond` a second on each instance, with nothing in the holes (from, to] that are given. */
function counters(
  name: string,
  now: number,
  perSecond: number,
  instances: readonly string[],
  holes: [number, number][] = [],
) {
  const times: number[] = []
  for (let t = now - 30 * MINUTE + STEP / 2; t <= now; t += STEP) {
    if (!holes.some(([from, to]) => t > from && t <= to)) times.push(t)
  }
  return instances.map((instance) => ({
    labels: { __name__: name, workload: 'ingest', instance },
    samples: times.map((t) => ({ t, value: ((t - now) / 1000 + 3600) * perSecond })),
  }))
}

needs('prometheus')('questions to a real Prometheus', () => {
  let prometheus: Prometheus
  let source: Source
  let now = 0
  const ask = (query: string, window = 5 * MINUTE): Promise<Awaited<ReturnType<Source['read']>>> =>
    source.read(question(query, window), AbortSignal.timeout(10_000))
  const question = (query: string, window = 5 * MINUTE): Question => ({
    query,
    per: 'workload',
    from: now - STEP - window,
    to: now - STEP,
    step: STEP,
    interval: STEP,
  })
  const times = async (query: string, window?: number): Promise<number[]> => {
    const reading = await ask(query, window)
    if (reading.kind === 'missing') throw new Error(reading.detail)
    return reading.samples.map(({ t }) => t)
  }

  beforeAll(async () => {
    prometheus = await startPrometheus()
    now = Math.floor(Date.now() / STEP) * STEP
    await prometheus.write([
      ...counters('requests_total', now, 10, ['a', 'b']),
      ...counters('bytes_total', now, 1000, ['a', 'b', 'c']),
      ...counters('gone_total', now, 10, ['a'], [[now - 4 * MINUTE, now]]),
      ...counters('holed_total', now, 10, ['a', 'b'], [[now - 4 * MINUTE, now - MINUTE]]),
      ...counters('job:requests:rate1m', now, 0, ['a', 'b']),
      {
        labels: { __name__: 'queue_length', queue: 'in' },
        samples: counters('x', now, 1, ['a'])[0]?.samples ?? [],
      },
    ])
  })
  beforeEach(() => {
    source = open(prometheus.url)
    return () => source.close()
  })

  test('a rate over counters, with its instances', async () => {
    const reading = await ask('sum(rate(requests_total{workload="ingest"}[1m]))')
    if (reading.kind !== 'samples') throw new Error(JSON.stringify(reading))
    expect(reading.samples).toHaveLength(20)
    for (const { value, present } of reading.samples) {
      expect(value).toBeCloseTo(20, 6)
      expect(present).toBe(2)
    }
    expect(reading.seen.toSorted()).toEqual(['a', 'b'])
    expect(Math.abs(reading.skew ?? Number.NaN)).toBeLessThan(1_000)
  })

  test('a hole of 3 minutes that the query itself bridges is not covered', async () => {
    const bridged = 'sum(rate(holed_total[5m]))'
    const direct = await fetch(
      `${prometheus.url}/api/v1/query_range?${new URLSearchParams({
        query: bridged,
        start: String((now - 5 * MINUTE) / 1000),
        end: String((now - STEP) / 1000),
        step: '15',
      })}`,
    ).then((answer) => answer.text())
    // Prometheus gives a value at each of the 20 points, also inside of the hole.
    expect(direct.match(/\[1\d{9}/g)).toHaveLength(20)
    const covered = await times(bridged)
    expect(covered.filter((t) => t - STEP > now - 4 * MINUTE && t < now - MINUTE)).toEqual([])
    expect(covered).toHaveLength(8)
  })

  test('the least of two selectors is what is present, the common instances are seen', async () => {
    const reading = await ask('sum(rate(bytes_total[1m])) / sum(rate(requests_total[1m]))')
    expect(reading).toMatchObject({
      kind: 'samples',
      samples: expect.toSatisfy((all) => all[0].present === 2),
    })
    expect(reading.kind === 'samples' && reading.seen.toSorted()).toEqual(['a', 'b'])
  })

  test('series without an instance label tell nothing about instances', async () => {
    const reading = await ask('sum(queue_length)')
    expect(reading).toMatchObject({ kind: 'samples', seen: [] })
    expect(reading.kind === 'samples' && reading.samples[0]).not.toHaveProperty('present')
  })

  test.for<[string, string]>([
    ['no selector at all', 'vector(1)'],
    ['an offset', 'sum(rate(requests_total[1m] offset 10m))'],
    ['a pinned time', 'sum(requests_total @ end())'],
    ['a subquery', 'max_over_time(sum(rate(requests_total[1m]))[2m:15s])'],
    [
      'a subquery with offsets on two levels',
      'max_over_time(sum(rate(requests_total[1m] offset 1m))[2m:15s] offset 1m)',
    ],
    ['a recording rule', 'sum(job:requests:rate1m)'],
    ['a selector without a name', 'sum({__name__="requests_total",instance=~"a|b"})'],
    ['matchers with quotes and backslashes', 'sum(requests_total{instance!="\\"\\\\"})'],
    ['what may be absent', 'sum(requests_total unless on(instance) nothing_of_that_name)'],
  ])('the raw data is found behind %s', async ([, query]) => {
    expect(await times(query)).toHaveLength(20)
  })

  test('a stand-in for absent data vouches for nothing', async () => {
    const reading = await ask('sum(nothing_of_that_name) or vector(0)')
    expect(reading).toMatchObject({
      kind: 'missing',
      reason: 'stale',
      detail: expect.stringMatching(
        /no raw data of nothing_of_that_name.*no series is named nothing_of_that_name/,
      ),
    })
  })

  test.for<[string, string, number, string, RegExp]>([
    ['a misspelt metric', 'sum(rate(requsts_total[1m]))', 5, 'no-data', /no series is named requsts_total/],
    [
      'a matcher that matches nothing',
      'sum(requests_total{workload="x"})',
      5,
      'no-data',
      /has 2 series, none of them matches/,
    ],
    [
      'a range of less than one interval',
      'sum(rate(requests_total[10s]))',
      5,
      'no-data',
      /has raw data of requests_total/,
    ],
    ['a series that only lives on by look-back', 'sum(gone_total)', 3, 'stale', /only repeats old values/],
    [
      'one series for each instance',
      'rate(requests_total[1m])',
      5,
      'many-series',
      /2 series \(\{instance="a"/,
    ],
    ['a division by zero', 'sum(requests_total) * 0 / 0', 5, 'not-a-number', /divide by zero/],
    [
      'a type error that only the server knows',
      'rate(requests_total)',
      5,
      'bad-query',
      /expected type range vector/,
    ],
    [
      'a match that fails on the way',
      'sum(requests_total * on(workload) bytes_total)',
      5,
      'bad-query',
      /many-to-many/,
    ],
  ])('missing, with its reason: %s', async ([, query, minutes, reason, detail]) => {
    const reading = await ask(query, minutes * MINUTE)
    expect(reading).toMatchObject({ kind: 'missing', reason, detail: expect.stringMatching(detail) })
  })
})

needs('prometheus')('a Prometheus in trouble', () => {
  let prometheus: Prometheus
  beforeAll(async () => {
    prometheus = await startPrometheus()
  })

  test('frozen, then thawed, then killed, then back', async () => {
    const now = Date.now()
    await prometheus.write(counters('requests_total', now, 10, ['a']))
    const source = open(prometheus.url, { timeout: '500ms' })
    const read = () => {
      const question = { query: 'sum(requests_total)', per: 'workload', step: STEP, interval: STEP } as const
      return source.read({ ...question, from: now - 3 * MINUTE, to: now - STEP }, AbortSignal.timeout(10_000))
    }
    expect(await read()).toMatchObject({ kind: 'samples' })
    prometheus.freeze()
    const begin = performance.now()
    // The memory of what was asked before must not hide that the server is gone.
    expect(await read()).toMatchObject({ kind: 'missing', reason: 'timeout' })
    expect(performance.now() - begin).toBeLessThan(2_000)
    prometheus.thaw()
    expect(await read()).toMatchObject({ kind: 'samples' })
    await prometheus.kill()
    expect(await read()).toMatchObject({ kind: 'missing', reason: 'unreachable' })
    await prometheus.restart()
    expect(await read()).toMatchObject({ kind: 'samples' })
    await source.close()
  })
})
