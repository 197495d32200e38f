import type { Context } from './commands/command.ts'
import type { Policy } from './decision/policy.ts'
import { emptyState } from './decision/state.ts'
import type { LookDeps } from './loop/deps.ts'
import { look } from './loop/look.ts'
import { createProber } from './loop/probe.ts'
import { quiet } from './loop/quiet.ts'
import { outsideOf } from './outside.ts'
import { listersOf, openProviders, openSources } from './parts.ts'
import type { ProviderLog } from './providers/provider.ts'
import { savedState } from './saved.ts'
import type { Settings } from './settings.ts'
import { type Plan, planOf } from './web/plan.ts'

const quietLog: ProviderLog = { info() {}, warn() {} }

export type LookOnce = { kind: 'plan'; plan: Plan } | { kind: 'refused'; detail: string }

/**
 * Looks once with what a fresh controller would know. It holds of every provider the listing only, so that it cannot change
 * anything, and of the store what can be read beside a running controller.
 */
export async function lookOnce(
  settings: Settings,
  policies: readonly Policy[],
  context: Context,
): Promise<LookOnce> {
  const outside = outsideOf(context)
  const saved = await savedState(settings, outside)
  if (saved.kind === 'refused') return { kind: 'refused', detail: saved.detail }
  const state = saved.kind === 'state' ? saved.state : emptyState
  const { now, elapsed, random, token } = outside
  const sources = openSources(settings, outside, () => [])
  const within = (ms: number): AbortSignal => AbortSignal.timeout(ms)
  const { queried } = quiet
  const prober = createProber({ ...{ now, random, sources, within, fetch, queried }, probed() {} })
  const deps: LookDeps = {
    ...{ now, elapsed, random, token, sources, prober, observer: quiet },
    controller: settings.name,
    pools: [...settings.pools.values()].map(({ pool }) => pool),
    policies: () => policies,
    listers: listersOf(openProviders(settings, outside, quietLog)),
    history: { readyCounts: () => [] },
    within,
    failpoint() {},
  }
  const plan = planOf(await look(deps, state, () => {}, true), deps.pools, state)
  await prober.close()
  for (const source of sources.values()) await source.close()
  return { kind: 'plan', plan }
}
