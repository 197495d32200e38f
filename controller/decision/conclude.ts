import { withAlarms } from './alarm-names.ts'
import { pauseOrders, tighter, tryAgain } from './breaker.ts'
import { caseOf, settleAll } from './cases.ts'
import { rewind } from './clock.ts'
import { abandonAll } from './consolidate.ts'
import { decide } from './decide.ts'
import type { ClampRecord, Decision } from './decision.ts'
import { type Draft, recordsOf, type Step } from './draft.ts'
import { advanceDrains } from './drains.ts'
import type { Entry, Instance } from './fleet.ts'
import { type Guards, guards } from './guards.ts'
import { isBehind } from './holds.ts'
import { raiseFloor } from './host-floor.ts'
import { forgetMissing, reconcileHosts } from './hosts.ts'
import { beforeBegun } from './intended.ts'
import { behind, type Known } from './known.ts'
import { mendHosts } from './mend.ts'
import { noteReady, noteUnruled } from './notes.ts'
import { compare, groupBy } from './order.ts'
import { inForce, sayOverride } from './overrides.ts'
import { planPool } from './plan.ts'
import type { Policy, Pool } from './policy.ts'
import type { PoolPlan } from './pool-plan.ts'
import { serveStrays } from './strays.ts'
import { forgetZones } from './supply.ts'
import { instancesOf, type Seen } from './view.ts'

export { type Guards, guards } from './guards.ts'

/** What a tick concludes. The state that it leads to is in the draft. */
export interface Conclusion {
  decisions: Decision[]
  steps: readonly Step[]
  toAsk: { host: string; entry: Entry }[]
  /** The instances as they were seen before the plan. */
  instances: Instance[]
}

/** Decides all workloads and plans all pools. Pure: the draft is changed, nothing else. */
export function conclude(draft: Draft, known: Known, judgement: Guards = guards): Conclusion {
  const all: Conclusion = { decisions: [], steps: draft.steps, toAsk: [], instances: [] }
  if (behind(known) > 0) rewind(draft)
  const byPool = groupBy(known.policies, ({ pool }) => pool)
  for (const pool of known.pools) {
    // By name, so that the outcome does not depend on the order in which files were read.
    const policies = (byPool.get(pool.name) ?? []).toSorted((a, b) => compare(a.workload, b.workload))
    const { decisions, toAsk, instances } = concludePool(draft, pool, policies, known, judgement)
    all.decisions.push(...decisions)
    all.toAsk.push(...toAsk)
    all.instances.push(...instances)
  }
  return all
}

function concludePool(
  draft: Draft,
  pool: Pool,
  policies: readonly Policy[],
  known: Known,
  judgement: Guards,
): Omit<Conclusion, 'steps'> {
  const { state, now, healthOf } = known
  const seen = known.seen.get(pool.name) ?? { blind: 'its provider was not asked' }
  const { listing } = seen
  const overrides = inForce(state.overrides, now)
  const frozen = judgement.frozen(state.overrides, now)
  if (listing === undefined) return blindPool(draft, pool, policies, seen, known, judgement)
  const held = judgement.heldBy(overrides, pool.name)
  if (held !== undefined)
    return heldPool(draft, pool, policies, seen, known, judgement, sayOverride(held, now))
  reconcileHosts(draft, pool, listing, healthOf, judgement.isCollapse, frozen)
  noteReady(draft, pool.name, healthOf)
  noteUnruled(draft, pool.name, new Set(policies.map(({ workload }) => workload)))
  const toAsk = advanceDrains(draft, pool.name, state.lists[pool.name], healthOf, judgement.isSettled)
  const instances = instancesOf(recordsOf(draft, pool.name), seen, healthOf, now)
  const settled = settleAll(pool, policies, instances, known, judgement)
  const hold = settled.map(({ one }) => one.distrust).find((why) => why !== undefined)
  const doubt = hold ?? (behind(known) > 0 ? isBehind(behind(known)) : undefined)
  const kept = judgement.atRest(pool, overrides)
  const plan: PoolPlan = {
    ...raiseFloor(kept, overrides),
    ...{ listing, settled, instances, overrides, frozen },
    elapsed: Math.max(0, now - state.lastAt),
    ...(doubt !== undefined && { hold: doubt }),
  }
  const mended = mendHosts(draft, plan, healthOf, judgement)
  const others = known.pools.filter(({ name, provider }) => name !== pool.name && provider === pool.provider)
  serveStrays(draft, kept, seen, others, judgement.mayRemove(doubt))
  forgetZones(draft, pool.name)
  const trial = tighter(pauseOrders(draft, pool, judgement.isTripped), tryAgain(draft, pool.name))
  const headroom = beforeBegun(seen.headroom, draft, pool.name, listing)
  const bound: PoolPlan = {
    ...mended,
    ...(headroom !== undefined && { headroom }),
    ...(trial !== undefined && { trial }),
  }
  return { decisions: planPool(draft, bound, judgement), toAsk, instances }
}

/** Without a listing nothing in the pool is touched, and the decision says so. */
function blindPool(
  draft: Draft,
  pool: Pool,
  policies: readonly Policy[],
  seen: Seen,
  known: Known,
  judgement: Guards,
): Omit<Conclusion, 'steps'> {
  abandonAll(draft, pool.name, `pool ${pool.name} cannot be seen`)
  const why = `pool ${pool.name} cannot be seen (${seen.blind ?? 'no listing'}), so nothing is changed`
  return untouched(draft, pool, policies, seen, known, judgement, { clamp: 'blind', reason: 'blind', why })
}

/** Somebody has said that nothing in the pool is to be touched. */
function heldPool(
  draft: Draft,
  pool: Pool,
  policies: readonly Policy[],
  seen: Seen,
  known: Known,
  judgement: Guards,
  said: string,
): Omit<Conclusion, 'steps'> {
  abandonAll(draft, pool.name, said)
  const why = `${said}, so nothing is changed, nor healed`
  return untouched(draft, pool, policies, seen, known, judgement, { clamp: 'held', reason: 'paused', why })
}

function untouched(
  draft: Draft,
  pool: Pool,
  policies: readonly Policy[],
  seen: Seen,
  known: Known,
  judgement: Guards,
  { why, ...clamp }: Pick<ClampRecord, 'clamp' | 'reason' | 'why'>,
): Omit<Conclusion, 'steps'> {
  forgetMissing(draft, pool.name)
  const instances = instancesOf(recordsOf(draft, pool.name), seen, known.healthOf, known.now)
  const mine = groupBy(instances, ({ workload }) => workload)
  const decisions = policies.map((policy): Decision => {
    const one = caseOf(policy, pool, mine.get(policy.workload) ?? [], known, judgement)
    const decision = decide(one, [], judgement.quarantine)
    const { size, granted: before, workload } = decision
    const about = { reason: clamp.reason, sentence: `${workload} stays at ${size}: ${why}` }
    const clamps = [{ ...clamp, before, after: size, why }]
    const kind = clamp.clamp === 'held' ? 'pool-held' : 'pool-blind'
    return withAlarms({ ...decision, ...about, granted: size, clamps }, { kind, about: pool.name, text: why })
  })
  return { decisions, toAsk: [], instances }
}
