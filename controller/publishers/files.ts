import { join } from 'node:path'
import { atomicWrite } from '../store/atomic-write.ts'
import { codeOf, explainFault, type FileSystem, readText } from '../store/file-system.ts'
import type { PublishOutcome } from './publisher.ts'

/** A file of a publisher: its name in the folder and what it has to hold. */
export interface PublishedFile {
  name: string
  text: string
}

/** So many files are looked at, or written, side by side; each may be open meanwhile. */
const AT_ONCE = 32

/** What a file held when it was last written or read, and how it looked then from outside. */
interface Known {
  text: string
  look: string
}

/**
 * Makes each file of a folder hold its text, and leaves alone those that do. What is on disk counts, not what was written last, so a
 * file that somebody has removed or changed is put right; one that looks untouched is not read again. Anyone may read the files.
 * The last one is written when the others are. Never throws; one that fails holds up no other.
 */
export function publishing(
  fs: FileSystem,
  dir: string,
): (files: readonly PublishedFile[]) => Promise<PublishOutcome> {
  const known = new Map<string, Known>()

  async function holds({ name, text }: PublishedFile): Promise<boolean> {
    const path = join(dir, name)
    const look = await lookOf(fs, path)
    if (look === undefined) return false
    const before = known.get(name)
    if (before?.look === look) return before.text === text
    const found = await readText(fs, path)
    if (found !== undefined) known.set(name, { text: found, look })
    return found === text
  }

  async function write({ name, text }: PublishedFile): Promise<void> {
    known.delete(name)
    await fs.mkdir(dir, { recursive: true, mode: 0o755 })
    await atomicWrite(fs, join(dir, name), text, 0o644)
  }

  return async (files) => {
    const failures: string[] = []
    const attempt = async <T>({ name }: PublishedFile, work: Promise<T>): Promise<T | undefined> => {
      try {
        return await work
      } catch (error) {
        failures.push(explainFault(error, join(dir, name)))
        return undefined
      }
    }
    const stale: PublishedFile[] = []
    for (const some of parts(files)) {
      const held = await Promise.all(some.map((file) => attempt(file, holds(file))))
      stale.push(...some.filter((_, i) => held[i] === false))
    }
    const last = stale.at(-1)
    for (const some of parts(stale.slice(0, -1)))
      await Promise.all(some.map((file) => attempt(file, write(file))))
    if (last !== undefined) await attempt(last, write(last))
    if (failures.length > 0) return { kind: 'failed', detail: failures.join('; ') }
    return { kind: stale.length > 0 ? 'written' : 'unchanged' }
  }
}

function parts(files: readonly PublishedFile[]): PublishedFile[][] {
  const all: PublishedFile[][] = []
  for (let at = 0; at < files.length; at += AT_ONCE) all.push(files.slice(at, at + AT_ONCE))
  return all
}

/** Which file it is, how long, and when it was changed last, which nobody can set; undefined when there is none. */
async function lookOf(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    const { ino, size, ctimeMs } = await fs.stat(path)
    return `${ino} ${size} ${ctimeMs}`
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
