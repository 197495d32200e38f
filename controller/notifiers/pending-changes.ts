import { wants } from './choose.ts'
import type { CommonSettings } from './define.ts'
import type { Happening, Notice } from './notice.ts'
import { inOrder, MOST_WAITING, noticeOfEnd, type Pending, plain } from './pending.ts'
import type { Standing } from './standing.ts'
import type { OutletMemory, Over, Told } from './told.ts'

/** What nobody has heard of when it was given up is tried again after so many ms, if it still lasts. */
const UNHEARD_AGAIN = 600_000

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
    const excess = [...over.keys()].slice(0, Math.max(0, over.size - MOST_WAITING))
    for (const key of excess) over.delete(key)
    lost += excess.length + Math.max(0, happened.length - MOST_WAITING)
    happened = happened.slice(-MOST_WAITING)
  }

  function begun(one: Standing, at: number): Notice[] {
    const notice: Notice = { ...plain(one), at, status: 'firing', key: one.key, since: one.since }
    const before = told.get(one.key)
    if (before === undefined) return [notice]
    const age = at - before.toldAt
    if (before.isUnheard === true) return age >= UNHEARD_AGAIN ? [notice] : []
    return repeat !== undefined && one.once !== true && age >= repeat ? [{ ...notice, reminder: true }] : []
  }

  /** What has come back, or ended anew, while its end was being told was believed to be over meanwhile. */
  function settleEnd(key: string, until: number, how: 'told' | 'given-up'): void {
    const ended = over.get(key)
    if (ended?.until === until) over.delete(key)
    else if (how === 'told') {
      told.delete(key)
      if (ended !== undefined) over.set(key, { ...ended, isUnheard: true })
    }
  }

  /** What has ended while it was being told was heard of, so that its end is one. */
  function settleBegin(
    notice: Notice & { status: 'firing' },
    one: Standing | undefined,
    now: number,
    how: 'told' | 'given-up',
  ): void {
    const isUnheard = how === 'given-up' && notice.reminder !== true
    if (one !== undefined) told.set(one.key, { ...one, toldAt: now, ...(isUnheard && { isUnheard }) })
    const { isUnheard: _unheard, ...ended } = over.get(notice.key) ?? {}
    if (one === undefined && how === 'told' && 'key' in ended) over.set(ended.key, ended)
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
        if (notice.status === 'over') settleEnd(notice.key, notice.at, how)
        if (notice.status === 'firing') settleBegin(notice, standing.get(notice.key), now, how)
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

const nameOf = ({ at, kind, subject, text }: Pick<Happening, 'at' | 'kind' | 'subject' | 'text'>): string =>
  JSON.stringify([at, kind, subject, text])
