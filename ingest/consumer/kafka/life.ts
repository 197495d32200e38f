import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { pause } from '../backoff.ts'
import type { Carried, Carrier } from '../carrier.ts'
import type { LagBook } from '../lag-book.ts'
import type { Pace } from '../pace.ts'
import { sentenceOf } from './client.ts'
import type { Committer } from './committer.ts'
import { createHeart, type Interruption } from './heart.ts'

/** Times in milliseconds. */
export type GroupOptions = { topic: string; group: string; sessionTimeout: number; rebalanceTimeout: number }

export type LifeObserver = {
  /** The group has formed anew and gave these partitions to this member. */
  joined(partitions: readonly number[]): void
  /** The group forms anew. */
  rebalancing(): void
  /** The brokers count this member in. */
  alive(): void
}

export type LifeDeps = {
  kafka: Kafka
  options: GroupOptions
  carrier: Carrier
  committer: Committer
  book: LagBook
  pace: Pace
  observer: LifeObserver
  now: () => number
}

/** One membership, from joining the group until it ends in one way or another. */
export type Life = {
  /** Why it ended. Never rejects; stays open after `leave`. */
  ended: Promise<string>
  /** Finishes the chunk under way, commits, and leaves the group at once. Never rejects. */
  leave(): Promise<void>
}

/** Bytes (compressed) that one fetch asks for: of a broker, and of one partition, so that all get their share. */
const FETCH_BYTES = 500_000
const PARTITION_BYTES = 128_000

/** Brokers keep an empty fetch open for so long at most; it holds up leaving. In milliseconds. */
const FETCH_WAIT = 500

/** Batches that are taken at a time; those of one fetch share the chunks. */
const CONCURRENTLY = 128

/** This share of the rebalance timeout is there for finishing what is under way; the rest for coming back to the group. */
const FINISH_SHARE = 0.5

/** How often the brokers hear of a member, in milliseconds: often, as that is how it learns that the group forms anew. */
const heartbeatEvery = (sessionTimeout: number): number => Math.min(1_000, sessionTimeout / 5)

/** Errors end a life, and are not repeated within it: who follows its end starts another one. */
const RETRY = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false }

const createMember = (kafka: Kafka, { group, sessionTimeout, rebalanceTimeout }: GroupOptions): Consumer => {
  const heartbeatInterval = heartbeatEvery(sessionTimeout)
  return kafka.consumer({
    groupId: group,
    sessionTimeout,
    rebalanceTimeout,
    heartbeatInterval,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    maxBytesPerPartition: PARTITION_BYTES,
    maxWaitTimeInMs: Math.min(FETCH_WAIT, heartbeatInterval),
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    retry: RETRY,
  })
}

/**
 * Joins the group and carries what is fetched. A batch that is handed over by kafkajs is held until it is stored and
 * committed; kafkajs fetches no more of that broker meanwhile, and does not go back to the group. So memory is bounded by
 * one fetch, a slow sink holds up reading and nothing else, and nothing is under way when partitions change hands.
 */
export const startLife = (deps: LifeDeps): Life => {
  const { kafka, options, carrier, committer, book, pace, observer, now } = deps
  const consumer = createMember(kafka, options)
  let leaving = false
  let formed = 0
  let interrupted = new AbortController()
  let deadline: NodeJS.Timeout | undefined

  const onInterruption = ({ kind }: Interruption) => {
    interrupted.abort()
    if (kind === 'lost') return carrier.abandon()
    observer.rebalancing()
    carrier.hurry()
    deadline = setTimeout(() => carrier.abandon(), options.rebalanceTimeout * FINISH_SHARE)
  }

  const heart = createHeart({
    every: heartbeatEvery(options.sessionTimeout) / 2,
    missed: options.sessionTimeout,
    now,
    onInterruption,
  })

  const onJoin = (partitions: readonly number[]) => {
    clearTimeout(deadline)
    formed += 1
    heart.joined()
    // Batches of other brokers may still be under way when the topic got more partitions: they are read again.
    carrier.abandon()
    interrupted = new AbortController()
    book.assign(partitions)
    observer.joined(partitions)
  }

  const onBatch = async (payload: EachBatchPayload) => {
    const { batch, heartbeat, isRunning, isStale, resolveOffset, commitOffsetsIfNecessary } = payload
    if (leaving || !isRunning() || isStale()) return
    const { topic, partition, messages: records } = batch
    const born = formed
    const end = Number(batch.lastOffset()) + 1
    committer.through(commitOffsetsIfNecessary)
    book.end(partition, Number(batch.highWatermark))
    pace.read(records.length, Number(batch.highWatermark) - end)
    await heart.during(heartbeat, async () => {
      const carried = await carrier.take({ topic, partition, records, end })
      const wait = pace.wait(carrier.latestCost())
      if (born !== formed) return
      const reached = reachedBy(carried, end)
      if (reached !== undefined) resolveOffset(String(reached - 1))
      if (carried.kind === 'refused') throw carried.error
      if (carried.kind === 'carried') await pause(wait, interrupted.signal)
    })
    const interruption = heart.interruption()
    if (interruption !== undefined) throw interruption.error
  }

  const ended = live(consumer, options.topic, { onBatch, onJoin, observer, leaving: () => leaving })

  return {
    ended: ended.why,
    leave: async () => {
      leaving = true
      carrier.hurry()
      interrupted.abort()
      // A member that is told to go while it is still coming would stay for ever.
      await ended.started
      await consumer.disconnect().catch(() => {})
      clearTimeout(deadline)
    },
  }
}

const reachedBy = (carried: Carried, end: number): number | undefined =>
  carried.kind === 'carried' ? end : carried.reached

type Events = {
  onBatch: (payload: EachBatchPayload) => Promise<void>
  onJoin: (partitions: readonly number[]) => void
  observer: LifeObserver
  leaving: () => boolean
}

/** `started` settles once the group was joined, or cannot be; `why` when the life has ended by itself. */
const live = (consumer: Consumer, topic: string, { onBatch, onJoin, observer, leaving }: Events) => {
  const { events } = consumer
  consumer.on(events.GROUP_JOIN, ({ payload }) => onJoin(payload.memberAssignment[topic] ?? []))
  consumer.on(events.REBALANCING, () => observer.rebalancing())
  consumer.on(events.HEARTBEAT, () => observer.alive())
  const crashed = new Promise<string>((resolve) => {
    consumer.on(events.CRASH, ({ payload }) => resolve(sentenceOf(payload.error)))
  })

  const start = async (): Promise<string | undefined> => {
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      if (leaving()) return undefined
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: CONCURRENTLY,
        eachBatch: onBatch,
      })
      return undefined
    } catch (error) {
      await consumer.disconnect().catch(() => {})
      return sentenceOf(error)
    }
  }

  const started = start()
  const why = started.then((failed) => failed ?? crashed)
  return { started, why }
}
