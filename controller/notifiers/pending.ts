import { type Happening, type Notice, rank } from './notice.ts'
import type { Standing } from './standing.ts'
import type { OutletMemory, Over } from './told.ts'

/** So much is kept of what could not be told; of more the oldest goes first. */
export const MOST_WAITING = 200

/** What there is to be told: all that lasts, what is over since the last time, and what has happened. */
export interface News {
  standing: readonly Standing[]
  over: readonly Standing[]
  happened: readonly Happening[]
}

/** What one notifier has told and has still to tell. It holds no more than it may, whatever happens. Times are epoch ms. */
export interface Pending {
  take(news: News, now: number): void
  /** What is to be told at `now`, the worst first. */
  due(now: number): Notice[]
  /** These have been told, or, where they were given up, need not be told any more. */
  settle(notices: readonly Notice[], now: number, how: 'told' | 'given-up'): void
  /** How many were thrown away unsent, since there were too many, since this was last asked. */
  dropped(): number
  memory(): OutletMemory
}

/** What of something is told. */
export const plain = ({ event, kind, severity, subject, text }: Standing | Happening) => ({
  ...{ event, kind, severity, subject, text },
})

export const noticeOfEnd = (one: Over): Notice => ({
  ...{ ...plain(one), at: one.until, status: 'over', key: one.key, since: one.since },
  ...(one.isUnheard === true && { unheard: true }),
})

const order: Readonly<Record<Notice['status'], number>> = { firing: 0, over: 1, happened: 2 }

/** The worst first, what begins before what is over, and the older first. */
export const inOrder = (notices: readonly Notice[]): Notice[] =>
  notices.toSorted(
    (a, b) => rank(b.severity) - rank(a.severity) || order[a.status] - order[b.status] || a.at - b.at,
  )
