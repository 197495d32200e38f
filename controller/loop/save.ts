import type { StoreState } from '../decision/state.ts'
import type { Deps } from './deps.ts'
import type { Memory } from './memory.ts'

/** Makes a state durable, and what the controller works with from then on. Answers why it could not; nothing has changed then. */
export async function saveState(deps: Deps, memory: Memory, state: StoreState): Promise<string | undefined> {
  const outcome = await deps.store.save(memory.revision, state)
  deps.observer.saved(outcome.kind, outcome.kind === 'saved' ? outcome.revision : memory.revision)
  if (outcome.kind === 'saved') {
    memory.state = state
    memory.revision = outcome.revision
    return undefined
  }
  if (outcome.kind === 'fenced') memory.fenced = `epoch ${outcome.epoch} has taken over`
  if (outcome.kind === 'conflict')
    memory.fenced = `the state was changed by somebody else (revision ${outcome.revision})`
  const detail = outcome.kind === 'failed' ? outcome.detail : (memory.fenced ?? '')
  return `the state could not be saved (${detail})`
}
