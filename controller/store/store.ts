import type { HostRecord } from '../decision/fleet.ts'
import type { WorkloadRecord } from '../decision/waits.ts'

/** A mutation that was decided and may be under way. It is durable before the provider is called. */
export interface Intent {
  id: string
  kind: 'create-host' | 'set-manifest' | 'delete-host'
  host: string
  pool: string
  at: number
  attempts: number
  /** Not tried again before then (epoch ms). */
  notBefore: number
  lastError?: string
}

/** What a publisher wrote last, for the settling of drains and for the last good list. Ids of instances. */
export interface ListRecord {
  members: readonly string[]
  writtenAt: number
}

/** Everything that has to survive. Plain JSON; treated as immutable: a change makes a new object. */
export interface StoreState {
  /** Of this form; a newer one refuses to start. */
  version: 1
  /** Last number used in an intent id and in an instance id. */
  counter: number
  /** Latest wall clock (epoch ms) that any tick recorded. */
  lastAt: number
  intents: Readonly<Record<string, Intent>>
  hosts: Readonly<Record<string, HostRecord>>
  workloads: Readonly<Record<string, WorkloadRecord>>
  lists: Readonly<Record<string, ListRecord>>
}

export const emptyState: StoreState = {
  version: 1,
  counter: 0,
  lastAt: 0,
  intents: {},
  hosts: {},
  workloads: {},
  lists: {},
}

export type SaveOutcome =
  | { kind: 'saved'; revision: number }
  | { kind: 'conflict'; revision: number }
  | { kind: 'fenced'; epoch: number }
  | { kind: 'failed'; detail: string }

/**
 * Small, durable, compare-and-set. Promises, held by test/contract/store.ts:
 * - `save` resolves `saved` only when the state would survive a power cut; anything else leaves the former state whole;
 * - a save on another revision than the present one is a `conflict`; one by a holder whose epoch has been passed is `fenced`;
 * - `epoch` is higher than that of every earlier opening, durably, before `open` resolves.
 */
export interface Store {
  readonly epoch: number
  load(): Promise<{ revision: number; state: StoreState }>
  save(revision: number, state: StoreState): Promise<SaveOutcome>
  close(): Promise<void>
}

export type OpenOutcome =
  | { kind: 'open'; store: Store }
  | { kind: 'refused'; reason: 'locked' | 'newer' | 'broken' | 'unwritable'; detail: string }
