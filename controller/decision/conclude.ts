import { rewind } from './clock.ts'
import { type Case, decide, type Settled } from './decide.ts'
import type { Decision } from './decision.ts'
import { type Draft, put, recordsOf, type Step } from './draft.ts'
import { advanceDrains } from './drains.ts'
import { count, type Entry, type Health, type Instance } from './fleet.ts'
import { type Guards, guards } from './guards.ts'
import { isBehind } from './holds.ts'
import { reconcileHosts } from './hosts.ts'
import { compare, groupBy } from './order.ts'
import { planPool } from './plan.ts'
import type { Policy, Pool } from './policy.ts'
import type { StoreState } from './state.ts'
import { noteUnruled } from './unruled.ts'
import { instancesOf, isAlive, type Seen } from './view.ts'
import { notAhead, type WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'

export { type Guards, guards } from './guards.ts'

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

const behind = ({ state, now }: Known): number => Math.max(0, state.lastAt - now)

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
  if (listing === undefined) return blindPool(draft, pool, policies, seen, known, judgement)
  reconcileHosts(draft, pool, listing, healthOf, judgement.isCollapse)
  noteReady(draft, pool, known)
  noteUnruled(draft, pool.name, new Set(policies.map(({ workload }) => workload)))
  const toAsk = advanceDrains(draft, pool.name, state.lists[pool.name], healthOf, judgement.isSettled)
  const instances = instancesOf(recordsOf(draft, pool.name), seen, healthOf, now)
  const settled = settleAll(pool, policies, instances, known, judgement)
  const hold = settled.map(({ one }) => one.distrust).find((why) => why !== undefined)
  const held = hold ?? (behind(known) > 0 ? isBehind(behind(known)) : undefined)
  const plan = { pool, listing, settled, instances, ...(held !== undefined && { hold: held }) }
  return { decisions: planPool(draft, plan, judgement), toAsk, instances }
}

/** The cases and decisions of a pool's workloads, before grants. */
function settleAll(
  pool: Pool,
  policies: readonly Policy[],
  instances: readonly Instance[],
  known: Known,
  judgement: Guards,
): Settled[] {
  const mine = groupBy(instances, ({ workload }) => workload)
  const whole = distrustOf("the pool's", pool, instances, judgement)
  return policies.map((policy) => {
    const own = mine.get(policy.workload) ?? []
    const distrust = distrustOf('its', pool, own, judgement) ?? whole
    const one = {
      ...caseOf(policy, pool, own, known, judgement),
      ...(distrust !== undefined && { distrust }),
    }
    const decision = decide(one, judgement.clamps, judgement.quarantine)
    return { one, decision, instances: own, alive: own.filter(isAlive) }
  })
}

function caseOf(
  policy: Policy,
  pool: Pool,
  mine: readonly Instance[],
  known: Known,
  { counted }: Guards,
): Case {
  const { state, now, integrals } = known
  const record = notAhead(state.workloads[policy.workload] ?? foundSize(mine), now)
  const counts = count(mine)
  const clock = behind(known) > 0 ? { clockBehind: behind(known) } : {}
  const measured = integrals.get(policy.workload) ?? []
  return { policy, pool, now, record, counts, counted: counted(counts), integrals: measured, ...clock }
}

/** At first sight the size is what hosts were told to run, those included that have died meanwhile: they are replaced. */
function foundSize(mine: readonly Instance[]): WorkloadRecord {
  const told = mine.filter(({ state }) => state !== 'draining' && state !== 'leaving')
  return { size: told.length, sizes: [] }
}

function distrustOf(
  whose: string,
  { distrustShare }: Pool,
  among: readonly Instance[],
  { isDistrusted }: Guards,
): string | undefined {
  if (!isDistrusted(among, distrustShare)) return undefined
  const { dead, ready, starting, unready } = count(among)
  const judged = dead + ready + starting + unready
  return `${dead} of ${whose} ${judged} instances look dead at once, so nothing is deleted until that clears`
}

/** Remembers when an instance was first ready; from then on its silence means death. */
function noteReady(draft: Draft, { name }: Pool, { healthOf, now }: Known): void {
  const isNew = ({ id, readyAt }: Entry): boolean => readyAt === undefined && healthOf(id).kind === 'ready'
  for (const record of recordsOf(draft, name)) {
    if (record.deleting !== undefined || !record.entries.some(isNew)) continue
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
  judgement: Guards,
): Omit<Conclusion, 'steps'> {
  const instances = instancesOf(recordsOf(draft, pool.name), seen, known.healthOf, known.now)
  const mine = groupBy(instances, ({ workload }) => workload)
  const why = `pool ${pool.name} cannot be seen (${seen.blind ?? 'no listing'}), so nothing is changed`
  const decisions = policies.map((policy): Decision => {
    const one = caseOf(policy, pool, mine.get(policy.workload) ?? [], known, judgement)
    const decision = decide(one, [], judgement.quarantine)
    const { size, granted: before, workload } = decision
    const blind = { clamp: 'blind', before, after: size, reason: 'blind' as const, why }
    const about = { reason: 'blind' as const, sentence: `${workload} stays at ${size}: ${why}` }
    return { ...decision, ...about, granted: size, clamps: [blind], alarms: [...decision.alarms, why] }
  })
  return { decisions, toAsk: [], instances }
}
