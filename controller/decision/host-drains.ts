import { type Draft, put, recordsOf, say } from './draft.ts'
import { close, move, reopen, stay, staying } from './evacuate.ts'
import type { Entry, HostRecord } from './fleet.ts'
import { isFrozen } from './freeze.ts'
import type { Guards } from './guards.ts'
import { tally } from './order.ts'
import type { Override } from './overrides.ts'
import type { PoolPlan } from './pool-plan.ts'
import { isAlive } from './view.ts'

/** The hosts that operators want to be drained now, each with the oldest word for it. */
export function hostsToDrain(overrides: readonly Override[]): Map<string, Override> {
  const asked = new Map<string, Override>()
  for (const one of overrides)
    if (one.act.kind === 'drain-host' && !asked.has(one.act.host)) asked.set(one.act.host, one)
  return asked
}

/**
 * Closes the hosts that operators drain and marks what runs there as moving, at most a share of each workload at once; opens
 * those again whose drain has ended. In doubt (`plan.hold`) nothing more is marked.
 */
export function serveHostDrains(draft: Draft, plan: PoolPlan, judgement: Guards): void {
  const asked = hostsToDrain(plan.overrides)
  const room = roomToMove(draft, plan, judgement)
  for (const record of recordsOf(draft, plan.pool.name)) {
    if (record.deleting !== undefined) continue
    const by = asked.get(record.name)
    if (by !== undefined) drainHost(draft, plan, closed(draft, record, by), room)
    else if (record.closing?.for === 'operator') reopen(draft, record, 'nobody drains it any more')
  }
}

function closed(draft: Draft, record: HostRecord, { by, why }: Override): HostRecord {
  if (record.closing?.for === 'operator') return record
  const reason = `${by} drains ${record.name} (${why})`
  const shut = close(draft, record, { for: 'operator', why: reason })
  say(draft, 'close-host', shut, `${record.name} takes nothing new and what runs there moves away: ${reason}`)
  return shut
}

/** How many more of each workload may be under way at the same time. */
function roomToMove(draft: Draft, { pool, settled }: PoolPlan, { mostAtOnce }: Guards): Map<string, number> {
  const room = new Map<string, number>()
  for (const { one, alive } of settled) room.set(one.policy.workload, mostAtOnce(one.policy, alive.length))
  for (const { entries } of recordsOf(draft, pool.name))
    for (const { workload, moving, drain } of entries)
      if (moving !== undefined && drain === undefined) tally(room, workload, -1)
  return room
}

function drainHost(draft: Draft, plan: PoolPlan, record: HostRecord, room: Map<string, number>): void {
  const living = new Set(plan.instances.filter(isAlive).map(({ id }) => id))
  const why = record.closing?.why ?? ''
  for (const entry of staying(record)) {
    const { id, workload, moving } = entry
    if (moving !== undefined) {
      if (!mayMove(plan, record, entry)) stay(draft, record.name, entry)
      continue
    }
    const isDue = living.has(id) && mayMove(plan, record, entry) && (room.get(workload) ?? 0) > 0
    if (!isDue || plan.hold !== undefined) continue
    tally(room, workload, -1)
    move(draft, record.name, entry, why, `${id} moves from ${record.name}: ${why}`)
  }
}

/** What no policy names would not be replaced, and what is frozen stays. */
function mayMove({ settled, frozen }: PoolPlan, { name }: HostRecord, { id, workload }: Entry): boolean {
  return !isFrozen(frozen, name, id) && settled.some(({ one }) => one.policy.workload === workload)
}

/** Says once why a host that an operator drains does not get empty. `why`: what is in the way, by workload. */
export function tellWaits(draft: Draft, plan: PoolPlan, why: ReadonlyMap<string, string>): void {
  for (const record of recordsOf(draft, plan.pool.name)) {
    const { closing, name, deleting } = record
    if (closing?.for !== 'operator' || deleting !== undefined) continue
    const { waits: former, ...rest } = closing
    const waits = whyWaits(plan, record, why)
    if (waits === former) continue
    put(draft, { ...record, closing: waits === undefined ? rest : { ...rest, waits } })
    if (waits !== undefined) say(draft, 'hold', record, `${name} is not empty yet: ${waits}`)
  }
}

function whyWaits(plan: PoolPlan, record: HostRecord, why: ReadonlyMap<string, string>): string | undefined {
  if (record.entries.length === 0) return undefined
  if (plan.hold !== undefined) return plan.hold
  if (plan.frozen.has(record.name)) return 'it is frozen as well, and what is frozen stays'
  for (const { id, workload } of staying(record)) {
    if (plan.frozen.has(id)) return `${id} is frozen`
    if (!plan.settled.some(({ one }) => one.policy.workload === workload))
      return `no policy names ${workload}, so nobody would replace ${id}`
    const reason = why.get(workload)
    if (reason !== undefined) return reason
  }
  return undefined
}
