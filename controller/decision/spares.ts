import { type Board, freeSlots, open, type Spot } from './board.ts'
import { condemn, type Draft, intend, nextNumber, put, say } from './draft.ts'
import type { HostRecord } from './fleet.ts'
import type { Pool } from './policy.ts'
import { duration, plural } from './words.ts'

/** Orders a host: a record whose name derives from the intent, and the intent to create it. */
export function order(draft: Draft, pool: Pool, { index, zone, opened }: Spot): HostRecord {
  const intent = String(nextNumber(draft))
  const name = `${draft.controller}-${pool.name}-${intent}`
  const fresh = { name, pool: pool.name, index, zone, slots: pool.slots, intent }
  const record = put(draft, { ...fresh, orderedAt: draft.now, revision: 1, entries: [], leaving: [] })
  intend(draft, 'create-host', record)
  say(draft, 'order-host', record, `${name} is ordered in zone ${zone}: ${opened}`)
  return record
}

/** Orders hosts up to hosts.min, and ahead of need while fewer than spareSlots are free, up to hosts.max. */
export function orderSpares(draft: Draft, board: Board): void {
  const { pool, spots } = board
  let withheld = 0
  for (const spot of spots.values()) withheld += spot.withheld
  for (;;) {
    const isFew = spots.size < pool.hosts.min
    if (!isFew && freeSlots(board) + withheld >= pool.spareSlots) return
    const lack = `${plural(pool.spareSlots, 'slot')} ${pool.spareSlots === 1 ? 'is' : 'are'} kept spare`
    const spot = open(board, isFew ? `hosts.min is ${pool.hosts.min}` : lack)
    if (spot === undefined) return
    order(draft, pool, spot)
  }
}

/**
 * A host that has been empty for a while goes, one a tick, as long as hosts.min and spareSlots are kept without it. Both are
 * counted as they are for ordering, so that what goes is not ordered again.
 */
export function dropEmptyHosts(draft: Draft, board: Board): void {
  const { pool, spots } = board
  const free = freeSlots(board)
  for (const spot of spots.values()) {
    const record = draft.hosts.get(spot.host)
    if (record === undefined) continue
    const noted = noteEmptiness(draft, record)
    if (spot.free.length < spot.slots || noted.seenAt === undefined) continue
    const empty = draft.now - (noted.emptySince ?? draft.now)
    if (empty < pool.emptyFor || free - spot.slots < pool.spareSlots || spots.size <= pool.hosts.min) continue
    condemn(draft, noted, `it has been empty for ${duration(empty)}`)
    return
  }
}

function noteEmptiness(draft: Draft, record: HostRecord): HostRecord {
  const isEmpty = record.entries.length + record.leaving.length === 0
  if (isEmpty === (record.emptySince !== undefined)) return record
  const { emptySince: _filled, ...rest } = record
  return put(draft, isEmpty ? { ...rest, emptySince: draft.now } : rest)
}
