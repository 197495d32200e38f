import type { Entry, HostRecord, Leaving } from './fleet.ts'
import {
  type Backoff,
  type Intent,
  intentKey,
  type PoolRecord,
  type StoreState,
  type SupplyRecord,
} from './state.ts'

/** One thing that a plan does, for the log, the history and the dry run. `sentence` is whole and says why. */
export interface Step {
  kind:
    | 'adopt-host'
    | 'order-host'
    | 'delete-host'
    | 'forget-host'
    | 'keep-host'
    | 'close-host'
    | 'restart-host'
    | 'open-host'
    | 'place'
    | 'move'
    | 'keep'
    | 'drain'
    | 'remove'
    | 'free'
    | 'set-manifest'
    | 'stray'
    | 'drift'
    | 'hold'
  subject: string
  pool: string
  workload?: string
  sentence: string
}

/**
 * Scratch paper of one tick: the state that is being planned, the former one staying as it was. Records inside are replaced,
 * never changed.
 */
export interface Draft {
  controller: string
  now: number
  counter: number
  hosts: Map<string, HostRecord>
  intents: Map<string, Intent>
  /** Keys of those whose calls are under way. */
  begun: ReadonlySet<string>
  backoffs: Map<string, Backoff>
  pools: Map<string, PoolRecord>
  supply: Map<string, SupplyRecord>
  steps: Step[]
  /** Shared secrets for drains come in, since pure code has no randomness. */
  token(): string
}

export function draftOf(state: StoreState, controller: string, now: number, token: () => string): Draft {
  return {
    controller,
    now,
    counter: state.counter,
    hosts: new Map(Object.entries(state.hosts)),
    intents: new Map(Object.entries(state.intents)),
    begun: new Set(),
    backoffs: new Map(Object.entries(state.backoffs)),
    pools: new Map(Object.entries(state.pools ?? {})),
    supply: new Map(Object.entries(state.supply ?? {})),
    steps: [],
    token,
  }
}

/** The state that a draft stands for; the parts that plans do not touch are those of `state`. */
export function stateOfDraft(draft: Draft, state: StoreState): StoreState {
  const { counter } = draft
  const { pools: _pools, supply: _supply, ...rest } = state
  const hosts = Object.fromEntries(draft.hosts)
  const intents = Object.fromEntries(draft.intents)
  const backoffs = Object.fromEntries(draft.backoffs)
  const pools = Object.fromEntries(draft.pools)
  const supply = Object.fromEntries(draft.supply)
  return {
    ...{ ...rest, counter, hosts, intents, backoffs },
    ...(draft.pools.size > 0 && { pools }),
    ...(draft.supply.size > 0 && { supply }),
  }
}

export function nextNumber(draft: Draft): number {
  draft.counter++
  return draft.counter
}

/** Opens an intent unless one of this kind is open for the host already. */
export function intend(draft: Draft, kind: Intent['kind'], { name, pool }: HostRecord): void {
  const key = intentKey(kind, name)
  if (draft.intents.has(key)) return
  const id = String(nextNumber(draft))
  draft.intents.set(key, { id, kind, host: name, pool, at: draft.now, attempts: 0, notBefore: 0 })
}

export function recordsOf({ hosts }: Draft, pool: string): HostRecord[] {
  return [...hosts.values()].filter((record) => record.pool === pool)
}

export function put(draft: Draft, record: HostRecord): HostRecord {
  draft.hosts.set(record.name, record)
  return record
}

/** Gives a host a new manifest: one revision on, and the intent to tell it. */
export function remanifest(
  draft: Draft,
  record: HostRecord,
  entries: readonly Entry[],
  leaving: readonly Leaving[] = record.leaving,
): HostRecord {
  const changed = put(draft, { ...record, entries, leaving, revision: record.revision + 1 })
  // A host that is still to be created gets its manifest with the order.
  if (record.confirmedAt !== undefined) intend(draft, 'set-manifest', changed)
  return changed
}

/** Takes a host out of service for good. What runs on it is lost to its workloads from now on. */
export function condemn(draft: Draft, record: HostRecord, why: string): void {
  if (record.deleting !== undefined) return
  put(draft, { ...record, deleting: { since: draft.now, why } })
  draft.intents.delete(intentKey('create-host', record.name))
  draft.intents.delete(intentKey('set-manifest', record.name))
  draft.intents.delete(intentKey('restart-host', record.name))
  intend(draft, 'delete-host', record)
  say(draft, 'delete-host', record, `${record.name} goes: ${why}`)
}

export function forget(draft: Draft, record: HostRecord, why: string): void {
  draft.hosts.delete(record.name)
  for (const kind of ['create-host', 'set-manifest', 'delete-host', 'restart-host'] as const) {
    draft.intents.delete(intentKey(kind, record.name))
  }
  say(draft, 'forget-host', record, `${record.name} is gone: ${why}`)
}

export function say(
  draft: Draft,
  kind: Step['kind'],
  record: HostRecord,
  sentence: string,
  entry?: Entry,
): void {
  const about = entry === undefined ? {} : { workload: entry.workload }
  draft.steps.push({ kind, subject: entry?.id ?? record.name, pool: record.pool, ...about, sentence })
}
