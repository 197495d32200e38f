import type { Decision } from '../decision/decision.ts'
import type { HostRecord, Instance, InstanceState, ListedHost, ListedSystem } from '../decision/fleet.ts'
import type { Override } from '../decision/overrides.ts'
import type { Pool } from '../decision/policy.ts'
import type { PoolAlarm } from '../decision/pool-alarms.ts'
import type { StoreState } from '../decision/state.ts'
import { overspending, type Spending } from './spending.ts'

/** What `capuchin status` and the page show: plain data, everything named. Times are epoch ms. */
export interface Status {
  controller: string
  epoch: number
  at: number
  tickEvery: number
  workloads: readonly Decision[]
  pools: readonly PoolStatus[]
  operations: number
  backoffs: StoreState['backoffs']
  /** What operators have laid over the judgement, in force at `at`, oldest first. */
  overrides: readonly Override[]
  /** In what the files on disk are not what is in force, one sentence each; absent where they are. */
  notices?: readonly string[]
}

export interface PoolStatus {
  pool: string
  hosts: readonly HostStatus[]
  slots: { total: number; used: number; free: number }
  hostsMin: number
  hostsMax: number
  spareSlots: number
  blind?: string
  /** What somebody should know at once; absent when there is nothing. */
  alarms?: readonly PoolAlarm[]
  /** It orders no hosts until then. */
  pausedUntil?: number
  /** What it costs at the moment; absent where it has no price. */
  spending?: Spending
  /** Why it costs more than it may. */
  overspending?: string
  /** Why it could have no more hosts now, where that is not its own max. */
  tight?: string
}

export interface HostStatus {
  host: string
  zone: string
  state: string
  address?: string
  /** Why it is being emptied, or kept though it would be given up, and what that waits for. */
  note?: string
  slots: readonly SlotStatus[]
  /** What runs there beside the instances, without a slot; absent where there is nothing. */
  system?: readonly ListedSystem[]
}

export type SlotStatus =
  | { state: 'free' }
  | {
      state: InstanceState
      instance: string
      workload: string
      port: number
      /** What is wrong with it: why it does not run, or why it counts as unready, dead or lost. */
      trouble?: string
    }

/** What a pool's status is made from. */
export interface PoolFacts {
  pool: Pool
  records: readonly HostRecord[]
  instances: readonly Instance[]
  listing?: ReadonlyMap<string, ListedHost>
  blind?: string
  spending?: Spending
  tight?: string
}

export function poolStatus(facts: PoolFacts): PoolStatus {
  const { pool, records, instances, listing, blind, spending, tight } = facts
  const over = spending && overspending(pool, spending)
  const byHost = Map.groupBy(instances, ({ host }) => host)
  const hosts = [...records]
    .sort((a, b) => a.index - b.index)
    .map((record) => hostStatus(record, byHost.get(record.name) ?? [], listing?.get(record.name)))
  const all = hosts.flatMap(({ slots }) => slots)
  const free = all.filter(({ state }) => state === 'free').length
  const { hosts: limits, spareSlots, name } = pool
  return {
    pool: name,
    hosts,
    slots: { total: all.length, used: all.length - free, free },
    hostsMin: limits.min,
    hostsMax: limits.max,
    spareSlots,
    ...(blind !== undefined && { blind }),
    ...(spending !== undefined && { spending }),
    ...(over !== undefined && { overspending: over }),
    ...(tight !== undefined && { tight }),
  }
}

function hostStatus(
  record: HostRecord,
  instances: readonly Instance[],
  listed: ListedHost | undefined,
): HostStatus {
  const slots: SlotStatus[] = Array.from({ length: record.slots }, () => ({ state: 'free' as const }))
  for (const instance of instances) {
    const { id, workload, port, slots: held, state } = instance
    const trouble = troubleOf(instance, listed)
    for (const slot of held)
      slots[slot] = { state, instance: id, workload, port, ...(trouble !== undefined && { trouble }) }
  }
  const { name, zone } = record
  const address = listed?.address === undefined ? {} : { address: listed.address }
  const note = noteOf(record)
  const about = { host: name, zone, state: hostState(record, listed), ...address }
  const system = listed?.system === undefined ? {} : { system: listed.system }
  return { ...about, ...(note !== undefined && { note }), slots, ...system }
}

function noteOf({ closing, keptSince, deleting }: HostRecord): string | undefined {
  if (deleting !== undefined) return undefined
  if (closing === undefined)
    return keptSince === undefined ? undefined : 'it would be given up, but it is frozen'
  const waits = closing.waits === undefined ? '' : `; it waits: ${closing.waits}`
  return `it is being emptied: ${closing.why}${waits}`
}

function troubleOf(
  { id, state, detail, isUnknown }: Instance,
  listed: ListedHost | undefined,
): string | undefined {
  const told = listed?.troubles?.[id]
  if (told !== undefined)
    return `${told.detail} (${told.times === 1 ? 'once' : `${told.times} times`} so far)`
  const ails = state === 'unready' || state === 'dead' || state === 'lost' || isUnknown === true
  return ails && detail !== '' ? detail : undefined
}

function hostState(record: HostRecord, listed: ListedHost | undefined): string {
  if (record.deleting !== undefined) return 'deleting'
  if (listed !== undefined) return listed.state
  return record.seenAt === undefined ? 'ordered' : 'missing'
}
