import type { HostRecord, Instance } from './fleet.ts'
import type { Policy, Pool } from './policy.ts'
import { isAlive } from './view.ts'
import { plural } from './words.ts'

/** A host as placement sees it. `opened`: it would have to be ordered. Mutable: a board is scratch paper of one plan. */
export interface Spot {
  host: string
  index: number
  zone: string
  opened: boolean
  running: boolean
  free: number[]
  slots: number
  /** Living instances of each workload; those on their way out hold slots but do not spread anything. */
  holders: Map<string, number>
}

export interface Board {
  pool: Pool
  spots: Spot[]
  /** Hosts that exist or are ordered, those on their way out included; they bound how many may be opened. */
  hosts: number
  indexes: Set<number>
  /** Whether hosts may be opened now. */
  mayOpen: boolean
}

export interface Placed {
  spot: Spot
  slots: number[]
}

/** A board of the pool as it is. Hosts that are going, or gone, offer no slots but count against `hosts.max`. */
export function boardOf(
  pool: Pool,
  records: readonly HostRecord[],
  instances: readonly Instance[],
  mayOpen: boolean,
  isUsable: (record: HostRecord) => boolean,
): Board {
  const spots = records.filter(isUsable).map((record) => spotOf(record, instances))
  return { pool, spots, hosts: records.length, indexes: new Set(records.map(({ index }) => index)), mayOpen }
}

function spotOf(record: HostRecord, instances: readonly Instance[]): Spot {
  const taken = new Set([...record.entries, ...record.leaving].flatMap(({ slots }) => slots))
  const free: number[] = []
  for (let slot = 0; slot < record.slots; slot++) if (!taken.has(slot)) free.push(slot)
  const holders = new Map<string, number>()
  for (const one of instances) {
    if (one.host === record.name && isAlive(one))
      holders.set(one.workload, (holders.get(one.workload) ?? 0) + 1)
  }
  const { name, index, zone, slots } = record
  return {
    host: name,
    index,
    zone,
    opened: false,
    running: record.runningAt !== undefined,
    free,
    slots,
    holders,
  }
}

/** How many distinct hosts the first instances of a workload need. */
export const spreadOf = ({ size }: Policy): number => Math.min(2, size.min)

/**
 * Finds slots for one instance and takes them. The first min(2, min) instances go to distinct hosts, in distinct zones where
 * possible, opening a host if need be; after that free slots win, the fullest host that fits first, and among equals the zone
 * with fewer of the workload. Only when nothing fits is a host opened; undefined when that cannot be either.
 */
export function place(board: Board, policy: Policy): Placed | undefined {
  const { workload } = policy
  const need = policy.run.slots
  const fitting = board.spots.filter(({ free }) => free.length >= need)
  const homes = board.spots.filter(({ holders }) => (holders.get(workload) ?? 0) > 0)
  if (homes.length >= spreadOf(policy))
    return take(best(fitting, board, workload) ?? open(board, workload), policy)
  const zones = new Set(homes.map(({ zone }) => zone))
  const apart = fitting.filter((spot) => !homes.includes(spot))
  const elsewhere = best(
    apart.filter(({ zone }) => !zones.has(zone)),
    board,
    workload,
  )
  if (elsewhere !== undefined) return take(elsewhere, policy)
  const other = board.pool.zones.some((zone) => !zones.has(zone)) || apart.length === 0
  const opened = other ? open(board, workload) : undefined
  return take(
    opened ?? best(apart, board, workload) ?? open(board, workload) ?? best(fitting, board, workload),
    policy,
  )
}

function take(spot: Spot | undefined, { workload, run }: Policy): Placed | undefined {
  if (spot === undefined || spot.free.length < run.slots) return undefined
  const slots = spot.free.splice(0, run.slots)
  spot.holders.set(workload, (spot.holders.get(workload) ?? 0) + 1)
  return { spot, slots }
}

/** Running hosts before booting ones; the fullest; the zone with fewer of the workload; the name, so that it is deterministic. */
function best(spots: readonly Spot[], board: Board, workload: string): Spot | undefined {
  const inZone = zoneCounts(board, workload)
  const zone = (spot: Spot): number => inZone.get(spot.zone) ?? 0
  const order = (a: Spot, b: Spot): number =>
    Number(b.running) - Number(a.running) ||
    a.free.length - b.free.length ||
    zone(a) - zone(b) ||
    compare(a.host, b.host)
  return [...spots].sort(order)[0]
}

function zoneCounts({ spots }: Board, workload: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { zone, holders } of spots)
    counts.set(zone, (counts.get(zone) ?? 0) + (holders.get(workload) ?? 0))
  return counts
}

/** Opens a host in the zone with fewest of the workload, then fewest hosts, then first named. */
export function open(board: Board, workload?: string): Spot | undefined {
  const { pool } = board
  if (!board.mayOpen || board.hosts >= pool.hosts.max) return undefined
  const inZone = zoneCounts(board, workload ?? '')
  const hosts = (zone: string): number => board.spots.filter((spot) => spot.zone === zone).length
  const [zone] = [...pool.zones].sort(
    (a, b) =>
      (inZone.get(a) ?? 0) - (inZone.get(b) ?? 0) ||
      hosts(a) - hosts(b) ||
      pool.zones.indexOf(a) - pool.zones.indexOf(b),
  )
  if (zone === undefined) return undefined
  let index = 0
  while (board.indexes.has(index)) index++
  board.indexes.add(index)
  board.hosts++
  const free = Array.from({ length: pool.slots }, (_, slot) => slot)
  const holders = new Map<string, number>()
  const spot = {
    host: `+${index}`,
    index,
    zone,
    opened: true,
    running: false,
    free,
    slots: pool.slots,
    holders,
  }
  board.spots.push(spot)
  return spot
}

/**
 * The next instance to go, the other way round: not ready before ready, then from the emptiest host, the zone with most of the
 * workload, the newest; but never one that leaves the workload on fewer than min(2, min) hosts while another would not.
 */
export function victim(
  policy: Policy,
  alive: readonly Instance[],
  hosts: ReadonlyMap<string, number>,
): Instance | undefined {
  const zones = tally(alive, ({ zone }) => zone)
  const homes = tally(alive, ({ host }) => host)
  const narrows = ({ host }: Instance): number =>
    Number(homes.get(host) === 1 && homes.size <= spreadOf(policy))
  const order = (a: Instance, b: Instance): number =>
    narrows(a) - narrows(b) ||
    Number(a.state === 'ready') - Number(b.state === 'ready') ||
    (hosts.get(a.host) ?? 0) - (hosts.get(b.host) ?? 0) ||
    (zones.get(b.zone) ?? 0) - (zones.get(a.zone) ?? 0) ||
    b.placedAt - a.placedAt ||
    compare(b.id, a.id)
  return [...alive].sort(order)[0]
}

function tally(instances: readonly Instance[], key: (one: Instance) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of instances) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
  return counts
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Says why the minima of the policies do not fit an empty pool, found by running the placement; undefined when they do. */
export function minimaFit(pool: Pool, policies: readonly Policy[]): string | undefined {
  const board = boardOf(pool, [], [], true, () => true)
  const largestFirst = [...policies].sort(
    (a, b) => b.run.slots - a.run.slots || compare(a.workload, b.workload),
  )
  for (const policy of largestFirst) {
    for (let placed = 0; placed < policy.size.min; placed++) {
      if (place(board, policy) !== undefined) continue
      const room = `${pool.hosts.max} x ${plural(pool.slots, 'slot')}`
      return `the minima do not fit pool ${pool.name} (${room}): ${policy.workload} gets ${placed} of ${policy.size.min}; raise hosts.max or lower a min`
    }
  }
  return undefined
}
