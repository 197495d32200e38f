import { dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'

/** A new content of a file that is on disk under another name, and not yet in force. */
export interface Staged {
  /** Puts it in the place of the old content, in one step that survives a power cut. */
  commit(): Promise<void>
}

/**
 * Writes `text` to `temporary`, in the folder of `path`, and flushes it to the disk. Readers of `path` see the old content until
 * `commit`, the new one after, never a part. Writers that do not know of each other need different temporary names. Throws what
 * the file system throws; the old content stays whole then.
 */
export async function stageWrite(
  fs: FileSystem,
  path: string,
  text: string,
  mode: number,
  temporary: string,
): Promise<Staged> {
  try {
    await writeThrough(fs, temporary, text, mode)
  } catch (error) {
    // What was written of it would take the space that somebody is about to free.
    await discard(fs, temporary)
    throw error
  }
  return {
    async commit() {
      await fs.rename(temporary, path)
      await syncFolder(fs, dirname(path))
    },
  }
}

/** `stageWrite` and its commit, for a path with one writer. */
export async function atomicWrite(fs: FileSystem, path: string, text: string, mode: number): Promise<void> {
  const staged = await stageWrite(fs, path, text, mode, `${path}.tmp`)
  await staged.commit()
}

async function writeThrough(fs: FileSystem, path: string, text: string, mode: number): Promise<void> {
  const handle = await fs.open(path, 'w', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A rename is durable once the folder that holds the name is. */
async function syncFolder(fs: FileSystem, dir: string): Promise<void> {
  const handle = await fs.open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function discard(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path)
  } catch {
    // The write has failed already, and its error says more.
  }
}
