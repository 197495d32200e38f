import { type BackoffLimits, createBackoff, pause } from './backoff.ts'
import type { Chunk, Intake } from './collect.ts'
import type { Failures } from './failures.ts'
import type { DeadLetter, Reason } from './parse.ts'
import type { ConsumerSink, RefusedRow, Row } from './sink.ts'

/** Where what nobody can read is set aside. */
export type DeadLetters = {
  /** Answers why the letters could not be sent, or undefined once the brokers have acknowledged all. Never rejects. */
  send(letters: readonly DeadLetter[]): Promise<string | undefined>
  close(): Promise<void>
}

export type StoreObserver = {
  /** So many rows are durable in the sink. */
  written(rows: number): void
  /** The brokers have acknowledged a dead letter. */
  deadLettered(reason: Reason): void
}

export type StoreDeps = {
  sink: ConsumerSink
  deadLetters: DeadLetters
  failures: Failures
  observer: StoreObserver
  backoff: BackoffLimits
  random: () => number
}

/** Answers true once every row of the chunk is durable and every dead letter acknowledged; false when it was given up. */
export type Store = (chunk: Chunk<Intake>, signal: AbortSignal) => Promise<boolean>

/**
 * Repeats what fails for as long as it takes, with growing waits: nothing may be committed before, and there is nothing
 * else that could be done. The signal ends it. Meanwhile `failures` says what is wrong.
 */
export const createStore = (deps: StoreDeps): Store => {
  const { sink, deadLetters, failures, observer, backoff, random } = deps

  /** Repeats until the attempt answers no failure; false when it was given up. */
  const persist = async (
    what: 'sink' | 'dead letters',
    attempt: () => Promise<string | undefined>,
    signal: AbortSignal,
  ) => {
    const delays = createBackoff(backoff, random)
    while (!signal.aborted) {
      const why = await attempt()
      if (why === undefined || !signal.aborted) failures.note(what, why)
      if (why === undefined) return true
      await pause(delays.next(), signal)
    }
    return false
  }

  const writeRows = async (rows: readonly Row[], signal: AbortSignal) => {
    let refused: readonly RefusedRow[] = []
    const attempt = async () => {
      const written = await sink.write(rows, signal)
      if (written.kind === 'failed') return written.why
      refused = written.kind === 'refused' ? written.rows : []
      return undefined
    }
    const done = rows.length === 0 || (await persist('sink', attempt, signal))
    if (done) observer.written(rows.length - refused.length)
    return done ? refused : undefined
  }

  const sendDead = async (letters: readonly DeadLetter[], signal: AbortSignal) => {
    const done =
      letters.length === 0 || (await persist('dead letters', () => deadLetters.send(letters), signal))
    if (done) for (const { reason } of letters) observer.deadLettered(reason)
    return done
  }

  return async (chunk, signal) => {
    const refused = await writeRows(chunk.rows, signal)
    if (refused === undefined) return false
    return sendDead([...chunk.dead, ...lettersOf(chunk, refused)], signal)
  }
}

const lettersOf = ({ rows, sources }: Chunk<Intake>, refused: readonly RefusedRow[]): DeadLetter[] =>
  refused.flatMap(({ index, why }) => {
    const row = rows[index]
    const record = sources[index]
    if (row === undefined || record === undefined) return []
    return [{ topic: row.topic, partition: row.partition, record, reason: 'sink' as const, why }]
  })
