import type { HostRecord } from './fleet.ts'
import type { PoolLedger } from './ledger.ts'
import type { Overrides } from './overrides.ts'
import type { WorkloadRecord } from './waits.ts'

/** A mutation that was decided and may be under way. It is durable before the provider is called. */
export interface Intent {
  id: string
  kind: 'create-host' | 'set-manifest' | 'delete-host' | 'restart-host'
  host: string
  pool: string
  at: number
  /** The provider has acknowledged it; a delete-host stays until listings no longer name the host. */
  doneAt?: number
  /** When it was carried out, by the provider's own word. */
  carriedOutAt?: number
  attempts: number
  /** Not tried again before then (epoch ms). */
  notBefore: number
  lastError?: string
}

/** The key of an intent in the state: a host has at most one of each kind. */
export const intentKey = (kind: Intent['kind'], host: string): string => `${kind}:${host}`

export interface Backoff {
  until: number
  failures: number
  why: string
}

/** What a publisher wrote last, for the settling of drains and for the last good list. Ids of instances. */
export interface ListRecord {
  members: readonly string[]
  writtenAt: number
}

/** What is remembered of a pool. `calm`: for how many ms, as far as ticks have seen it, nothing in it has moved or been blind. */
export interface PoolRecord {
  calm: number
}

/** `toldAt`: when it was reported. */
export interface StrayRecord {
  since: number
  why: string
  toldAt?: number
}

/** What is remembered of how the provider of a pool delivers. Times are epoch ms. */
export interface SupplyRecord {
  /** Zones that had no capacity, and until when no host is ordered there. */
  zones?: Readonly<Record<string, Backoff>>
  /** Hosts in a row that were ordered, or told to start again, and came to nothing. */
  failures?: { count: number; lastAt: number; why: string }
  /** Machines with our labels that belong to no pool, and since when they are listed. */
  strays?: Readonly<Record<string, StrayRecord>>
}

/** Everything that has to survive. Plain JSON; treated as immutable: a change makes a new object. */
export interface StoreState {
  /** Of this form; a newer one refuses to start. */
  version: 1
  /** Last number used in an intent id and in an instance id. */
  counter: number
  /** Latest wall clock (epoch ms) that any tick recorded. */
  lastAt: number
  /** By `intentKey`. */
  intents: Readonly<Record<string, Intent>>
  hosts: Readonly<Record<string, HostRecord>>
  workloads: Readonly<Record<string, WorkloadRecord>>
  pools?: Readonly<Record<string, PoolRecord>>
  /** By pool. */
  supply?: Readonly<Record<string, SupplyRecord>>
  /** Pools that refused an order, and until when (epoch ms) they are not asked for another. */
  backoffs: Readonly<Record<string, Backoff>>
  lists: Readonly<Record<string, ListRecord>>
  /** What hosts have cost, by pool. */
  ledger?: Readonly<Record<string, PoolLedger>>
  /** What operators have laid over the judgement; expired ones are forgotten by the next tick. */
  overrides: Overrides
}

export const emptyState: StoreState = {
  version: 1,
  counter: 0,
  lastAt: 0,
  intents: {},
  hosts: {},
  workloads: {},
  backoffs: {},
  lists: {},
  overrides: {},
}
