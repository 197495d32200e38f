import type { Draft } from './draft.ts'
import type { Headroom } from './headroom.ts'

/** Intents of a pool that are not done; `orders`: for hosts that no listing names yet. */
interface Open {
  changes: readonly string[]
  orders: readonly string[]
}

export function openIn(
  { intents, hosts }: Pick<Draft, 'intents' | 'hosts'>,
  pool: string,
  listing: ReadonlyMap<string, unknown>,
): Open {
  const open = [...intents].filter(([, one]) => one.pool === pool && one.doneAt === undefined)
  const orders = open.filter(
    ([, { kind, host }]) => kind === 'create-host' && hosts.has(host) && !listing.has(host),
  )
  return { changes: open.map(([key]) => key), orders: orders.map(([key]) => key) }
}

/**
 * What a provider says could be had, put as if nothing of what is intended had been begun: it has counted that already, and what is
 * intended is counted by whoever plans.
 */
export function beforeBegun(
  headroom: Headroom | undefined,
  draft: Draft,
  pool: string,
  listing: ReadonlyMap<string, unknown>,
): Headroom | undefined {
  if (headroom === undefined) return undefined
  const { changes, orders } = openIn(draft, pool, listing)
  // One whose answer was lost may have been begun as well.
  const isBegun = (key: string): boolean =>
    draft.begun.has(key) || (draft.intents.get(key)?.attempts ?? 0) > 0
  const { hosts, operations: calls } = headroom
  const ordered = orders.filter(isBegun).length
  const changed = changes.filter((key) => draft.begun.has(key)).length
  return {
    ...(hosts !== undefined && { hosts: { ...hosts, left: hosts.left + ordered } }),
    ...(calls !== undefined && { operations: { ...calls, left: calls.left + changed } }),
  }
}
