import { type Board, boardOf, freeSlots } from './board.ts'
import { type Calm, disturbance, type Scene } from './calm.ts'
import { type Draft, recordsOf, say } from './draft.ts'
import { type Emptiable, type Emptied, emptied, forbidden } from './emptiable.ts'
import { close, move, reopen } from './evacuate.ts'
import type { Entry, HostRecord } from './fleet.ts'
import { compare } from './order.ts'
import type { PoolPlan } from './pool-plan.ts'
import { plural } from './words.ts'

/** What has to hold before and while a half-empty host is emptied. */
export interface Consolidation {
  calm: readonly Calm[]
  emptiable: readonly Emptiable[]
}

/**
 * Empties half-empty hosts, one at a time and one instance at a time, when a pool has been calm for a while; an empty host goes
 * by the usual rule. As soon as something stirs it ends: the host is opened again, and what was to move stays. `closed`: why
 * the pool orders no hosts now.
 */
export function consolidate(draft: Draft, plan: PoolPlan, judgement: Consolidation, closed?: string): void {
  const { pool } = plan
  const scene = sceneOf(draft, plan, closed)
  const under = scene.records.find(
    (one) => one.closing?.for === 'consolidation' && one.deleting === undefined,
  )
  if (pool.consolidateAfter === undefined) {
    draft.pools.delete(pool.name)
    if (under !== undefined) reopen(draft, under, `pool ${pool.name} is not to be consolidated any more`)
  } else if (under !== undefined) goOn(draft, scene, under, judgement)
  else if (isDue(draft, scene, judgement, pool.consolidateAfter)) begin(draft, scene, judgement)
}

function sceneOf(draft: Draft, plan: PoolPlan, closed?: string): Scene {
  const { name } = plan.pool
  const records = recordsOf(draft, name)
  const intents = [...draft.intents.values()].filter(({ pool }) => pool === name)
  const ruled = new Map(plan.settled.map((one) => [one.one.policy.workload, one]))
  return { ...plan, records, ruled, intents, ...(closed !== undefined && { closed }) }
}

/**
 * Whether the pool has been calm for long enough. It counts in time that ticks have seen, at most a quarter of the wait for each:
 * what happened while nobody looked is not known to have been calm.
 */
function isDue(draft: Draft, scene: Scene, { calm }: Consolidation, wait: number): boolean {
  const { name } = scene.pool
  if (disturbance(calm, scene, 'before') !== undefined) {
    draft.pools.delete(name)
    return false
  }
  const before = draft.pools.get(name)
  const lasted = before === undefined ? 0 : before.calm + Math.min(scene.elapsed, wait / 4)
  const due = lasted >= wait
  // If no host can be emptied now, none can until something changes, and that starts the wait anew anyway.
  draft.pools.set(name, { calm: due ? 0 : lasted })
  return due
}

const used = ({ entries }: HostRecord): number => entries.reduce((sum, { slots }) => sum + slots.length, 0)

const sayUsed = (record: HostRecord): string => `${used(record)} of ${plural(record.slots, 'slot')}`

/** Begins with the host that uses fewest slots, of those the youngest, and of those the first by name, that can be emptied. */
function begin(draft: Draft, scene: Scene, { emptiable }: Consolidation): void {
  const board = boardIn(scene)
  const free = freeSlots(board)
  const candidates = scene.records
    .filter(({ entries }) => entries.length > 0)
    .sort((a, b) => used(a) - used(b) || b.orderedAt - a.orderedAt || compare(a.name, b.name))
  for (const record of candidates) {
    const host = emptied(scene, board, free, record)
    if (forbidden(emptiable, host) !== undefined) continue
    const why = `${record.name} is emptied since it used ${sayUsed(record)}`
    const shut = close(draft, record, { for: 'consolidation', why })
    const room = 'other hosts have room for that'
    say(
      draft,
      'close-host',
      shut,
      `${record.name} takes nothing new: it uses ${sayUsed(record)}, and ${room}`,
    )
    moveNext(draft, host, why)
    return
  }
}

const boardIn = ({ pool, records, instances, listing }: Scene): Board =>
  boardOf(pool, records, instances, listing)

function goOn(draft: Draft, scene: Scene, record: HostRecord, { calm, emptiable }: Consolidation): void {
  const board = boardIn(scene)
  const host = emptied(scene, board, freeSlots(board), record)
  const why = disturbance(calm, scene, 'throughout') ?? forbidden(emptiable, host)
  if (why !== undefined) abandon(draft, record, why)
  else if (disturbance(calm, scene, 'before') === undefined) moveNext(draft, host, record.closing?.why ?? '')
}

/** Ends what is under way in a pool that cannot be seen, and forgets how long it has been calm. */
export function abandonAll(draft: Draft, pool: string, why: string): void {
  draft.pools.delete(pool)
  for (const record of recordsOf(draft, pool))
    if (record.closing?.for === 'consolidation') abandon(draft, record, why)
}

function abandon(draft: Draft, record: HostRecord, why: string): void {
  draft.pools.delete(record.pool)
  reopen(draft, record, why)
}

function moveNext(draft: Draft, { record, rest, places }: Emptied, why: string): void {
  const [next] = rest
  if (next === undefined || next.moving !== undefined) return
  const where = `${next.id} moves from ${record.name}, which uses ${sayUsed(record)}`
  move(draft, record.name, next, why, `${where}: ${whereTo(rest, places())}`)
}

/** "its 2 instances fit on h1 and h2" */
function whereTo(rest: readonly Entry[], places: ReturnType<Emptied['places']>): string {
  const hosts = [...new Set(places.flatMap((one) => (one === undefined ? [] : [one.spot.host])))]
  const where = hosts.length < 2 ? hosts.join('') : `${hosts.slice(0, -1).join(', ')} and ${hosts.at(-1)}`
  const left = rest.length
  return `its ${plural(left, 'instance')} ${left === 1 ? 'fits' : 'fit'} on ${where}`
}
