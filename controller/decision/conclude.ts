import { type Clamp, clamps, shrinkClamps } from './clamps.ts'
import { type Case, decide } from './decide.ts'
import type { Decision } from './decision.ts'
import { type Draft, put, type Step } from './draft.ts'
import { advanceDrains } from './drains.ts'
import { count, type Entry, type Health, type Instance } from './fleet.ts'
import { reconcileHosts } from './hosts.ts'
import { planPool, recordsOf, type Settled } from './plan.ts'
import type { Policy, Pool } from './policy.ts'
import type { StoreState } from './state.ts'
import { instancesOf, isAlive, isDistrusted, type Seen } from './view.ts'
import type { WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'

/** The guards of the judgement, as values, so that a test can leave one out and see the outcome flip. */
export interface Guards {
  clamps: readonly Clamp[]
  shrinkClamps: readonly Clamp[]
  isDistrusted: typeof isDistrusted
}

export const guards: Guards = { clamps, shrinkClamps, isDistrusted }

/** All that a tick knows before it concludes. */
export interface Known {
  state: StoreState
  now: number
  pools: readonly Pool[]
  policies: readonly Policy[]
  seen: ReadonlyMap<string, Seen>
  healthOf(id: string): Health
  /** By workload, one per rule. */
  integrals: ReadonlyMap<string, readonly (Integral | undefined)[]>
}

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
  for (const pool of known.pools) {
    const { decisions, toAsk, instances } = concludePool(draft, pool, known, judgement)
    all.decisions.push(...decisions)
    all.toAsk.push(...toAsk)
    all.instances.push(...instances)
  }
  return all
}

function concludePool(draft: Draft, pool: Pool, known: Known, judgement: Guards): Omit<Conclusion, 'steps'> {
  const seen = known.seen.get(pool.name) ?? { blind: 'its provider was not asked' }
  const { listing } = seen
  const policies = known.policies.filter((policy) => policy.pool === pool.name)
  if (listing === undefined) return blindPool(draft, pool, policies, seen, known)
  reconcileHosts(draft, pool, listing)
  noteReady(draft, pool, known)
  const list = known.state.lists[pool.name]
  const toAsk = advanceDrains(draft, pool.name, list, known.healthOf)
  const instances = instancesOf(recordsOf(draft, pool), seen, known.healthOf, known.now)
  const settled = policies.map((policy) => settleOne(policy, pool, instances, known, judgement))
  const distrust = settled.map(({ one }) => one.distrust).find((why) => why !== undefined)
  const held = distrust === undefined ? {} : { distrust }
  const decisions = planPool(draft, {
    pool,
    listing,
    settled,
    instances,
    ...held,
    shrink: judgement.shrinkClamps,
  })
  return { decisions, toAsk, instances }
}

/** The case and the decision of one workload, before grants. */
function settleOne(
  policy: Policy,
  pool: Pool,
  instances: readonly Instance[],
  known: Known,
  judgement: Guards,
): Settled {
  const mine = instances.filter(({ workload }) => workload === policy.workload)
  const one = caseOf(policy, pool, mine, known)
  const distrust = distrustOf(pool, mine, instances, judgement)
  const whole = distrust === undefined ? one : { ...one, distrust }
  return { one: whole, decision: decide(whole, judgement.clamps), instances: mine }
}

function caseOf(
  policy: Policy,
  pool: Pool,
  mine: readonly Instance[],
  { state, now, integrals }: Known,
): Case {
  const first: WorkloadRecord = { size: mine.filter(isAlive).length, sizes: [] }
  const record = state.workloads[policy.workload] ?? first
  const behind = state.lastAt - now
  const clock = behind > 0 ? { clockBehind: behind } : {}
  return {
    policy,
    pool,
    now,
    record,
    counts: count(mine),
    integrals: integrals.get(policy.workload) ?? [],
    ...clock,
  }
}

function distrustOf(
  pool: Pool,
  mine: readonly Instance[],
  all: readonly Instance[],
  { isDistrusted }: Guards,
): string | undefined {
  const [whose, among] = isDistrusted(mine, pool.distrustShare) ? ['its', mine] : ['the pool', all]
  if (whose === 'the pool' && !isDistrusted(all, pool.distrustShare)) return undefined
  const dead = among.filter(({ state }) => state === 'dead').length
  const judged = among.filter((one) => one.state === 'dead' || isAlive(one)).length
  const whom = whose === 'its' ? 'its' : "the pool's"
  return `${dead} of ${whom} ${judged} instances look dead at once, so nothing is deleted until that clears`
}

/** Remembers when an instance was first ready; from then on its silence means death. */
function noteReady(draft: Draft, pool: Pool, { healthOf, now }: Known): void {
  for (const record of recordsOf(draft, pool)) {
    const isNew = ({ id, readyAt }: Entry): boolean => readyAt === undefined && healthOf(id).kind === 'ready'
    if (!record.entries.some(isNew)) continue
    const entries = record.entries.map((entry) => (isNew(entry) ? { ...entry, readyAt: now } : entry))
    put(draft, { ...record, entries })
  }
}

/** Without a listing nothing in the pool is touched, and the decision says so. */
function blindPool(
  draft: Draft,
  pool: Pool,
  policies: readonly Policy[],
  seen: Seen,
  known: Known,
): Omit<Conclusion, 'steps'> {
  const instances = instancesOf(recordsOf(draft, pool), seen, known.healthOf, known.now)
  const why = `pool ${pool.name} cannot be seen (${seen.blind ?? 'no listing'}), so nothing is changed`
  const decisions = policies.map((policy): Decision => {
    const mine = instances.filter(({ workload }) => workload === policy.workload)
    const decision = decide(caseOf(policy, pool, mine, known), [])
    const { size } = decision
    const sentence = `${policy.workload} stays at ${size}: ${why}`
    const blind = { clamp: 'blind', before: decision.granted, after: size, reason: 'blind' as const, why }
    const alarms = [...decision.alarms, why]
    return { ...decision, granted: size, reason: 'blind', sentence, clamps: [blind], alarms }
  })
  return { decisions, toAsk: [], instances }
}
