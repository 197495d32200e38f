import type { Entry, HostRecord, ListedHost } from '../decision/fleet.ts'
import type { Pool, Probe } from '../decision/policy.ts'
import type { StoreState } from '../decision/state.ts'
import type { Seen } from '../decision/view.ts'
import type { LookDeps, ProbeTargetOf } from './deps.ts'

const LIST_DEADLINE = 10_000
const FIRST_ROUND_DEADLINE = 5_000

/** Asks every pool's provider at once which hosts exist. A pool that does not answer is blind; it holds up no other. */
export async function observe(deps: LookDeps): Promise<Map<string, Seen>> {
  const entries = await Promise.all(
    deps.pools.map(async (pool) => [pool.name, await look(deps, pool)] as const),
  )
  return new Map(entries)
}

async function look(deps: LookDeps, pool: Pool): Promise<Seen> {
  const lister = deps.listers.get(pool.name)
  if (lister === undefined) return { blind: 'it has no provider' }
  const began = deps.now()
  const signal = deps.within(LIST_DEADLINE)
  const [listing, headroom] = await Promise.all([lister.list(signal), lister.headroom?.(signal)])
  deps.observer.listed(pool.name, listing.kind, deps.now() - began)
  if (listing.kind === 'failed') return { blind: listing.detail }
  const { hosts, strays } = listing
  return {
    listing: new Map(hosts.map((host) => [host.name, host])),
    ...(strays !== undefined && { strays }),
    ...(headroom !== undefined && { headroom }),
  }
}

/** Tells the prober whom to watch: every instance in a manifest whose host has an address, as listed now or before. */
export function watch(deps: LookDeps, state: StoreState, seen: ReadonlyMap<string, Seen>): void {
  deps.prober.watch(targetsOf(state, seen))
}

export function targetsOf(state: StoreState, seen: ReadonlyMap<string, Seen>): ProbeTargetOf[] {
  const targets: ProbeTargetOf[] = []
  for (const record of Object.values(state.hosts)) {
    const { name, pool, entries, leaving, address: last } = record
    const { address = last, alive, troubles = {} } = hostOf(seen, pool, name) ?? {}
    if (address === undefined) continue
    for (const entry of entries) {
      const { id, port, run } = entry
      const trouble = troubles[id]
      const unstarted = trouble?.started === false ? { unstarted: trouble.detail } : {}
      const names = run.probe.metric === undefined ? {} : { names: namesOf(entry, record, address) }
      targets.push({ id, address, port, probe: run.probe, ...names, ...unstarted })
    }
    // Where the provider cannot tell whose process lives, probes have to tell when a slot is free.
    if (alive !== undefined) continue
    for (const { id, port, run } of leaving) targets.push({ id, address, port, probe: lifeOf(run.probe) })
  }
  return targets
}

/** An instance goes by the name of its host where no other of its workload is there. */
function namesOf({ id, workload, port }: Entry, { name, entries }: HostRecord, address: string): string[] {
  const isAlone = entries.filter((one) => one.workload === workload).length === 1
  return [id, `${address}:${port}`, ...(isAlone ? [name, address] : [])]
}

/** What leaves need not be in sync; all that is asked is whether somebody is still there. */
function lifeOf({ metric: _metric, ...probe }: Probe): Probe {
  return probe.target.kind === 'metric' ? { ...probe, target: { kind: 'tcp' } } : probe
}

function hostOf(seen: ReadonlyMap<string, Seen>, pool: string, name: string): ListedHost | undefined {
  return seen.get(pool)?.listing?.get(name)
}

/** After a start nobody has been probed yet; deciding before the first round would take everyone for unready. */
export async function firstRound(deps: LookDeps): Promise<void> {
  await deps.prober.firstRound(deps.within(FIRST_ROUND_DEADLINE))
}
