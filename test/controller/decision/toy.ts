import { type Conclusion, conclude, type Guards, guards } from '../../../controller/decision/conclude.ts'
import type { Decision } from '../../../controller/decision/decision.ts'
import { draftOf, stateOfDraft } from '../../../controller/decision/draft.ts'
import type {
  Health,
  HostRecord,
  HostState,
  ListedHost,
  Manifest,
} from '../../../controller/decision/fleet.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import type { Reading, Sample } from '../../../controller/decision/reading.ts'
import { routed } from '../../../controller/decision/routing.ts'
import { scaleOf } from '../../../controller/decision/rules.ts'
import { settle } from '../../../controller/decision/settle.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { labelsOf, manifestOf } from '../../../controller/decision/told.ts'
import type { Seen } from '../../../controller/decision/view.ts'
import { recordSize } from '../../../controller/decision/waits.ts'
import { type Integral, integrate, questionOf } from '../../../controller/decision/window.ts'
import { aPool, NOW, SECOND } from './builders.ts'

/** Samples that a toy source keeps: more than any window here needs. */
const MEMORY = 60

/** One tick, as far as tests look at it. */
export interface Ticked {
  now: number
  decisions: readonly Decision[]
  steps: Conclusion['steps']
  /** Alive by the truth of the toy: in a manifest of a host that has not stopped. */
  running: number
  hosts: number
}

interface ToyHost {
  name: string
  zone: string
  labels: Record<string, string>
  bootsAt: number
  state?: HostState
  manifest: Manifest
}

export interface ToyOptions {
  policies: readonly Policy[]
  pool?: Pool
  /** Total load of a workload at a time in ms from the beginning; undefined: nothing can be measured. */
  load(at: number, workload: string): number | undefined
  boot?: number
  start?: number
  /** What is there and known from the beginning, and has long been ready. */
  found?: readonly HostRecord[]
  tick?: number
  /** What is concluded from a reading, where that is not the integral. */
  measure?: typeof integrate
}

/** A cloud in a few lines: calls are carried out at once, hosts boot, instances start, and whatever is told to stop is gone. */
export interface Toy {
  policies: readonly Policy[]
  state: StoreState
  /** The true time. */
  time: number
  /** How far the clock of the controller is ahead of it. */
  skew: number
  hosts: Map<string, ToyHost>
  /** Instances that do not answer. */
  dead: Set<string>
  /** Hosts that exist and that listings do not name. */
  hidden: Set<string>
  judgement: Guards
  /** Why the provider does not answer. */
  blind: string | undefined
  tick(): Ticked
  ticks(times: number): Ticked[]
}

export function createToy(options: ToyOptions): Toy {
  const { pool = aPool(), boot = 0, start = 5 * SECOND, tick = 15 * SECOND } = options
  const measure = options.measure ?? integrate
  const startedAt = new Map<string, number>()
  const homes = new Map<string, ToyHost>()
  const clock = (): number => toy.time + toy.skew
  const history: { t: number; load: Map<string, number>; present: Map<string, number> }[] = []

  function healthOf(id: string): Health {
    const host = homes.get(id)
    if (host === undefined) return { kind: 'silent', since: 0, detail: 'connection refused', refused: true }
    if (toy.time < host.bootsAt) return { kind: 'unknown' }
    const up = Math.max(host.bootsAt, startedAt.get(id) ?? 0) + start
    if (host.state !== undefined || toy.dead.has(id) || toy.time < up)
      return { kind: 'silent', since: 0, detail: 'no answer', refused: false }
    return { kind: 'ready', since: up }
  }

  function carryOut(): void {
    for (const { kind, host } of Object.values(toy.state.intents)) {
      const record = toy.state.hosts[host]
      if (kind === 'delete-host') toy.hosts.delete(host)
      else if (record !== undefined) {
        const manifest = manifestOf(record, 1)
        for (const { id } of manifest.instances) if (!startedAt.has(id)) startedAt.set(id, toy.time)
        const labels = labelsOf(record, 'toy', 1)
        const known = toy.hosts.get(host) ?? {
          name: host,
          zone: record.zone,
          labels,
          bootsAt: toy.time + boot,
        }
        toy.hosts.set(host, { ...known, manifest })
      }
    }
    homes.clear()
    for (const host of toy.hosts.values()) for (const { id } of host.manifest.instances) homes.set(id, host)
  }

  function listing(): Map<string, ListedHost> {
    const shown = [...toy.hosts.values()].filter(({ name }) => !toy.hidden.has(name))
    const all = shown.map(({ bootsAt, state, ...host }): ListedHost => {
      const alive = host.manifest.instances.map(({ id }) => id)
      return {
        ...host,
        address: host.name,
        state: state ?? (toy.time < bootsAt ? 'booting' : 'running'),
        alive,
      }
    })
    return new Map(all.map((host) => [host.name, host]))
  }

  const readyOf = (workload: string): string[] =>
    Object.values(toy.state.hosts)
      .flatMap(({ entries }) => entries)
      .filter((entry) => entry.workload === workload && healthOf(entry.id).kind === 'ready')
      .map(({ id }) => id)

  /** What a source would have sampled since the last tick. */
  function sample(): void {
    const load = new Map<string, number>()
    const present = new Map<string, number>()
    for (const { workload } of toy.policies) {
      const value = options.load(toy.time - NOW, workload)
      if (value !== undefined) load.set(workload, value)
      present.set(workload, readyOf(workload).length)
    }
    history.push({ t: clock(), load, present })
    if (history.length > MEMORY) history.shift()
  }

  function integralsOf(policy: Policy): (Integral | undefined)[] {
    return policy.rules.map((rule) => {
      const question = questionOf(rule, clock())
      if (question === undefined) return undefined
      const samples = history.flatMap(({ t, load, present: all }): Sample[] => {
        const value = load.get(policy.workload)
        const present = all.get(policy.workload) ?? 0
        if (value === undefined || t <= question.from || t > question.to) return []
        if (rule.per === 'workload') return [{ t, value }]
        return present === 0 ? [] : [{ t, value: value / present, present }]
      })
      const reading: Reading = { kind: 'samples', samples, step: question.step, seen: [] }
      const ready = readyOf(policy.workload).map((id) => [id])
      const spans = history.map(({ t, present }) => {
        return { at: t, until: t + tick, ready: present.get(policy.workload) ?? 0 }
      })
      return measure(question, reading, { ready, spans }, rule.coverage, scaleOf(rule, policy, pool))
    })
  }

  function publish(): void {
    const instances = Object.values(toy.state.hosts).flatMap(({ entries, name, zone }) =>
      entries.map(({ id, workload, port, slots, run, drain, placedAt }) => {
        const state = drain
          ? ('draining' as const)
          : healthOf(id).kind === 'ready'
            ? ('ready' as const)
            : ('unready' as const)
        return {
          id,
          workload,
          host: name,
          pool: pool.name,
          zone,
          port,
          slots,
          version: run.version,
          state,
          detail: '',
          placedAt,
        }
      }),
    )
    const { members } = routed(toy.state.lists[pool.name]?.members ?? [], instances, toy.blind === undefined)
    toy.state = { ...toy.state, lists: { [pool.name]: { members, writtenAt: clock() } } }
  }

  function one(): Ticked {
    toy.time += tick
    const now = clock()
    sample()
    const before = toy.state
    const draft = draftOf(before, 'toy', now, () => 'token')
    for (const [key, { host }] of Object.entries(before.intents))
      settle(draft, { key, revision: before.hosts[host]?.revision ?? 0, result: 'done', detail: '' }, 0.5)
    const seen: Seen = toy.blind === undefined ? { listing: listing() } : { blind: toy.blind }
    const integrals = new Map(toy.policies.map((policy) => [policy.workload, integralsOf(policy)]))
    const about = { state: before, now, pools: [pool], policies: toy.policies, healthOf, integrals }
    const { decisions, steps } = conclude(
      draft,
      { ...about, seen: new Map([[pool.name, seen]]) },
      toy.judgement,
    )
    const workloads = { ...before.workloads }
    for (const { workload, granted, size, reason } of decisions)
      if (reason !== 'blind')
        workloads[workload] = recordSize(workloads[workload] ?? { size, sizes: [] }, granted, now)
    toy.state = { ...stateOfDraft(draft, before), workloads, lastAt: Math.max(before.lastAt, now) }
    carryOut()
    publish()
    const up = [...toy.hosts.values()].filter(({ state }) => state === undefined)
    const running = up.reduce((sum, { manifest }) => sum + manifest.instances.length, 0)
    return { now, decisions, steps, running, hosts: toy.hosts.size }
  }

  const toy: Toy = {
    policies: options.policies,
    state: emptyState,
    time: NOW,
    skew: 0,
    hosts: new Map(),
    dead: new Set(),
    hidden: new Set(),
    blind: undefined,
    judgement: guards,
    tick: one,
    ticks: (times) => Array.from({ length: times }, one),
  }
  for (const record of options.found ?? []) {
    const { name, zone } = record
    const about = { name, zone, labels: labelsOf(record, 'toy', 1), manifest: manifestOf(record, 1) }
    const host: ToyHost = { ...about, bootsAt: 0 }
    toy.hosts.set(name, host)
    toy.state = { ...toy.state, hosts: { ...toy.state.hosts, [name]: record } }
    for (const { id } of record.entries) {
      startedAt.set(id, 0)
      homes.set(id, host)
    }
  }
  return toy
}

/** The sizes that a story went through, each once, in order. */
export function sizesOf(ticks: readonly Ticked[], workload = 'ingest'): number[] {
  const sizes: number[] = []
  for (const { decisions } of ticks) {
    const granted = decisions.find((one) => one.workload === workload)?.granted
    if (granted !== undefined && granted !== sizes.at(-1)) sizes.push(granted)
  }
  return sizes
}
