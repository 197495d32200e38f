import type { Decision } from '../decision/decision.ts'
import { inForce } from '../decision/overrides.ts'
import { instancesOf } from '../decision/view.ts'
import type { LookDeps } from '../loop/deps.ts'
import type { Looked } from '../loop/look.ts'
import type { Memory } from '../loop/memory.ts'
import { ringing } from './ringing.ts'
import { spendingOf, tightnessOf } from './spending.ts'
import { type PoolStatus, poolStatus, type Status } from './status.ts'

/** The status as of the last tick, its plan included; undefined before the first one. `notices`: what files on disk say else. */
export function statusOf(
  deps: LookDeps & { store: { epoch: number } },
  memory: Memory,
  tickEvery: number,
  notices: readonly string[] = [],
): Status | undefined {
  const { looked, state, operations } = memory
  if (looked === undefined) return undefined
  const { controller, store } = deps
  const { backoffs } = state
  const workloads: readonly Decision[] = looked.conclusion.decisions
  const overrides = inForce(state.overrides, deps.now())
  const common = { controller, epoch: store.epoch, at: looked.now, tickEvery, workloads, backoffs }
  const rest = { pools: poolsOf(deps, looked), operations: operations.count() }
  return { ...common, ...rest, overrides, ...(notices.length > 0 && { notices }) }
}

export function poolsOf(deps: Pick<LookDeps, 'pools' | 'prober'>, looked: Looked): PoolStatus[] {
  const { draft, seen, now, ledger } = looked
  return deps.pools.map((pool) => {
    const records = [...draft.hosts.values()].filter((record) => record.pool === pool.name)
    const view = seen.get(pool.name) ?? {}
    const instances = instancesOf(records, view, deps.prober.healthOf, now)
    const spending = spendingOf(draft, pool, ledger[pool.name])
    const tight = tightnessOf(draft, pool, view)
    const money = { ...(spending !== undefined && { spending }), ...(tight !== undefined && { tight }) }
    return ringing(poolStatus({ pool, records, instances, ...view, ...money }), pool, looked)
  })
}
