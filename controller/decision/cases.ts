import { type Case, decide, type Settled } from './decide.ts'
import { count, type Instance } from './fleet.ts'
import type { Guards } from './guards.ts'
import { behind, type Known } from './known.ts'
import { groupBy } from './order.ts'
import { overridesOf } from './overrides.ts'
import type { Policy, Pool } from './policy.ts'
import { scheduledAt } from './schedule.ts'
import { doubles, isAlive, silence } from './view.ts'
import { notAhead, type WorkloadRecord } from './waits.ts'
import { plural } from './words.ts'

/** The cases and decisions of a pool's workloads, before grants. */
export function settleAll(
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
    const one = caseOf(policy, pool, own, known, judgement, distrust)
    const decision = decide(one, judgement.clamps, judgement.quarantine)
    return { one, decision, instances: own, alive: own.filter(isAlive) }
  })
}

export function caseOf(
  policy: Policy,
  pool: Pool,
  mine: readonly Instance[],
  known: Known,
  { counted }: Guards,
  distrust?: string,
): Case {
  const { state, now, integrals } = known
  const record = notAhead(state.workloads[policy.workload] ?? foundSize(mine), now)
  const counts = count(mine)
  const unknown = sayUnknown(mine)
  return {
    policy,
    pool,
    now,
    record,
    counts,
    counted: counted(counts, record.size, distrust) - doubles(mine, record.size),
    integrals: integrals.get(policy.workload) ?? [],
    ...(behind(known) > 0 && { clockBehind: behind(known) }),
    ...(distrust !== undefined && { distrust }),
    ...(unknown !== undefined && { unknown }),
    overrides: overridesOf(state.overrides, policy.workload, now),
    ...(policy.schedule !== undefined && { scheduled: scheduledAt(policy.schedule, now) }),
  }
}

/** At first sight the size is what hosts were told to run, those included that have died meanwhile: they are replaced. */
function foundSize(mine: readonly Instance[]): WorkloadRecord {
  const told = mine.filter(({ state }) => state !== 'draining' && state !== 'leaving')
  return { size: told.length, sizes: [] }
}

/** Nobody is replaced for it, so that somebody should know. */
function sayUnknown(mine: readonly Instance[]): string | undefined {
  const [first, ...others] = mine.filter(({ isUnknown }) => isUnknown === true)
  if (first === undefined) return undefined
  const some = `${others.length + 1} of ${plural(mine.length, 'instance')}`
  return `whether ${some} can serve is not known, so they are neither published anew nor replaced: ${first.id} is ${first.detail}`
}

function distrustOf(
  whose: string,
  { distrustShare }: Pool,
  among: readonly Instance[],
  { isDistrusted }: Guards,
): string | undefined {
  if (!isDistrusted(among, distrustShare)) return undefined
  const { silent, of } = silence(among)
  return `${silent} of ${whose} ${of} instances look dead at once, so nothing is deleted until that clears`
}
