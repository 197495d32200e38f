import type { HostRecord, Instance, ListedHost } from './fleet.ts'
import { first, tally } from './order.ts'
import type { Policy, Pool } from './policy.ts'
import { isAlive, isLost } from './view.ts'

/** A host as placement sees it. Mutable: a board is scratch paper of one plan. */
export interface Spot {
  host: string
  index: number
  zone: string
  running: boolean
  /** Slot numbers that may be filled, ascending. */
  free: number[]
  /** Slots that look free but may not be filled at the moment. */
  withheld: number
  slots: number
  /** Why it has to be ordered; absent for hosts that exist or are ordered. */
  opened?: string
}

/** Where a workload has living instances: how many by host and by zone. Those on their way out spread nothing. */
export interface Spread {
  homes: Map<string, number>
  zones: Map<string, number>
}

export interface Board {
  pool: Pool
  spots: Map<string, Spot>
  /** The spots that have free slots. */
  open: Set<Spot>
  spreads: Map<string, Spread>
  /** Hosts by zone. */
  zones: Map<string, number>
  /** Hosts that exist or are ordered, those on their way out included; they bound how many may be opened. */
  hosts: number
  indexes: Set<number>
  /** Why no hosts may be opened now. */
  closed?: string
}

/** A board of the pool as it is. Hosts that are going, or gone, offer no slots but count against `hosts.max`. */
export function boardOf(
  pool: Pool,
  records: readonly HostRecord[],
  instances: readonly Instance[],
  listing: ReadonlyMap<string, ListedHost>,
  closed?: string,
): Board {
  const board: Board = {
    pool,
    spots: new Map(),
    open: new Set(),
    spreads: new Map(),
    zones: new Map(),
    hosts: records.length,
    indexes: new Set(records.map(({ index }) => index)),
    ...(closed !== undefined && { closed }),
  }
  for (const record of records) {
    const listed = listing.get(record.name)
    if (!isLost(record, listed)) put(board, spotOf(record, listed))
  }
  for (const one of instances) if (isAlive(one)) settle(board, one.workload, board.spots.get(one.host))
  return board
}

function put(board: Board, spot: Spot): void {
  board.spots.set(spot.host, spot)
  if (spot.free.length > 0) board.open.add(spot)
  tally(board.zones, spot.zone)
}

function spotOf(record: HostRecord, listed: ListedHost | undefined): Spot {
  const taken = new Set([...record.entries, ...record.leaving].flatMap(({ slots }) => slots))
  const free = slotsOf(record.slots).filter((slot) => !taken.has(slot))
  const { name: host, index, zone, slots } = record
  const running = record.runningAt !== undefined
  const [offered, withheld] = mayFill(record, listed) ? [free, 0] : [[], free.length]
  return { host, index, zone, running, free: offered, withheld, slots }
}

const slotsOf = (count: number): number[] => Array.from({ length: count }, (_, slot) => slot)

/** Nothing new goes to a host that has vanished from the listing, or where processes live that no record explains. */
function mayFill({ seenAt, entries, leaving }: HostRecord, listed: ListedHost | undefined): boolean {
  if (listed === undefined) return seenAt === undefined
  const known = new Set([...entries, ...leaving].map(({ id }) => id))
  return listed.alive === undefined || listed.alive.every((id) => known.has(id))
}

function settle(board: Board, workload: string, spot: Spot | undefined): void {
  if (spot === undefined) return
  const { homes, zones } = spreadIn(board, workload)
  tally(homes, spot.host)
  tally(zones, spot.zone)
}

export function spreadIn({ spreads }: Board, workload: string): Spread {
  const known = spreads.get(workload)
  if (known !== undefined) return known
  const spread: Spread = { homes: new Map(), zones: new Map() }
  spreads.set(workload, spread)
  return spread
}

/** Takes so many slots of a spot for an instance of a workload, the lowest first. */
export function take(board: Board, spot: Spot, workload: string, slots: number): number[] {
  const taken = spot.free.splice(0, slots)
  if (spot.free.length === 0) board.open.delete(spot)
  settle(board, workload, spot)
  return taken
}

/** Opens a host in the zone with fewest of the workload, then fewest hosts, then first named; undefined when none may be opened. */
export function open(board: Board, why: string, policy?: Policy): Spot | undefined {
  const { pool, zones: hosts } = board
  if (board.closed !== undefined || board.hosts >= pool.hosts.max) return undefined
  if (policy !== undefined && policy.run.slots > pool.slots) return undefined
  const mine = policy === undefined ? undefined : spreadIn(board, policy.workload).zones
  const zone = first(
    pool.zones,
    (a, b) => (mine?.get(a) ?? 0) - (mine?.get(b) ?? 0) || (hosts.get(a) ?? 0) - (hosts.get(b) ?? 0),
  )
  if (zone === undefined) return undefined
  const index = freeIndex(board)
  board.hosts++
  const free = slotsOf(pool.slots)
  const fresh = { index, zone, running: false, free, withheld: 0, slots: pool.slots }
  const spot: Spot = { host: `+${index}`, ...fresh, opened: why }
  put(board, spot)
  return spot
}

function freeIndex({ indexes }: Board): number {
  let index = 0
  while (indexes.has(index)) index++
  indexes.add(index)
  return index
}

/** Slots that may be filled now, those of opened hosts included. */
export function freeSlots({ open: offering }: Board): number {
  let free = 0
  for (const spot of offering) free += spot.free.length
  return free
}
