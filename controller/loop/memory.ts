import type { StoreState } from '../decision/state.ts'
import type { Deps } from './deps.ts'
import type { Looked } from './look.ts'
import { createOperations, type Operations } from './operations.ts'
import { createTurns, type Turns } from './turns.ts'

/** What a controller keeps between ticks: the state as last saved, and what is under way. */
export interface Memory {
  state: StoreState
  revision: number
  operations: Operations
  /** Instances that have acknowledged a drain, and when (epoch ms), until it is written down. */
  asked: Map<string, number>
  /** Why an instance did not run when that was last told. */
  troubles: Map<string, string>
  /** Why the last good list of a pool is kept, by pool, as it was last told. */
  kept: Map<string, string>
  ticks: number
  /** Ticks, and whoever else changes the state, one at a time. */
  turns: Turns
  /** The last tick's look, for those who want to see. */
  looked?: Looked
  /** Why the controller has to end: another one has taken over. */
  fenced?: string
}

export async function remember(deps: Deps): Promise<Memory> {
  const { revision, state } = await deps.store.load()
  const operations = createOperations(deps)
  return {
    state,
    revision,
    operations,
    asked: new Map(),
    troubles: new Map(),
    kept: new Map(),
    ticks: 0,
    turns: createTurns(),
  }
}
