import { open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSynced } from '../files.ts'

/** What one log may hold, in bytes, and how many files may lie in the folder besides those that are written to. */
const MOST_BYTES = 1_048_576
const MOST_FILES = 40

/**
 * Keeps the logs of a host bounded. Instances write to their files themselves, so that nothing of theirs depends on the
 * supervisor; a file that has grown too long is cut, and its newest part kept beside it. Between two looks a file may exceed the
 * bound by what is written in that time. `live`: instances whose files must stay.
 */
export async function trimLogs(dir: string, live: ReadonlySet<string>): Promise<void> {
  const old: { path: string; at: number }[] = []
  for (const name of await readdir(dir)) {
    const path = join(dir, name)
    const { size, mtimeMs } = await stat(path)
    if (size > MOST_BYTES) await cut(path, size)
    const owner = name.replace(/\.log(\.1)?$/, '')
    if (owner !== 'supervisor' && !live.has(owner)) old.push({ path, at: mtimeMs })
  }
  old.sort((a, b) => b.at - a.at)
  for (const { path } of old.slice(MOST_FILES)) await rm(path, { force: true })
}

/** Writers have opened the file to append, so they go on at its new end. */
async function cut(path: string, size: number): Promise<void> {
  const kept = Buffer.alloc(MOST_BYTES)
  const handle = await open(path, 'r')
  try {
    await handle.read(kept, 0, MOST_BYTES, size - MOST_BYTES)
  } finally {
    await handle.close()
  }
  await truncate(path, 0)
  if (!path.endsWith('.1')) await writeSynced(`${path}.1`, kept)
}
