import type { Message } from './notice.ts'

/**
 * What came of sending. `missed`: who of several was not told, though others were. `failed`: it may work later, not before `retryAfter` ms where that is told. `refused`: the same will not be
 * taken another time. A detail names the remedy where there is one, and holds no secret.
 */
export type Sent =
  | { kind: 'sent'; detail: string; missed?: string }
  | { kind: 'failed'; detail: string; retryAfter?: number }
  | { kind: 'refused'; detail: string }

/**
 * Tells somebody outside. Promises, held by test/contract/notifier.ts: it never throws, settles when `signal` aborts, and nothing
 * that it answers holds an address, a token or a header of its settings.
 */
export interface Notifier {
  /** `changes`: of what begins and what is over, once. `state`: of all that lasts, again every so many ms. */
  readonly tells: { kind: 'changes' } | { kind: 'state'; every: number }
  send(message: Message, signal: AbortSignal): Promise<Sent>
  /** Whether somebody is there to be told, without telling anything. */
  check(signal: AbortSignal): Promise<Sent>
  close(): void
}

/** What notifiers may use of the world. Paths count from the folder of the settings file. */
export interface NotifierDeps {
  /** Epoch ms. */
  now(): number
  readFile(path: string): string
}
