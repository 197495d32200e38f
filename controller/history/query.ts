import type { HistoryEntry, HistoryQuery } from './history.ts'

const LIMIT = 1_000
/** So many entries in a row before `from` end the search: single ones may be late or misdated, and stand among newer ones. */
const OLD_IN_A_ROW = 1_000

export const beginOf = (entry: HistoryEntry): number => (entry.kind === 'decision' ? entry.first : entry.at)
const endOf = (entry: HistoryEntry): number => (entry.kind === 'decision' ? entry.last : entry.at)

/** Collects the answer to a query from entries that come newest first. */
export interface Search {
  /** False when nothing more is wanted. */
  offer(entry: HistoryEntry): boolean
  /** Oldest first. */
  found(): HistoryEntry[]
}

export function createSearch({ from, to, workload, kind, limit = LIMIT }: HistoryQuery): Search {
  const seen = new Set<string>()
  const found: HistoryEntry[] = []
  let old = 0

  const fits = (entry: HistoryEntry): boolean =>
    (to === undefined || beginOf(entry) <= to) &&
    (workload === undefined || entry.workload === workload) &&
    (kind === undefined || entry.kind === kind)

  return {
    offer(entry) {
      const isOld = from !== undefined && endOf(entry) < from
      old = isOld ? old + 1 : 0
      // A later line of the same id has superseded this one.
      if (seen.has(entry.id)) return old < OLD_IN_A_ROW
      seen.add(entry.id)
      if (!isOld && fits(entry) && found.length < limit) found.push(entry)
      return found.length < limit && old < OLD_IN_A_ROW
    },
    found: () => found.toReversed().sort((a, b) => beginOf(a) - beginOf(b)),
  }
}
