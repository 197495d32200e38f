import type { Settled } from './decide.ts'
import type { HostRecord } from './fleet.ts'
import { hostsToDrain } from './host-drains.ts'
import type { PoolPlan } from './pool-plan.ts'
import type { Intent } from './state.ts'
import { isGone } from './view.ts'
import { plural } from './words.ts'

/** What is looked at before a host is emptied: a pool in one tick. */
export interface Scene extends PoolPlan {
  records: readonly HostRecord[]
  /** Workloads that a policy names. */
  ruled: ReadonlyMap<string, Settled>
  /** Those of the pool that are open. */
  intents: readonly Intent[]
  /** Why the pool orders no hosts now. */
  closed?: string
}

/**
 * A reason why a pool is not calm, as a sentence's end. `before`: nothing new begins; `throughout`: what is under way ends at once
 * as well. What a move itself brings about is only looked at before.
 */
export interface Calm {
  name: string
  when: 'before' | 'throughout'
  disturbs(scene: Scene): string | undefined
}

const listed: Calm = {
  name: 'listed',
  when: 'throughout',
  disturbs({ records, listing }) {
    const missing = records.find(({ name, seenAt }) => seenAt !== undefined && !listing.has(name))
    return missing && `${missing.name} is not listed`
  },
}

const readings: Calm = {
  name: 'readings',
  when: 'throughout',
  disturbs({ settled }) {
    for (const { decision } of settled) {
      const blind = decision.rules.find(({ reading }) => reading === 'missing' || reading === 'partial')
      if (blind !== undefined)
        return `the reading of ${blind.name} of ${decision.workload} is ${blind.reading}`
    }
    return undefined
  },
}

/** Distrust, or a clock that is behind. */
const trust: Calm = { name: 'trust', when: 'throughout', disturbs: ({ hold }) => hold }

const health: Calm = {
  name: 'health',
  when: 'throughout',
  disturbs({ instances }) {
    const doubtful = instances.find(
      ({ isSuspect, isUnknown, state, detail }) =>
        isSuspect === true || isUnknown === true || (state === 'unready' && detail === 'not probed yet'),
    )
    return doubtful && `nobody knows how ${doubtful.id} is`
  },
}

const deaths: Calm = {
  name: 'deaths',
  when: 'throughout',
  disturbs({ instances }) {
    const dead = instances.find(({ state }) => state === 'dead' || state === 'lost')
    return dead && `${dead.id} is ${dead.state}`
  },
}

const growth: Calm = {
  name: 'growth',
  when: 'throughout',
  disturbs({ settled }) {
    const grows = settled.find(({ decision: { wanted, granted, size } }) => Math.max(wanted, granted) > size)
    return grows && `${grows.decision.workload} is asked to grow`
  },
}

const orders: Calm = {
  name: 'orders',
  when: 'throughout',
  disturbs: ({ pool, closed }) => closed && `pool ${pool.name} ${closed}`,
}

const drained: Calm = {
  name: 'drains',
  when: 'throughout',
  disturbs({ records, overrides }) {
    const asked = hostsToDrain(overrides)
    const busy = records.find(({ name }) => asked.has(name))
    return busy && `${busy.name} is being drained by an operator`
  },
}

const still: Calm = {
  name: 'still',
  when: 'before',
  disturbs({ instances }) {
    const moving = instances.find(({ state, isMoving }) => state !== 'ready' || isMoving === true)
    return moving && `${moving.id} is ${moving.isMoving === true ? 'moving' : moving.state}`
  },
}

const sizes: Calm = {
  name: 'sizes',
  when: 'before',
  disturbs({ settled }) {
    const changes = settled.find(
      ({ decision: { granted, size }, alive }) => granted !== size || alive.length !== granted,
    )
    return changes && `${changes.decision.workload} is not at its size`
  },
}

const hosts: Calm = {
  name: 'hosts',
  when: 'before',
  disturbs({ records, listing }) {
    const busy = records.find((record) => {
      const state = listing.get(record.name)?.state
      return record.deleting !== undefined || record.runningAt === undefined || (state && isGone(state))
    })
    return busy && `${busy.name} ${busy.deleting === undefined ? 'is not running yet' : 'is on its way out'}`
  },
}

const intents: Calm = {
  name: 'intents',
  when: 'before',
  disturbs: ({ intents: open }) =>
    open.length === 0
      ? undefined
      : `${plural(open.length, 'call')} to its provider ${open.length === 1 ? 'is' : 'are'} open`,
}

/** An empty host goes by itself, and nothing is to move onto it meanwhile. */
const empties: Calm = {
  name: 'empties',
  when: 'before',
  disturbs({ records, frozen }) {
    const empty = records.find(
      ({ name, entries, leaving }) => entries.length + leaving.length === 0 && !frozen.has(name),
    )
    return empty && `${empty.name} is empty`
  },
}

export const calmGuards: readonly Calm[] = [
  listed,
  readings,
  trust,
  health,
  deaths,
  growth,
  orders,
  drained,
  still,
  sizes,
  hosts,
  intents,
  empties,
]

/** The first reason why the pool is not calm; with `throughout` only those that end what is under way. */
export function disturbance(guards: readonly Calm[], scene: Scene, when: Calm['when']): string | undefined {
  for (const guard of guards) {
    if (when === 'throughout' && guard.when === 'before') continue
    const why = guard.disturbs(scene)
    if (why !== undefined) return why
  }
  return undefined
}
