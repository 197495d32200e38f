import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../../store/file-system.ts'
import { syncFolder } from './files.ts'
import { statOf } from './proc.ts'

/** Where a host's folder is put together before it appears under its own name. */
export const draftDir = (hosts: string, key: string): string => join(hosts, `.new-${key}-${process.pid}`)

/** Takes a host's folder away in one step and then empties it; nothing happens when it is gone already. */
export async function removeHostFolder(dir: string): Promise<void> {
  const going = join(dirname(dir), `.gone-${basename(dir)}`)
  // One of the same name that was left half-emptied would be in the way.
  await rm(going, { recursive: true, force: true })
  try {
    await rename(dir, going)
    await syncFolder(dirname(dir))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await rm(going, { recursive: true, force: true })
}

/** Removes what crashes left half-made or half-removed. */
export async function sweepLeftovers(hosts: string): Promise<void> {
  for (const name of await readdir(hosts)) {
    const maker = /^\.new-.+-(\d+)$/.exec(name)?.[1]
    const orphaned = maker !== undefined && statOf(Number(maker)) === undefined
    if (orphaned || name.startsWith('.gone-')) await rm(join(hosts, name), { recursive: true, force: true })
  }
}
