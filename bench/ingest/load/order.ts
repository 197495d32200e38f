import type { Spread } from './histogram.ts'

/** What the generator is told, as JSON on its command line. Durations in ms. */
export interface Order {
  host: string
  port: number
  shape: Shape
  connection: Connection
  /** Open: so many requests a second at their intended times, however slow the answers are. Closed: each connection asks again once answered. */
  loop: Loop
  /** At most so many requests at once. */
  connections: number
  /** Load before the measured stretch, with the same requests. */
  warmUp: number
  /** The measured stretch. */
  measured: number
  /** A request without an answer after this long counts as failed, and its events as unsure. */
  answerWithin: number
  /** Processes, each with its descendants, whose processor time is taken over the measured stretch. */
  watched: Readonly<Record<string, number>>
}

export type Shape = { kind: 'single' } | { kind: 'batch'; events: number }
export type Connection = 'keep-alive' | 'close'
export type Loop = { kind: 'open'; rate: number } | { kind: 'closed' }

/** What the generator says on its standard output, one JSON object a line. */
export type Report = Progress | Done

export interface Progress {
  kind: 'progress'
  /** Ms since the load began, warm-up included. */
  at: number
  acknowledged: number
}

/** What became of events, warm-up included. A failed request may have been stored nevertheless: its events are unsure. */
export interface Counts {
  acknowledged: number
  /** Events that were refused in so many words (4xx, 503): not stored. */
  refused: number
  /** Events of requests that ended without an answer or with another status: may be stored. */
  unsure: number
}

export interface Done extends Counts {
  kind: 'done'
  /** The measured stretch alone. */
  stretch: Stretch
  /** Why requests failed, most frequent first, with how often. */
  failures: readonly { why: string; times: number }[]
}

export interface Stretch {
  /** How long it was, ms. */
  took: number
  /** Events acknowledged within it. */
  events: number
  /** Requests not answered by 200 that were meant for it. */
  failed: number
  /** From the intended send time (open loop) or the send time (closed loop) to the whole answer, ms; absent without any. */
  latency: Spread | undefined
  pace: Pace
  /** The share of the stretch that our own generator was at work, 0 to 1: close to 1 its latencies are its own. */
  busy?: number
  /** Processor time of what was watched, and of the generator itself, ms. */
  cpu: Readonly<Record<string, number>>
  /** Resident memory at its end of what was watched, bytes. */
  rss: Readonly<Record<string, number>>
}

/**
 * Whether an open loop offered what it was to offer. Short of it, either the server had no connection free, or the generator
 * itself was late. `due` and `sent` are requests; `lateness` is that of the generator itself, ms.
 */
export type Pace =
  | { kind: 'free' }
  | { kind: 'held'; lateness: Spread | undefined }
  | {
      kind: 'short'
      because: 'server' | 'generator'
      due: number
      sent: number
      lateness: Spread | undefined
    }
