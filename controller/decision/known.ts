import type { Health } from './fleet.ts'
import type { Policy, Pool } from './policy.ts'
import type { StoreState } from './state.ts'
import type { Seen } from './view.ts'
import type { Integral } from './window.ts'

/** All that a tick knows before it concludes. */
export interface Known {
  state: StoreState
  now: number
  pools: readonly Pool[]
  policies: readonly Policy[]
  seen: ReadonlyMap<string, Seen>
  healthOf(id: string): Health
  /** By workload, one per rule. */
  integrals: ReadonlyMap<string, readonly (Integral | undefined)[]>
}

/** By how many ms the wall clock is behind the last record. */
export const behind = ({ state, now }: Known): number => Math.max(0, state.lastAt - now)
