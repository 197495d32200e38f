import { coarsen, join, linesIn, type Range, type Ranges, within, without } from './ranges.ts'

/**
 * What one Graphite server has and has not got, by line numbers. A line is owed, sent (written to a connection, which proves
 * nothing), or recent: the server has confirmed it not long ago, and may still lose it, since carbon keeps what it takes in memory.
 */
export interface Ledger {
  /** It has to be sent, or sent again. */
  owe(range: Range): void
  sent(range: Range): void
  /** The server has read all that was sent. `now` in ms. */
  confirmed(now: number): void
  /** The connection broke: what was sent is owed again, and so is what was confirmed in the last `overlap` ms of its known life. */
  broke(): void
  /** The lines are gone. Answers how many of them the server should have got. */
  gone(range: Range): number
  /** The oldest lines that are owed. */
  first(): Range | undefined
  /** Lines before this one are of no further use; without any such lines, undefined. */
  needed(): number | undefined
  owed(): number
  unconfirmed(): number
  /** All that a process that starts anew has to send, as it cannot know better. */
  unsettled(): Ranges
}

/** Fragments are few unless a server is slower than its fresh samples for days; then what lies between is sent twice. */
const MOST_RANGES = 256

/** `overlap` in ms. */
export const createLedger = (overlap: number, begin: Ranges = []): Ledger => {
  let owed: Ranges = join([], begin)
  let sent: Ranges = []
  let recent: { lines: Ranges; at: number }[] = []

  const recentLines = (): Range[] => recent.flatMap(({ lines }) => [...lines])

  const confirmed = (now: number) => {
    recent.push({ lines: sent, at: now })
    recent = recent.filter(({ at, lines }) => at >= now - overlap && lines.length > 0)
    sent = []
  }

  const broke = () => {
    owed = coarsen(join(owed, [...sent, ...recentLines()]), MOST_RANGES)
    sent = []
    recent = []
  }

  const gone = (range: Range): number => {
    const lost = linesIn(within(join(owed, sent), range))
    owed = without(owed, range)
    sent = without(sent, range)
    recent = recent.map(({ lines, at }) => ({ lines: without(lines, range), at }))
    return lost
  }

  const needed = (): number | undefined => {
    const firsts = [owed, sent, ...recent.map(({ lines }) => lines)].flatMap((lines) => lines.slice(0, 1))
    return firsts.length === 0 ? undefined : Math.min(...firsts.map(({ from }) => from))
  }

  return {
    owe: (range) => {
      owed = coarsen(join(owed, [range]), MOST_RANGES)
    },
    sent: (range) => {
      owed = without(owed, range)
      sent = coarsen(join(sent, [range]), MOST_RANGES)
    },
    confirmed,
    broke,
    gone,
    first: () => owed[0],
    needed,
    owed: () => linesIn(owed),
    unconfirmed: () => linesIn(sent),
    unsettled: () => join(owed, [...sent, ...recentLines()]),
  }
}
