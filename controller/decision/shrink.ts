import { type Board, open, type Spot } from './board.ts'
import { keptOf } from './claims.ts'
import type { Settled } from './decide.ts'
import type { Decision } from './decision.ts'
import { type Draft, recordsOf } from './draft.ts'
import { startDrain } from './drains.ts'
import { movingAmong } from './evacuate.ts'
import type { Instance } from './fleet.ts'
import { isFrozen } from './freeze.ts'
import type { Guards } from './guards.ts'
import { refusal } from './limits.ts'
import { victim } from './place.ts'
import type { Policy } from './policy.ts'
import type { PoolPlan } from './pool-plan.ts'
import { order } from './spares.ts'
import { plural } from './words.ts'

/** What a workload may lose in this tick. */
interface Leave {
  policy: Policy
  granted: number
  alive: readonly Instance[]
  /** Those that are to move, by id, with the reason; empty where nothing may move now. */
  moving: ReadonlyMap<string, string>
  /** How many may begin to drain. */
  most: number
  /** Whether nothing but what moves may go. */
  isFirm: boolean
  /** Why, for those that do not move. */
  why: string
}

/**
 * Starts to drain what is alive beyond the granted sizes, those that move first, never more than a share of a workload in one tick.
 * Answers why what moves has to wait, by workload.
 */
export function shrinkAll(
  draft: Draft,
  board: Board,
  plan: PoolPlan,
  decisions: readonly Decision[],
  judgement: Guards,
): Map<string, string> {
  const slots = stayingSlots(draft, plan)
  const waits = new Map<string, string>()
  for (const [i, settled] of plan.settled.entries()) {
    const decision = decisions[i]
    if (decision === undefined) continue
    const leave = leaveOf(draft, plan, settled, decision, judgement)
    const surplus = leave.alive.length - leave.granted
    if (surplus > 0) shrink(draft, plan, leave, surplus, slots, judgement)
    const why = giveWay(draft, board, plan, settled, leave)
    if (why !== undefined) waits.set(leave.policy.workload, why)
  }
  return waits
}

function leaveOf(
  draft: Draft,
  plan: PoolPlan,
  { one, alive }: Settled,
  decision: Decision,
  { mostAtOnce, isFirm }: Guards,
): Leave {
  const { granted, size } = decision
  const moving = plan.hold === undefined ? movingAmong(draft, alive) : new Map<string, string>()
  const why = granted < size ? `scale-in to ${granted}` : `it is beyond the size of ${granted}`
  const most = mostAtOnce(one.policy, alive.length)
  return { policy: one.policy, granted, alive, moving, most, isFirm: isFirm(one), why }
}

function shrink(
  draft: Draft,
  plan: PoolPlan,
  leave: Leave,
  surplus: number,
  slots: Map<string, number>,
  judgement: Guards,
): void {
  let left = leave.alive
  for (let gone = 0; gone < Math.min(surplus, leave.most); gone++) {
    const moved = relieved(leave, left, judgement)
    const next = moved ?? beyond(plan, leave, left, slots)
    if (next === undefined) return
    startDrain(draft, next, moved === undefined ? leave.why : movedWhy(leave, next))
    left = left.filter(({ id }) => id !== next.id)
    slots.set(next.host, (slots.get(next.host) ?? 0) - next.slots.length)
  }
}

const movedWhy = ({ moving, granted }: Leave, { id }: Instance): string =>
  `${granted === 1 ? 'another is' : `${granted} others are`} ready, and ${moving.get(id)}`

/** One that moves and whose replacement is ready: without it as many are ready as were granted. */
function relieved(
  { moving, granted }: Leave,
  left: readonly Instance[],
  { isRelieved }: Guards,
): Instance | undefined {
  const ready = left.filter(({ state }) => state === 'ready').length
  const can = (one: Instance): boolean =>
    moving.has(one.id) && isRelieved(ready - Number(one.state === 'ready'), granted)
  return left.find(can)
}

/** One that is too many, those aside that only wait for their replacement. What is frozen stays. */
function beyond(
  { frozen }: PoolPlan,
  { policy, moving, granted, isFirm }: Leave,
  left: readonly Instance[],
  slots: ReadonlyMap<string, number>,
): Instance | undefined {
  const stay = left.filter(({ id }) => !moving.has(id)).length
  if (isFirm || stay <= granted) return undefined
  const candidates = left.filter(({ id, host }) => !isFrozen(frozen, host, id))
  return victim(policy, candidates, slots)
}

/**
 * At max there is no room for a replacement beside what moves. Where an operator drains a host, one at a time drains first
 * then, while all others are ready and there is room for it elsewhere; even from min, since the operator's hand beats the
 * machine, but never the only one. Answers why it waits.
 */
function giveWay(
  draft: Draft,
  board: Board,
  plan: PoolPlan,
  settled: Settled,
  { policy, alive, moving, granted }: Leave,
): string | undefined {
  const next = alive.find(({ id }) => moving.has(id))
  const { pool, hold } = plan
  const kept = keptOf(plan, settled)
  if (next === undefined || hold !== undefined || draft.hosts.get(next.host)?.closing?.for !== 'operator')
    return undefined
  const { workload, size, run } = policy
  if (alive.length + kept < size.max || alive.length !== Math.min(granted, alive.length + kept))
    return undefined
  if (alive.length <= 1)
    return `${next.id} is the only one of ${workload} and its max of ${size.max} leaves no room for a second: raise max`
  if (alive.some(({ state }) => state !== 'ready')) return `not all of ${workload} are ready`
  const fitting = [...board.open].filter(({ free }) => free.length >= run.slots)
  if (fitting.some(({ running }) => running)) {
    startDrain(
      draft,
      next,
      `${workload} is at its max of ${size.max}, so it goes before its replacement comes`,
    )
    return undefined
  }
  if (fitting.length > 0) return `a host for what moves is booting`
  const spot: Spot | undefined = open(
    board,
    `${next.id} moves from ${next.host} and fits nowhere`,
    'growth',
    policy,
  )
  if (spot === undefined) {
    const why = refusal(board.bounds, 'growth')?.why ?? 'orders none'
    return `pool ${pool.name} has no host with ${plural(run.slots, 'free slot')} and ${why}`
  }
  order(draft, pool, spot)
  return `a host for what moves is ordered`
}

/** How many slots of each host are held by instances that stay; of one that is being emptied none does. */
function stayingSlots(draft: Draft, { pool }: PoolPlan): Map<string, number> {
  const used = new Map<string, number>()
  for (const { name, entries, closing } of recordsOf(draft, pool.name)) {
    let slots = 0
    for (const entry of entries) if (entry.drain === undefined) slots += entry.slots.length
    used.set(name, closing === undefined ? slots : 0)
  }
  return used
}
