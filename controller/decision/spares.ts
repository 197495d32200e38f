import { type Board, freeSlots, open, type Spot } from './board.ts'
import { condemn, type Draft, intend, nextNumber, put, say } from './draft.ts'
import type { HostRecord } from './fleet.ts'
import { type Frozen, isHostFrozen } from './freeze.ts'
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

/**
 * Orders hosts up to hosts.min, and ahead of need while fewer than spareSlots are free, up to hosts.max. `floor`: why there are to
 * be so many, where that is not hosts.min. Where hosts cannot be had it waits, and nobody is told: nothing is lacking yet.
 */
export function orderSpares(draft: Draft, board: Board, floor?: string): void {
  const { pool, spots } = board
  let withheld = 0
  for (const spot of spots.values()) withheld += spot.withheld
  for (;;) {
    const isFew = board.staying < pool.hosts.min
    if (!isFew && freeSlots(board) + withheld >= pool.spareSlots) return
    const lack = `${plural(pool.spareSlots, 'slot')} ${pool.spareSlots === 1 ? 'is' : 'are'} kept spare`
    const why = isFew ? (floor ?? `hosts.min is ${pool.hosts.min}`) : lack
    const spot = open(board, why, isFew ? 'min' : 'spare')
    if (spot === undefined) return
    order(draft, pool, spot)
  }
}

/**
 * A host that has been empty for a while goes, one a tick, as long as hosts.min and spareSlots are kept without it. Both are
 * counted as they are for ordering, so that what goes is not ordered again. One that an operator drains goes as soon as it is
 * empty, and what the pool then lacks is ordered.
 */
export function dropEmptyHosts(draft: Draft, board: Board, frozen: Frozen): void {
  for (const spot of board.spots.values()) {
    const record = draft.hosts.get(spot.host)
    if (record === undefined) continue
    const noted = noteEmptiness(draft, record)
    if (!spot.isEmpty || noted.seenAt === undefined || isHostFrozen(frozen, noted)) continue
    const why = whyDropped(draft, board, spot, noted)
    if (why === undefined) continue
    condemn(draft, noted, why)
    return
  }
}

function whyDropped(
  draft: Draft,
  board: Board,
  spot: Spot,
  { closing, emptySince }: HostRecord,
): string | undefined {
  if (closing?.for === 'operator') return `it is empty, and ${closing.why}`
  const { pool, staying } = board
  const empty = draft.now - (emptySince ?? draft.now)
  const without = staying - Number(!spot.isClosing)
  if (empty < pool.emptyFor || freeSlots(board) - spot.free.length < pool.spareSlots) return undefined
  return without < pool.hosts.min ? undefined : `it has been empty for ${duration(empty)}`
}

function noteEmptiness(draft: Draft, record: HostRecord): HostRecord {
  const isEmpty = record.entries.length + record.leaving.length === 0
  if (isEmpty === (record.emptySince !== undefined)) return record
  const { emptySince: _filled, ...rest } = record
  return put(draft, isEmpty ? { ...rest, emptySince: draft.now } : rest)
}
