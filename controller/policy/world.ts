import type { Pool } from '../decision/policy.ts'

/** What of the settings policies are held against. A name without a value: it is there, and wrong by itself. */
export interface World {
  sources: ReadonlyMap<string, KnownSource | undefined>
  pools: ReadonlyMap<string, KnownPool | undefined>
}

/** `interval`: spacing of raw samples in ms. `faults`: what is wrong with a query, before anything is asked. */
export interface KnownSource {
  interval: number
  faults(query: string): readonly string[]
}

/** `runs`: what of a workload's `run` its hosts can start. */
export interface KnownPool {
  pool: Pool
  runs: readonly ('command' | 'image')[]
}
