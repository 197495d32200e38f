import type { HistoryEntry, HistoryQuery } from './history.ts'

const LIMIT = 1_000
/** So many entries in a row before `from` end the search: single ones may be late or misdated, and stand among newer ones. */
const OLD_IN_A_ROW = 1_000

const beginOf = (entry: HistoryEntry): number => (entry.kind === 'decision' ? entry.first : entry.at)
const endOf = (entry: HistoryEntry): number => (entry.kind === 'decision' ? entry.last : entry.at)

/** Lines are in order of time but for folds, which are written up to a tick late: so many more than the limit are looked at. */
const OUT_OF_ORDER = 200

/** Collects the answer to a query from entries, of which the first of an id is the one that counts. */
export interface Search {
  /** For those that are in memory, in any order. */
  take(entry: HistoryEntry): void
  /** For those that come newest first; false when nothing more is wanted. */
  offer(entry: HistoryEntry): boolean
  /** The newest, up to the limit, oldest first. */
  found(): HistoryEntry[]
}

export function createSearch({ from, to, workload, kind, limit = LIMIT }: HistoryQuery): Search {
  const seen = new Set<string>()
  const taken: HistoryEntry[] = []
  let offered = 0
  let old = 0

  const fits = (entry: HistoryEntry): boolean =>
    (to === undefined || beginOf(entry) <= to) &&
    (workload === undefined || entry.workload === workload) &&
    (kind === undefined || entry.kind === kind)

  const isOld = (entry: HistoryEntry): boolean => from !== undefined && endOf(entry) < from

  /** Whether it is part of the answer; a later form of the same id has superseded this one. */
  function take(entry: HistoryEntry): boolean {
    if (seen.has(entry.id)) return false
    seen.add(entry.id)
    const wanted = !isOld(entry) && fits(entry)
    if (wanted) taken.push(entry)
    return wanted
  }

  return {
    take,
    offer(entry) {
      if (take(entry)) offered++
      old = isOld(entry) ? old + 1 : 0
      return offered < limit + OUT_OF_ORDER && old < OLD_IN_A_ROW
    },
    found() {
      const newest = taken.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, limit)
      return newest.reverse().sort((a, b) => beginOf(a) - beginOf(b))
    },
  }
}
