import type { BillEntry, HistoryEntry } from '../../history/history.ts'
import type { News } from '../live.ts'
import { type Event, eventOf } from './view/events.ts'

/** The last decisions and steps, and the bills of the month, in memory. */
export interface Newspaper {
  /** What has just happened. */
  hear(news: News): void
  /** What was written down before: decisions and steps, and all bills of the month. */
  fill(entries: readonly HistoryEntry[], bills: readonly HistoryEntry[]): void
  /** Oldest first. */
  events(): readonly Event[]
  /** Of the month that `now` is in, the later form of each in the place of the former; undefined until `fill` has told of the former ones. */
  bills(now: number): readonly BillEntry[] | undefined
}

export const EVENTS = 200
/** A month of 20 pools; of more of them the money of the month would be told too low, and is not told. */
export const BILLS = 20_000

export function createNewspaper(): Newspaper {
  let events: Event[] = []
  const bills = new Map<string, BillEntry>()
  let isFilled = false

  function take(fresh: readonly Event[]): void {
    events = [...events, ...fresh].sort((a, b) => a.at - b.at).slice(-EVENTS)
  }

  return {
    hear(news) {
      if (news.kind === 'bill') bills.set(news.bill.id, { ...news.bill, kind: 'bill', version: 1 })
      else {
        const event = heard(news)
        if (event !== undefined) take([event])
      }
    },
    fill(entries, month) {
      isFilled = month.length < BILLS
      const known = new Set(events.map(keyOf))
      take(entries.flatMap((entry) => eventOf(entry) ?? []).filter((event) => !known.has(keyOf(event))))
      for (const entry of month) if (entry.kind === 'bill' && !bills.has(entry.id)) bills.set(entry.id, entry)
    },
    events: () => events,
    bills(now) {
      const month = monthOf(now)
      for (const [id, { from }] of bills) if (from < month) bills.delete(id)
      return isFilled ? [...bills.values()] : undefined
    },
  }
}

const keyOf = ({ at, sentence }: Event): string => `${at} ${sentence}`

function heard(news: Exclude<News, { kind: 'bill' }>): Event | undefined {
  if (news.kind === 'outcome') return eventOf({ ...news.entry, kind: 'outcome', version: 1, id: '' })
  const { decision } = news
  const { workload, at } = decision
  return eventOf({
    ...{ workload, first: at, last: at, count: 1, decision },
    kind: 'decision',
    version: 1,
    id: '',
    spans: {},
  })
}

/** When the month began, epoch ms, by UTC. */
export function monthOf(now: number): number {
  const day = new Date(now)
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth())
}
