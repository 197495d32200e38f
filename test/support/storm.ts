import { type Guards, guards } from '../../controller/decision/conclude.ts'
import { frozenIn, type OverrideAct } from '../../controller/decision/overrides.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import { type Deps, failpoints } from '../../controller/loop/deps.ts'
import type { Fate, Weather } from '../../controller/providers/memory/cloud.ts'
import { values } from '../../controller/sources/scripted.ts'
import { Crash, type Fuse, type Mortal, mortal } from './crash.ts'
import { cutOff, hasty, rash, servingOf, type Truth, thawed, unsettled, violations } from './invariants.ts'
import { between, pick, seeded } from './random.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from './world.ts'

/** One story told by a seed: random workloads and load, a bad cloud, and a controller that crashes again and again. */
export interface Story {
  violations: string[]
  crashes: number
  ticks: number
  /** Why hosts were closed, and `frozen` where something was: a story in which nothing moves shows little. */
  happened: string[]
}

/** Where a story takes place, whatever cloud it is. */
export interface Stage {
  cloud: Truth
  disk: World['disk']
  clock: World['clock']
}

const CRASHES = 3
const TICKS_OF_A_LIFE = 25
/** After hosts have come to nothing in a row a pool pauses for up to an hour. */
const TICKS_TO_SETTLE = 400

/** `spoil`, `judgement`: plant a mistake into each controller, to see that the story is able to tell. */
export async function tell(
  seed: number,
  spoil: (deps: Deps) => Deps = (deps) => deps,
  judgement: Guards = guards,
): Promise<Story> {
  const random = seeded(seed)
  const pool = aPool({
    hosts: { min: between(random, 0, 1), max: between(random, 4, 7) },
    spareSlots: between(random, 0, 2),
    zones: random() < 0.5 ? ['a'] : ['a', 'b'],
    consolidateAfter: between(random, 0, 2) * 15_000 + 15_000,
    restarts: random() < 0.6,
    failuresInRow: between(random, 1, 3),
    bootWithin: 180_000,
    strays: { act: 'remove', after: 60_000 },
  })
  const policies = somePolicies(random).map(impatient)
  let load = somePolicyLoads(random, policies)
  const lives: Mortal[] = []
  let fuse: Fuse | undefined
  const wrap = (deps: Deps): Deps => {
    const spoilt = spoil(deps)
    if (fuse === undefined) return spoilt
    const life = mortal(spoilt, fuse)
    lives.push(life)
    return life.deps
  }
  const script = (question: Parameters<ReturnType<typeof values>>[0]) =>
    values(() => load.get(question.query) ?? 0)(question)
  const weather = badWeather(random)
  const world = createWorld({ policies, pools: [pool], load: script, weather, wrap, random, judgement })
  const found: string[] = []
  const happened = new Set<string>()
  let ticks = 0

  for (let life = 0; life < CRASHES; life++) {
    fuse = someFuse(random)
    const controller = await attempt(() => world.start())
    for (let i = 0; controller !== undefined && i < TICKS_OF_A_LIFE; i++) {
      if (random() < 0.1) load = somePolicyLoads(random, policies)
      if (random() < 0.08) mishap(random, world)
      if (random() < 0.05) orderAround(random, controller)
      found.push(...(await watched(world, policies, pool, () => attempt(() => controller.tick()))))
      ticks++
      note(world, happened)
      if (lives.at(-1)?.isDead() === true) break
    }
    // Whatever starts it anew takes a moment.
    world.clock.now += between(random, 0, 60_000)
  }
  fuse = undefined
  Object.assign(world.cloud.weather, {
    fate: () => ({ kind: 'well' }),
    listFails: () => undefined,
    maxHosts: 99,
    zoneCapacity: {},
    ...bornWell(random),
  })
  // What hangs is freed, since with half of a fleet hanging for good promise 7 would rightly keep it as it is.
  for (const { name, entries } of Object.values(world.disk.state.hosts)) {
    for (const { id } of entries) world.cloud.recover(id)
    world.cloud.recoverHost(name)
  }
  const last = await world.start()
  ticks += await settleDown(last, world, policies, pool, found, happened)
  found.push(...unsettled(world.cloud, world.disk.state, policies, pool.hosts.max * pool.slots))
  for (const { name } of world.cloud.strays()) found.push(`nobody has removed ${name}`)
  return { violations: [...new Set(found)], crashes: CRASHES, ticks, happened: [...happened] }
}

export function note({ disk, clock }: Stage, happened: Set<string>): void {
  for (const { closing } of Object.values(disk.state.hosts))
    if (closing !== undefined) happened.add(closing.for)
  if (frozenIn(disk.state.overrides, clock.now).size > 0) happened.add('frozen')
}

async function settleDown(
  last: Controller,
  world: World,
  policies: readonly Policy[],
  pool: Pool,
  found: string[],
  happened: Set<string>,
): Promise<number> {
  for (let i = 1; i <= TICKS_TO_SETTLE; i++) {
    found.push(...(await watched(world, policies, pool, () => last.tick())))
    note(world, happened)
    if (
      i % 20 === 0 &&
      unsettled(world.cloud, world.disk.state, policies, pool.hosts.max * pool.slots).length === 0
    )
      return i
  }
  return TICKS_TO_SETTLE
}

/** What one tick did to the promises. */
export async function watched(
  world: Stage,
  policies: readonly Policy[],
  pool: Pool,
  tick: () => Promise<unknown>,
): Promise<string[]> {
  const { cloud, disk } = world
  const serving = servingOf(cloud, disk.state)
  const before = disk.state
  await tick()
  return [
    ...violations(cloud, disk.state, policies, pool),
    ...cutOff(cloud, serving),
    ...hasty(before, disk.state, policies),
    ...thawed(before, disk.state, world.clock.now),
    ...rash(before, disk.state, pool, world.clock.now),
  ]
}

/** A crash is the end of that life; any other error is a finding. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Crash) return undefined
    throw error
  }
}

export function somePolicies(random: () => number): Policy[] {
  const names = ['ingest', 'consumer', 'web'].slice(0, between(random, 1, 3))
  return names.map((name) => {
    const min = between(random, 0, 2)
    const slow = { wait: between(random, 15, 60) * 1_000 }
    return aPolicy(name, {
      size: { min, max: min + between(random, 1, 3) },
      priority: between(random, 0, 2),
      out: { step: between(random, 1, 2), perHour: { count: 4, share: 2 }, ...slow },
      in: { step: 1, hold: 60_000, perHour: { count: 9, share: 1 }, sharePerTick: 0.25, ...slow },
    })
  })
}

export const somePolicyLoads = (random: () => number, policies: readonly Policy[]): Map<string, number> =>
  new Map(policies.map(({ workload }) => [workload, between(random, 0, 400)]))

/** `ticks`: how long its controller lives at most, about. */
export function someFuse(random: () => number, ticks = 12): Fuse {
  const times = between(random, 1, 5 * ticks)
  if (random() < 0.5) return { kind: 'await', times }
  return { kind: 'failpoint', name: pick(random, failpoints), times: between(random, 1, ticks) }
}

/** An instance that never gets ready is noticed within the life of a controller. */
const impatient = (policy: Policy): Policy => {
  const { run } = policy
  return { ...policy, run: { ...run, probe: { ...run.probe, startWithin: 90_000 } } }
}

/** Every host boots, and every instance gets ready. */
const bornWell = (random: () => number) => ({
  bootDelay: () => between(random, 0, 90) * 1_000,
  startDelay: () => between(random, 0, 20) * 1_000,
})

function badWeather(random: () => number): Partial<Weather> {
  const rough = random() * 0.3
  const fate = (): Fate => {
    if (random() >= rough) return { kind: 'well' }
    return pick<Fate>(random, [
      { kind: 'lost-before' },
      { kind: 'lost-after' },
      { kind: 'late', by: between(random, 1, 40) * 1_000 },
    ])
  }
  const well = bornWell(random)
  const never = random() < 0.3 ? 0.15 : 0
  const unlessNever = (delay: () => number) => () => (random() < never ? Number.POSITIVE_INFINITY : delay())
  return {
    bootDelay: unlessNever(well.bootDelay),
    startDelay: unlessNever(well.startDelay),
    drainTime: between(random, 0, 20) * 1_000,
    stopTime: between(random, 0, 10) * 1_000,
    maxHosts: between(random, 3, 9),
    listLag: between(random, 0, 45) * 1_000,
    fate,
    listFails: () => (random() < 0.05 ? 'the provider does not answer' : undefined),
  }
}

/** An instance crashes or hangs; a host stops, hangs or is deleted or changed by hand; a zone is full; a stray turns up. */
function mishap(random: () => number, { cloud }: World): string {
  const [host] = cloud.hosts().slice(-1)
  const [instance] = cloud.alive().slice(-1)
  const kind = pick(random, mishaps)
  if (kind === 'crash' && instance !== undefined) cloud.crash(instance, between(random, 1, 120) * 1_000)
  if (kind === 'hang' && instance !== undefined) cloud.hang(instance)
  if (kind === 'zone full') cloud.weather.zoneCapacity = random() < 0.6 ? { a: between(random, 0, 2) } : {}
  if (kind === 'stray') cloud.addStray('capuchin-old-1', 'there is no pool old')
  if (host === undefined) return kind
  if (kind === 'preempt') cloud.stop(host.name)
  if (kind === 'fail') cloud.stop(host.name, 'failed')
  if (kind === 'vanish') cloud.vanish(host.name)
  if (kind === 'hang host') cloud.hangHost(host.name)
  if (kind === 'drift') cloud.drift(host.name, 'an image was changed')
  return kind
}

const mishaps = [
  'crash',
  'hang',
  'preempt',
  'preempt',
  'fail',
  'vanish',
  'hang host',
  'hang host',
  'drift',
  'zone full',
  'stray',
] as const

/** An operator drains or freezes a host, freezes an instance or asks for more hosts, for a while. */
export function orderAround(random: () => number, { memory, deps }: Controller): void {
  const { hosts, overrides } = memory.state
  const [host] = Object.values(hosts).slice(-1)
  if (host === undefined) return
  const [entry] = host.entries
  const acts: [OverrideAct, ...OverrideAct[]] = [
    { kind: 'drain-host', host: host.name },
    { kind: 'freeze', subject: random() < 0.5 ? host.name : (entry?.id ?? host.name) },
    { kind: 'hosts', pool: host.pool, hosts: between(random, 1, 5) },
  ]
  const at = deps.now()
  const id = `o${at}`
  const until = at + between(random, 1, 6) * 60_000
  const word = { id, act: pick(random, acts), by: 'ann', why: 'a story', at, until }
  // As if it had come in with the last tick; it is saved with the next one.
  memory.state = { ...memory.state, overrides: { ...overrides, [id]: word } }
}

/** The mistake that the storm has to find: a store that says `saved` before it has, so that calls go out ahead of their intents. */
export function notDurable(deps: Deps): Deps {
  const { store } = deps
  let pending: { revision: number; state: StoreState } | undefined
  return {
    ...deps,
    store: {
      ...store,
      async save(revision, state) {
        if (pending !== undefined) await store.save(pending.revision, pending.state)
        pending = { revision, state }
        return { kind: 'saved', revision: revision + 1 }
      },
    },
  }
}
