import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../../store/file-system.ts'
import { makeFolder, replaceFile, syncFolder } from './files.ts'
import { gravesDir, hostsDir } from './layout.ts'
import { statOf } from './proc.ts'

/** Two may be at it at once. */
const thorough = { recursive: true, force: true, maxRetries: 3 }

/** Where a host's folder is put together before it appears under its own name. */
export const draftDir = (hosts: string, key: string): string => join(hosts, `.new-${key}-${process.pid}`)

/** Takes a host's folder away in one step and then empties it; nothing happens when it is gone already. */
export async function removeHostFolder(dir: string): Promise<void> {
  const going = join(dirname(dir), `.gone-${basename(dir)}`)
  // One of the same name that was left half-emptied would be in the way.
  await rm(going, thorough)
  try {
    await rename(dir, going)
    await syncFolder(dirname(dir))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await rm(going, thorough)
}

/**
 * A call that comes later than this after its host was deleted does not come any more. Not for ever, because a controller
 * that lost its store counts its names from the beginning. Milliseconds.
 */
const REMEMBERED = 300_000

/** Remembers that a host was deleted, so that an order that comes late does not make it again. */
export async function bury(stateDir: string, name: string): Promise<void> {
  await makeFolder(gravesDir(stateDir))
  await replaceFile(join(gravesDir(stateDir), name), '')
}

/** Whether a host of this name was deleted a short while before `now` (epoch ms). */
export async function isBuried(stateDir: string, name: string, now: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(join(gravesDir(stateDir), name))
    return now - mtimeMs <= REMEMBERED
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}

/** Removes what crashes left half-made or half-removed, and what need not be remembered at `now` (epoch ms) any more. */
export async function sweepLeftovers(stateDir: string, now: number): Promise<void> {
  const hosts = hostsDir(stateDir)
  for (const name of await readdir(hosts)) {
    const maker = /^\.new-.+-(\d+)$/.exec(name)?.[1]
    const orphaned = maker !== undefined && statOf(Number(maker)) === undefined
    if (orphaned || name.startsWith('.gone-')) await rm(join(hosts, name), thorough)
  }
  for (const name of await readdir(gravesDir(stateDir))) {
    const grave = join(gravesDir(stateDir), name)
    const { mtimeMs } = await stat(grave)
    if (now - mtimeMs > REMEMBERED) await rm(grave, { force: true })
  }
}
