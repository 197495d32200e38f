import { join } from 'node:path'
import type { FileSystem } from '../../store/file-system.ts'
import { numbersIn, unlessGone } from '../files.ts'

export const ringPath = (dir: string, number: number): string => join(dir, `ring-${number}.bin`)

/** The numbers of the ring files in `dir`, oldest first; none when there is no such folder. */
export const ringNumbers = (fs: FileSystem, dir: string): Promise<number[]> =>
  numbersIn(fs, dir, /^ring-(\d+)\.bin$/)

/** How long a file is; 0 when there is none. */
export async function sizeOf(fs: FileSystem, path: string): Promise<number> {
  return (await unlessGone(() => fs.stat(path)))?.size ?? 0
}
