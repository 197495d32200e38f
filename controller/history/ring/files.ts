import { join } from 'node:path'
import { codeOf, type FileSystem } from '../../store/file-system.ts'

export const ringPath = (dir: string, number: number): string => join(dir, `ring-${number}.bin`)

/** The numbers of the ring files in `dir`, oldest first; none when there is no such folder. */
export async function ringNumbers(fs: FileSystem, dir: string): Promise<number[]> {
  const names = await unlessGone(() => fs.readdir(dir))
  const numbers = (names ?? []).flatMap((name) => {
    const digits = /^ring-(\d+)\.bin$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  return numbers.sort((a, b) => a - b)
}

/** The first `length` bytes of a file, or fewer; undefined when it is not there, as after a rotation. */
export async function beginningOf(fs: FileSystem, path: string, length: number): Promise<Buffer | undefined> {
  const handle = await unlessGone(() => fs.open(path, 'r'))
  if (handle === undefined) return undefined
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** How long a file is; 0 when there is none. */
export async function sizeOf(fs: FileSystem, path: string): Promise<number> {
  return (await unlessGone(() => fs.stat(path)))?.size ?? 0
}

export async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
