import type { Health } from './fleet.ts'
import type { MetricProbe } from './policy.ts'
import type { Survey, Surveyed } from './reading.ts'
import { duration, figure } from './words.ts'

/** What is known of one instance by a metric. `why`: what the newest answer said instead of a value, if it said none. */
export interface Noted {
  sample?: { t: number; value: number }
  why?: string
  /** Whether the value was beyond its bound when it was last noted, and since when without a break. */
  beyond?: { since: number }
}

export const nothingNoted: Noted = {}

/** A value vouches for so many intervals after it was measured. */
const VOUCHES = 2

/** Whether what was measured at `t` still counts, and already: a clock that was set back makes the past the future. */
const isFresh = (t: number, { interval }: MetricProbe, now: number): boolean =>
  now - t <= VOUCHES * interval && t <= now + interval

/**
 * Takes an answer in. The last value stands until it is too old, so that one question that failed is no blindness; a value of
 * the future or one that cannot be told from another of the same instance is none. `names`: how metrics may call the instance.
 */
export function note(
  former: Noted,
  survey: Survey,
  names: readonly string[],
  metric: MetricProbe,
  now: number,
): Noted {
  const found =
    survey.kind === 'missing' ? `${survey.reason}: ${survey.detail}` : valueIn(survey.series, names)
  const why = typeof found === 'string' ? found : faultOf(found, metric, now)
  const known =
    former.sample !== undefined && former.sample.t <= now + metric.interval ? former.sample : undefined
  const value = typeof found === 'string' || why !== undefined ? known : newer(known, found)
  const beyond =
    value !== undefined && isFresh(value.t, metric, now) && boundOf(metric, value.value) !== undefined
  return {
    ...(value !== undefined && { sample: value }),
    ...(why !== undefined && { why }),
    ...(beyond && { beyond: { since: former.beyond?.since ?? now } }),
  }
}

/** The value of an instance, or why there is none. */
function valueIn(series: readonly Surveyed[], names: readonly string[]): Surveyed | string {
  const [mine, other] = series.filter((one) => one.names.some((name) => names.includes(name)))
  if (mine === undefined) return `it is not in the answer, which has ${series.length} series`
  if (other === undefined) return mine
  return 'several series of the answer are about it: aggregate them by what names the instance'
}

function faultOf({ t, value }: Surveyed, { interval }: MetricProbe, now: number): string | undefined {
  if (!Number.isFinite(value)) return `its value is ${value}, which is no number to judge by`
  if (t <= now + interval) return undefined
  return `its newest sample is ${duration(t - now)} later than now: compare the clocks`
}

const newer = (former: Noted['sample'], { t, value }: Surveyed): Noted['sample'] =>
  former !== undefined && former.t > t ? former : { t, value }

/** "45 is above 30", where a value is beyond a bound. */
function boundOf({ above, below }: MetricProbe, value: number): string | undefined {
  if (above !== undefined && value > above) return `${figure(value)} is above ${figure(above)}`
  if (below !== undefined && value < below) return `${figure(value)} is below ${figure(below)}`
  return undefined
}

const SHOWN = 60

const about = ({ source, query }: MetricProbe): string =>
  `${query.length > SHOWN ? `${query.slice(0, SHOWN)}...` : query}, source ${source}`

/**
 * What an instance that answers well by itself is, its metric considered: beyond its bound it is unready; without a fresh value it
 * is unknown, which is neither healthy nor dead.
 */
export function judged(own: Health, metric: MetricProbe, noted: Noted, now: number): Health {
  if (own.kind !== 'ready') return own
  const missed = own.missed === undefined ? {} : { missed: own.missed }
  const { sample } = noted
  if (sample === undefined || !isFresh(sample.t, metric, now))
    return {
      kind: 'unknown',
      why: `not known by metric (${about(metric)}): ${blindness(noted, now)}`,
      ...missed,
    }
  const bound = boundOf(metric, sample.value)
  if (bound === undefined) return own
  const { since } = noted.beyond ?? { since: now }
  const detail = `${bound} by metric (${about(metric)})`
  return { kind: 'unready', since, detail, drained: false, byMetric: true, ...missed }
}

function blindness({ sample, why }: Noted, now: number): string {
  const old = sample === undefined ? undefined : `its newest value is ${duration(now - sample.t)} old`
  if (why === undefined) return old ?? 'it was not asked for yet'
  return old === undefined ? why : `${why}; ${old}`
}
