import { dirname } from 'node:path'
import { atomicWrite } from '../store/atomic-write.ts'
import { ensureFolder, explainFault, type FileSystem, readText } from '../store/file-system.ts'
import type { Kept, Recalled } from './source.ts'

/** What a controller that runs has kept in a file. */
export const recalledAt = (fs: FileSystem, path: string): Recalled => ({
  load: () => readText(fs, path).catch(() => undefined),
})

/** Keeps a text in a file: one write after the other, and those that wait for their turn become one. */
export function keptAt(fs: FileSystem, path: string): Kept {
  let under: Promise<unknown> = Promise.resolve()
  let waiting: Promise<string | undefined> | undefined

  async function write(text: string): Promise<string | undefined> {
    try {
      await ensureFolder(fs, dirname(path), 0o755)
      await atomicWrite(fs, path, `${text}\n`, 0o600)
      return undefined
    } catch (error) {
      return explainFault(error, path)
    }
  }

  return {
    ...recalledAt(fs, path),
    save(text) {
      if (waiting !== undefined) return waiting
      const turn = under.then(() => {
        waiting = undefined
        return write(text())
      })
      waiting = turn
      under = turn
      return turn
    },
  }
}
