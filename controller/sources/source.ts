import type { Question, Reading, Survey, SurveyQuestion } from '../decision/reading.ts'

/**
 * A place that metrics come from. Promises, held by test/contract/source.ts:
 * - `read` never throws and never answers a number for something it did not see: empty, several series where one is expected,
 *   HTML, 4xx/5xx, a time-out, half an answer are `missing` or `partial`, with a detail that names the remedy where there is one.
 * - samples lie in (from, to], ascending, finite; each vouches for `step` ms before it, and only where raw data was there.
 * - `seen`: the instance ids or addresses ("host:port") that were in the raw data at the newest sample, empty where unknown.
 * - it settles when `signal` aborts (`missing`, reason `timeout`), and by its own deadline at the latest.
 */
export interface Source {
  read(question: Question, signal: AbortSignal): Promise<Reading>
  /**
   * The newest value of each instance, for probes by metric, where the source can tell. Like `read` it never throws, settles when
   * `signal` aborts and by its own deadline, and makes no number of something that it did not see.
   */
  survey?(question: SurveyQuestion, signal: AbortSignal): Promise<Survey>
  /** Ends background work, such as scrape loops. */
  close(): Promise<void>
}

/** What sources may use of the world. `targets`: the instances to scrape, newest view of the controller. */
export interface SourceDeps {
  now(): number
  /** 0 to 1, for jitter. */
  random(): number
  fetch: typeof fetch
  readFile(path: string): string
  targets(): readonly Target[]
}

export interface Target {
  id: string
  workload: string
  host: string
  zone: string
  version: string
  /** host:port */
  address: string
  ready: boolean
}
