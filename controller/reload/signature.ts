import { join } from 'node:path'
import { isPolicyFile } from '../policy/load.ts'
import { codeOf, type FileSystem } from '../store/file-system.ts'

/** What looking at files needs. */
export type Disk = Pick<FileSystem, 'readdir' | 'stat' | 'readFile'>

/**
 * What tells whether the policies of a folder are still the same: names, sizes, times and inodes, by the files that symbolic links lead
 * to. That is cheap, and holds where no change is announced, as on NFS. Also a folder that cannot be read has one. Never throws.
 */
export async function signatureOfPolicies(disk: Disk, folder: string): Promise<string> {
  try {
    const names = (await disk.readdir(folder)).filter(isPolicyFile).toSorted()
    const files = await inTurns(names, (name) => signatureOfFile(disk, join(folder, name)))
    return names.map((name, at) => `${name} ${files[at]}`).join('\n')
  } catch (error) {
    return `unreadable ${codeOf(error) ?? String(error)}`
  }
}

/** The same of one file. */
export async function signatureOfFile(disk: Disk, path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await disk.stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    return `unreadable ${codeOf(error) ?? String(error)}`
  }
}

/** At the same time but not all at once, so that others get to the disk meanwhile. */
const AT_ONCE = 16

export async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let at = 0; at < all.length; at += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))))
  }
  return done
}
