import { type Board, open, type Spot, spreadIn, take } from './board.ts'
import type { Instance } from './fleet.ts'
import type { Purpose } from './limits.ts'
import { compare, first, tally } from './order.ts'
import type { Policy } from './policy.ts'

export interface Placed {
  spot: Spot
  slots: number[]
}

/** How many distinct hosts the first instances of a workload need. */
export const spreadOf = ({ size }: Policy): number => Math.min(2, size.min)

/**
 * Finds slots for one instance and takes them. The first min(2, min) instances go to distinct hosts, in distinct zones where
 * possible, opening a host if need be; after that free slots win, the fullest host that fits first, and among equals the zone
 * with fewer of the workload. Only when nothing fits is a host opened; undefined when that cannot be either. `purpose`: what a
 * host would be opened for.
 */
export function place(board: Board, policy: Policy, purpose: Purpose = 'growth'): Placed | undefined {
  const { workload, run } = policy
  const isSpread = spreadIn(board, workload).homes.size >= spreadOf(policy)
  const spot = isSpread ? anywhere(board, policy, purpose) : apart(board, policy, purpose)
  if (spot === undefined) return undefined
  return { spot, slots: take(board, spot, workload, run.slots) }
}

function anywhere(board: Board, policy: Policy, purpose: Purpose): Spot | undefined {
  return best(board, policy) ?? open(board, 'no free slot fits', purpose, policy)
}

/** Away from where the workload is: in another zone, else on another host, else wherever there is room. */
function apart(board: Board, policy: Policy, purpose: Purpose): Spot | undefined {
  const { workload } = policy
  const { homes, zones } = spreadIn(board, workload)
  const isFar = ({ zone }: Spot): boolean => !zones.has(zone)
  const isOther = ({ host }: Spot): boolean => !homes.has(host)
  const inNewZone = (): Spot | undefined =>
    board.openZones.some((zone) => !zones.has(zone))
      ? open(
          board,
          homes.size === 0 ? 'no free slot fits' : `${workload} needs a second zone`,
          purpose,
          policy,
        )
      : undefined
  const onNewHost = (): Spot | undefined => open(board, `${workload} needs a second host`, purpose, policy)
  const steps = [
    () => best(board, policy, isFar),
    inNewZone,
    () => best(board, policy, isOther),
    onNewHost,
    () => best(board, policy),
  ]
  for (const look of steps) {
    const spot = look()
    if (spot !== undefined) return spot
  }
  return undefined
}

/** Running hosts before booting ones; the fullest; the zone with fewer of the workload; the name, so that it is deterministic. */
function best(
  board: Board,
  { workload, run }: Policy,
  suits: (spot: Spot) => boolean = () => true,
): Spot | undefined {
  const { zones } = spreadIn(board, workload)
  const fitting: Spot[] = []
  for (const spot of board.open) if (spot.free.length >= run.slots && suits(spot)) fitting.push(spot)
  return first(
    fitting,
    (a, b) =>
      Number(b.running) - Number(a.running) ||
      a.free.length - b.free.length ||
      (zones.get(a.zone) ?? 0) - (zones.get(b.zone) ?? 0) ||
      compare(a.host, b.host),
  )
}

/**
 * The next instance to go, the other way round: not ready before ready, then from the emptiest host, the zone with most of the
 * workload, the newest; but none that leaves the workload on fewer than min(2, min) hosts, or zones, while another would not.
 * `staying`: how many slots of each host are held by instances that stay.
 */
export function victim(
  policy: Policy,
  alive: readonly Instance[],
  staying: ReadonlyMap<string, number>,
): Instance | undefined {
  const zones = new Map<string, number>()
  const homes = new Map<string, number>()
  for (const { zone, host } of alive) {
    tally(zones, zone)
    tally(homes, host)
  }
  const narrows = (places: Map<string, number>, place: string): number =>
    Number(places.get(place) === 1 && places.size <= spreadOf(policy))
  return first(
    alive,
    (a, b) =>
      narrows(homes, a.host) - narrows(homes, b.host) ||
      narrows(zones, a.zone) - narrows(zones, b.zone) ||
      Number(a.state === 'ready') - Number(b.state === 'ready') ||
      (staying.get(a.host) ?? 0) - (staying.get(b.host) ?? 0) ||
      (zones.get(b.zone) ?? 0) - (zones.get(a.zone) ?? 0) ||
      b.placedAt - a.placedAt ||
      compare(b.id, a.id),
  )
}
