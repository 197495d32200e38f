import { join } from 'node:path'
import { atomicWrite } from '../store/atomic-write.ts'
import { explainFault, type FileSystem, readText } from '../store/file-system.ts'
import type { PublishOutcome } from './publisher.ts'

/** A file of a publisher: its name in the folder and what it has to hold. */
export interface PublishedFile {
  name: string
  text: string
}

/**
 * Makes each file hold its text, and leaves alone those that do. What is on disk counts, not what was written last, so a file
 * that somebody has removed or changed is put right. Anyone may read the files. Never throws; one that fails holds up no other.
 */
export async function publishFiles(
  fs: FileSystem,
  dir: string,
  files: readonly PublishedFile[],
): Promise<PublishOutcome> {
  const failures: string[] = []
  let written = false
  for (const { name, text } of files) {
    const path = join(dir, name)
    try {
      if ((await readText(fs, path)) === text) continue
      await fs.mkdir(dir, { recursive: true, mode: 0o755 })
      await atomicWrite(fs, path, text, 0o644)
      written = true
    } catch (error) {
      failures.push(explainFault(error, path))
    }
  }
  if (failures.length > 0) return { kind: 'failed', detail: failures.join('; ') }
  return { kind: written ? 'written' : 'unchanged' }
}
