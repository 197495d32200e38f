import { isDeepStrictEqual } from 'node:util'
import type { Deps } from '../../controller/loop/deps.ts'
import { values } from '../../controller/sources/scripted.ts'
import { type Fuse, type Mortal, mortal } from './crash.ts'
import { givenUp, type Truth, unsettled } from './invariants.ts'
import { between, seeded } from './random.ts'
import {
  attempt,
  note,
  orderAround,
  type Story,
  someFuse,
  somePolicies,
  somePolicyLoads,
  watched,
} from './storm.ts'
import type { FakeVm, FakeYandex } from './yandex/fake.ts'
import { newTale } from './yandex-tale.ts'
import { ourVms, truthOf } from './yandex-truth.ts'
import { badWeather, fairAgain, type Roughness, someRoughness } from './yandex-weather.ts'
import { createYandexWorld, inContainers, openSky, type Sky } from './yandex-world.ts'

/** A story on a fake Yandex Cloud, over gRPC. `impatient`: how often calls waited for each other, which they should not. */
export interface YandexStory extends Story {
  impatient: number
  /** Most operations of ours that were under way at once. */
  operations: number
  calls: number
  /** What happened, line by line. */
  text(): string
}

const CRASHES = 3
const TICKS_OF_A_LIFE = 20
/** After hosts have come to nothing in a row a pool pauses for up to an hour. */
const TICKS_TO_SETTLE = 400
const LOOK_EVERY = 8
const MOST_OPERATIONS = 8

/** As test/support/storm.ts tells it of the memory cloud. `spoil`: plants a mistake into each controller. */
export async function tellYandex(
  seed: number,
  spoil: (deps: Deps) => Deps = (deps) => deps,
): Promise<YandexStory> {
  const random = seeded(seed)
  const rough = someRoughness(random)
  const sky = await openSky({ ...badWeather(random, rough), random })
  try {
    return await tellOn(random, rough, sky, spoil)
  } finally {
    await sky.close()
  }
}

async function tellOn(
  random: () => number,
  rough: Roughness,
  sky: Sky,
  spoil: (deps: Deps) => Deps,
): Promise<YandexStory> {
  const { fake, clock } = sky
  const tale = newTale(fake, () => clock.now)
  const policies = somePolicies(random).map(inContainers)
  let load = somePolicyLoads(random, policies)
  let lives: Mortal | undefined
  let fuse: Fuse | undefined
  const wrap = (deps: Deps): Deps => {
    const spoilt = tale.heard(spoil(deps))
    lives = fuse === undefined ? undefined : mortal(spoilt, fuse)
    return lives?.deps ?? spoilt
  }
  const isDead = (): boolean => lives?.isDead() === true
  let operations = 0
  const onStep = (): void => {
    operations = Math.max(operations, fake.operationsInFlight())
    // A controller that has died does nothing any more.
    if (isDead()) world.kill()
  }
  const world = createYandexWorld({
    ...{ sky, policies, wrap, onStep, random },
    pool: somePool(random, sky, rough),
    load: (question) => values(() => load.get(question.query) ?? 0)(question),
  })
  const stage = { cloud: truthOf(fake), disk: world.disk, clock }
  const foreign = addForeign(random, sky)
  const found: string[] = []
  const happened = new Set<string>()
  let ticks = 0

  const tell = (what: string): void => {
    happened.add(what)
    tale.say(`  ${what}`)
  }
  const one = async (tick: () => Promise<unknown>): Promise<void> => {
    const before = world.disk.state
    const seen = await watched(stage, policies, world.pool, tick)
    const news = [...seen, ...givenUp(stage.cloud, before, world.disk.state, clock.now)]
    for (const one of news) tale.say(`FOUND: ${one}`)
    found.push(...news)
    note(stage, happened)
    ticks++
  }

  for (let life = 0; life < CRASHES; life++) {
    fuse = someFuse(random, 2 * TICKS_OF_A_LIFE)
    const controller = await attempt(() => world.start())
    for (let i = 0; controller !== undefined && i < TICKS_OF_A_LIFE && !isDead(); i++) {
      if (random() < 0.1) load = somePolicyLoads(random, policies)
      if (random() < 0.12) tell(mishap(random, sky, stage.cloud))
      if (random() < 0.05) orderAround(random, controller)
      await one(() => attempt(() => controller.tick()))
    }
    world.kill()
    // Whatever starts it anew takes a moment; what the cloud has begun goes on.
    await world.time.pass(clock.now + between(random, 0, 60_000))
  }
  const unfinished = (): string[] => [...unsettled(stage.cloud, world.disk.state, policies), ...meddled(fake)]
  fuse = undefined
  fairAgain(fake)
  const last = await world.start()
  for (let i = 1; i <= TICKS_TO_SETTLE; i++) {
    await one(() => last.tick())
    if (i % LOOK_EVERY === 0 && unfinished().length === 0) break
  }
  found.push(...unfinished(), ...touched(sky, foreign))
  if (operations > MOST_OPERATIONS) found.push(`${operations} operations were under way at once`)
  world.kill()
  const calls = fake.log.length
  const told = { violations: [...new Set(found)], crashes: CRASHES, ticks, happened: [...happened] }
  return { ...told, operations, calls, impatient: world.time.impatient(), text: tale.text }
}

function somePool(random: () => number, { fake }: Sky, { zones }: Roughness): Record<string, unknown> {
  const subnets = Object.fromEntries(Object.entries(fake.subnets).slice(0, zones))
  const template = { folder: fake.folder, cores: 2, memory: '4GiB', subnets, preemptible: random() < 0.4 }
  return {
    template,
    hosts: { min: between(random, 0, 1), max: between(random, 4, 7) },
    spareSlots: between(random, 0, 2),
    consolidateAfter: `${between(random, 1, 3) * 15}s`,
    failuresInRow: between(random, 2, 5),
  }
}

/** Somebody else's VMs in the same folder: one has a name that we would give, one is of another Capuchin. Answers them as they are. */
function addForeign(random: () => number, { fake }: Sky): FakeVm[] {
  const names = ['database', 'capuchin-edge-1', 'other-edge-3'].slice(0, between(random, 0, 3))
  for (const name of names)
    fake.addForeignVm({
      name,
      labels: name === 'other-edge-3' ? { 'capuchin-controller': 'other', 'capuchin-pool': 'edge' } : {},
      metadata: { 'docker-compose': 'services: {}' },
    })
  return fake.vms().filter(({ name }) => names.includes(name))
}

/** Foreign VMs that are not as they were. */
function touched({ fake }: Sky, foreign: readonly FakeVm[]): string[] {
  const now = new Map(fake.vms().map((vm) => [vm.id, vm]))
  return foreign.flatMap((before) => {
    const after = now.get(before.id)
    return isDeepStrictEqual(before, after) ? [] : [`foreign VM ${before.name} was touched`]
  })
}

/** Something happens to a VM or to what runs on it; answers what. */
function mishap(random: () => number, { fake }: Sky, { alive }: Truth): string {
  const ours = ourVms(fake)
  const vm = ours[between(random, 0, ours.length - 1)]
  const living = alive()
  const instance = living[between(random, 0, living.length - 1)]
  if (vm === undefined || instance === undefined) return 'nothing'
  const all: readonly [string, () => void][] = [
    ['instance crashes', () => fake.crashInstance(instance, between(random, 1, 120) * 1_000)],
    ['instance hangs', () => fake.hangInstance(instance)],
    ['VM is stopped by hand', () => fake.stopByHand(vm.name)],
    ['VM is deleted by hand', () => fake.vanish(vm.name)],
    ['VM hangs', () => fake.hang(vm.name)],
    ['VM crashes', () => fake.crash(vm.name, between(random, 1, 10) * 60_000)],
    ['VM is preempted', () => fake.preempt(vm.name)],
    ['metadata is changed by hand', () => meddle(fake, vm)],
  ]
  const [what, act] = all[between(random, 0, all.length - 1)] ?? ['nothing', () => {}]
  act()
  return what
}

const OTHERS = 'busybox'

/** Somebody adds a container of his own to what is declared. */
function meddle(fake: FakeYandex, { name, metadata }: FakeVm): void {
  const text = metadata['docker-compose'] ?? ''
  const more = `"services":\n  "debug":\n    "image": "${OTHERS}"`
  if (!text.includes(OTHERS)) fake.setMetadata(name, 'docker-compose', text.replace('"services":', more))
}

/** What somebody has changed by hand is put right in the end. */
const meddled = (fake: FakeYandex): string[] =>
  ourVms(fake).flatMap(({ name, containers }) =>
    containers.some(({ image }) => image === OTHERS) ? [`${name} runs what somebody has added`] : [],
  )
