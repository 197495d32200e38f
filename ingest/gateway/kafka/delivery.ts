import type { Producer, Reason, Sent } from './producer.ts'
import type { Pending } from './queue.ts'
import type { Spread } from './spread.ts'

/** Told of every attempt, for metrics and for whether the brokers work. */
export type DeliveryObserver = {
  stored(events: number, seconds: number): void
  attemptFailed(reason: Reason, why: string, seconds: number): void
  /** The batch is tried once more. */
  retried(): void
}

/** `now` is a monotonic clock in milliseconds, `pause` waits for as many. */
export type DeliveryDeps = {
  producer: Producer
  spread: Spread
  observer: DeliveryObserver
  now: () => number
  random: () => number
  pause: (time: number) => Promise<unknown>
}

/** Delivers one batch. Ends when each of its events is answered; never rejects. */
export type Deliver = (batch: readonly Pending[]) => Promise<void>

/** The time before another attempt doubles from the first to the second figure. Milliseconds, before jitter. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1_000

/**
 * A failed attempt may have been written all the same, so the batch is tried again, with the same ids, for as long
 * as a client waits for one of its events: a client that is told to try again would send it as another event.
 */
export const createDelivery = (deps: DeliveryDeps): Deliver => {
  const { producer, spread, observer, now, random, pause } = deps

  const attempt = async (batch: readonly Pending[]): Promise<Sent & { partition: number }> => {
    const partition = spread.next(batch.length)
    if (partition === undefined) return { ...NOWHERE, partition: 0 }
    const start = now()
    const sent = await producer.sendBatch(batch, partition)
    const seconds = (now() - start) / 1000
    if (sent.kind === 'stored') {
      spread.worked(partition)
      observer.stored(batch.length, seconds)
    } else {
      observer.attemptFailed(sent.reason, sent.why, seconds)
      if (sent.reason !== 'too-large') spread.avoid(partition)
    }
    return { ...sent, partition }
  }

  const deliver = async (batch: readonly Pending[]): Promise<void> => {
    let left = batch
    for (let failures = 0; left.length > 0; failures += 1) {
      if (failures > 0) observer.retried()
      const sent = await attempt(left)
      if (sent.kind === 'stored') return store(left, sent.partition, sent.offset)
      if (sent.reason === 'too-large') return divide(left)
      left = giveUp(left, now(), sent.why)
      if (left.length > 0) await pause(pauseAfter(failures, random))
      left = giveUp(left, now(), sent.why)
    }
  }

  /** The broker compares a whole batch with its limit, so each half may still fit. */
  const divide = async (batch: readonly Pending[]): Promise<void> => {
    const half = Math.ceil(batch.length / 2)
    if (batch.length === 1) return batch[0]?.settle({ kind: 'too-large' })
    await deliver(batch.slice(0, half))
    await deliver(batch.slice(half))
  }

  return deliver
}

const NOWHERE = { kind: 'failed', reason: 'broker', why: 'no partition takes events' } as const

const store = (batch: readonly Pending[], partition: number, first: number) => {
  let offset = first
  for (const { settle } of batch) {
    settle({ kind: 'stored', partition, offset })
    offset += 1
  }
}

/** Answers what is due, and returns the rest. */
const giveUp = (batch: readonly Pending[], now: number, why: string): readonly Pending[] => {
  const left = batch.filter(({ due }) => due > now)
  if (left.length === batch.length) return batch
  for (const { due, settle } of batch) if (due <= now) settle({ kind: 'failed', why })
  return left
}

/** Half of it is left to chance, so that gateways which failed together do not come back together. */
const pauseAfter = (failures: number, random: () => number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures) * (0.5 + random() / 2)
