import { keyOf } from './evaluate.ts'
import type { Labels } from './exposition.ts'

/** A raw sample. Times are epoch ms: `t` is that of the scrape round, evenly spaced; `taken` is when it was really read. */
export interface RawSample {
  t: number
  taken: number
  value: number
}

export interface StoredSeries {
  labels: Labels
  /** Ascending by time. */
  samples: readonly RawSample[]
}

/** Raw samples of the metrics that were asked for, as long as the longest question needs them. */
export interface SampleStore {
  /** Keeps `names` from now on, and everything for at least `retention` ms. */
  want(names: readonly string[], retention: number): void
  wants(name: string): boolean
  /** Samples come in order of time; one that does not is left out. */
  add(name: string, labels: Labels, sample: RawSample): void
  series(name: string): readonly StoredSeries[]
  /** Forgets what is older than the retention, and series that have nothing left. */
  prune(now: number): void
}

/** More than a window of 6 hours at 15 s, and a bound for shorter intervals. */
const MOST_SAMPLES = 4_096

export function sampleStore(): SampleStore {
  const metrics = new Map<string, Map<string, { labels: Labels; samples: RawSample[] }>>()
  let kept = 0
  return {
    want(names, retention) {
      kept = Math.max(kept, retention)
      for (const name of names) if (!metrics.has(name)) metrics.set(name, new Map())
    },
    wants: (name) => metrics.has(name),
    add(name, labels, sample) {
      const metric = metrics.get(name)
      if (metric === undefined) return
      const key = keyOf(labels)
      const series = metric.get(key) ?? { labels, samples: [] }
      metric.set(key, series)
      if (sample.t <= (series.samples.at(-1)?.t ?? Number.NEGATIVE_INFINITY)) return
      series.samples.push(sample)
      if (series.samples.length > MOST_SAMPLES) series.samples.shift()
    },
    series: (name) => [...(metrics.get(name)?.values() ?? [])],
    prune(now) {
      for (const metric of metrics.values()) {
        for (const [key, { samples }] of metric) {
          const first = samples.findIndex(({ t }) => t >= now - kept)
          samples.splice(0, first < 0 ? samples.length : first)
          if (samples.length === 0) metric.delete(key)
        }
      }
    },
  }
}

/** The samples in (from, to]. */
export function samplesIn(samples: readonly RawSample[], from: number, to: number): readonly RawSample[] {
  return samples.slice(countUntil(samples, from), countUntil(samples, to))
}

/** How many samples are not later than `t`. */
function countUntil(samples: readonly RawSample[], t: number): number {
  let low = 0
  let high = samples.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((samples[middle]?.t ?? Number.POSITIVE_INFINITY) <= t) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The increase of a counter a second, from its first to its last sample; undefined for fewer than two. A counter that falls was
 * reset, so that what it shows since then is all increase.
 */
export function ratePerSecond(samples: readonly RawSample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.taken <= first.taken) return undefined
  let increase = 0
  let before = first.value
  for (const { value } of samples.slice(1)) {
    increase += value < before ? value : value - before
    before = value
  }
  return increase / ((last.taken - first.taken) / 1000)
}
