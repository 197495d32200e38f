import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { createSeries, type Series } from './series.ts'

/** One exported metric. Names are in base units; counters end in `_total`. */
export interface MetricSpec {
  name: string
  type: 'gauge' | 'counter' | 'histogram'
  help: string
  labels: readonly string[]
  /** Upper bounds of a histogram. */
  buckets?: readonly number[]
}

type NameOf<S extends MetricSpec, T extends MetricSpec['type']> = Extract<S, { type: T }>['name']
type LabelsOf<S extends MetricSpec, N> = Record<Extract<S, { name: N }>['labels'][number], string>

/** The metrics of a list: a name that is not in it, or a label that the metric does not have, does not compile. */
export interface Meters<S extends MetricSpec> {
  /** Without a value the series goes away: missing is not zero. */
  set<N extends NameOf<S, 'gauge'>>(name: N, labels: LabelsOf<S, N>, value: number | undefined): void
  count<N extends NameOf<S, 'counter'>>(name: N, labels: LabelsOf<S, N>, by?: number): void
  /** Counts up to a total that is kept elsewhere. */
  countTo<N extends NameOf<S, 'counter'>>(name: N, labels: LabelsOf<S, N>, total: number): void
  observe<N extends NameOf<S, 'histogram'>>(name: N, labels: LabelsOf<S, N>, value: number): void
  /** Ends the series of all gauges, or of one, that carry these labels. */
  drop(labels: Readonly<Record<string, string>>, name?: NameOf<S, 'gauge'>): void
  /** The text form of Prometheus. */
  render(): Promise<string>
}

/** Registers a list of metrics, and those of the process under their usual names, on a registry of their own. */
export function createMeters<S extends MetricSpec>(list: readonly S[]): Meters<S> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauges = new Map<string, Series>()
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const totals = new Map<string, number>()
  for (const { name, type, help, labels, buckets } of list) {
    const common = { name, help, labelNames: [...labels], registers: [registry] }
    if (type === 'gauge') gauges.set(name, createSeries(name, help, labels))
    else if (type === 'counter') counters.set(name, new Counter(common))
    else histograms.set(name, new Histogram({ ...common, ...(buckets && { buckets: [...buckets] }) }))
  }

  return {
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    countTo(name, labels, total) {
      const key = JSON.stringify([name, labels])
      counters.get(name)?.inc(labels, Math.max(0, total - (totals.get(key) ?? 0)))
      totals.set(key, total)
    },
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    drop(labels, name) {
      const among = name === undefined ? [...gauges.values()] : [gauges.get(name)]
      for (const series of among) series?.drop(labels)
    },
    async render() {
      const texts = [...gauges.values()].map((series) => series.text())
      return `${texts.join('')}${await registry.metrics()}`
    },
  }
}
