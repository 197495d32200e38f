import type { Guards } from '../../controller/decision/conclude.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Weather } from '../../controller/providers/memory/cloud.ts'
import {
  createVirtualWorld,
  type VirtualController,
  type VirtualWorld,
} from '../../controller/simulate/world.ts'
import { type Script, scripted } from '../../controller/sources/scripted.ts'
import { strategies } from '../../controller/strategies/index.ts'

/** A policy with the defaults of the design; `above` and `below` are per instance of the load that the source `main` answers. */
export function aPolicy(workload: string, given: Partial<Policy> = {}): Policy {
  const strategy = strategies.integral
    .parse({ above: 70, below: 30 })
    .strategy({ unit: 'plain', window: '5m' })
  const query = { source: 'main', text: workload, interval: 15_000 }
  return {
    workload,
    pool: 'edge',
    run: {
      command: ['serve'],
      env: {},
      slots: 1,
      version: 'v1',
      probe: {
        target: { kind: 'http', path: '/ready' },
        every: 5_000,
        timeout: 2_000,
        failures: 3,
        startWithin: 300_000,
      },
      drain: { path: '/drain', grace: 30_000 },
    },
    size: { min: 2, max: 8 },
    priority: 0,
    rules: [
      { name: 'load', per: 'workload', unit: 'plain', window: 300_000, coverage: 0.8, strategy, query },
    ],
    out: { step: 1, wait: 60_000, perHour: { count: 4, share: 2 } },
    in: { step: 1, wait: 300_000, hold: 600_000, perHour: { count: 1, share: 0.5 }, sharePerTick: 0.25 },
    ...given,
  }
}

export function aPool(given: Partial<Pool> = {}): Pool {
  return {
    name: 'edge',
    provider: 'memory',
    slots: 3,
    cores: 2,
    zones: ['a', 'b'],
    hosts: { min: 0, max: 6 },
    spareSlots: 0,
    portBase: 8100,
    sharedAddress: false,
    bootWithin: 600_000,
    emptyFor: 120_000,
    listLag: 60_000,
    distrustShare: 0.45,
    ...given,
  }
}

/** What a test says of its world; the rest is fair weather. `load`: what the source `main` answers to each query. */
export interface WorldOptions {
  pools?: readonly Pool[]
  policies: readonly Policy[]
  weather?: Partial<Weather>
  load: Script
  tickEvery?: number
  judgement?: Guards
  /** Wraps the dependencies of each controller that is started, for instance to make it crash. */
  wrap?(deps: Deps): Deps
  random?(): number
}

/** A cloud, a disk and a clock that outlive controllers, and the controllers that come and go on them. */
export type World = VirtualWorld

export type Controller = VirtualController

const START = Date.UTC(2026, 0, 5, 12)

export function createWorld({ load, pools = [aPool()], tickEvery = 15_000, ...rest }: WorldOptions): World {
  const sources = new Map([['main', scripted(load)]])
  return createVirtualWorld({ ...rest, pools, tickEvery, sources, start: START })
}
