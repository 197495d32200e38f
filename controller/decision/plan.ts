import { type WorkloadAlarm, withAlarms } from './alarm-names.ts'
import { boardOf, type Terms } from './board.ts'
import { claimOf, freeing, type PlanClaim } from './claims.ts'
import { applyClamps } from './clamp.ts'
import { consolidate } from './consolidate.ts'
import { inWords, situationOf } from './decide.ts'
import type { ClampRecord, Decision } from './decision.ts'
import { type Draft, recordsOf } from './draft.ts'
import { isFrozen } from './freeze.ts'
import { type Grant, grant } from './grants.ts'
import type { Guards } from './guards.ts'
import { serveHostDrains, tellWaits } from './host-drains.ts'
import { openIn } from './intended.ts'
import { sayFull } from './limits.ts'
import { healDead, placeAll } from './moves.ts'
import type { PoolPlan } from './pool-plan.ts'
import { shrinkAll } from './shrink.ts'
import { dropEmptyHosts, orderSpares } from './spares.ts'
import type { Backoff } from './state.ts'
import { duration } from './words.ts'

/**
 * Plans one pool for all its workloads together: which hosts are emptied, then grants, then placement into slots, then hosts.
 * Answers final decisions.
 */
export function planPool(draft: Draft, plan: PoolPlan, judgement: Guards): Decision[] {
  const { pool, settled, instances, listing } = plan
  const terms = termsOf(draft, plan, judgement)
  serveHostDrains(draft, plan, judgement)
  consolidate(draft, plan, judgement, terms.closed ?? terms.full)
  const board = boardOf(pool, recordsOf(draft, pool.name), instances, listing, terms)
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

/** Pre-flight: what is known, before anything is planned, of how hosts can be had. */
export function termsOf(
  draft: Draft,
  { pool, listing, headroom, trial }: Pick<PoolPlan, 'pool' | 'listing' | 'headroom' | 'trial'>,
  { limits, openZones }: Pick<Guards, 'limits' | 'openZones'>,
): Terms {
  const { backoffs, supply, now } = draft
  const shut = supply.get(pool.name)?.zones ?? {}
  const closed = closedBy(backoffs.get(pool.name), now)
  const full = sayFull(pool, shut, now)
  const { changes, orders } = openIn(draft, pool.name, listing)
  const intended = { unlisted: orders.length, pending: changes.length }
  return {
    ...{ limits, ...intended, openZones: openZones(pool, shut, now) },
    ...(closed !== undefined && { closed }),
    ...(full !== undefined && { full }),
    ...(headroom !== undefined && { headroom }),
    ...(trial !== undefined && { trial }),
  }
}

/** After a refused order the pool is not asked for hosts for a while. */
function closedBy(backoff: Backoff | undefined, now: number): string | undefined {
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
function finish(given: Grant<PlanClaim>, plan: PoolPlan, judgement: Guards): Decision {
  const { claim, cap } = given
  const { decision } = claim.settled
  const granted = cap !== undefined && cap < decision.granted ? cut(given, cap, judgement) : decision
  const final = holdFrozen(claim, granted, plan)
  return withAlarms(final, ...alarmsOf(given))
}

function alarmsOf({ claim, isShort, passes, why, exceeds }: Grant<PlanClaim>): WorkloadAlarm[] {
  const alarms: WorkloadAlarm[] = []
  if (isShort && passes !== true && why !== undefined) alarms.push({ kind: 'short', about: '', text: why })
  const { workload, size } = claim.policy
  if (exceeds !== undefined) {
    const text = `the min of ${workload} (${size.min}) takes more hosts, though ${exceeds}`
    alarms.push({ kind: 'min-exceeds', about: '', text })
  }
  return alarms
}

function cut({ claim, ...no }: Grant<PlanClaim>, cap: number, { shrinkClamps }: Guards): Decision {
  const { one, decision } = claim.settled
  const { clamp = 'pool', reason = 'pool-full', why = '' } = no
  const pool: ClampRecord = { clamp, before: decision.granted, after: cap, reason, why }
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
