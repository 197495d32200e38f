import { type Guards, guards } from '../../controller/decision/conclude.ts'
import type { Decision } from '../../controller/decision/decision.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import { memoryHistory } from '../../controller/history/memory.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import { type Memory, remember } from '../../controller/loop/memory.ts'
import { quiet } from '../../controller/loop/quiet.ts'
import { tick } from '../../controller/loop/tick.ts'
import {
  type Cloud,
  fairWeather,
  memoryCloud,
  type Weather,
} from '../../controller/providers/memory/cloud.ts'
import { memoryProvider } from '../../controller/providers/memory/memory.ts'
import type { Publisher } from '../../controller/publishers/publisher.ts'
import { type Script, scripted } from '../../controller/sources/scripted.ts'
import { type MemoryDisk, memoryDisk, memoryStore } from '../../controller/store/memory.ts'
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
export interface World {
  clock: { now: number }
  cloud: Cloud
  disk: MemoryDisk
  policies: readonly Policy[]
  /** Starts a controller on what is there. */
  start(): Promise<Controller>
}

export interface Controller {
  deps: Deps
  memory: Memory
  /** Lets `tickEvery` pass and ticks. */
  tick(): Promise<Decision[]>
  /** Ticks so many times; answers the decisions of the last. */
  ticks(times: number): Promise<Decision[]>
}

/** Publishes to nobody, at once. */
const nowhere: Publisher = { name: 'nowhere', publish: async () => ({ kind: 'written' }) }

const START = Date.UTC(2026, 0, 5, 12)

export function createWorld(options: WorldOptions): World {
  const clock = { now: START }
  const {
    tickEvery = 15_000,
    policies,
    pools = [aPool()],
    judgement = guards,
    wrap = (deps) => deps,
  } = options
  const cloud = memoryCloud(() => clock.now, { ...fairWeather, ...options.weather })
  const disk = memoryDisk()
  // The history is a file in real life, so it outlives controllers as the disk does.
  const history = memoryHistory(10_000)
  const world: World = { clock, cloud, disk, policies, start }
  let tokens = 0

  function depsOf(): Deps {
    const providers = new Map(pools.map(({ name }) => [name, memoryProvider(cloud, name)]))
    return {
      controller: 'capuchin',
      now: () => clock.now,
      elapsed: () => clock.now,
      random: options.random ?? (() => 0.5),
      token: () => `token-${++tokens}`,
      pools,
      policies: () => world.policies,
      sources: new Map([['main', scripted(options.load)]]),
      listers: providers,
      providers,
      prober: { watch() {}, healthOf: cloud.health, firstRound: async () => {}, close: async () => {} },
      history,
      store: memoryStore(disk),
      askToDrain: async ({ id }) => {
        cloud.askDrain(id)
        return { kind: 'done' }
      },
      publishers: [nowhere],
      within: () => new AbortController().signal,
      failpoint() {},
      observer: quiet,
    }
  }

  async function start(): Promise<Controller> {
    const deps = wrap(depsOf())
    const memory = await remember(deps)
    const one = async (): Promise<Decision[]> => {
      clock.now += tickEvery
      return await tick(deps, memory, judgement)
    }
    const many = async (times: number): Promise<Decision[]> => {
      let last: Decision[] = []
      for (let i = 0; i < times; i++) last = await one()
      return last
    }
    return { deps, memory, tick: one, ticks: many }
  }
  return world
}
