import { boardOf } from '../decision/board.ts'
import { type Draft, recordsOf } from '../decision/draft.ts'
import { guards } from '../decision/guards.ts'
import { beforeBegun } from '../decision/intended.ts'
import { type PoolLedger, paidHosts } from '../decision/ledger.ts'
import { affordable, refusal, sayAffordable } from '../decision/limits.ts'
import { termsOf } from '../decision/plan.ts'
import type { Pool } from '../decision/policy.ts'
import type { Seen } from '../decision/view.ts'

/** What a pool costs at the moment, in the operator's money: so many hosts that are paid for, at so much an hour each. */
export interface Spending {
  hosts: number
  pricePerHour: number
  perHour: number
  maxCostPerHour?: number
}

/** Absent for a pool that has no price. */
export function spendingOf(draft: Draft, pool: Pool, ledger: PoolLedger | undefined): Spending | undefined {
  const { name, pricePerHour, maxCostPerHour } = pool
  if (pricePerHour === undefined) return undefined
  const names = recordsOf(draft, name).map((record) => record.name)
  const hosts = paidHosts(ledger, names)
  const most = maxCostPerHour === undefined ? {} : { maxCostPerHour }
  return { hosts, pricePerHour, perHour: hosts * pricePerHour, ...most }
}

/** Told by the status in other places. */
const elsewhere: ReadonlySet<string> = new Set(['hosts.max', 'closed', 'zones'])

/** Why it could not grow by a host now, where that is not its own hosts.max: what spares wait for without a word. */
export function tightnessOf(draft: Draft, pool: Pool, seen: Seen): string | undefined {
  const { listing } = seen
  if (listing === undefined) return undefined
  const headroom = beforeBegun(seen.headroom, draft, pool.name, listing)
  const terms = termsOf(draft, { pool, listing, ...(headroom !== undefined && { headroom }) }, guards)
  const { bounds } = boardOf(pool, recordsOf(draft, pool.name), [], listing, terms)
  const bound = refusal(bounds, 'spare')
  if (bound === undefined || bound.limit.passes === true) return undefined
  return elsewhere.has(bound.limit.name) ? undefined : bound.why
}

/** That more hosts are there than maxCostPerHour pays for, which only minima and a lowered bound bring about. */
export function overspending(pool: Pool, { hosts, perHour }: Spending): string | undefined {
  const most = affordable(pool)
  if (most === undefined || hosts <= most) return undefined
  return `${hosts} hosts cost ${perHour.toFixed(2)} an hour, though ${sayAffordable(pool, most)}: the minima need them, or it was lowered`
}
