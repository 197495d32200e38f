import { alarmsIn, type WorkloadAlarm } from '../decision/alarm-names.ts'
import type { Decision } from '../decision/decision.ts'
import type { Override } from '../decision/overrides.ts'
import { describe } from '../overrides/outlook.ts'
import type { PoolStatus, Status } from '../web/status.ts'
import type { News } from './scene.ts'

/** What is new in a status, held against the one before it; all that is in force now where there is none. Pure. */
export function newsOf(before: Status | undefined, after: Status): News[] {
  const { at } = after
  if (before !== undefined && before.at > at) return newsOf(undefined, after)
  const restarted: News[] =
    before === undefined || before.epoch === after.epoch
      ? []
      : [{ at, tone: 'warn', text: `the controller was started again (epoch ${after.epoch})` }]
  const former = new Map(before?.workloads.map((one) => [one.workload, one]))
  const now = new Set(after.workloads.map(({ workload }) => workload))
  const gone = [...former.keys()].filter((name) => !now.has(name))
  return [
    ...restarted,
    ...after.workloads.flatMap((one) => decisionNews(former.get(one.workload), one)),
    ...gone.map(
      (workload): News => ({ at, tone: 'warn', workload, text: `${workload} is not decided on any more` }),
    ),
    ...after.pools.flatMap((pool) =>
      poolNews(
        before?.pools.find((one) => one.pool === pool.pool),
        pool,
        at,
      ),
    ),
    ...overrideNews(before?.overrides ?? [], after.overrides, at),
    ...turns(before?.notices ?? [], after.notices ?? []).map(({ text, isOver }): News => {
      return isOver ? { at, tone: 'good', text: `over: ${text}` } : { at, tone: 'warn', text }
    }),
  ]
}

/** A change of size, a new reason, and alarms that began or are over. */
function decisionNews(before: Decision | undefined, after: Decision): News[] {
  const { workload, at, size, granted, reason, sentence } = after
  const isNew = before === undefined || before.at !== at
  const isMove = isNew && granted !== size
  const said = isMove || before === undefined || before.reason !== reason
  const news: News[] = said ? [{ at, tone: isMove ? 'warn' : 'note', text: sentence, workload }] : []
  const alarms = turnsBy(alarmsOf(before), alarmsOf(after), ({ kind, about }) => `${kind} ${about}`)
  for (const { item, isOver } of alarms) {
    if (isOver) news.push({ at, tone: 'good', workload, text: `${workload}: alarm over: ${item.text}` })
    else news.push({ at, tone: 'bad', workload, text: `${workload}: alarm: ${item.text}` })
  }
  return news
}

const alarmsOf = (decision: Decision | undefined): WorkloadAlarm[] =>
  decision === undefined ? [] : alarmsIn(decision)

function poolNews(before: PoolStatus | undefined, after: PoolStatus, at: number): News[] {
  const { pool } = after
  const ringing = turnsBy(before?.alarms ?? [], after.alarms ?? [], ({ kind, about }) => `${kind} ${about}`)
  const hosts = turns(namesOf(before), namesOf(after))
  return [
    ...ringing.map(({ item, isOver }): News => {
      const text = isOver ? `alarm over: ${item.text}` : `alarm: ${item.text}`
      return { at, tone: isOver ? 'good' : 'bad', text: `pool ${pool}: ${text}` }
    }),
    ...(before === undefined ? [] : hosts).map(({ text, isOver }): News => {
      return { at, tone: 'note', text: `pool ${pool}: host ${text} ${isOver ? 'is gone' : 'is ordered'}` }
    }),
  ]
}

const namesOf = (pool: PoolStatus | undefined): string[] => pool?.hosts.map(({ host }) => host) ?? []

function overrideNews(before: readonly Override[], after: readonly Override[], at: number): News[] {
  return turnsBy(before, after, ({ id }) => id).map(({ item, isOver }): News => {
    const about = 'workload' in item.act ? { workload: item.act.workload } : {}
    const text = `${item.id}: ${describe(item, at)}`
    return { at, tone: 'note', ...about, text: isOver ? `override over: ${text}` : `override: ${text}` }
  })
}

const turns = (before: readonly string[], after: readonly string[]): { text: string; isOver: boolean }[] =>
  turnsBy(before, after, (text) => text).map(({ item, isOver }) => ({ text: item, isOver }))

/** What began and what is over, by what makes two things the same. */
function turnsBy<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string) {
  const had = new Set(before.map(keyOf))
  const has = new Set(after.map(keyOf))
  return [
    ...before.filter((item) => !has.has(keyOf(item))).map((item) => ({ item, isOver: true })),
    ...after.filter((item) => !had.has(keyOf(item))).map((item) => ({ item, isOver: false })),
  ]
}
