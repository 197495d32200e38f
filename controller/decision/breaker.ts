import { type Draft, put, recordsOf } from './draft.ts'
import type { HostRecord } from './fleet.ts'
import type { Room } from './headroom.ts'
import type { Pool } from './policy.ts'
import { isProved } from './proof.ts'
import { noteSupply } from './supply.ts'
import { duration, plural } from './words.ts'

/** How long a pool pauses at first, and at most, when hosts come to nothing in a row; and when it forgets that they did. Ms. */
const PAUSE_FIRST = 300_000
const PAUSE_MOST = 3_600_000
const MEMORY = 6 * 3_600_000

/** Whether so many hosts in a row have come to nothing that the next ones would too. */
export type IsTripped = (failures: number, limit: number) => boolean

export const isTripped: IsTripped = (failures, limit) => failures >= limit

/** A host that was ordered, or told to start again, came to nothing. It counts once, also if it stays. */
export function noteFailure(draft: Draft, record: HostRecord, why: string): HostRecord {
  const { pool, name, failedAt } = record
  if (failedAt !== undefined) return record
  const count = (draft.supply.get(pool)?.failures?.count ?? 0) + 1
  noteSupply(draft, pool, { failures: { count, lastAt: draft.now, why: `${name}: ${why}` } })
  return put(draft, { ...record, failedAt: draft.now })
}

/**
 * An instance became ready on a host: if that was ordered, or told to start again, since the last failure, the row has ended. It has
 * as well if the host was counted itself: whoever counted it could not see.
 */
export function noteSuccess(draft: Draft, record: HostRecord): void {
  const { pool, orderedAt, restartedAt = orderedAt, failedAt } = record
  const { failures } = draft.supply.get(pool) ?? {}
  if (failures === undefined) return
  if (failedAt !== undefined || Math.max(orderedAt, restartedAt) >= failures.lastAt) forgive(draft, pool)
}

function forgive(draft: Draft, pool: string): void {
  const { failures } = draft.supply.get(pool) ?? {}
  noteSupply(draft, pool, { failures: undefined })
  if (failures !== undefined && draft.backoffs.get(pool)?.why === sayRow(failures))
    draft.backoffs.delete(pool)
}

const sayRow = ({ count, why }: { count: number; why: string }): string =>
  `${plural(count, 'host')} in a row came to nothing, the last one ${why}`

/**
 * Holds back the orders of a pool whose hosts come to nothing: none for a while, longer each time, and then one at a time until an
 * instance is ready on one. Answers how many may be ordered now, where one is tried.
 */
export function pauseOrders(draft: Draft, pool: Pool, tripped: IsTripped): Room | undefined {
  const { name, failuresInRow: limit } = pool
  const { failures } = draft.supply.get(name) ?? {}
  if (failures === undefined || limit === undefined) return undefined
  if (draft.now - failures.lastAt >= MEMORY) {
    forgive(draft, name)
    return undefined
  }
  if (!tripped(failures.count, limit)) return undefined
  const pause = Math.min(PAUSE_MOST, PAUSE_FIRST * 2 ** Math.min(20, Math.max(0, failures.count - limit)))
  const until = failures.lastAt + pause
  const why = sayRow(failures)
  if (failures.lastAt === draft.now) {
    const sentence = `pool ${name} orders nothing for ${duration(pause)}: ${why}`
    draft.steps.push({ kind: 'hold', subject: name, pool: name, sentence })
  }
  if (draft.now < until) {
    const present = draft.backoffs.get(name)
    if ((present?.until ?? 0) < until) draft.backoffs.set(name, { until, failures: failures.count, why })
    return undefined
  }
  const left = recordsOf(draft, name).some(isOnTrial) ? 0 : 1
  return { left, why: `${why}, so one at a time is tried, which leaves room for` }
}

/** It may still come to nothing. One that runs and has nothing to run cannot show anything. */
const isOnTrial = (record: HostRecord): boolean =>
  record.deleting === undefined &&
  record.failedAt === undefined &&
  !isProved(record) &&
  (record.runningAt === undefined || record.entries.length > 0)

/** Once the wait after a refused order is over one host is tried, and the rest follows when that one is granted. */
export function tryAgain({ backoffs, now }: Draft, pool: string): Room | undefined {
  const backoff = backoffs.get(pool)
  if (backoff === undefined || now < backoff.until) return undefined
  return {
    left: 1,
    why: `the last order was refused (${backoff.why}), so one is tried, which leaves room for`,
  }
}

/** The room that leaves less. */
export function tighter(one: Room | undefined, other: Room | undefined): Room | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return other.left < one.left ? other : one
}
