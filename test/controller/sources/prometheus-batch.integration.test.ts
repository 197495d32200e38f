import { beforeAll, expect, test } from 'vitest'
import type { Question, Reading } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts'
import { needs } from '../../support/servers.ts'
import { deps } from './wire.ts'

const STEP = 15_000
const MINUTE = 60_000
/** Some have no data, one has a hole, one has stopped, one counts with another step, and two differ in a dot. */
const workloads = ['plain', 'holed', 'stopped', 'nothing', 'twice', 'a.b', 'axb', 'lone'] as const

const isThere: Partial<Record<(typeof workloads)[number], (age: number) => boolean>> = {
  holed: (age) => age < MINUTE || age > 3 * MINUTE,
  stopped: (age) => age > 2 * MINUTE,
  nothing: () => false,
}

function seriesAt(now: number) {
  const ages = Array.from({ length: 60 }, (_, i) => i * STEP + STEP / 2).reverse()
  return workloads.flatMap((w, i) =>
    ['a', 'b', 'c'].slice(0, w === 'lone' ? 1 : 3).flatMap((instance, k) =>
      ['requests_total', 'errors_total', 'cores'].map((name, n) => ({
        labels: { __name__: name, w, instance: `${w}-${instance}`, zone: w === 'twice' ? instance : 'z' },
        samples: ages
          .filter((age) => isThere[w]?.(age) ?? true)
          .map((age) => ({ t: now - age, value: (1000 - age / 1000) * (0.1 + i + k / 7) * (n + 1) })),
      })),
    ),
  )
}

/** Queries of a workload, of forms that are asked together and of some that are not. */
const forms: readonly ((w: string) => string)[] = [
  (w) => `sum(rate(requests_total{w="${w}"}[1m]))`,
  (w) => `avg(rate(requests_total{w="${w}", instance!~".*-c"}[1m] offset 30s))`,
  (w) => `sum(rate(errors_total{w="${w}"}[1m])) / sum(rate(requests_total{w="${w}"}[1m])) * 100`,
  (w) => `max(max_over_time(cores{w="${w}"}[2m])) - min(cores{w="${w}"} @ end())`,
  (w) => `sum by (w) (cores{w="${w}"})`,
  (w) => `sum by (zone) (cores{w="${w}"})`,
  (w) => `cores{w="${w}"}`,
  (w) => `count(cores{w="${w}"}) or vector(0)`,
  (w) => `sum(rate(cores{w="${w}"}))`,
  (w) => `sum(requests_total{w="${w}"} * ignoring(instance) errors_total{w="${w}"})`,
  (w) => `sum(sum by (instance) (requests_total{w="${w}"}) * sum by (zone) (errors_total{w="${w}"}))`,
]

/** A Prometheus adds up the series of a sum in whatever order it comes upon them, so the last bit differs from query to query. */
function rounded(reading: Omit<Reading, 'skew'>): Reading {
  return JSON.parse(JSON.stringify(reading), (key, value: unknown) =>
    key === 'value' && typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  )
}

needs('prometheus')('a real Prometheus that is asked together', () => {
  let prometheus: Prometheus
  let now = 0
  beforeAll(async () => {
    prometheus = await startPrometheus()
    now = Math.floor(Date.now() / STEP) * STEP
    await prometheus.write(seriesAt(now))
  })

  test('every reading is the one that the query gets alone', async () => {
    const queries = forms.flatMap((form) => workloads.map(form))
    const open = () =>
      SourceSettings.parse({ type: 'prometheus', url: prometheus.url, interval: '15s' }).open(deps())
    const [together, alone] = [open(), open()]
    const to = now - STEP
    const about = { per: 'instance', from: to - 5 * MINUTE, to, step: STEP, interval: STEP } as const
    const ask = async (source: typeof alone, query: string): Promise<Reading> => {
      const question: Question = { ...about, query }
      const { skew: _, ...reading } = {
        skew: 0,
        ...(await source.read(question, AbortSignal.timeout(20_000))),
      }
      return rounded(reading)
    }
    const all = await Promise.all(queries.map((query) => ask(together, query)))
    const byQuery = new Map(queries.map((query, i) => [query, all[i]]))
    for (const query of queries) expect([query, byQuery.get(query)]).toEqual([query, await ask(alone, query)])
    const kinds = new Set(all.map((reading) => (reading.kind === 'missing' ? reading.reason : reading.kind)))
    expect([...kinds].toSorted()).toEqual(['bad-query', 'many-series', 'no-data', 'samples', 'stale'])
    await together.close()
    await alone.close()
  })
})
