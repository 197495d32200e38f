import type { HostRecord, Instance, ListedHost } from './fleet.ts'
import { type Bound, boundsOf, hostsMax, type Limit, type Offer, type Purpose, refusal } from './limits.ts'
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
  /** The host is being emptied: it offers nothing, and counts as gone. */
  isClosing: boolean
  /** Whether nothing holds a slot of it, nor may live there unknown. */
  isEmpty: boolean
  slots: number
  /** Why it has to be ordered; absent for hosts that exist or are ordered. */
  opened?: string
  /** What it is ordered in spite of, since a minimum needs it. */
  exceeds?: string
}

/** Where a workload has living instances: how many by host and by zone. Those that go, or are to move, spread nothing. */
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
  /** Hosts that are there to stay, by zone. */
  zones: Map<string, number>
  /** Hosts that are there to stay, those that are opened included. */
  staying: number
  indexes: Set<number>
  /** How many hosts may be opened now, by whose word. */
  bounds: Bound[]
  /** The zones in which they may be, as the pool names them. */
  openZones: readonly string[]
}

/** What bounds how many hosts may be opened: what the limits are, and what is known of how hosts can be had. */
export interface Terms extends Offer {
  limits?: readonly Limit[]
  openZones?: readonly string[]
}

/** A board of the pool as it is. Hosts that are going, or gone, offer no slots but count against `hosts.max`. */
export function boardOf(
  pool: Pool,
  records: readonly HostRecord[],
  instances: readonly Instance[],
  listing: ReadonlyMap<string, ListedHost>,
  { limits = [hostsMax], openZones = pool.zones, ...offer }: Terms = {},
): Board {
  const board: Board = {
    pool,
    spots: new Map(),
    open: new Set(),
    spreads: new Map(),
    zones: new Map(),
    staying: 0,
    indexes: new Set(records.map(({ index }) => index)),
    bounds: [],
    openZones,
  }
  for (const record of records) {
    const listed = listing.get(record.name)
    if (!isLost(record, listed)) put(board, spotOf(record, listed))
  }
  for (const one of instances) {
    const spot = board.spots.get(one.host)
    if (isAlive(one) && spot?.isClosing === false) settle(board, one.workload, spot)
  }
  const { staying } = board
  board.bounds = boundsOf(limits, { ...offer, pool, hosts: records.length, staying })
  return board
}

function put(board: Board, spot: Spot): void {
  board.spots.set(spot.host, spot)
  if (spot.free.length > 0) board.open.add(spot)
  if (spot.isClosing) return
  board.staying++
  tally(board.zones, spot.zone)
}

function spotOf(record: HostRecord, listed: ListedHost | undefined): Spot {
  const taken = new Set([...record.entries, ...record.leaving].flatMap(({ slots }) => slots))
  const free = slotsOf(record.slots).filter((slot) => !taken.has(slot))
  const { name: host, index, zone, slots } = record
  const about = { host, index, zone, running: record.runningAt !== undefined, slots }
  const isKnown = mayFill(record, listed)
  const isEmpty = isKnown && free.length === slots
  if (record.closing !== undefined) return { ...about, free: [], withheld: 0, isClosing: true, isEmpty }
  const [offered, withheld] = isKnown ? [free, 0] : [[], free.length]
  return { ...about, free: offered, withheld, isClosing: false, isEmpty }
}

const slotsOf = (count: number): number[] => Array.from({ length: count }, (_, slot) => slot)

/**
 * Nothing new goes to a host that has vanished from the listing, or where processes live that no record explains; those that do not
 * outlive its restart count for nothing.
 */
function mayFill({ seenAt, restart, entries, leaving }: HostRecord, listed: ListedHost | undefined): boolean {
  if (listed === undefined) return seenAt === undefined
  if (restart !== undefined) return true
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
  spot.isEmpty = false
  if (spot.free.length === 0) board.open.delete(spot)
  settle(board, workload, spot)
  return taken
}

/**
 * Opens a host in the zone with fewest of the workload, then fewest hosts, then first named; undefined when none may be opened
 * for the purpose.
 */
export function open(board: Board, why: string, purpose: Purpose, policy?: Policy): Spot | undefined {
  const { pool, bounds } = board
  if (refusal(bounds, purpose) !== undefined) return undefined
  if (policy !== undefined && policy.run.slots > pool.slots) return undefined
  const zone = nextZone(board, policy)
  if (zone === undefined) return undefined
  const index = freeIndex(board)
  const exceeded = bounds.find(({ left }) => left <= 0)?.why
  for (const bound of bounds) bound.left--
  const free = slotsOf(pool.slots)
  const fresh = { index, zone, running: false, free, withheld: 0, isClosing: false, isEmpty: true }
  const about = { slots: pool.slots, opened: why, ...(exceeded !== undefined && { exceeds: exceeded }) }
  const spot: Spot = { host: `+${index}`, ...fresh, ...about }
  put(board, spot)
  return spot
}

function nextZone({ pool, openZones, zones: hosts, ...board }: Board, policy?: Policy): string | undefined {
  const mine = policy === undefined ? undefined : board.spreads.get(policy.workload)?.zones
  return first(
    openZones.length > 0 ? openZones : pool.zones,
    (a, b) => (mine?.get(a) ?? 0) - (mine?.get(b) ?? 0) || (hosts.get(a) ?? 0) - (hosts.get(b) ?? 0),
  )
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
