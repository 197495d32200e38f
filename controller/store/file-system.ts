import type * as promises from 'node:fs/promises'

/**
 * The part of node:fs/promises that store, history and publishers work with. The composition root passes the real one, a test may
 * pass one whose disk is full.
 */
export type FileSystem = Pick<
  typeof promises,
  | 'mkdir'
  | 'mkdtemp'
  | 'open'
  | 'readdir'
  | 'readFile'
  | 'readlink'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'stat'
  | 'unlink'
>

/** The code of a system error such as ENOENT; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'give the user that runs capuchin write access to it',
  EDQUOT: 'the quota of the user is used up: free space or raise it',
  EIO: 'the disk fails: look at the kernel log',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENOENT: 'the folder does not exist: create it, or correct the path',
  ENOSPC: 'the disk is full: free space on it',
  ENOTDIR: 'a part of this path is not a folder: correct the path',
  EPERM: 'give the user that runs capuchin write access to it',
  EROFS: 'the file system is read-only: remount it, or choose another folder',
}

/** What went wrong with `path`, as one sentence with the remedy where there is a known one. */
export function explainFault(error: unknown, path: string): string {
  const code = codeOf(error)
  const remedy = code === undefined ? undefined : remedies[code]
  if (code !== undefined && remedy !== undefined) return `${path}: ${remedy} (${code})`
  return `${path}: ${error instanceof Error ? error.message : 'an error without a message'}`
}

/** Makes the folder unless it is there; its parent has to exist, so that a mistyped path is not obeyed. */
export async function ensureFolder(fs: FileSystem, dir: string, mode: number): Promise<void> {
  try {
    await fs.mkdir(dir, { mode })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** The text of a file, or undefined when there is none. */
export async function readText(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
