import { conclude, type Guards, guards } from '../../../controller/decision/conclude.ts'
import { type Draft, draftOf } from '../../../controller/decision/draft.ts'
import type { Health, HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import type { Headroom, Stray } from '../../../controller/decision/headroom.ts'
import type { Known } from '../../../controller/decision/known.ts'
import type { Override, OverrideAct } from '../../../controller/decision/overrides.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import type { Integral } from '../../../controller/decision/window.ts'
import { aHost, anEntry, aPolicy, aPool, HOUR, MINUTE, NOW, whole } from './builders.ts'
import { listedAs } from './fleets.ts'

/** What one tick looks at: everything is ready, listed and as it was an hour ago, where nothing else is said. */
export interface Scene {
  hosts: readonly HostRecord[]
  policies?: readonly Policy[]
  pool?: Partial<Pool>
  state?: Partial<StoreState>
  overrides?: readonly OverrideAct[]
  /** What the provider lists of a host; undefined where it does not. */
  listed?: Readonly<Record<string, Partial<ListedHost> | undefined>>
  /** Of an instance, where it is not ready. */
  health?: Readonly<Record<string, Health>>
  load?: Readonly<Record<string, Integral>>
  /** What the provider says that could be had. */
  headroom?: Headroom
  /** Machines with our labels that belong to no pool. */
  strays?: readonly Stray[]
  /** The provider cannot be asked. */
  blind?: boolean
  judgement?: Guards
}

export interface Told {
  draft: Draft
  said: string[]
  /** Those that move, drain or have left their hosts, and where they are. */
  moving: string[]
  draining: string[]
  closed: string[]
  deleting: string[]
  /** `id@host` of all that stay. */
  staying: string[]
  decisions: ReturnType<typeof conclude>['decisions']
}

const ready: Health = { kind: 'ready', since: NOW - HOUR }
export const silent: Health = { kind: 'silent', since: NOW, detail: 'no answer in 2000 ms', refused: false }

/** Concludes once, of a fleet whose sizes are what runs; changes nothing but the draft that it answers. */
export function look(scene: Scene): Told {
  const { hosts, policies = [aPolicy({ rules: [] })], pool, listed = {}, health = {}, load = {} } = scene
  const state = stateOf(scene, policies)
  const shown = hosts.filter(({ name }) => !(name in listed) || listed[name] !== undefined)
  const listing = new Map(shown.map((one) => [one.name, listedAs(one, listed[one.name])]))
  const draft = draftOf(state, 'capuchin', NOW, () => 't')
  const known: Known = {
    state,
    now: NOW,
    pools: [aPool(pool)],
    policies,
    seen: new Map([['edge', scene.blind === true ? { blind: 'no answer' } : { listing, ...besides(scene) }]]),
    healthOf: (id) => health[id] ?? ready,
    integrals: new Map(Object.entries(load).map(([workload, integral]) => [workload, [integral]])),
  }
  const { decisions } = conclude(draft, known, scene.judgement ?? guards)
  return told(draft, decisions)
}

const besides = ({ headroom, strays }: Scene) => ({
  ...(headroom !== undefined && { headroom }),
  ...(strays !== undefined && { strays }),
})

function stateOf({ hosts, state, overrides = [] }: Scene, policies: readonly Policy[]): StoreState {
  const entries = hosts.flatMap((host) => host.entries)
  const sizeOf = (workload: string) =>
    entries.filter((one) => one.workload === workload && one.drain === undefined && one.moving === undefined)
      .length
  const workloads = Object.fromEntries(
    policies.map(({ workload }) => {
      const size = sizeOf(workload)
      return [workload, { size, lastOut: NOW - 3 * HOUR, sizes: [{ at: NOW - 3 * HOUR, size }] }]
    }),
  )
  const words = overrides.map((act, i): [string, Override] => [
    `o${i}`,
    { id: `o${i}`, act, by: 'ann', why: 'kernel', at: NOW - MINUTE },
  ])
  return {
    ...emptyState,
    counter: 100,
    lastAt: NOW - 15_000,
    hosts: Object.fromEntries(hosts.map((one) => [one.name, one])),
    workloads,
    overrides: Object.fromEntries(words),
    ...state,
  }
}

function told(draft: Draft, decisions: Told['decisions']): Told {
  const records = [...draft.hosts.values()]
  const entries = records.flatMap((host) => host.entries.map((entry) => ({ host: host.name, ...entry })))
  const ids = (found: typeof entries) => found.map(({ id }) => id)
  return {
    draft,
    decisions,
    said: draft.steps.map(({ sentence }) => sentence),
    moving: ids(entries.filter(({ moving }) => moving !== undefined)),
    draining: ids(entries.filter(({ drain }) => drain !== undefined)),
    closed: records.filter(({ closing }) => closing !== undefined).map(({ name }) => name),
    deleting: records.filter(({ deleting }) => deleting !== undefined).map(({ name }) => name),
    staying: entries.filter(({ drain }) => drain === undefined).map(({ id, host }) => `${id}@${host}`),
  }
}

/** h0, h1, ... in zones a and b by turns, each with what is named on it, as `ingest-1` or, for two slots, `web-2:2`. */
export function fleet(...on: string[][]): HostRecord[] {
  return on.map((ids, index) => host(index, ids))
}

export function host(index: number, ids: readonly string[], given: Partial<HostRecord> = {}): HostRecord {
  let next = 0
  const entries = ids.map((text) => {
    const [id = '', size = '1'] = text.split(':')
    const slots = Array.from({ length: Number(size) }, () => next++)
    return anEntry({ id, workload: id.slice(0, id.lastIndexOf('-')), slots, port: 8100 + (slots[0] ?? 0) })
  })
  const name = `h${index}`
  return aHost({ name, index, zone: index % 2 === 0 ? 'a' : 'b', entries, ...given })
}

/** A load that each of so many instances carries well. */
export const well = (instances: number): Integral => whole(50 * instances)
