import { type Clock, createAlarm } from './clock.ts'
import type { Ledger } from './ledger.ts'
import { createPace } from './pace.ts'
import type { Range } from './ranges.ts'
import type { Reader } from './reader.ts'
import { type Batch, cut } from './record.ts'
import type { Spool } from './spool.ts'

/** What a server is owed, out of the buffer: the oldest first, and not faster than it may be resent. */
export interface Backlog {
  /** Fetches the next lines, unless they are not due yet or under way. Calls `ready` when it is worth while to ask `take`. */
  fetch(ready: () => void): void
  /** The lines that were fetched, where they are still owed. */
  take(): Batch | undefined
  /** Nothing more is wanted for now. */
  rest(): void
}

/** A file that cannot be read is tried again after so many ms, so many times in all. */
const READ_AGAIN = 5_000
const READ_TRIES = 3

type Parts = {
  ledger: Ledger
  spool: Spool
  reader: Reader
  clock: Clock
  /** Lines a second. */
  rate: number
  /** Lines that were to be there are not. */
  missing(range: Range): void
  unreadable(why: string): void
}

export const createBacklog = ({
  ledger,
  spool,
  reader,
  clock,
  rate,
  missing,
  unreadable,
}: Parts): Backlog => {
  const pace = createPace(rate)
  const alarm = createAlarm(clock)
  let isReading = false
  let failures = 0
  let fetched: Batch | undefined

  const fetch = (ready: () => void) => {
    const owed = ledger.first()
    if (owed === undefined || isReading) return
    if (fetched !== undefined) return ready()
    const wait = pace.wait(clock.now())
    if (wait > 0) return alarm.set(wait, ready)
    isReading = true
    void read(owed.from).then((pause) => {
      isReading = false
      if (pause > 0) alarm.set(pause, ready)
      else ready()
    })
  }

  /** Answers how long to wait before the next look, in ms. */
  const read = async (from: number): Promise<number> => {
    try {
      const batch = await reader.read(from)
      failures = 0
      const found = batch?.from ?? spool.next()
      if (found > from) lackUpTo(from, found)
      fetched = batch
      return 0
    } catch (error) {
      failures += 1
      unreadable(error instanceof Error ? error.message : String(error))
      if (failures < READ_TRIES) return READ_AGAIN
      failures = 0
      const file = spool.segments().find(({ to }) => to > from)
      if (file !== undefined) lackUpTo(from, file.to)
      return 0
    }
  }

  /** Meanwhile they may have been dropped on purpose, which is another matter. */
  const lackUpTo = (from: number, to: number) => {
    const owed = ledger.first()
    if (owed?.from === from) missing({ from, to: Math.min(to, owed.to) })
  }

  const take = (): Batch | undefined => {
    const [batch, owed] = [fetched, ledger.first()]
    fetched = undefined
    if (batch === undefined || owed === undefined) return undefined
    if (batch.to <= owed.from || batch.from >= owed.to) return undefined
    const part = cut(batch, owed)
    pace.passed(part.to - part.from)
    return part
  }

  const rest = () => {
    alarm.clear()
    fetched = undefined
  }

  return { fetch, take, rest }
}
