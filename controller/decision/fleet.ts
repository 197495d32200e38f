import type { Run } from './policy.ts'

/**
 * The records of what hosts were told to run (kept in the store), and the view of what exists that a tick decides on.
 *
 *   entry:  starting -> ready <-> unready -> dead ---------------------.
 *              |          |                                            v
 *              '----------'--> draining (unpublished, settled, asked) -> leaving (not in the manifest) -> slot free
 */

/** One instance in a host's manifest. Times are epoch ms. */
export interface Entry {
  id: string
  workload: string
  /** Slot numbers that it holds; the first one gives its port. */
  slots: readonly number[]
  port: number
  run: Run
  /** Shared secret for POST /drain, handed to the instance as CAPUCHIN_DRAIN_TOKEN. */
  token: string
  placedAt: number
  /** When it was first seen ready. */
  readyAt?: number
  /** No policy names its workload since then. */
  unruledSince?: number
  /** It is to go once a replacement for it is ready elsewhere. */
  moving?: MoveRecord
  /** It is dead, and frozen: since then it only keeps its place. */
  keptSince?: number
  drain?: DrainRecord
}

export interface MoveRecord {
  since: number
  why: string
}

/**
 * `since`: taken out of routing. `unlistedAt`: not in the published list since. `askingSince`: first asked to drain.
 * `askedAt`: POST /drain acknowledged.
 */
export interface DrainRecord {
  since: number
  why: string
  unlistedAt?: number
  askingSince?: number
  askedAt?: number
}

/** An instance that is out of the manifest but whose process may still live; its slots are not free yet. */
export interface Leaving {
  id: string
  workload: string
  slots: readonly number[]
  port: number
  run: Run
  since: number
}

/** A host that was ordered or adopted. Its manifest is `entries` at `revision`. */
export interface HostRecord {
  name: string
  pool: string
  /** Persistent and unique in the pool among hosts that exist. */
  index: number
  zone: string
  slots: number
  intent: string
  orderedAt: number
  /** createHost was acknowledged. */
  confirmedAt?: number
  /** First seen running. */
  runningAt?: number
  /** A listing has named it at least once. */
  seenAt?: number
  /** As last listed: that one listing fails is no reason to lose sight of who runs there. */
  address?: string
  exporter?: string
  /** Listings do not name it since then. */
  missingSince?: number
  emptySince?: number
  /** It would have been given up since then, but it is frozen. */
  keptSince?: number
  /** Last told to start again, since it hung or had stopped. */
  restartedAt?: number
  /**
   * That is under way: until it is seen running again it counts as booting. `from`: what it was when it was told; `doneAt`: its provider
   * has acknowledged it.
   */
  restart?: { from: 'stopped' | 'running'; why: string; doneAt?: number }
  /** An instance on it was first seen ready then: ordering it was worth while. */
  provedAt?: number
  /** It was counted then as one that came to nothing. */
  failedAt?: number
  closing?: Closing
  drift?: Drift
  revision: number
  entries: readonly Entry[]
  leaving: readonly Leaving[]
  deleting?: { since: number; why: string }
}

/** Somebody changes by hand what the host was told. `what`: when that was last put right, for the how-manyeth time in a row. */
export interface Drift {
  what: string
  at: number
  times: number
}

/**
 * Nothing new goes to the host, and what runs there moves elsewhere. `for`: the operator who drains it, or consolidation. `waits`:
 * why it did not go on when that was last told.
 */
export interface Closing {
  since: number
  for: 'operator' | 'consolidation'
  why: string
  waits?: string
}

/** What a host is told to run: the wire form that providers carry. */
export interface Manifest {
  revision: number
  epoch: number
  instances: readonly ManifestInstance[]
}

export interface ManifestInstance {
  id: string
  workload: string
  slots: readonly number[]
  port: number
  run: Run
  token: string
  placedAt: number
}

export type HostState = 'booting' | 'running' | 'stopped' | 'failed' | 'deleting'

/** `started`: it did run, and ended by itself. `times`: how often that, or a start that failed, has happened. */
export interface Trouble {
  detail: string
  started: boolean
  times: number
}

/** A process or container that a host runs beside its instances, without a slot. `absent`: it was never started. */
export interface ListedSystem {
  name: string
  state: 'running' | 'waiting' | 'stopping' | 'absent'
  restarts: number
  /** Why it does not run, or not for long. */
  trouble?: string
}

/** A host as its provider reports it. */
export interface ListedHost {
  name: string
  state: HostState
  zone: string
  /** Absent while it boots. */
  address?: string
  /** pool, index, slots, intent, controller: enough to adopt the host without a store. */
  labels: Readonly<Record<string, string>>
  /** The manifest that the host has taken; absent where the provider cannot tell. */
  manifest?: Manifest
  /** Instances whose process exists, also those no longer in the manifest; absent where the provider cannot tell. */
  alive?: readonly string[]
  /** By instance: why it does not run though it is told to. */
  troubles?: Readonly<Record<string, Trouble>>
  /** What runs there beside the instances; absent where there is nothing, or the provider cannot tell. */
  system?: readonly ListedSystem[]
  /** Where the host itself exports CPU and memory for Prometheus, as host:port. */
  exporter?: string
  /** It is paid for since then (epoch ms), where its provider tells. */
  paidFrom?: number
  /** It has stopped, and is not paid for since then (epoch ms), where its provider tells. */
  paidUntil?: number
  /** In what its manifest, as the provider keeps it, differs from what it was told under this revision: somebody changed it by hand. */
  drift?: string
}

/** Where a host is reached, as far as its listing tells. */
export function reachOf({ address, exporter }: ListedHost): Pick<HostRecord, 'address' | 'exporter'> {
  return { ...(address !== undefined && { address }), ...(exporter !== undefined && { exporter }) }
}

/**
 * What probes found, hysteresis applied. `since`: epoch ms of the first probe of this kind in the present run. `missed`: of the
 * last probes so many got no answer, too few to call it silent. Unknown with a `why`: it was looked at, and what its metric says
 * cannot be told. `byMetric`: it answers itself, and is not in sync.
 */
export type Health =
  | { kind: 'unknown'; why?: string; missed?: number }
  | { kind: 'ready'; since: number; missed?: number }
  | { kind: 'unready'; since: number; detail: string; drained: boolean; byMetric?: true; missed?: number }
  | { kind: 'silent'; since: number; detail: string; refused: boolean }

export type InstanceState = 'starting' | 'ready' | 'unready' | 'dead' | 'lost' | 'draining' | 'leaving'

/** An instance as a tick sees it. `lost`: its host is gone by the provider's own word. */
export interface Instance {
  id: string
  workload: string
  host: string
  pool: string
  zone: string
  address?: string
  port: number
  slots: readonly number[]
  version: string
  state: InstanceState
  detail: string
  placedAt: number
  /** The last probes of one that is ready or unready got no answer: it may be about to look dead. */
  isSuspect?: boolean
  /** What its probe by metric says cannot be told: it is neither healthy nor silent. */
  isUnknown?: boolean
  /** It is to go once a replacement for it is ready elsewhere. */
  isMoving?: boolean
  /** It is dead, or lost, and frozen: it only keeps its place. */
  isKept?: boolean
}

export interface Counts {
  ready: number
  starting: number
  unready: number
  dead: number
  lost: number
  draining: number
  leaving: number
}

export function count(instances: readonly Instance[]): Counts {
  const counts: Counts = { ready: 0, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }
  for (const { state } of instances) counts[state]++
  return counts
}

/**
 * How many share the load: those that are ready, those that are ordered but unborn, and those that this very tick replaces. A
 * death is healed; it is no reason to grow. In distrust nobody is replaced.
 */
export function counted(
  { ready, starting, unready, dead, lost }: Counts,
  size: number,
  distrust: string | undefined,
): number {
  const replaced = distrust === undefined ? Math.min(dead + lost, size - ready - starting - unready) : 0
  return ready + starting + Math.max(0, replaced)
}
