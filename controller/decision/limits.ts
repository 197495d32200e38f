import type { Headroom, Room } from './headroom.ts'
import type { Pool } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import type { Backoff } from './state.ts'
import { duration, figure, plural } from './words.ts'

/** What a host is opened for: what a minimum needs, growth beyond it, or slots that are kept spare. */
export type Purpose = 'min' | 'growth' | 'spare'

/** What is known of how hosts can be had at the moment. What is absent does not bind, or cannot be told. */
export interface Offer {
  /** Why the pool orders no hosts now. */
  closed?: string
  /** Why none of its zones takes hosts now. */
  full?: string
  headroom?: Headroom
  /** After failures: how many may be tried, ordered ones included. */
  trial?: Room
  /** Hosts that are ordered and that no listing names yet, so that a quota may not count them. */
  unlisted?: number
  /** Changes that are intended and not done yet. */
  pending?: number
}

/** What limits look at. `hosts`: those that exist or are ordered; `staying`: those of them that are not on their way out. */
export interface Supply extends Offer {
  pool: Pool
  hosts: number
  staying: number
}

/** So many hosts more; `why` goes on after "has no free slot and". */
interface Left {
  left: number
  why: string
}

/** A bound on how many hosts may be opened now. `clamp` and `reason` name it in decisions. */
export interface Limit {
  name: string
  clamp: string
  reason: ReasonCode
  binds: readonly Purpose[]
  /** The rest comes with a later tick by itself, so that nobody need be told and nobody has to give way. */
  passes?: true
  left(supply: Supply): Left | undefined
}

/** A limit as it stands in one plan: mutable, since each host that is opened uses it up. */
export interface Bound extends Left {
  limit: Limit
}

const all: readonly Purpose[] = ['min', 'growth', 'spare']

const inPool = { clamp: 'pool', reason: 'pool-full', binds: all } as const

const closed: Limit = {
  ...inPool,
  name: 'closed',
  left: ({ closed: why }) => (why === undefined ? undefined : { left: 0, why }),
}

const zones: Limit = {
  ...inPool,
  name: 'zones',
  left: ({ full: why }) => (why === undefined ? undefined : { left: 0, why }),
}

export const hostsMax: Limit = {
  ...inPool,
  name: 'hosts.max',
  left({ pool, hosts, staying }) {
    const going = hosts - staying
    const less = going === 0 ? '' : `, ${going} of them on the way out`
    return { left: pool.hosts.max - hosts, why: `all the hosts it may have (${pool.hosts.max}${less})` }
  },
}

const trial: Limit = {
  ...inPool,
  name: 'trial',
  left: ({ trial: room, unlisted = 0 }) => roomFor(room, unlisted, 'more host'),
}

const quota: Limit = {
  name: 'quota',
  clamp: 'quota',
  reason: 'quota',
  binds: all,
  left: ({ headroom, unlisted = 0 }) => roomFor(headroom?.hosts, unlisted, 'more host'),
}

const operations: Limit = {
  name: 'operations',
  clamp: 'operations',
  reason: 'operations',
  binds: all,
  passes: true,
  left: ({ headroom, pending = 0 }) => roomFor(headroom?.operations, pending, 'more change'),
}

/** What is counted already is what was intended before this plan. */
function roomFor(room: Room | undefined, intended: number, noun: string): Left | undefined {
  if (room === undefined) return undefined
  const left = Math.max(0, room.left - intended)
  const amount = left === 0 ? `no ${noun}s` : plural(left, noun)
  return { left, why: `${room.why} ${amount}` }
}

/** What a minimum needs is had at any price. */
const cost: Limit = {
  name: 'cost',
  clamp: 'cost',
  reason: 'cost',
  binds: ['growth', 'spare'],
  left({ pool, hosts }) {
    const most = affordable(pool)
    return most === undefined ? undefined : { left: most - hosts, why: sayAffordable(pool, most) }
  },
}

/** How many hosts maxCostPerHour pays for; undefined where it sets no bound. */
export function affordable({ pricePerHour, maxCostPerHour }: Pool): number | undefined {
  if (pricePerHour === undefined || maxCostPerHour === undefined) return undefined
  // 0.3 pays for three at 0.1, whatever binary fractions make of it.
  return Math.floor(maxCostPerHour / pricePerHour + 1e-9)
}

/** "maxCostPerHour 10 allows 3 hosts at 3.1 an hour" */
export const sayAffordable = ({ pricePerHour = 0, maxCostPerHour = 0 }: Pool, most: number): string =>
  `maxCostPerHour ${figure(maxCostPerHour)} allows ${plural(most, 'host')} at ${figure(pricePerHour)} an hour`

/** In the order in which they are told, where several bind: what no money and no patience changes comes first. */
export const limits: readonly Limit[] = [closed, zones, hostsMax, trial, quota, cost, operations]

export function boundsOf(list: readonly Limit[], supply: Supply): Bound[] {
  return list.flatMap((limit) => {
    const left = limit.left(supply)
    return left === undefined ? [] : [{ limit, ...left }]
  })
}

/** The first bound that lets no host be opened for a purpose. */
export const refusal = (bounds: readonly Bound[], purpose: Purpose): Bound | undefined =>
  bounds.find(({ limit, left }) => left <= 0 && limit.binds.includes(purpose))

export type Shut = Readonly<Record<string, Backoff>>

/** The zones of a pool in which hosts may be ordered now: those that have lately had no capacity are left alone for a while. */
export type OpenZones = (pool: Pool, shut: Shut, now: number) => readonly string[]

export const openZones: OpenZones = ({ zones: names }, shut, now) =>
  names.filter((zone) => (shut[zone]?.until ?? now) <= now)

/** Why no zone takes hosts now, by the word of the one that is tried again first; undefined while one does. */
export function sayFull(pool: Pool, shut: Shut, now: number): string | undefined {
  if (openZones(pool, shut, now).length > 0) return undefined
  let next: { zone: string; until: number; why: string } | undefined
  for (const zone of pool.zones) {
    const backoff = shut[zone]
    if (backoff !== undefined && (next === undefined || backoff.until < next.until))
      next = { zone, ...backoff }
  }
  if (next === undefined) return undefined
  const { zone, until, why } = next
  return `orders no hosts for ${duration(until - now)}, since no zone has capacity (${zone}: ${why})`
}
