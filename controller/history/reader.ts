import type { FileSystem } from '../store/file-system.ts'
import { fileNumbers, linesBackward, pathOf } from './files.ts'
import { type Line, parseLine } from './line.ts'
import type { End } from './writer.ts'

/** Reads history files from the newest line to the oldest, no further than asked for. */
export interface Reader {
  /** Up to `end`, or all there is. */
  lines(end?: End): AsyncGenerator<Line>
  /** How many different lines were met that cannot be read. */
  unreadable(): number
}

/** Unreadable lines are told apart up to so many, which is enough to see that something is wrong. */
const COUNTED = 10_000

export function createReader(fs: FileSystem, dir: string): Reader {
  const unreadable = new Set<string>()

  async function* lines(end?: End): AsyncGenerator<Line> {
    for (const number of (await fileNumbers(fs, dir)).reverse()) {
      if (end !== undefined && number > end.number) continue
      const size = number === end?.number ? end.size : undefined
      for await (const { text, offset } of linesBackward(fs, pathOf(dir, number), size)) {
        const line = parseLine(text)
        if (line.kind !== 'entry' && unreadable.size < COUNTED) unreadable.add(`${number}:${offset}`)
        yield line
      }
    }
  }

  return { lines, unreadable: () => unreadable.size }
}
