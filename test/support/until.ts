import { setTimeout as sleep } from 'node:timers/promises'

/** How long to wait, how often to look (both in milliseconds), and what is awaited, for the error text. */
export type Patience = { within?: number; every?: number; what?: string }

/** What a check may answer; anything falsy means "not yet". */
type NotYet = false | null | undefined | 0 | ''

/**
 * Polls `check` until it answers something truthy, and returns that answer.
 * A check that throws counts as "not yet" (a server that is not up refuses connections), its last error becomes the
 * cause. Rejects once `within` milliseconds (default 10,000) are over, also when a check itself never answers.
 */
export const until = async <T>(
  check: () => T | Promise<T>,
  patience: Patience = {},
): Promise<Exclude<T, NotYet>> => {
  const { within = 10_000, every = 25, what = 'the condition' } = patience
  const end = performance.now() + within
  let last: Look<T> = { kind: 'not-yet' }
  for (;;) {
    const seen: Look<T> = await Promise.race([look(check), overdue(end)])
    if (seen.kind === 'seen') return seen.value
    if (seen.kind !== 'overdue') last = seen
    if (seen.kind === 'overdue' || performance.now() >= end) throw tooLate(what, within, last)
    await sleep(Math.min(every, Math.max(1, end - performance.now())))
  }
}

type Look<T> =
  | { kind: 'seen'; value: Exclude<T, NotYet> }
  | { kind: 'not-yet' }
  | { kind: 'threw'; error: unknown }
  | { kind: 'overdue' }

const look = async <T>(check: () => T | Promise<T>): Promise<Look<T>> => {
  try {
    const value = await check()
    return isSeen(value) ? { kind: 'seen', value } : { kind: 'not-yet' }
  } catch (error) {
    return { kind: 'threw', error }
  }
}

const isSeen = <T>(value: T): value is Exclude<T, NotYet> => Boolean(value)

const overdue = async (end: number): Promise<{ kind: 'overdue' }> => {
  // The timer must not keep a finished test alive.
  await sleep(Math.max(0, end - performance.now()), undefined, { ref: false })
  return { kind: 'overdue' }
}

const tooLate = (what: string, within: number, last: Look<unknown>): Error => {
  const threw = last.kind === 'threw' ? `; the last look failed: ${String(last.error)}` : ''
  return new Error(
    `waited ${within} ms for ${what}, in vain${threw}`,
    last.kind === 'threw' ? { cause: last.error } : {},
  )
}
