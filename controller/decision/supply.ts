import { backOff } from './back-off.ts'
import type { Draft } from './draft.ts'
import type { SupplyRecord } from './state.ts'

/** How long a zone that had no capacity is left alone at first, and at most. Ms. */
const ZONE_FIRST = 300_000
const ZONE_MOST = 3_600_000

type Change = { [K in keyof SupplyRecord]?: SupplyRecord[K] | undefined }

/** Changes what is remembered of how the provider of a pool delivers; what is empty is not kept. */
export function noteSupply(draft: Draft, pool: string, change: Change): void {
  const { zones = {}, failures, strays = {} } = { ...draft.supply.get(pool), ...change }
  const kept: SupplyRecord = {
    ...(Object.keys(zones).length > 0 && { zones }),
    ...(failures !== undefined && { failures }),
    ...(Object.keys(strays).length > 0 && { strays }),
  }
  if (Object.keys(kept).length > 0) draft.supply.set(pool, kept)
  else draft.supply.delete(pool)
}

/**
 * No host is ordered in the zone for a while, longer each time; answers how long, ms. Undefined where it is closed already: what was ordered
 * before that says the same once more.
 */
export function closeZone(
  draft: Draft,
  pool: string,
  zone: string,
  why: string,
  jitter: number,
): number | undefined {
  const { zones = {} } = draft.supply.get(pool) ?? {}
  const present = zones[zone]
  if (present !== undefined && draft.now < present.until) return undefined
  const failures = (present?.failures ?? 0) + 1
  const wait = backOff(ZONE_FIRST, ZONE_MOST, failures - 1, jitter)
  noteSupply(draft, pool, { zones: { ...zones, [zone]: { until: draft.now + wait, failures, why } } })
  return wait
}

/** The zone has delivered a host. */
export function openZone(draft: Draft, pool: string, zone: string): void {
  const { zones } = draft.supply.get(pool) ?? {}
  if (zones === undefined || !(zone in zones)) return
  const { [zone]: _open, ...others } = zones
  noteSupply(draft, pool, { zones: others })
}

/** A zone that has not been refused again for so long that nothing follows from it any more begins anew. */
export function forgetZones(draft: Draft, pool: string): void {
  const { zones } = draft.supply.get(pool) ?? {}
  if (zones === undefined) return
  const kept = Object.entries(zones).filter(([, { until }]) => draft.now < until + ZONE_MOST)
  if (kept.length < Object.keys(zones).length) noteSupply(draft, pool, { zones: Object.fromEntries(kept) })
}
