import { wants } from './choose.ts'
import type { CommonSettings } from './define.ts'
import { type Happening, type Notice, rank } from './notice.ts'
import type { Standing } from './standing.ts'
import type { OutletMemory, Over, Told } from './told.ts'

/** So much is kept of what could not be told; of more the oldest goes first. */
const MOST = 200

/** What nobody has heard of when it was given up is tried again after so many ms, if it still lasts. */
const UNHEARD_AGAIN = 600_000

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

/** For who is told of changes. `repeat`: after how many ms somebody is reminded of what lasts; absent: never. */
export function pendingChanges(
  settings: CommonSettings,
  repeat: number | undefined,
  known: OutletMemory = { told: [], over: [], happened: [] },
): Pending {
  let lasting: readonly Standing[] = []
  const told = new Map<string, Told>(known.told.map((one) => [one.key, one]))
  const over = new Map<string, Over>(known.over.map((one) => [one.key, one]))
  let happened: Happening[] = [...known.happened]
  let lost = 0

  function end(one: Standing, until: number): void {
    const before = told.get(one.key)
    told.delete(one.key)
    if (one.once === true || !wants(settings, one)) return
    const isUnheard = before === undefined || before.isUnheard === true
    over.set(one.key, { ...one, until, ...(isUnheard && { isUnheard }) })
  }

  /** What is there again is not over: nobody is told that it was. */
  function revive(): void {
    for (const { key } of lasting) {
      const { until, ...before } = over.get(key) ?? {}
      over.delete(key)
      if (until !== undefined && 'key' in before && before.isUnheard !== true)
        told.set(key, { ...before, toldAt: until })
    }
  }

  function bound(): void {
    const excess = [...over.keys()].slice(0, Math.max(0, over.size - MOST))
    for (const key of excess) over.delete(key)
    lost += excess.length + Math.max(0, happened.length - MOST)
    happened = happened.slice(-MOST)
  }

  function begun(one: Standing, at: number): Notice[] {
    const notice: Notice = { ...plain(one), at, status: 'firing', key: one.key, since: one.since }
    const before = told.get(one.key)
    if (before === undefined) return [notice]
    const age = at - before.toldAt
    if (before.isUnheard === true) return age >= UNHEARD_AGAIN ? [notice] : []
    return repeat !== undefined && one.once !== true && age >= repeat ? [{ ...notice, reminder: true }] : []
  }

  return {
    take(news, now) {
      lasting = news.standing.filter((one) => wants(settings, one))
      for (const one of news.over) end(one, now)
      revive()
      happened.push(...news.happened.filter((one) => wants(settings, one)))
      bound()
    },
    due(now) {
      const lasts = lasting.flatMap((one) => begun(one, now))
      const ended = [...over.values()].map(noticeOfEnd)
      return inOrder([...lasts, ...ended, ...happened.map((one): Notice => ({ ...one, status: 'happened' }))])
    },
    settle(notices, now, how) {
      const standing = new Map(lasting.map((one) => [one.key, one]))
      for (const notice of notices) {
        if (notice.status === 'over' && over.get(notice.key)?.until === notice.at) over.delete(notice.key)
        const one = notice.status === 'firing' ? standing.get(notice.key) : undefined
        const isUnheard = how === 'given-up' && 'reminder' in notice === false
        if (one !== undefined) told.set(one.key, { ...one, toldAt: now, ...(isUnheard && { isUnheard }) })
      }
      const gone = new Set(notices.flatMap((one) => (one.status === 'happened' ? [nameOf(one)] : [])))
      happened = happened.filter((one) => !gone.has(nameOf(one)))
    },
    dropped() {
      const before = lost
      lost = 0
      return before
    },
    memory: () => ({ told: [...told.values()], over: [...over.values()], happened }),
  }
}

const plain = ({ event, kind, severity, subject, text }: Standing | Happening) => ({
  ...{ event, kind, severity, subject, text },
})

const noticeOfEnd = (one: Over): Notice => ({
  ...{ ...plain(one), at: one.until, status: 'over', key: one.key, since: one.since },
  ...(one.isUnheard === true && { unheard: true }),
})

const nameOf = ({ at, kind, subject, text }: Pick<Happening, 'at' | 'kind' | 'subject' | 'text'>): string =>
  JSON.stringify([at, kind, subject, text])

const order: Readonly<Record<Notice['status'], number>> = { firing: 0, over: 1, happened: 2 }

/** The worst first, what begins before what is over, and the older first. */
const inOrder = (notices: readonly Notice[]): Notice[] =>
  notices.toSorted(
    (a, b) => rank(b.severity) - rank(a.severity) || order[a.status] - order[b.status] || a.at - b.at,
  )

/** How long (ms) an Alertmanager is told that something is over, as Prometheus does: one may have been away. */
const OVER_FOR = 900_000

/** For who is told all that lasts, again every so many ms, and at once when it changes. */
export function pendingState(settings: CommonSettings, every: number): Pending {
  let lasting: readonly Standing[] = []
  const over = new Map<string, Over>()
  let sentAt = Number.NEGATIVE_INFINITY
  let isChanged = false
  return {
    take({ standing, over: gone }, now) {
      const before = new Set(lasting.map(({ key }) => key))
      lasting = standing.filter((one) => wants(settings, one))
      if (lasting.some(({ key }) => !before.has(key))) isChanged = true
      for (const one of gone.filter((each) => wants(settings, each))) {
        over.set(one.key, { ...one, until: now })
        isChanged = true
      }
      for (const { key } of lasting) over.delete(key)
      for (const [key, { until }] of over) if (now - until > OVER_FOR || over.size > MOST) over.delete(key)
    },
    due(now) {
      if (!isChanged && now - sentAt < every && now >= sentAt) return []
      const lasts = lasting.map(
        (one): Notice => ({ ...plain(one), at: now, status: 'firing', key: one.key, since: one.since }),
      )
      return inOrder([...lasts, ...[...over.values()].map(noticeOfEnd)])
    },
    settle(_notices, now) {
      sentAt = now
      isChanged = false
    },
    dropped: () => 0,
    memory: () => ({ told: [], over: [], happened: [] }),
  }
}
