import type { Batch } from './record.ts'

/** How a server is dealt with; times in ms. */
export interface Manner {
  /** So long lines are sent before the server is asked to confirm them. */
  confirmEvery: number
  /** So long it has to connect, and to confirm. */
  answerWithin: number
}

/** What a carrier tells as it happens. */
export interface Told {
  up(): void
  /** `again`: lines that will be sent again. */
  lost(why: string, again: number): void
  unreachable(why: string): void
  confirmed(): void
}

/** Lines so far, and connections that broke. */
export interface Counts {
  fresh: number
  resent: number
  confirmed: number
  connectionsLost: number
}

/** Brings lines to one server: fresh ones at once, those of the buffer when there are none. */
export interface Carrier {
  start(): void
  /** A batch has come in. */
  offer(batch: Batch): void
  isUp(): boolean
  counts(): Readonly<Counts>
  /** Sends what is fresh and asks for the last confirmation; settles when it is there or cannot be had. */
  finish(): Promise<void>
  /** Lets go of the connection. */
  stop(): void
}
