import { readFile } from 'node:fs/promises'
import type { Guards } from '../../controller/decision/conclude.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Provider, ProviderDeps } from '../../controller/providers/provider.ts'
import { readPool } from '../../controller/settings/pools.ts'
import { createVirtualWorld, type VirtualController } from '../../controller/simulate/world.ts'
import { type Script, scripted } from '../../controller/sources/scripted.ts'
import type { MemoryDisk } from '../../controller/store/memory.ts'
import { seeded } from './random.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'
import { type FakeYandex, startFakeYandex } from './yandex/fake.ts'

/** A fake cloud on a clock that passes only when a world says so. One cloud bears one world after the other. */
export interface Sky {
  fake: FakeYandex
  clock: { now: number }
  close(): Promise<void>
}

const START = Date.UTC(2026, 0, 5, 12)

export async function openSky(options: Parameters<typeof startFakeYandex>[0] = {}): Promise<Sky> {
  const clock = { now: START }
  const fake = await startFakeYandex({ ...options, now: () => clock.now })
  return { fake, clock, close: fake.close }
}

/** What a test says of its world; the rest are the defaults of settings. */
export interface YandexWorldOptions {
  sky: Sky
  /** Keys of the pool `edge`, over those of `poolKeys`. */
  pool?: Readonly<Record<string, unknown>>
  policies: readonly Policy[]
  /** What the source `main` answers. */
  load: Script
  tickEvery?: number
  judgement?: Guards
  /** Wraps the dependencies of each controller that is started, for instance to make it crash. */
  wrap?(deps: Deps): Deps
  /** Called before each step of time. */
  onStep?(): void
  random?(): number
}

/** As the world of test/support/world.ts, with the real provider, over gRPC and TLS, against the fake cloud. */
export interface YandexWorld {
  time: VirtualTime
  clock: { now: number }
  sky: Sky
  disk: MemoryDisk
  pool: Pool
  policies: readonly Policy[]
  /** What the provider has written to its log. */
  lines: { level: 'info' | 'warn'; fields: object; message: string }[]
  /** Starts a controller on what is there. `tick` lets time pass to the next tick, with all that falls due on the way. */
  start(): Promise<VirtualController>
  /** The end of the last controller: what it has under way is given up, wherever it stands. */
  kill(): void
}

/** A pool of three zones with three slots a VM, as the settings have it. */
function poolKeys({ fake }: Sky): Record<string, unknown> {
  return {
    provider: 'yandex',
    slots: 3,
    hosts: { min: 0, max: 6 },
    template: { folder: fake.folder, cores: 2, memory: '4GiB', subnets: fake.subnets },
    auth: { keyFile: fake.keyFile },
    endpoint: fake.endpoint,
    ca: fake.ca,
  }
}

/** The pool `edge` as `capuchin.yaml` would have it. */
function yandexPool(keys: Readonly<Record<string, unknown>>) {
  const { data, faults } = readPool('edge', keys, { cores: 2 }, 'capuchin')
  if (data === undefined) throw new Error(JSON.stringify(faults))
  return data
}

/** The policy of a workload that runs from an image, as VMs do it. */
export const inContainers = (policy: Policy): Policy => {
  const { command: _none, ...run } = policy.run
  return { ...policy, run: { ...run, image: 'cr.example/service:v1' } }
}

export function createYandexWorld(options: YandexWorldOptions): YandexWorld {
  const { sky, policies, tickEvery = 15_000, wrap = (deps) => deps } = options
  const { fake } = sky
  const { pool, open } = yandexPool({ ...poolKeys(sky), ...options.pool })
  const lines: YandexWorld['lines'] = []
  let life = new AbortController()
  const time = virtualTime(sky.clock, options.onStep)

  /** Nothing of the provider but its calls outlives a tick, and those are given up when their controller dies. */
  function openProvider(deps: ProviderDeps): Provider {
    const provider = open(pool, deps)
    const { signal: end } = life
    const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, end])
    const { headroom, logs, restartHost } = provider
    return {
      list: time.known((signal) => provider.list(until(signal)), 'foreground'),
      createHost: time.known(
        (order, manifest, signal) => provider.createHost(order, manifest, until(signal)),
        'background',
      ),
      setManifest: time.known(
        (host, manifest, signal) => provider.setManifest(host, manifest, until(signal)),
        'background',
      ),
      deleteHost: time.known((host, signal) => provider.deleteHost(host, until(signal)), 'background'),
      ...(restartHost !== undefined && {
        restartHost: time.known((host, signal) => restartHost(host, until(signal)), 'background'),
      }),
      ...(headroom !== undefined && {
        headroom: time.known((signal) => headroom(until(signal)), 'foreground'),
      }),
      ...(logs !== undefined && { logs }),
    }
  }

  function clouded(deps: Deps): Deps {
    const provider = openProvider(providerDeps(time, lines, deps))
    const providers = new Map([[pool.name, provider]])
    return {
      ...deps,
      providers,
      listers: providers,
      within: time.within,
      prober: { watch() {}, healthOf: fake.health, firstRound: async () => {}, close: async () => {} },
      askToDrain: async ({ id }) => {
        fake.askDrain(id)
        return { kind: 'done' }
      },
    }
  }

  // Keys of idempotency are made of it, so it has to differ.
  const { random = seeded(1), judgement } = options
  const virtual = createVirtualWorld({
    ...{ pools: [pool], policies, tickEvery, start: sky.clock.now },
    sources: new Map([['main', scripted(options.load)]]),
    wrap: (deps) => wrap(clouded({ ...deps, now: () => sky.clock.now, elapsed: () => sky.clock.now })),
    random,
    ...(judgement !== undefined && { judgement }),
  })

  async function start(): Promise<VirtualController> {
    life = new AbortController()
    const { tickNow, ...controller } = await virtual.start()
    const now = () => time.during(tickNow)
    const tick = async () => {
      await time.pass(sky.clock.now + tickEvery)
      return await now()
    }
    const ticks: VirtualController['ticks'] = async (times) => {
      let last: Awaited<ReturnType<typeof tick>> = []
      for (let i = 0; i < times; i++) last = await tick()
      return last
    }
    return { ...controller, tickNow: now, tick, ticks }
  }

  return {
    ...{ time, sky, pool, policies, lines, start },
    clock: sky.clock,
    disk: virtual.disk,
    kill: () => life.abort(),
  }
}

/** Of the provider's world only waiting is virtual, and the clock. */
function providerDeps(
  time: VirtualTime,
  lines: YandexWorld['lines'],
  { random, controller }: Deps,
): ProviderDeps {
  return {
    now: () => time.clock.now,
    random,
    log: {
      info: (fields, message) => lines.push({ level: 'info', fields, message }),
      warn: (fields, message) => lines.push({ level: 'warn', fields, message }),
    },
    ...{ controller, dir: '/', workDir: '/', folder: '/', env: {}, execPath: process.execPath },
    readFile: (path) => readFile(path, 'utf8'),
    fetch,
    sleep: time.sleep,
    pools: ['edge'],
  }
}
