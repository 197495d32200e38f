import { type Conclusion, conclude, type Guards, guards } from '../decision/conclude.ts'
import { type Draft, draftOf, recordsOf } from '../decision/draft.ts'
import { type Lapsed, lapse } from '../decision/lapse.ts'
import { account } from '../decision/ledger.ts'
import type { Overrides } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import { instancesOf, type Seen } from '../decision/view.ts'
import type { LookDeps } from './deps.ts'
import { firstRound, observe, watch } from './observe.ts'
import { sample } from './sample.ts'

/** What a look at the world leads to; nothing has been done about it yet. */
export interface Looked {
  now: number
  draft: Draft
  seen: ReadonlyMap<string, Seen>
  conclusion: Conclusion
  /** What the hand has laid over the judgement and still binds, and what has ended by itself. */
  overrides: Overrides
  lapsed: readonly Lapsed[]
  /** What hosts have cost, this tick included. */
  ledger: Ledger
}

type Ledger = NonNullable<StoreState['ledger']>

/**
 * The first half of a tick: observe, sample, window, decide, plan. It needs nothing that could change a host, which is what
 * makes a dry run dry. `waitForProbes`: on the first tick after a start.
 */
export async function look(
  deps: LookDeps,
  state: StoreState,
  settleInto: (draft: Draft) => void,
  waitForProbes: boolean,
  judgement: Guards = guards,
): Promise<Looked> {
  const now = deps.now()
  const draft = draftOf(state, deps.controller, now, deps.token)
  settleInto(draft)
  deps.failpoint('outcomes-settled')
  const seen = await observe(deps)
  deps.failpoint('hosts-listed')
  const ledger = accountAll(deps, draft, state.ledger ?? {}, seen, now)
  watch(deps, state, seen)
  if (waitForProbes) await firstRound(deps)
  const healthOf = deps.prober.healthOf
  const instances = deps.pools.flatMap((pool) => {
    const records = [...draft.hosts.values()].filter((record) => record.pool === pool.name)
    return instancesOf(records, seen.get(pool.name) ?? {}, healthOf, now)
  })
  const integrals = await sample(deps, instances, now)
  const { overrides, lapsed } = lapse(state, now)
  const binding = { ...state, overrides }
  const known = {
    state: binding,
    now,
    pools: deps.pools,
    policies: deps.policies(),
    seen,
    healthOf,
    integrals,
  }
  const conclusion = conclude(draft, known, judgement)
  deps.failpoint('plan-made')
  return { now, draft, seen, conclusion, overrides, lapsed, ledger }
}

/** Before anything is concluded, while the records still say who held which slots since the last tick. */
function accountAll(
  { pools }: LookDeps,
  draft: Draft,
  former: Ledger,
  seen: ReadonlyMap<string, Seen>,
  now: number,
): Ledger {
  const ledger = { ...former }
  for (const pool of pools) {
    const { listing } = seen.get(pool.name) ?? {}
    if (listing === undefined) continue
    const seeing = { pool, listing, now, records: recordsOf(draft, pool.name), intents: draft.intents }
    ledger[pool.name] = account(former[pool.name], seeing)
  }
  return ledger
}
