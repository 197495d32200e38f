import { createCarrier } from './carrier.ts'
import type { Failures } from './failures.ts'
import { type ClientLog, createClient } from './kafka/client.ts'
import { createCommitter } from './kafka/committer.ts'
import { createDeadLetters } from './kafka/dead-letters.ts'
import { createMembership } from './kafka/membership.ts'
import type { LagBook } from './lag-book.ts'
import type { Options } from './options.ts'
import { createPace } from './pace.ts'
import { createParser, type Reason } from './parse.ts'
import type { ConsumerSink } from './sink.ts'
import { createStore } from './store.ts'
import type { Transform } from './transform.ts'

export type PipelineDeps = {
  options: Options
  /** How brokers and operators see this member. */
  name: string
  sink: ConsumerSink
  transform: Transform | undefined
  book: LagBook
  failures: Failures
  observer: {
    read(events: number, dropped: number): void
    written(events: number): void
    deadLettered(reason: Reason): void
    /** `time` in milliseconds. */
    carried(events: number, time: number): void
    /** So many events are in the sink and will come again, as the brokers refused the commit. */
    notCommitted(events: number, error: Error): void
    joined(partitions: readonly number[]): void
    notLeft(): void
  }
  clientLog: ClientLog
  now: () => number
  random: () => number
}

/** The way from the log to the sink. */
export type Pipeline = {
  /** Finishes the batch under way, commits it, leaves the group. Never rejects. */
  leave(): Promise<void>
  /** Gives back what is under way: nothing of it is committed. */
  abandon(): void
  /** Lets go of the brokers, after `leave`. */
  close(): Promise<void>
  inFlight(): number
}

/** Times in milliseconds: waits between attempts to write, and between attempts to commit. */
const STORE_BACKOFF = { first: 100, most: 5_000 }
const COMMIT_BACKOFF = { first: 50, most: 1_000 }

/** How often the ends of the logs are asked for. */
const LAG_EVERY = 5_000

/** The shares of the grace for finishing what is under way, and for brokers to answer the good-bye. */
const FINISH_SHARE = 0.6
const LEAVE_SHARE = 0.2

export const startPipeline = (deps: PipelineDeps): Pipeline => {
  const { options, name, sink, transform, book, failures, observer, clientLog, now, random } = deps
  const kafka = createClient(options.brokers, name, clientLog)
  const deadLetters = createDeadLetters(kafka, options.deadLetterTopic)
  const committer = createCommitter({
    within: options.sessionTimeout,
    backoff: COMMIT_BACKOFF,
    random,
    now,
    owns: (partition) => book.owned().includes(partition),
    onCommitted: ({ partition, position }) => book.committed(partition, position),
  })
  const carrier = createCarrier({
    store: createStore({ sink, deadLetters, failures, observer, backoff: STORE_BACKOFF, random }),
    commit: committer.commit,
    parse: createParser(transform),
    limits: { events: options.batchEvents, bytes: options.batchBytes },
    now,
    observer,
  })
  const membership = createMembership({
    kafka,
    admin: kafka.admin(),
    options: {
      ...options,
      lagEvery: LAG_EVERY,
      finishWithin: options.grace * FINISH_SHARE,
      leaveWithin: options.grace * LEAVE_SHARE,
    },
    carrier,
    committer,
    book,
    pace: createPace(options.linger, options.batchEvents),
    failures,
    observer,
    now,
    random,
  })
  return {
    leave: membership.leave,
    abandon: carrier.abandon,
    close: deadLetters.close,
    inFlight: carrier.inFlight,
  }
}
