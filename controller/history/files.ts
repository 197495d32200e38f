import { join } from 'node:path'
import { codeOf, type FileSystem } from '../store/file-system.ts'

export const pathOf = (dir: string, number: number): string => join(dir, `history-${number}.jsonl`)

/** The numbers of the history files in `dir`, oldest first; none when there is no such folder. */
export async function fileNumbers(fs: FileSystem, dir: string): Promise<number[]> {
  const numbers: number[] = []
  for (const name of await namesIn(fs, dir)) {
    const digits = /^history-(\d+)\.jsonl$/.exec(name)?.[1]
    if (digits !== undefined) numbers.push(Number(digits))
  }
  return numbers.sort((a, b) => a - b)
}

async function namesIn(fs: FileSystem, dir: string): Promise<string[]> {
  try {
    return await fs.readdir(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** A line and where it begins in its file. */
export interface PlacedLine {
  text: string
  offset: number
}

const CHUNK = 65_536
const NEWLINE = 10

/** The lines in the first `size` bytes of a file, from the last to the first, as far as asked for; none when there is no file. */
export async function* linesBackward(
  fs: FileSystem,
  path: string,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<PlacedLine> {
  const handle = await opened(fs, path)
  if (handle === undefined) return
  try {
    let start = Math.min(size, (await handle.stat()).size)
    let rest: Buffer = Buffer.alloc(0)
    while (start > 0) {
      const length = Math.min(CHUNK, start)
      start -= length
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, start)
      const block = Buffer.concat([buffer.subarray(0, bytesRead), rest])
      // The first line of the block may begin in the one before it.
      const whole = start === 0 ? 0 : block.indexOf(NEWLINE) + 1
      if (start > 0 && whole === 0) {
        rest = block
        continue
      }
      yield* splitBackward(block.subarray(whole), start + whole)
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

async function opened(fs: FileSystem, path: string) {
  try {
    return await fs.open(path, 'r')
  } catch (error) {
    // Rotation may have removed it since it was listed.
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
