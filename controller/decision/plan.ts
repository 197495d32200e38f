import { boardOf } from './board.ts'
import { claimOf, freeing, type PlanClaim } from './claims.ts'
import { applyClamps } from './clamp.ts'
import { consolidate } from './consolidate.ts'
import { type Case, inWords, situationOf } from './decide.ts'
import type { ClampRecord, Decision } from './decision.ts'
import { type Draft, recordsOf } from './draft.ts'
import { isFrozen } from './freeze.ts'
import { type Grant, grant } from './grants.ts'
import type { Guards } from './guards.ts'
import { serveHostDrains, tellWaits } from './host-drains.ts'
import { healDead, placeAll } from './moves.ts'
import type { Pool } from './policy.ts'
import type { PoolPlan } from './pool-plan.ts'
import { shrinkAll } from './shrink.ts'
import { dropEmptyHosts, orderSpares } from './spares.ts'
import { duration } from './words.ts'

/**
 * Plans one pool for all its workloads together: which hosts are emptied, then grants, then placement into slots, then hosts.
 * Answers final decisions.
 */
export function planPool(draft: Draft, plan: PoolPlan, judgement: Guards): Decision[] {
  const { pool, settled, instances, listing } = plan
  const closed = closedBy(draft, pool)
  serveHostDrains(draft, plan, judgement)
  consolidate(draft, plan, judgement, closed)
  const board = boardOf(pool, recordsOf(draft, pool.name), instances, listing, closed)
  const claims = settled.map((one) => claimOf(draft, plan, one, judgement))
  const grants = grant(board, claims, freeing(board, plan))
  const decisions = grants.map((given) => finish(given, plan, judgement))
  placeAll(draft, pool, grants)
  healDead(draft, plan)
  const waits = shrinkAll(draft, board, plan, decisions, judgement)
  tellWaits(draft, plan, new Map([...noPlace(grants), ...waits]))
  if (plan.hold === undefined) dropEmptyHosts(draft, board, plan.frozen)
  orderSpares(draft, board, plan.floor)
  return decisions
}

/** After a refused order the pool is not asked for hosts for a while. */
function closedBy({ backoffs, now }: Draft, { name }: Pool): string | undefined {
  const backoff = backoffs.get(name)
  if (backoff === undefined || now >= backoff.until) return undefined
  return `orders no hosts for ${duration(backoff.until - now)} (${backoff.why})`
}

/** Workloads of which something moves and has found no place, with the reason. */
function noPlace(grants: readonly Grant<PlanClaim>[]): [string, string][] {
  return grants.flatMap(({ claim, isShort, why }): [string, string][] =>
    isShort && why !== undefined && claim.moving > 0 ? [[claim.policy.workload, why]] : [],
  )
}

/** Puts the grant into the decision, and what is frozen, as its last clamps. */
function finish({ claim, cap, why, isShort }: Grant<PlanClaim>, plan: PoolPlan, judgement: Guards): Decision {
  const { one, decision } = claim.settled
  const isCut = cap !== undefined && why !== undefined && cap < decision.granted
  const granted = isCut ? cut(one, decision, cap, why, judgement) : decision
  const final = holdFrozen(claim, granted, plan)
  return isShort && why !== undefined ? { ...final, alarms: [...final.alarms, why] } : final
}

function cut(one: Case, decision: Decision, cap: number, why: string, { shrinkClamps }: Guards): Decision {
  const pool: ClampRecord = { clamp: 'pool', before: decision.granted, after: cap, reason: 'pool-full', why }
  const kept = { size: cap, records: [] }
  const { size, records } =
    cap < one.record.size ? applyClamps(cap, situationOf(one, decision.rules), shrinkClamps) : kept
  return inWords({ ...decision, granted: size, clamps: [...decision.clamps, pool, ...records] }, one)
}

/** Nothing goes in where all that could go is frozen. */
function holdFrozen({ settled }: PlanClaim, decision: Decision, { frozen }: PoolPlan): Decision {
  const { one, alive } = settled
  const { granted: before, size } = decision
  const held = alive.filter(({ host, id }) => isFrozen(frozen, host, id)).length
  const after = Math.min(size, held)
  if (before >= after) return decision
  const why = held === alive.length ? `all ${held} instances are frozen` : `${held} instances are frozen`
  const clamp: ClampRecord = { clamp: 'frozen', before, after, reason: 'overridden', why }
  return inWords({ ...decision, granted: after, clamps: [...decision.clamps, clamp] }, one)
}
