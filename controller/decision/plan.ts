import { type Board, boardOf } from './board.ts'
import { applyClamps } from './clamp.ts'
import { type Case, inWords, type Settled, situationOf } from './decide.ts'
import type { ClampRecord, Decision } from './decision.ts'
import { type Draft, recordsOf } from './draft.ts'
import type { Instance, ListedHost } from './fleet.ts'
import { type Claim, type Grant, grant } from './grants.ts'
import type { Guards } from './guards.ts'
import { healDead, placeAll, shrinkAll } from './moves.ts'
import type { Pool } from './policy.ts'
import { dropEmptyHosts, orderSpares } from './spares.ts'
import { duration } from './words.ts'

/** Of what a plan of one pool is made. `hold`: why no host may go for being empty. */
export interface PoolPlan {
  pool: Pool
  listing: ReadonlyMap<string, ListedHost>
  settled: readonly Settled[]
  instances: readonly Instance[]
  hold?: string
}

/** Plans one pool for all its workloads together: grants, then placement into slots, then hosts. Answers final decisions. */
export function planPool(draft: Draft, plan: PoolPlan, judgement: Guards): Decision[] {
  const { pool, settled, instances, listing } = plan
  const board = boardOf(pool, recordsOf(draft, pool.name), instances, listing, closedBy(draft, pool))
  const claims = settled.map((one) => claimOf(one, judgement))
  const grants = grant(board, claims, freeing(board, plan))
  const decisions = grants.map((given) => finish(given, judgement))
  placeAll(draft, pool, grants)
  healDead(draft, settled)
  shrinkAll(draft, pool, settled, decisions, judgement)
  if (plan.hold === undefined) dropEmptyHosts(draft, board)
  orderSpares(draft, board)
  return decisions
}

/** After a refused order the pool is not asked for hosts for a while. */
function closedBy({ backoffs, now }: Draft, { name }: Pool): string | undefined {
  const backoff = backoffs.get(name)
  if (backoff === undefined || now >= backoff.until) return undefined
  return `orders no hosts for ${duration(backoff.until - now)} (${backoff.why})`
}

/**
 * Healing needs no claim of its own: the dead are not alive, so a claim up to the size replaces them, never beyond max. In
 * distrust the dead keep their places, and only what lacks to min is added, up to max.
 */
function claimOf(settled: Settled, { isFirm }: Guards): Claim & { settled: Settled } {
  const { one, decision, alive } = settled
  const { policy, counts, distrust } = one
  const { min, max } = policy.size
  const about = { policy, settled, size: one.record.size, firm: isFirm(one) }
  if (distrust === undefined) {
    const have = alive.length
    const wanted = Math.min(decision.granted, Math.max(have, max))
    return { ...about, have, wanted, lacking: Math.max(0, min - have) }
  }
  const have = alive.length + counts.dead
  const room = Math.max(0, max - have)
  const lacking = Math.min(room, Math.max(0, min - counts.ready - counts.starting))
  return { ...about, have, wanted: Math.max(Math.min(decision.granted, max), have + lacking), lacking }
}

/** Slots of hosts that stay, held by instances that are on their way out already. */
function freeing({ spots }: Board, { settled, instances }: PoolPlan): number {
  const trusted = settled.filter(({ one }) => one.distrust === undefined)
  const healed = new Set(trusted.map(({ one }) => one.policy.workload))
  let slots = 0
  for (const { host, state, workload, slots: held } of instances) {
    const goes = state === 'draining' || state === 'leaving' || (state === 'dead' && healed.has(workload))
    if (goes && spots.has(host)) slots += held.length
  }
  return slots
}

/** Puts the grant into the decision as its last clamp. */
function finish(
  { claim, cap, why, isShort }: Grant<Claim & { settled: Settled }>,
  judgement: Guards,
): Decision {
  const { one, decision } = claim.settled
  const isCut = cap !== undefined && why !== undefined && cap < decision.granted
  const final = isCut ? cut(one, decision, cap, why, judgement) : decision
  return isShort && why !== undefined ? { ...final, alarms: [...final.alarms, why] } : final
}

function cut(one: Case, decision: Decision, cap: number, why: string, { shrinkClamps }: Guards): Decision {
  const pool: ClampRecord = { clamp: 'pool', before: decision.granted, after: cap, reason: 'pool-full', why }
  const kept = { size: cap, records: [] }
  const { size, records } =
    cap < one.record.size ? applyClamps(cap, situationOf(one, decision.rules), shrinkClamps) : kept
  return inWords({ ...decision, granted: size, clamps: [...decision.clamps, pool, ...records] }, one)
}
