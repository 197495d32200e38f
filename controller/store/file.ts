import { Low } from 'lowdb'
import { z } from 'zod'
import { emptyState, type StoreState } from '../decision/state.ts'
import { defineStore, type StoreDeps } from './define.ts'
import { ensureFolder, explainFault } from './file-system.ts'
import { type Lock, takeLock } from './lock.ts'
import type { Saved } from './schema.ts'
import { epochOnDisk, keepPrevious, readState, stateAdapter, sweep } from './state-file.ts'
import type { OpenOutcome, SaveOutcome, Store } from './store.ts'

/** `dir`: the state folder; it is made when only its last part is missing. */
export interface FileStoreOptions extends StoreDeps {
  dir: string
}

/**
 * Opens the state in `dir` for this process alone. When it resolves `open`, the lock is held and the new epoch is on disk. Nothing
 * but the folder itself is made or changed on a refusal, whose detail names the place and the remedy.
 */
export async function openFileStore(options: FileStoreOptions): Promise<OpenOutcome> {
  const { dir, fs } = options
  try {
    // Others may pass through, since the published lists may lie below it; what is secret has a mode of its own.
    await ensureFolder(fs, dir, 0o755)
  } catch (error) {
    return { kind: 'refused', reason: 'unwritable', detail: explainFault(error, dir) }
  }
  const taken = await takeLock(dir, options)
  if (taken.kind !== 'held') return { kind: 'refused', reason: taken.kind, detail: taken.detail }
  const opened = await openState(options, taken.lock)
  if (opened.kind !== 'open') await taken.lock.release()
  return opened
}

async function openState({ dir, fs }: FileStoreOptions, lock: Lock): Promise<OpenOutcome> {
  const found = await readState(fs, dir)
  if (found.kind === 'refused') return found
  const former = found.kind === 'saved' ? found.saved : first
  const saved = { ...former, epoch: former.epoch + 1 }
  const holds = fence(saved.epoch, () => epochOnDisk(fs, dir))
  const db = new Low<Saved>(stateAdapter(fs, dir, lock.token, holds.check), saved)
  try {
    await sweep(fs, dir)
    if (found.kind === 'saved') await keepPrevious(fs, dir, found.text)
    await db.write()
  } catch (error) {
    return { kind: 'refused', reason: 'unwritable', detail: explainFault(error, dir) }
  }
  return { kind: 'open', store: fileStore(dir, db, holds, lock) }
}

const first: Saved = { version: 1, epoch: 0, revision: 0, state: emptyState }

/** Whether somebody took over: the lock makes that impossible for a process that can be seen, and this covers the rest. */
interface Fence {
  /** Throws when the epoch on disk has passed ours. */
  check(): Promise<void>
  /** The epoch that has passed ours, once `check` has met it. */
  passedBy(): number | undefined
}

function fence(epoch: number, onDisk: () => Promise<number | undefined>): Fence {
  let passed: number | undefined
  return {
    passedBy: () => passed,
    async check() {
      const found = await onDisk()
      if (found !== undefined && found > epoch) passed = found
      if (passed !== undefined) throw new Error(`epoch ${passed} has taken over`)
    },
  }
}

function fileStore(dir: string, db: Low<Saved>, holds: Fence, lock: Lock): Store {
  let open = true
  // Saves follow one another: each is compared with the revision that the one before it left.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn
    return turn
  }

  return {
    epoch: db.data.epoch,
    load: async () => ({ revision: db.data.revision, state: db.data.state }),
    save: (revision, state) =>
      inTurn(async () => {
        if (!open) return { kind: 'failed', detail: `${dir}: the store is closed` }
        return await save(dir, db, holds, revision, state)
      }),
    close: () =>
      inTurn(async () => {
        if (open) await lock.release()
        open = false
      }),
  }
}

/** Never throws. After a failure memory and disk hold the former state, and the next save is tried as if this one had not been. */
async function save(
  dir: string,
  db: Low<Saved>,
  holds: Fence,
  revision: number,
  state: StoreState,
): Promise<SaveOutcome> {
  const former = db.data
  try {
    await holds.check()
    if (revision !== former.revision) return { kind: 'conflict', revision: former.revision }
    if (state === former.state) return { kind: 'saved', revision }
    db.data = { ...former, revision: revision + 1, state }
    await db.write()
    return { kind: 'saved', revision: revision + 1 }
  } catch (error) {
    db.data = former
    const epoch = holds.passedBy()
    return epoch === undefined
      ? { kind: 'failed', detail: explainFault(error, dir) }
      : { kind: 'fenced', epoch }
  }
}

export const file = defineStore(
  z.strictObject({
    type: z.literal('file').describe('a file in a folder of this machine'),
    dir: z.string().min(1).describe('the state folder; hosts of this machine keep theirs there too'),
  }),
  ({ dir }, deps) => openFileStore({ ...deps, dir }),
)
