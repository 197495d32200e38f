import { conclude } from '../../controller/decision/conclude.ts'
import { draftOf, stateOfDraft } from '../../controller/decision/draft.ts'
import type { Health, HostRecord, ListedHost } from '../../controller/decision/fleet.ts'
import type { Known } from '../../controller/decision/known.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import { emptyState, type StoreState } from '../../controller/decision/state.ts'
import { manifestOf } from '../../controller/decision/told.ts'

const TICK = 15_000
const TICKS = 4

/** Policies, and the pools that they are about. */
export interface Set {
  pools: readonly Pool[]
  policies: readonly Policy[]
}

/** Where the hosts of the bench are said to be. */
export function addressOf(index: number): string {
  return `10.1.${Math.floor(index / 250)}.${(index % 250) + 1}`
}

/** A host as a provider lists it that has done all it was told. */
function listedOf(record: HostRecord): ListedHost {
  const { name, zone, index, entries } = record
  const alive = entries.map(({ id }) => id)
  return {
    name,
    state: 'running',
    zone,
    labels: {},
    address: addressOf(index),
    manifest: manifestOf(record, 1),
    alive,
  }
}

/** What is known at `now` where every instance is ready since long ago. */
export function knownOf(
  { pools, policies }: Set,
  state: StoreState,
  integrals: Known['integrals'],
  now: number,
): Known {
  const listing = new Map(Object.values(state.hosts).map((record) => [record.name, listedOf(record)]))
  const health: Health = { kind: 'ready', since: now - 3_600_000 }
  const seen = new Map(pools.map(({ name }) => [name, { listing }]))
  return { state, now, pools, policies, seen, healthOf: () => health, integrals }
}

/** The state of a fleet that has everybody placed and told, as the judgement itself places them, `now` being epoch ms. */
export function standingState(set: Set, now: number): StoreState {
  let state = emptyState
  for (let tick = TICKS; tick > 0; tick--) {
    const at = now - tick * TICK
    const draft = draftOf(state, 'capuchin', at, () => 'a-token-of-24-bytes-in-base64url')
    const { decisions } = conclude(draft, knownOf(set, state, new Map(), at))
    const sizes = decisions.map(({ workload, granted }) => [workload, { size: granted, sizes: [] }] as const)
    const hosts = Object.entries(stateOfDraft(draft, state).hosts)
    const told = hosts.map(
      ([name, record]) => [name, { ...record, confirmedAt: record.confirmedAt ?? at }] as const,
    )
    state = {
      ...stateOfDraft(draft, state),
      hosts: Object.fromEntries(told),
      workloads: Object.fromEntries(sizes),
      intents: {},
      lastAt: at,
    }
  }
  return state
}
