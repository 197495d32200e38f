import { setTimeout as pause } from 'node:timers/promises'
import type { RecoveryObserver } from '../recovery.ts'
import type { Appended, Sink } from '../sink.ts'
import { createDelivery, type DeliveryObserver } from './delivery.ts'
import { createHealth } from './health.ts'
import { createPace } from './pace.ts'
import type { Producer, TopicSettings } from './producer.ts'
import { createQueue, type Pending, type QueueLimits } from './queue.ts'
import { createSpread } from './spread.ts'
import { createTrigger } from './trigger.ts'

/** Bounds. Times in milliseconds. */
export type KafkaLimits = QueueLimits & {
  /** Batches under way at once. */
  lanes: number
  /** When it is busy, batches start this far apart. */
  linger: number
  /** A client has its answer after this time, give or take a fraction of a second. */
  answerWithin: number
  /** Failures for this long, with no success, mean that the brokers are gone. */
  patience: number
  /** Between two looks at brokers that are gone. */
  probeEvery: number
}

export const KAFKA_LIMITS: Omit<KafkaLimits, 'answerWithin'> = {
  events: 50_000,
  bytes: 64 * 1024 * 1024,
  batchEvents: 1_000,
  // The brokers' usual limit is 1,048,588 with what surrounds the records, and the gateway's for one event 1,000,000.
  batchBytes: 900_000,
  lanes: 5,
  linger: 2,
  patience: 1_000,
  probeEvery: 1_000,
}

export type KafkaObserver = DeliveryObserver &
  RecoveryObserver & {
    /** The topic has been found for the first time; its settings are missing when they may not be read. */
    opened(partitions: number, settings: TopicSettings | undefined): void
  }

/** What comes from outside: a monotonic clock in milliseconds, chance, ids of events, and how busy the process is. */
export type KafkaDeps = {
  producer: Producer
  topic: string
  limits: KafkaLimits
  observer: KafkaObserver
  now: () => number
  random: () => number
  nextId: () => string
  /** The share of recent time in which the event loop was in use, 0 to 1. */
  utilisation: () => number
}

export type KafkaSink = Sink & { batchesUnderWay(): number }

/** Between two looks at what has been held for too long. In milliseconds. */
const SWEEP_EVERY = 200

/** Connections that do not close by then are left to the end of the process. In milliseconds. */
const CLOSE_WITHIN = 2_000

/**
 * A sink that writes to a Kafka topic. It may be opened before the brokers can be reached, and refuses events until then.
 * Batches form while others are under way; each goes to one partition, and several are under way at once.
 */
export const createKafkaSink = (deps: KafkaDeps): KafkaSink => {
  const { producer, limits, now, random, nextId, utilisation } = deps
  const queue = createQueue(limits)
  const pace = createPace(limits.linger, utilisation)
  const spread = createSpread(now, random)
  const underWay = new Set<readonly Pending[]>()
  const health = createHealth({ ...deps, spread, queue, isIdle: () => underWay.size === 0 })
  const deliver = createDelivery({ producer, spread, observer: health.observer, now, random, pause })

  const put = (value: Buffer, due: number, settle: (outcome: Appended) => void) => {
    const taken = health.failure() === undefined && queue.add({ value, id: nextId(), due, settle })
    if (!taken) settle({ kind: 'full' })
  }

  const append = (event: Buffer): Promise<Appended> =>
    new Promise((settle) => {
      put(event, now() + limits.answerWithin, settle)
      plan()
    })

  const appendAll = (events: readonly Buffer[]): Promise<readonly Appended[]> =>
    new Promise((resolve) => {
      const due = now() + limits.answerWithin
      const collect = collecting(events.length, resolve)
      for (const [index, event] of events.entries()) put(event, due, (outcome) => collect(index, outcome))
      plan()
    })

  /** Sends what waits, now or a little later; is called again when more comes and when a batch has ended. */
  const plan = () => {
    if (queue.waiting() === 0 || underWay.size >= limits.lanes) return
    if (queue.fillsBatch()) flush()
    else trigger.fireAfter(pace.wait(now(), queue.waiting(), underWay.size === 0))
  }

  const flush = () => {
    trigger.cancel()
    const batch = queue.take()
    if (batch.length === 0) return
    pace.flushed(now())
    underWay.add(batch)
    void deliver(batch).then(() => {
      underWay.delete(batch)
      queue.release(batch)
      plan()
    })
    plan()
  }

  const trigger = createTrigger(flush)

  const sweep = () => {
    const time = now()
    // Not tried at all: its client loses nothing by sending it again.
    for (const { settle } of queue.expired(time)) settle({ kind: 'full' })
    for (const batch of underWay) answerDue(batch, time)
  }
  const sweeping = setInterval(sweep, SWEEP_EVERY)

  const close = async () => {
    // All that is held ends by itself, at the latest when its clients have waited for long enough.
    while (queue.held() > 0) await pause(1)
    clearInterval(sweeping)
    trigger.cancel()
    health.stop()
    await Promise.race([producer.close(), pause(CLOSE_WITHIN, undefined, { ref: false })])
  }

  return {
    append,
    appendAll,
    queued: queue.held,
    batchesUnderWay: () => underWay.size,
    failure: health.failure,
    close,
  }
}

/** Calls `resolve` when each of so many events has its outcome. An outcome that comes a second time changes nothing. */
const collecting = (count: number, resolve: (outcomes: readonly Appended[]) => void) => {
  const outcomes: Appended[] = new Array(count)
  let left = count
  if (count === 0) resolve(outcomes)
  return (index: number, outcome: Appended) => {
    if (outcomes[index] !== undefined) return
    outcomes[index] = outcome
    left -= 1
    if (left === 0) resolve(outcomes)
  }
}

const answerDue = (batch: readonly Pending[], now: number) => {
  for (const { due, settle } of batch) {
    if (due <= now) settle({ kind: 'failed', why: 'the brokers have not answered in time' })
  }
}
