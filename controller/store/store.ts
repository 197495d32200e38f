import type { StoreState } from '../decision/state.ts'

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
