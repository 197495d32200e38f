import type { Wave } from '../wave.ts'

/** What the generator is told, as JSON on its command line. Times in ms. */
export interface LoadOrder {
  wave: Wave
  /** The ready list: one address:port a line. */
  list: string
  /** Event ids are `<run>-<number>`, numbered from 0. */
  run: string
}

/** What the generator says on its standard output, one JSON object a line. */
export type LoadReport = LoadProgress | LoadDone

interface Counts {
  /** Events that were sent at least once, each counted once. */
  sent: number
  /** Events that a 200 was received for. */
  acknowledged: number
  /** Attempts beyond the first. */
  retries: number
  /** From the intended send time to the acknowledgement, ms; absent before the first one. */
  latency: Latency | undefined
}

export interface Latency {
  p50: number
  p99: number
  max: number
}

export interface LoadProgress extends Counts {
  kind: 'progress'
  /** Ms since the wave began. */
  at: number
  /** Events acknowledged a second, over the last second or so. */
  rate: number
  /** Events that are due and have not been sent yet. */
  late: number
  instances: number
}

export interface LoadDone extends Counts {
  kind: 'done'
  /** Numbers of events that were sent and never acknowledged. */
  unacknowledged: readonly number[]
  /** The last few reasons why an attempt failed, most frequent first. */
  failures: readonly string[]
}

/** The line on the generator's standard input that ends the load. Its end does so, too. */
export const STOP = 'stop'
