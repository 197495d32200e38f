import { type Board, type Spot, spreadIn } from './board.ts'
import type { Instance } from './fleet.ts'

/**
 * A copy on which a host is closed and `leaving` (its living instances) spread nothing. What is placed on the copy leaves the
 * board as it is.
 */
export function boardWithout(board: Board, host: string, leaving: readonly Instance[]): Board {
  const offering = new Set<Spot>()
  for (const spot of board.open) if (spot.host !== host) offering.add({ ...spot, free: [...spot.free] })
  const closes = board.spots.get(host)?.isClosing === false
  const copy: Board = {
    ...board,
    open: offering,
    spots: new Map(board.spots),
    spreads: new Map(board.spreads),
    zones: new Map(board.zones),
    indexes: new Set(board.indexes),
    bounds: board.bounds.map((bound) => ({ ...bound })),
    staying: board.staying - Number(closes),
  }
  for (const { workload } of leaving) {
    const { homes, zones } = spreadIn(board, workload)
    copy.spreads.set(workload, { homes: new Map(homes), zones: new Map(zones) })
  }
  if (!closes) return copy
  for (const { workload, zone } of leaving) {
    const { homes, zones } = spreadIn(copy, workload)
    lessen(homes, host)
    lessen(zones, zone)
  }
  return copy
}

function lessen(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
