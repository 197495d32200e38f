import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../store/file-system.ts'
import type { Folder } from '../judge/state.ts'

/** A folder as it is on the disk; changes nothing. Never rejects. */
export async function folderAt(path: string): Promise<Folder> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return { kind: 'fault', path, detail: `${path} is not a folder` }
    const { mode, uid } = found
    const me = process.getuid?.() ?? uid
    const [unwritable, space] = await Promise.all([unwritableWhy(path), spaceOf(path)])
    return {
      ...{ kind: 'folder', path, mode, uid, me },
      ...(unwritable !== undefined && { unwritable }),
      ...(space !== undefined && { space }),
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'none', path, parent: await isThere(dirname(path)) }
    return { kind: 'fault', path, detail: `${path} cannot be looked at (${codeOf(error) ?? String(error)})` }
  }
}

/** The permission bits of a file; undefined when there is none, or it cannot be seen. */
export async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch {
    return undefined
  }
}

async function unwritableWhy(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return codeOf(error) ?? String(error)
  }
}

async function spaceOf(path: string): Promise<Extract<Folder, { kind: 'folder' }>['space']> {
  try {
    const { bsize, bavail, blocks, files, ffree } = await statfs(path)
    return { free: bsize * bavail, total: bsize * blocks, inodes: files, inodesFree: ffree }
  } catch {
    return undefined
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await modeOf(path)) !== undefined
}
