import { createRecovery } from '../recovery.ts'
import type { DeliveryObserver } from './delivery.ts'
import type { Topic } from './producer.ts'
import type { Queue } from './queue.ts'
import type { KafkaDeps } from './sink.ts'
import type { Spread } from './spread.ts'

/** Knows whether events can be stored at present. */
export type Health = {
  /** To be told of every attempt. */
  observer: DeliveryObserver
  /** Why events cannot be stored; undefined while they can. */
  failure(): string | undefined
  stop(): void
}

export type HealthDeps = Omit<KafkaDeps, 'nextId' | 'random' | 'utilisation'> & {
  spread: Spread
  queue: Queue
  /** True while no batch is under way that will tell how the brokers are. */
  isIdle: () => boolean
}

/** How often the topic is looked at while all is well: partitions are added, and leaders move. In milliseconds. */
const REFRESH_EVERY = 30_000

/** What surrounds the records of a batch, with room for what compression adds to bytes that do not compress. */
const BATCH_OVERHEAD = 2_048

/**
 * Looks for the topic until it is there, and again whenever attempts have failed for a while without one success. One
 * failure alone says little: the leader of one partition may have moved.
 */
export const createHealth = (deps: HealthDeps): Health => {
  const { producer, topic, limits, observer, now, spread, queue, isIdle } = deps
  let opened = false
  let lastStored = Number.NEGATIVE_INFINITY
  let failingSince: number | undefined

  const look = async (): Promise<string | undefined> => {
    const found = await producer.probe()
    if (found.kind !== 'there') return explain(found, topic)
    if (!opened) await open(found.partitions)
    spread.use(found.usable)
    return undefined
  }

  const open = async (partitions: number) => {
    const settings = await producer.settings()
    if (settings !== undefined) queue.boundBatches(settings.maxMessageBytes - BATCH_OVERHEAD)
    opened = true
    observer.opened(partitions, settings)
  }

  const probe = async () => {
    const why = await look()
    recovery.note(isIdle() ? why : recovery.failure())
  }

  const refresh = async () => {
    if (recovery.failure() === undefined) await look()
  }

  const recovery = createRecovery(() => void probe(), limits.probeEvery, observer)
  const refreshing = setInterval(() => void refresh(), REFRESH_EVERY)
  void probe()

  return {
    observer: {
      retried: observer.retried,
      stored: (events, seconds) => {
        lastStored = now()
        failingSince = undefined
        recovery.note(undefined)
        observer.stored(events, seconds)
      },
      attemptFailed: (reason, why, seconds) => {
        observer.attemptFailed(reason, why, seconds)
        if (reason === 'too-large') return
        failingSince ??= Math.max(lastStored, now() - seconds * 1000)
        if (now() - failingSince >= limits.patience) recovery.note(why)
      },
    },
    failure: () => recovery.failure() ?? (opened ? undefined : 'no broker has been reached yet'),
    stop: () => {
      clearInterval(refreshing)
      recovery.stop()
    },
  }
}

const explain = (found: Exclude<Topic, { kind: 'there' }>, topic: string): string =>
  found.kind === 'unreachable'
    ? `no broker can be reached: ${found.why}`
    : `the topic ${topic} does not exist: create it (kafka-topics.sh --create --topic ${topic} --partitions 15) or name another one by --topic`
