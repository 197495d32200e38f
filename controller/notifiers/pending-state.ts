import { wants } from './choose.ts'
import type { CommonSettings } from './define.ts'
import type { Notice } from './notice.ts'
import { inOrder, MOST_WAITING, noticeOfEnd, type Pending, plain } from './pending.ts'
import type { Standing } from './standing.ts'
import type { Over } from './told.ts'

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
      for (const [key, { until }] of over)
        if (now - until > OVER_FOR || over.size > MOST_WAITING) over.delete(key)
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
