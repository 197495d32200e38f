import type { FileSystem } from '../store/file-system.ts'
import { beginningOf, blocksBackward, fileNumbers, pathOf } from './files.ts'
import { glimpseOfBeginning } from './glimpse.ts'
import { mayHold, type Period } from './period.ts'
import type { Search } from './query.ts'
import type { End } from './writer.ts'

/** Reads history files from the newest line to the oldest, no further than asked for. */
export interface Reader {
  /** Shows a visitor the lines of all files, or up to `end`. Files that hold nothing of the period are left out. */
  walk(visitor: Pick<Search, 'visit' | 'isOver'>, period: Period, end?: End): Promise<void>
  /** How many different lines were met that cannot be read. */
  unreadable(): number
}

/** Unreadable lines are told apart up to so many, which is enough to see that something is wrong. */
const COUNTED = 10_000
/** The beginning of a line is enough to tell its time. */
const GLIMPSED = 1_024

export function createReader(fs: FileSystem, dir: string): Reader {
  const unreadable = new Set<string>()

  async function walkFile(
    { visit, isOver }: Pick<Search, 'visit' | 'isOver'>,
    number: number,
    size: number | undefined,
  ): Promise<void> {
    for await (const lines of blocksBackward(fs, pathOf(dir, number), size)) {
      for (const { text, offset } of lines) {
        const outcome = visit(text)
        const isLost = outcome === 'unreadable' || outcome === 'newer'
        if (isLost && unreadable.size < COUNTED) unreadable.add(`${number}:${offset}`)
        if (isOver()) return
      }
    }
  }

  async function firstTime(number: number): Promise<number | undefined> {
    const beginning = await beginningOf(fs, pathOf(dir, number), GLIMPSED)
    return beginning === undefined
      ? undefined
      : glimpseOfBeginning(beginning.toString('utf8').trimStart())?.end
  }

  return {
    async walk(visitor, period, end) {
      const isBounded = period.from !== undefined || period.to !== undefined
      let later: number | undefined
      for (const number of (await fileNumbers(fs, dir)).reverse()) {
        if (end !== undefined && number > end.number) continue
        const first = isBounded ? await firstTime(number) : undefined
        const size = number === end?.number ? end.size : undefined
        if (mayHold(period, first, later)) await walkFile(visitor, number, size)
        if (visitor.isOver()) return
        later = first
      }
    },
    unreadable: () => unreadable.size,
  }
}
