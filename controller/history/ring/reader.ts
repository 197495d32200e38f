import type { FileSystem } from '../../store/file-system.ts'
import { beginningOf, unlessGone } from '../files.ts'
import { mayHold } from '../period.ts'
import { BODY, HEADER } from './block.ts'
import { decode, firstTime } from './decode.ts'
import { ringNumbers, ringPath } from './files.ts'
import { isAsked, type NumbersQuery, newest, TICKS, type Tick } from './tick.ts'

/** Reads ring files from the newest to the oldest, no further than asked for. */
export interface RingReader {
  /** The ticks that `query` asks for, oldest first, of all files or up to `end`. */
  numbers(query: NumbersQuery, end?: RingEnd): Promise<readonly Tick[]>
  /** How many different places were met that are no record. */
  cut(): number
}

/** How far files hold whole blocks, and what follows in memory. */
export interface RingEnd {
  number: number
  size: number
  unwritten: readonly Tick[]
}

/** Cut places are told apart up to so many, which is enough to see that something is wrong. */
const COUNTED = 10_000

export function ringReader(fs: FileSystem, dir: string): RingReader {
  const places = new Set<string>()

  async function ticksIn(number: number, size: number | undefined, query: NumbersQuery): Promise<Tick[]> {
    const file = await unlessGone(() => fs.readFile(ringPath(dir, number)))
    if (file === undefined) return []
    return decode(file.subarray(0, size), query, (offset) => {
      if (places.size < COUNTED) places.add(`${number}:${offset}`)
    })
  }

  async function numbers(query: NumbersQuery, end?: RingEnd): Promise<readonly Tick[]> {
    const { limit = TICKS } = query
    const found = (end?.unwritten ?? []).filter((tick) => isAsked(tick, query))
    let later: number | undefined
    for (const number of (await ringNumbers(fs, dir)).reverse()) {
      if (end !== undefined && number > end.number) continue
      const beginning = await beginningOf(fs, ringPath(dir, number), HEADER + BODY)
      const first = beginning === undefined ? undefined : firstTime(beginning)
      const size = number === end?.number ? end.size : undefined
      if (mayHold(query, first, later)) found.push(...(await ticksIn(number, size, query)))
      later = first
      if (found.length >= limit) break
    }
    return newest(found, query)
  }

  return { numbers, cut: () => places.size }
}
