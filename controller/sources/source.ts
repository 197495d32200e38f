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
  /** For sources that are told, rather than ask. */
  inbox?: Inbox
  /** Ends background work, such as scrape loops. */
  close(): Promise<void>
}

/** What became of what a source was told. `wrong`: it is not of the form that the source knows; `failed`: tell it again later. */
export type Heard =
  | { kind: 'taken'; firing: number }
  | { kind: 'wrong'; detail: string }
  | { kind: 'failed'; detail: string }

/** Where a source is told what is the matter. Nothing of it throws. */
export interface Inbox {
  /** Once it has answered `taken`, a restart does not lose it. */
  take(body: unknown): Promise<Heard>
  /** How many alerts fire now. */
  firing(): number
  /** Tokens that are good for this inbox alone, as they are on disk now. */
  tokens(): string[]
}

/** What a source has kept, for whoever only looks. */
export interface Recalled {
  /** What was saved last; undefined where there is nothing, or nothing can be read. */
  load(): Promise<string | undefined>
}

/** Where a source keeps what it must not forget. */
export interface Kept extends Recalled {
  /** Saves what `text` gives when its turn has come. Answers why it could not. */
  save(text: () => string): Promise<string | undefined>
}

/** What sources may use of the world. `targets`: the instances to scrape, newest view of the controller. */
export interface SourceDeps {
  now(): number
  /** 0 to 1, for jitter. */
  random(): number
  fetch: typeof fetch
  readFile(path: string): string
  targets(): readonly Target[]
  /** Absent where nothing can be kept. Without `save` it belongs to a controller that runs, and is only looked at. */
  kept?: Kept | Recalled
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
