import { minimaFit } from '../decision/minima.ts'
import { listersOf, openProviders } from '../parts.ts'
import { findProgram } from '../providers/process/supervisor/launch.ts'
import type { HostLister, Provider, ProviderLog } from '../providers/provider.ts'
import type { PoolSetting } from '../settings/pools.ts'
import type { Check } from './checks.ts'
import type { Bench } from './checks-of-place.ts'
import { clocksOf, foreignPorts, timedList } from './facts/pool.ts'
import { judgeHostClocks } from './judge/clock.ts'
import { judgePool } from './judge/pool.ts'
import type { Remark } from './remark.ts'

const POOL = 60_000
const CLOCKS = 10_000

const quietLog: ProviderLog = { info() {}, warn() {} }

/** The half of each provider that can only look, its inspection included. */
function lookersOf(providers: ReadonlyMap<string, Provider>): Map<string, HostLister> {
  return new Map(
    [...listersOf(providers)].map(([name, lister]) => {
      const inspect = providers.get(name)?.inspect
      return [name, { ...lister, ...(inspect !== undefined && { inspect }) }]
    }),
  )
}

/** Each pool: whether its provider lets us in and lists, what it has room for, and what is wrong with its hosts. */
export function poolChecks(bench: Bench): Check[] {
  const { settings, ground, outside } = bench
  const lookers = lookersOf(openProviders(settings, outside, quietLog))
  return [...settings.pools].flatMap(([name, setting]): Check[] => {
    const looker = lookers.get(name)
    if (looker === undefined) return []
    const hosts = ground.status?.pools.find(({ pool }) => pool === name)?.hosts ?? []
    const clocks: Check = {
      about: `clocks of pool ${name}`,
      within: CLOCKS,
      look: async (signal) => judgeHostClocks(name, await clocksOf(hosts, outside.now, signal)),
    }
    const pool: Check = {
      about: `pool ${name}`,
      within: POOL,
      look: (signal) => lookAtPool(setting, looker, bench, signal),
    }
    // Hosts of this machine have its clock.
    return setting.pool.sharedAddress ? [pool] : [pool, clocks]
  })
}

async function lookAtPool(
  { pool }: PoolSetting,
  looker: HostLister,
  { settings, policies, outside }: Bench,
  signal: AbortSignal,
): Promise<Remark[]> {
  const findings = await looker.inspect?.(signal)
  const isLetIn = findings?.every(({ ok }) => ok) ?? true
  const { listing, took } = await timedList(looker, outside.elapsed, signal)
  const headroom = isLetIn ? await looker.headroom?.(signal) : undefined
  const misfit = minimaFit(
    pool,
    policies.filter((one) => one.pool === pool.name),
  )
  const isLocal = pool.provider === 'process'
  return judgePool({
    ...{ pool, controller: settings.name, listing, took },
    ...(findings !== undefined && { findings }),
    ...(headroom !== undefined && { headroom }),
    ...(misfit !== undefined && { misfit }),
    ...(isLocal && {
      foreignPorts: foreignPorts(pool, listing),
      hasSetpriv: findProgram('setpriv', outside.env) !== undefined,
    }),
  })
}
