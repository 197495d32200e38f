import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { createBackoff, pause } from '../backoff.ts'
import type { Failures } from '../failures.ts'
import { watchLag } from './lag-watch.ts'
import { type Life, type LifeDeps, type LifeObserver, startLife } from './life.ts'
import { prepareTopics, type TopicsWanted } from './topics.ts'

/**
 * Times in milliseconds. When leaving, what is under way gets `finishWithin` before it is given back, and the brokers
 * `leaveWithin` to answer after that.
 */
export type MembershipOptions = TopicsWanted &
  LifeDeps['options'] & { lagEvery: number; finishWithin: number; leaveWithin: number }

export type MembershipDeps = Omit<LifeDeps, 'options' | 'observer'> & {
  admin: Admin
  options: MembershipOptions
  failures: Failures
  random: () => number
  observer: {
    joined(partitions: readonly number[]): void
    /** The brokers could not be told; they give the partitions to others after the session timeout. */
    notLeft(): void
  }
}

/** Being in the group, for as long as it is wanted. */
export type Membership = {
  /** Finishes the chunk under way, commits it, leaves the group. Never rejects. */
  leave(): Promise<void>
}

const BACKOFF = { first: 200, most: 5_000 }

/** Comes back after every end of a membership that was not asked for, with growing waits; `failures` says what is wrong. */
export const createMembership = (deps: MembershipDeps): Membership => {
  const { admin, options, carrier, book, failures, random, now, observer } = deps
  const stopping = new AbortController()
  const delays = createBackoff(BACKOFF, random)
  const lag = watchLag(admin, options, book, options.lagEvery)
  let life: Life | undefined
  let silentFrom = Number.POSITIVE_INFINITY

  const heard = () => {
    silentFrom = now() + options.sessionTimeout
    failures.note('kafka', undefined)
  }

  const lifeObserver: LifeObserver = {
    joined: (partitions) => {
      delays.reset()
      heard()
      lag.look()
      observer.joined(partitions)
    },
    // Until all members are back nobody hears from the brokers.
    rebalancing: () => {
      silentFrom = now() + options.rebalanceTimeout + options.sessionTimeout
    },
    alive: heard,
  }

  const listen = () => {
    if (now() > silentFrom) failures.note('kafka', 'the brokers do not answer')
  }
  const listening = setInterval(listen, Math.min(1_000, options.sessionTimeout / 4))

  const attempt = async (): Promise<string> => {
    const unprepared = await prepareTopics(admin, options)
    if (unprepared !== undefined || stopping.signal.aborted) return unprepared ?? ''
    life = startLife({ ...deps, options, observer: lifeObserver })
    return life.ended
  }

  const stay = async () => {
    while (!stopping.signal.aborted) {
      const why = await attempt()
      if (stopping.signal.aborted) return
      silentFrom = Number.POSITIVE_INFINITY
      book.assign([])
      failures.note('kafka', why)
      await pause(delays.next(), stopping.signal)
    }
  }
  void stay()

  const end = async () => {
    const patience = setTimeout(() => carrier.abandon(), options.finishWithin)
    await life?.leave()
    clearTimeout(patience)
    return 'left' as const
  }

  return {
    leave: async () => {
      stopping.abort()
      const left = await within(end(), options.finishWithin + options.leaveWithin)
      if (left === undefined) observer.notLeft()
      clearInterval(listening)
      lag.stop()
      book.assign([])
      await within(admin.disconnect(), options.leaveWithin)
    },
  }
}

/** The answer, or undefined when it takes longer than so many milliseconds. */
const within = async <T>(work: Promise<T>, time: number): Promise<T | undefined> => {
  const patience = new AbortController()
  const first = await Promise.race([
    work.catch(() => undefined),
    sleep(time, undefined, { signal: patience.signal }).catch(() => undefined),
  ])
  patience.abort()
  return first
}
