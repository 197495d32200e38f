import { isOurs } from './adopt.ts'
import { condemn, type Draft, put, recordsOf } from './draft.ts'
import type { HostRecord } from './fleet.ts'
import type { Stray } from './headroom.ts'
import { compare } from './order.ts'
import type { Pool } from './policy.ts'
import type { StrayRecord } from './state.ts'
import { noteSupply } from './supply.ts'
import type { Seen } from './view.ts'
import { duration } from './words.ts'

/** Whether machines that belong to no pool may be removed. `hold`: why nothing is believed. */
export type MayRemove = (hold: string | undefined) => boolean

export const mayRemove: MayRemove = (hold) => hold === undefined

/**
 * Machines with our labels that belong to no pool are remembered, told of once they have been there for a while, and, if the pool is to
 * do so, removed one by one like a host: as a record that is on its way out from the first moment on. `others`: further pools of
 * the same provider; what one of them has noted already is left to it.
 */
export function serveStrays(
  draft: Draft,
  pool: Pool,
  seen: Seen,
  others: readonly Pool[],
  isAllowed: boolean,
): void {
  const { strays: rule } = pool
  const noted = notedStrays(draft, pool, seen, others)
  noteSupply(draft, pool.name, { strays: noted })
  if (rule === undefined) return
  const due = Object.entries(noted)
    .filter(([, { since }]) => draft.now - since >= rule.after)
    .sort(([a], [b]) => compare(a, b))
  const told = due.map(([name, stray]) => [name, tellOf(draft, pool, name, stray)] as const)
  noteSupply(draft, pool.name, { strays: { ...noted, ...Object.fromEntries(told) } })
  const [next] = due
  if (next === undefined || rule.act !== 'remove' || !isAllowed) return
  const isBusy = recordsOf(draft, pool.name).some(({ intent, deleting }) => intent === STRAY && deleting)
  if (!isBusy) remove(draft, pool, next)
}

/** What the record of a stray has for an intent: nobody has ordered it. */
const STRAY = 'stray'

function notedStrays(
  draft: Draft,
  pool: Pool,
  seen: Seen,
  others: readonly Pool[],
): Record<string, StrayRecord> {
  const known = draft.supply.get(pool.name)?.strays ?? {}
  const elsewhere = new Set(others.flatMap(({ name }) => Object.keys(draft.supply.get(name)?.strays ?? {})))
  const noted: Record<string, StrayRecord> = {}
  for (const { name, why } of [...(seen.strays ?? []), ...unreadable(draft, pool, seen)]) {
    if (draft.hosts.has(name) || elsewhere.has(name)) continue
    noted[name] = { since: draft.now, ...known[name], why }
  }
  return noted
}

/** Ours by their labels, but what they run cannot be read, so that they cannot be adopted. */
const unreadable = (draft: Draft, pool: Pool, { listing }: Seen): Stray[] =>
  [...(listing?.values() ?? [])]
    .filter((listed) => listed.manifest === undefined && isOurs(draft, pool, listed))
    .map(({ name }) => ({ name, why: 'what it is told to run cannot be read' }))

function tellOf(
  draft: Draft,
  { name: pool, strays: rule }: Pool,
  name: string,
  stray: StrayRecord,
): StrayRecord {
  if (stray.toldAt !== undefined) return stray
  const what = `${name} carries our labels and belongs to no pool (${stray.why}), for ${duration(draft.now - stray.since)}`
  const next = rule?.act === 'remove' ? 'it is removed' : 'nobody uses it, and it may cost money'
  draft.steps.push({ kind: 'stray', subject: name, pool, sentence: `${what}: ${next}` })
  return { ...stray, toldAt: draft.now }
}

/** It takes no slot, and its index is that of nobody. */
function remove(draft: Draft, { name: pool, zones }: Pool, [name, { why }]: [string, StrayRecord]): void {
  const { now } = draft
  const indexes = new Set(recordsOf(draft, pool).map(({ index }) => index))
  let index = 0
  while (indexes.has(index)) index++
  const times = { orderedAt: now, confirmedAt: now, seenAt: now }
  const about = { name, pool, index, zone: zones[0] ?? '', slots: 0, intent: STRAY }
  const record: HostRecord = { ...about, ...times, revision: 0, entries: [], leaving: [] }
  condemn(draft, put(draft, record), `it belongs to no pool (${why})`)
}
