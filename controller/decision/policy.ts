import type { Strategy } from '../strategies/strategy.ts'
import type { ScheduleItem } from './schedule.ts'

/** How a copy of a workload is started, asked and stopped. Durations in ms. */
export interface Run {
  command?: readonly string[]
  image?: string
  env: Readonly<Record<string, string>>
  /** Slots that one instance takes. */
  slots: number
  probe: Probe
  drain: Drain
  version: string
}

/** How an instance itself is asked. `metric`: not at all, its metric alone tells. */
export type ProbeTarget = { kind: 'http'; path: string } | { kind: 'tcp' } | { kind: 'metric' }

/** A value of each instance that says whether it is in sync: beyond a bound it is not ready. `interval`: of the raw samples, ms. */
export interface MetricProbe {
  source: string
  query: string
  /** The label whose value names the instance; absent: as the source has it. */
  by?: string
  interval: number
  above?: number
  below?: number
}

export interface Probe {
  target: ProbeTarget
  metric?: MetricProbe
  every: number
  timeout: number
  failures: number
  startWithin: number
}

export interface Drain {
  /** Path to POST to; absent: SIGTERM alone asks for the drain. */
  path?: string
  grace: number
}

/** `count` instances or `share` of the base, whichever is more, may be changed in an hour. */
export interface Rate {
  count: number
  share: number
}

/** How much a size changes at once: so many instances, or a percentage of the present size. */
export type Step = number | { percent: number }

/** What a rule asks of a source; `interval` is the spacing of raw samples in ms. */
export interface Query {
  source: string
  text: string
  interval: number
}

/** A further question of a rule. `reach`: how far back (ms), where its course is wanted and not only its mean. */
export interface AsideQuery extends Query {
  window: number
  reach?: number
}

export interface Rule {
  name: string
  per: 'workload' | 'instance'
  /** `cores`: values are cores used by an instance and are judged in % of the share of its host that it owns. */
  unit: 'plain' | 'cores'
  window: number
  /** Least share (0..1) of the window that samples have to cover. */
  coverage: number
  strategy: Strategy
  /** Absent only for strategies that measure nothing, such as `fixed`. */
  query?: Query
  /** Totals that the strategy wants to know beside the query, by its names for them, as their mean over `window` ms. */
  asides?: Readonly<Record<string, AsideQuery>>
  /** Missing for longer than `after` ms it asks for at least `floor` instances. */
  onMissing?: { floor: number; after: number }
  /** Its value, newest or mean, over `above` wakes a workload of size 0 to `size`; at or under it the last instance may go. */
  activate?: { above: number; size: number }
}

export interface Policy {
  workload: string
  pool: string
  run: Run
  size: { min: number; max: number }
  priority: number
  rules: readonly Rule[]
  out: { step: Step; wait: number; perHour: Rate }
  in: { step: Step; wait: number; hold: number; perHour: Rate; sharePerTick: number }
  /** Floors, ceilings and pins by the calendar. */
  schedule?: readonly ScheduleItem[]
}

/** The hosts that workloads run on. `cores` are those of one host. Durations in ms. */
export interface Pool {
  name: string
  provider: string
  slots: number
  cores: number
  zones: readonly string[]
  hosts: { min: number; max: number }
  spareSlots: number
  portBase: number
  /** Hosts share one address (process pool), so ports have to differ between hosts: base + index x slots + slot. */
  sharedAddress: boolean
  bootWithin: number
  /** How long a host stays empty before it goes. */
  emptyFor: number
  /** How long a pool has to be calm before a half-empty host is emptied; absent: never. */
  consolidateAfter?: number
  /** How long a host that a listing no longer names may be a listing that lags. */
  listLag: number
  /** Promise 7: above this share (0..1) of dead-looking instances deletions stop. */
  distrustShare: number
  /** What a host costs in an hour, in whatever money the operator counts. */
  pricePerHour?: number
  /** Hosts beyond what the minima need are not ordered where that would cost more than this in an hour. */
  maxCostPerHour?: number
  /** Its provider can start a host again that hangs or has stopped. */
  restarts?: boolean
  /** What becomes of machines with our labels that belong to no pool once they have been there for `after` ms. */
  strays?: { act: 'report' | 'remove'; after: number }
  /** After so many hosts in a row that came to nothing the pool pauses before it orders the next. */
  failuresInRow?: number
}

/** The port of an instance: the pool's base + slot; where hosts share an address, base + index x slots + slot. */
export function portOf(pool: Pool, index: number, slot: number): number {
  if (!pool.sharedAddress) return pool.portBase + slot
  return pool.portBase + index * pool.slots + slot
}
