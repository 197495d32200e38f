import { join } from 'node:path'
import { codeOf, type FileSystem } from '../store/file-system.ts'

export const pathOf = (dir: string, number: number): string => join(dir, `history-${number}.jsonl`)

/** The numbers of the history files in `dir`, oldest first; none when there is no such folder. */
export const fileNumbers = (fs: FileSystem, dir: string): Promise<number[]> =>
  numbersIn(fs, dir, /^history-(\d+)\.jsonl$/)

/** The numbers in the names of files in `dir`, smallest first; none when there is no such folder. */
export async function numbersIn(fs: FileSystem, dir: string, pattern: RegExp): Promise<number[]> {
  const names = (await unlessGone(() => fs.readdir(dir))) ?? []
  const numbers = names.flatMap((name) => {
    const digits = pattern.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  return numbers.sort((a, b) => a - b)
}

/** A line and where it begins in its file. */
export interface PlacedLine {
  text: string
  offset: number
}

const CHUNK = 65_536
const NEWLINE = 10

/** The lines in the first `size` bytes of a file, from the last to the first, block by block; none when there is no file. */
export async function* blocksBackward(
  fs: FileSystem,
  path: string,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Iterable<PlacedLine>> {
  const handle = await unlessGone(() => fs.open(path, 'r'))
  if (handle === undefined) return
  try {
    let start = Math.min(size, (await handle.stat()).size)
    let rest: Buffer = Buffer.alloc(0)
    while (start > 0) {
      const length = Math.min(CHUNK, start)
      start -= length
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, start)
      const block = Buffer.concat([buffer.subarray(0, bytesRead), rest])
      // The first line of the block may begin in the one before it.
      const whole = start === 0 ? 0 : block.indexOf(NEWLINE) + 1
      if (start > 0 && whole === 0) {
        rest = block
        continue
      }
      yield splitBackward(block.subarray(whole), start + whole)
      rest = block.subarray(0, whole)
    }
  } finally {
    await handle.close()
  }
}

function* splitBackward(block: Buffer, offset: number): Generator<PlacedLine> {
  let end = block.length
  while (end > 0) {
    const before = end < 2 ? -1 : block.lastIndexOf(NEWLINE, end - 2)
    const text = block.toString('utf8', before + 1, end).trimEnd()
    if (text !== '') yield { text, offset: offset + before + 1 }
    end = before + 1
  }
}

/** The first `length` bytes of a file, or fewer; undefined when it is not there. */
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

/** What was read; undefined when the file is gone, since rotation may have removed it after it was listed. */
export async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
