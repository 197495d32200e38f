/**
 * What a source answers. A reading is never a bare number: a metric that is not there is `missing`, with the reason, and
 * nothing downstream can mistake it for zero.
 */

/** One value of a query at epoch milliseconds `t`; it vouches for the `step` before `t` and for nothing else. */
export interface Sample {
  t: number
  value: number
  /** How many instances were in the raw data behind the value at `t`; absent where the source cannot tell. */
  present?: number
}

export type MissingReason =
  | 'no-data'
  | 'stale'
  | 'timeout'
  | 'unreachable'
  | 'refused'
  | 'bad-query'
  | 'bad-answer'
  | 'many-series'
  | 'not-a-number'
  | 'future'
  | 'no-instances'

export type Reading =
  | {
      kind: 'samples'
      samples: readonly Sample[]
      step: number
      seen: readonly string[]
      skew?: number
      /** The values hold for every instance alike, such as an alert that fires: nobody can be absent from them. */
      each?: true
    }
  | {
      kind: 'partial'
      samples: readonly Sample[]
      step: number
      seen: readonly string[]
      skew?: number
      /** Share (0..1) of the instances, partitions or series expected that are in the reading. */
      share: number
      detail: string
    }
  | { kind: 'missing'; reason: MissingReason; detail: string }

/**
 * What a rule asks of a source: the values of `query` over (from, to], epoch ms. `step` is at least `interval`, the spacing at
 * which raw samples arrive. Two equal questions are asked once a tick.
 */
export interface Question {
  query: string
  per: 'workload' | 'instance'
  from: number
  to: number
  step: number
  interval: number
}

export const missing = (reason: MissingReason, detail: string): Reading => ({
  kind: 'missing',
  reason,
  detail,
})

/** What a probe by metric asks: the newest value of every series of `query`. `by`: the label that names the instance. */
export interface SurveyQuestion {
  query: string
  by?: string
  /** Spacing of the raw samples, ms. */
  interval: number
}

/** The newest value of one series, and of what time (epoch ms of our clock) the oldest is of what it was made of. */
export interface Surveyed {
  /** The names that may be its instance's: an id, host:port, or what a label or a node of its path says. */
  names: readonly string[]
  t: number
  value: number
}

export type Survey =
  | { kind: 'series'; series: readonly Surveyed[]; skew?: number }
  | { kind: 'missing'; reason: MissingReason; detail: string }

export const unsurveyed = (reason: MissingReason, detail: string): Survey => ({
  kind: 'missing',
  reason,
  detail,
})
