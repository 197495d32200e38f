import type { Board } from './board.ts'
import type { Settled } from './decide.ts'
import type { Draft } from './draft.ts'
import { movingAmong } from './evacuate.ts'
import { isFrozen } from './freeze.ts'
import type { Claim } from './grants.ts'
import type { Guards } from './guards.ts'
import type { PoolPlan } from './pool-plan.ts'

/** What a workload of a plan asks of its pool. */
export interface PlanClaim extends Claim {
  settled: Settled
  /** How many of its instances are to move. */
  moving: number
}

/**
 * Healing needs no claim of its own: the dead are not alive, so a claim up to the size replaces them, never beyond max. Nor does
 * moving: who is to move is not counted, so that one more is placed elsewhere, as far as max has room for both; and since it still
 * serves, it is no shortage under min. In distrust the dead keep their places, and only what lacks to min is added, up to max.
 */
export function claimOf(draft: Draft, plan: PoolPlan, settled: Settled, { isFirm }: Guards): PlanClaim {
  const { one, decision, alive } = settled
  const { policy, counts, distrust } = one
  const { min, max } = policy.size
  const about = { policy, settled, size: one.record.size, firm: isFirm(one) }
  if (distrust !== undefined) {
    const have = alive.length + counts.dead
    const gone = settled.instances.filter(({ state, isKept }) => state === 'lost' && isKept === true).length
    const room = Math.max(0, max - have - gone)
    const lacking = Math.min(room, Math.max(0, min - counts.ready - counts.starting))
    const wanted = Math.max(Math.min(decision.granted, max - gone), have + lacking)
    return { ...about, have, wanted, lacking, moving: 0 }
  }
  const moving = movingAmong(draft, alive).size
  const kept = keptOf(plan, settled)
  const have = alive.length - moving
  const wanted = Math.min(decision.granted, Math.max(have, max - moving - kept))
  return { ...about, have, wanted, lacking: Math.max(0, min - alive.length), moving }
}

/** How many neither serve nor go, since they are frozen: dead ones, from the first moment on, and those on a host that is kept. */
export function keptOf({ frozen }: PoolPlan, { instances }: Settled): number {
  let kept = 0
  for (const { state, host, id, isKept } of instances)
    if (isKept === true || (state === 'dead' && isFrozen(frozen, host, id))) kept++
  return kept
}

/** Slots of hosts that stay, held by instances that are on their way out already. */
export function freeing({ spots }: Board, { settled, instances, frozen }: PoolPlan): number {
  const trusted = settled.filter(({ one }) => one.distrust === undefined)
  const healed = new Set(trusted.map(({ one }) => one.policy.workload))
  let slots = 0
  for (const { id, host, state, workload, slots: held } of instances) {
    const isHealed = state === 'dead' && healed.has(workload) && !isFrozen(frozen, host, id)
    const goes = state === 'draining' || state === 'leaving' || isHealed
    if (goes && spots.get(host)?.isClosing === false) slots += held.length
  }
  return slots
}
