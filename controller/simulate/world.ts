import { type Guards, guards } from '../decision/conclude.ts'
import type { Decision } from '../decision/decision.ts'
import type { Policy, Pool } from '../decision/policy.ts'
import { memoryHistory } from '../history/memory.ts'
import type { Deps } from '../loop/deps.ts'
import { type Memory, remember } from '../loop/memory.ts'
import { quiet } from '../loop/quiet.ts'
import { tick } from '../loop/tick.ts'
import { type Cloud, fairWeather, memoryCloud, type Weather } from '../providers/memory/cloud.ts'
import { memoryProvider } from '../providers/memory/memory.ts'
import type { Publisher } from '../publishers/publisher.ts'
import type { Source } from '../sources/source.ts'
import { type MemoryDisk, memoryDisk, memoryStore } from '../store/memory.ts'

/** What a virtual world begins with; the rest is fair weather and no chance. */
export interface VirtualWorldOptions {
  pools: readonly Pool[]
  policies: readonly Policy[]
  /** Where the policies' rules ask, by name. Its scripts may look at the world, which is there when they are first asked. */
  sources: ReadonlyMap<string, Source>
  weather?: Partial<Weather>
  /** Epoch ms. */
  start: number
  /** Ms between ticks. */
  tickEvery: number
  judgement?: Guards
  /** Wraps the dependencies of each controller that is started, for instance to make it crash. */
  wrap?(deps: Deps): Deps
  random?(): number
}

/** A cloud, a disk and a clock that outlive controllers, and the controllers that come and go on them. */
export interface VirtualWorld {
  clock: { now: number }
  cloud: Cloud
  disk: MemoryDisk
  /** In force; may be replaced between ticks. */
  policies: readonly Policy[]
  /** Of the next controller that starts. */
  pools: readonly Pool[]
  /** Starts a controller on what is there. */
  start(): Promise<VirtualController>
}

/** A controller of which everything is real but its surroundings. */
export interface VirtualController {
  deps: Deps
  memory: Memory
  /** Lets `tickEvery` pass and ticks. */
  tick(): Promise<Decision[]>
  /** Ticks now, at the time that the clock shows. */
  tickNow(): Promise<Decision[]>
  /** Ticks so many times; answers the decisions of the last. */
  ticks(times: number): Promise<Decision[]>
}

/** Publishes to nobody, at once. */
const nowhere: Publisher = { name: 'nowhere', publish: async () => ({ kind: 'written' }) }

/** Runs the real `tick` on a cloud, a disk, a history and a clock in this process: time passes only when it is told to. */
export function createVirtualWorld(options: VirtualWorldOptions): VirtualWorld {
  const { tickEvery, judgement = guards, wrap = (deps) => deps } = options
  const clock = { now: options.start }
  const cloud = memoryCloud(() => clock.now, { ...fairWeather, ...options.weather })
  const disk = memoryDisk()
  // The history is a file in real life, so it outlives controllers as the disk does.
  const history = memoryHistory(10_000)
  const world: VirtualWorld = { clock, cloud, disk, policies: options.policies, pools: options.pools, start }
  let tokens = 0

  function depsOf(): Deps {
    const providers = new Map(options.pools.map(({ name }) => [name, memoryProvider(cloud, name)]))
    return {
      controller: 'capuchin',
      now: () => clock.now,
      elapsed: () => clock.now,
      random: options.random ?? (() => 0.5),
      token: () => `token-${++tokens}`,
      pools: world.pools,
      policies: () => world.policies,
      sources: options.sources,
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
      // A virtual clock lets no deadline pass within a tick.
      within: () => new AbortController().signal,
      failpoint() {},
      observer: quiet,
    }
  }

  async function start(): Promise<VirtualController> {
    const deps = wrap(depsOf())
    const memory = await remember(deps)
    const tickNow = (): Promise<Decision[]> => tick(deps, memory, judgement)
    const one = (): Promise<Decision[]> => {
      clock.now += tickEvery
      return tickNow()
    }
    const many = async (times: number): Promise<Decision[]> => {
      let last: Decision[] = []
      for (let i = 0; i < times; i++) last = await one()
      return last
    }
    return { deps, memory, tickNow, tick: one, ticks: many }
  }
  return world
}
