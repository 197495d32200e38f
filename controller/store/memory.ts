import { z } from 'zod'
import { emptyState, type StoreState } from '../decision/state.ts'
import { defineStore } from './define.ts'
import type { SaveOutcome, Store } from './store.ts'

/** What outlives a crash: keep it, drop the store, and open another one on it. */
export interface MemoryDisk {
  epoch: number
  revision: number
  state: StoreState
  /** Asked before each save that would change something; an answer is the reason why that save fails. */
  fault?: (next: StoreState) => string | undefined
}

export function memoryDisk(state: StoreState = emptyState): MemoryDisk {
  return { epoch: 0, revision: 0, state }
}

/** A store on `disk`, under the next epoch; stores that were opened on it earlier are fenced from now on. Copies nothing. */
export function memoryStore(disk: MemoryDisk): Store {
  disk.epoch += 1
  const epoch = disk.epoch
  let open = true
  return {
    epoch,
    load: async () => ({ revision: disk.revision, state: disk.state }),
    save: async (revision, state) => {
      if (!open) return { kind: 'failed', detail: 'the store is closed' }
      return save(disk, epoch, revision, state)
    },
    async close() {
      open = false
    },
  }
}

function save(disk: MemoryDisk, epoch: number, revision: number, state: StoreState): SaveOutcome {
  if (disk.epoch > epoch) return { kind: 'fenced', epoch: disk.epoch }
  if (revision !== disk.revision) return { kind: 'conflict', revision: disk.revision }
  if (state === disk.state) return { kind: 'saved', revision }
  const detail = disk.fault?.(state)
  if (detail !== undefined) return { kind: 'failed', detail }
  disk.revision += 1
  disk.state = state
  return { kind: 'saved', revision: disk.revision }
}

/** Forgets everything with the process: for a trial, or where hosts die with the controller anyway. */
export const memory = defineStore(
  z.strictObject({ type: z.literal('memory').describe('forgets everything with the process, for trials') }),
  async () => ({
    kind: 'open',
    store: memoryStore(memoryDisk()),
  }),
)
