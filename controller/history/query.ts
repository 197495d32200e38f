import { type Glimpse, glimpse, glimpseOf } from './glimpse.ts'
import type { HistoryEntry, HistoryQuery } from './history.ts'
import { parseLine } from './line.ts'

const LIMIT = 1_000
/** So many lines in a row before `from` end the search: single ones may be late or misdated, and stand among newer ones. */
const OLD_IN_A_ROW = 1_000

/** A run is written at most so long (ms) after its last decision, a minute and a tick, so older lines may tell of newer ends. */
const LATE = 120_000
/** So many lines in a row that are older than that end the search for the newest. */
const LATE_IN_A_ROW = 200
/** The time of a line is judged by so many that were taken before it, so that a misdated one does not mislead. */
const JUDGES = 9

/** What became of a line: taken in or passed over, or why it cannot be read. */
export type Visit = 'taken' | 'passed' | 'unreadable' | 'newer'

/** Collects the answer to a query, with each entry in one of its forms. */
export interface Search {
  /** For entries that are in memory, in any order. */
  take(entry: HistoryEntry): void
  /** For lines, newest first. */
  visit(text: string): Visit
  /** Nothing more is wanted. */
  isOver(): boolean
  /** The newest, up to the limit, oldest first. */
  found(): HistoryEntry[]
}

/** An entry, and the line of an earlier form of it that answers the query better. */
interface Found {
  entry: HistoryEntry
  better?: string
}

export function createSearch(query: HistoryQuery): Search {
  const { to, limit = LIMIT } = query
  const taken = new Map<string, Found>()
  const end = createEnd(query)

  /** Of the forms that were written at or after `to` the first is what held then; of others the last supersedes. */
  function reconsider(found: Found, { kind, end: last }: Glimpse, text: string): void {
    // Of a bill the last one is right, whenever the question ends.
    if (to !== undefined && last >= to && kind !== 'bill') found.better = text
  }

  /** `text`: the line that the entry was read from, if it was read already. */
  function visit(text: string): Visit {
    const seen = glimpse(text)
    const line = seen === undefined ? parseLine(text) : undefined
    if (line !== undefined && line.kind !== 'entry') return line.kind
    const about = line === undefined ? seen : glimpseOf(line.entry)
    if (about === undefined) return 'unreadable'
    end.pass(about)
    if (!fits(query, about)) return 'passed'
    const former = taken.get(about.id)
    if (former !== undefined) {
      reconsider(former, about, text)
      return 'passed'
    }
    const whole = line ?? parseLine(text)
    if (whole.kind !== 'entry') return whole.kind
    if (!concerns(query, whole.entry)) return 'passed'
    taken.set(about.id, { entry: whole.entry })
    end.take(about)
    return 'taken'
  }

  return {
    take(entry) {
      if (fits(query, glimpseOf(entry)) && concerns(query, entry) && !taken.has(entry.id))
        taken.set(entry.id, { entry })
    },
    visit,
    isOver: end.isReached,
    found() {
      const newest = [...taken.values()].map(whole).sort((a, b) => endOf(b) - endOf(a))
      return newest
        .slice(0, limit)
        .reverse()
        .sort((a, b) => beginOf(a) - beginOf(b))
    },
  }
}

/** The better form where it can be read, since a line may have been cut. */
function whole({ entry, better }: Found): HistoryEntry {
  const line = better === undefined ? undefined : parseLine(better)
  return line?.kind === 'entry' ? line.entry : entry
}

const beginOf = (entry: HistoryEntry): number => glimpseOf(entry).begin
const endOf = (entry: HistoryEntry): number => glimpseOf(entry).end

function fits({ from, to, workload, kind }: HistoryQuery, about: Glimpse): boolean {
  if (kind === undefined ? about.kind === 'bill' : about.kind !== kind) return false
  if (workload !== undefined && about.workload !== undefined && about.workload !== workload) return false
  return (from === undefined || about.end >= from) && (to === undefined || about.begin <= to)
}

function concerns({ workload }: HistoryQuery, entry: HistoryEntry): boolean {
  if (workload === undefined) return true
  return entry.kind === 'bill' ? Object.hasOwn(entry.workloads, workload) : entry.workload === workload
}

/** Tells when older lines have nothing more to say. */
function createEnd({ from, to, limit = LIMIT }: HistoryQuery) {
  const judges: number[] = []
  let taken = 0
  let old = 0
  let late = 0
  let mark = Number.NEGATIVE_INFINITY

  return {
    take({ end }: Glimpse): void {
      taken++
      if (taken > limit) return
      // What a run was at `to` is in older lines than what it came to be.
      judges.push(to === undefined ? end : Math.min(end, to))
      if (judges.length > JUDGES) judges.shift()
      if (taken === limit) mark = (judges.toSorted((a, b) => a - b)[judges.length >> 1] ?? end) - LATE
    },
    pass({ end }: Glimpse): void {
      old = from !== undefined && end < from ? old + 1 : 0
      late = end < mark ? late + 1 : 0
    },
    isReached: (): boolean => old >= OLD_IN_A_ROW || late >= LATE_IN_A_ROW,
  }
}
