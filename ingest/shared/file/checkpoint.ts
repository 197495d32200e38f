import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Whole } from './event-file.ts'

/** A point of the event file up to which all is durable, so that a restart need not count the events before it. */
const Checkpoint = z.object({
  version: z.literal(1),
  /** The event file's inode, so that a file that was put in its place is counted anew. */
  inode: z.int().nonnegative(),
  events: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
})

const START: Whole = { events: 0, bytes: 0 }

const checkpointFile = (dir: string): string => join(dir, 'checkpoint.json')

/**
 * Where to begin to count a file of `size` bytes: at its checkpoint, or at the start when there is none that fits.
 * It only saves time, so one that is missing or damaged is no error.
 */
export const readCheckpoint = async (dir: string, inode: number, size: number): Promise<Whole> => {
  try {
    const found = Checkpoint.parse(JSON.parse(await readFile(checkpointFile(dir), 'utf8')))
    return found.inode === inode && found.bytes <= size ? { events: found.events, bytes: found.bytes } : START
  } catch {
    return START
  }
}

/** Replaces the checkpoint. Whatever happens here leaves the events alone, so the outcome is of no interest. */
export const writeCheckpoint = async (dir: string, inode: number, whole: Whole): Promise<void> => {
  const temporary = `${checkpointFile(dir)}.tmp`
  try {
    await writeFile(temporary, `${JSON.stringify({ version: 1, inode, ...whole })}\n`)
    await rename(temporary, checkpointFile(dir))
  } catch {
    // The next start counts from an earlier point.
  }
}
