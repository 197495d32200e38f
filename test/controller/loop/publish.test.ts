import { expect, test } from 'vitest'
import type { Health } from '../../../controller/decision/fleet.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
import type { HostLister } from '../../../controller/providers/provider.ts'
import type { PublishedList, PublishOutcome } from '../../../controller/publishers/publisher.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../../support/world.ts'
import { fixedRule } from '../decision/builders.ts'
import { warnings } from './bench.ts'

const SECOND = 1_000

/** What was published, and when; `outcome`: how the publisher answers from now on. */
interface Scene {
  world: World
  controller: Controller
  lists: { at: number; list: PublishedList }[]
  asked: { at: number; id: string }[]
  warned: string[]
  outcome: PublishOutcome
  /** What probes find instead of the truth. */
  health: ((id: string) => Health | undefined) | undefined
  routed(): string[]
  /** The size that its one rule asks for from now on. */
  resize(size: number): void
}

const brisk = {
  out: { step: 9, wait: 0, perHour: { count: 99, share: 9 } },
  in: { step: 9, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
}

const policyOf = (size: number): Policy =>
  aPolicy('ingest', { size: { min: 1, max: 8 }, rules: [fixedRule(size)], ...brisk })

/** Hosts of the cloud that export something of their own, too. */
function withExporters(lister: HostLister): HostLister {
  return {
    async list(signal) {
      const listing = await lister.list(signal)
      if (listing.kind === 'failed') return listing
      const hosts = listing.hosts.map((host) => ({ ...host, exporter: `${host.address}:9100` }))
      return { ...listing, hosts }
    },
  }
}

/** Ticks every second. */
async function begin(): Promise<Scene> {
  const scene: Omit<Scene, 'world' | 'controller'> = {
    lists: [],
    asked: [],
    warned: [],
    outcome: { kind: 'written' },
    health: undefined,
    routed: () => [...(scene.lists.at(-1)?.list.routed ?? [])],
    resize: (size) => {
      world.policies = [policyOf(size)]
    },
  }
  const wrap = (deps: Deps): Deps => ({
    ...warnings(scene.warned)(deps),
    listers: new Map([...deps.listers].map(([name, lister]) => [name, withExporters(lister)])),
    askToDrain: (request, signal) => {
      scene.asked.push({ at: deps.now(), id: request.id })
      return deps.askToDrain(request, signal)
    },
    prober: { ...deps.prober, healthOf: (id) => scene.health?.(id) ?? deps.prober.healthOf(id) },
    publishers: [
      {
        name: 'test',
        publish: async (list) => {
          scene.lists.push({ at: deps.now(), list })
          return scene.outcome
        },
      },
    ],
  })
  const world = createWorld({
    pools: [aPool({ listLag: 5 * SECOND })],
    policies: [policyOf(4)],
    load: values(() => 0),
    tickEvery: SECOND,
    weather: { drainTime: 3 * SECOND },
    wrap,
  })
  const controller = await world.start()
  const whole = Object.assign(scene, { world, controller })
  for (let i = 0; i < 30 && whole.routed().length < 4; i++) await controller.tick()
  await controller.ticks(2)
  expect(whole.routed()).toHaveLength(4)
  return whole
}

const silent: Health = { kind: 'silent', since: 0, detail: 'no answer in 2000 ms', refused: false }

test('one failed listing changes no list: whoever was routed still is, with its address, and so are the exporters', async () => {
  const scene = await begin()
  const before = scene.lists.at(-1)?.list
  scene.world.cloud.weather.listFails = () => 'the provider does not answer'
  const [decision] = await scene.controller.ticks(5)
  expect(decision?.reason).toBe('blind')
  expect(scene.lists.at(-1)?.list).toEqual(before)
  expect(before?.instances.every(({ address }) => address.startsWith('10.'))).toBe(true)
  expect(before?.hosts.map(({ exporter }) => exporter)).toEqual(['10.0.0.1:9100', '10.0.0.2:9100'])
})

test('probes go on while the pool cannot be seen', async () => {
  const watched: string[][] = []
  const scene = await begin()
  scene.controller.deps.prober.watch = (targets) => watched.push(targets.map(({ id }) => id))
  scene.world.cloud.weather.listFails = () => 'the provider does not answer'
  await scene.controller.tick()
  expect(watched.at(-1)).toHaveLength(4)
})

test('promise 8: when nobody answers any more the last good list stays, and that is said', async () => {
  const scene = await begin()
  const good = scene.routed()
  scene.health = () => silent
  await scene.controller.ticks(3)
  expect(scene.routed()).toEqual(good)
  expect(scene.warned.at(-1)).toContain('Last good list kept')
  expect(scene.warned.at(-1)).toContain('4 of 4 of ingest would leave the list at once')
  scene.health = undefined
  await scene.controller.ticks(2)
  expect(scene.routed()).toEqual(good)
  scene.health = () => silent
  await scene.controller.ticks(9)
  // Once each time that it begins, and not with each tick that it lasts.
  expect(scene.warned.filter((said) => said.includes('Last good list kept'))).toHaveLength(2)
})

test('a list that is kept is kept by the next controller too', async () => {
  const scene = await begin()
  const good = scene.routed()
  scene.health = () => silent
  await scene.controller.tick()
  await scene.controller.tick()
  const next = await scene.world.start()
  await next.ticks(2)
  expect(scene.routed()).toEqual(good)
})

test('promise 9: it leaves the list first; two seconds after that list was written it is asked to drain, not before', async () => {
  const scene = await begin()
  scene.resize(1)
  while (scene.routed().length === 4) await scene.controller.tick()
  const { at: unlisted } = scene.lists.at(-1) ?? { at: 0 }
  expect(scene.asked).toEqual([])
  await scene.controller.ticks(10)
  expect(scene.asked.length).toBeGreaterThan(0)
  for (const { at, id } of scene.asked) {
    expect(at - unlisted).toBeGreaterThanOrEqual(2 * SECOND)
    expect(scene.routed()).not.toContain(id)
  }
})

test('also when the list of a former controller was never noted: the next one does not take it for long unlisted', async () => {
  const scene = await begin()
  // It dies before the tick in which it would have saved that all four are listed, and not only the one that will stay.
  const { state } = scene.world.disk
  const members = [scene.routed().toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0] ?? '']
  scene.world.disk.state = { ...state, lists: { edge: { members, writtenAt: 1 } } }
  scene.resize(1)
  const next = await scene.world.start()
  await next.tick()
  const { at: unlisted } = scene.lists.at(-1) ?? { at: 0 }
  expect(scene.routed()).toEqual(members)
  await next.ticks(10)
  expect(scene.asked.length).toBeGreaterThan(0)
  for (const { at } of scene.asked) expect(at - unlisted).toBeGreaterThanOrEqual(2 * SECOND)
})

test('as long as the list cannot be written nobody is asked to drain, or removed', async () => {
  const scene = await begin()
  scene.resize(1)
  scene.outcome = { kind: 'failed', detail: 'the disk is full' }
  await scene.controller.ticks(30)
  expect(scene.asked).toEqual([])
  expect(scene.world.cloud.alive()).toHaveLength(4)
  expect(scene.warned.at(-1)).toContain('List not published')
  expect(scene.controller.memory.state.lists['edge']?.members).toHaveLength(4)

  scene.outcome = { kind: 'written' }
  await scene.controller.tick()
  const { at: unlisted } = scene.lists.at(-1) ?? { at: 0 }
  await scene.controller.ticks(20)
  expect(Math.min(...scene.asked.map(({ at }) => at)) - unlisted).toBeGreaterThanOrEqual(2 * SECOND)
  expect(scene.world.cloud.alive().length).toBeLessThan(4)
})

test('a list that is on disk already counts as written', async () => {
  const scene = await begin()
  scene.outcome = { kind: 'unchanged' }
  scene.resize(1)
  await scene.controller.ticks(20)
  expect(scene.world.cloud.alive().length).toBeLessThan(4)
})

test('one publisher that fails holds drains, whatever the others have written', async () => {
  const scene = await begin()
  const failing = {
    name: 'other',
    publish: async (): Promise<PublishOutcome> => ({ kind: 'failed', detail: 'no' }),
  }
  const { deps } = scene.controller
  Object.assign(deps, { publishers: [...deps.publishers, failing] })
  scene.resize(1)
  await scene.controller.ticks(20)
  expect(scene.asked).toEqual([])
  expect(scene.world.cloud.alive()).toHaveLength(4)
})

test('scrapers are told of everybody who is not gone: of those that start, that drain and that look dead', async () => {
  const scene = await begin()
  const [first = ''] = scene.routed()
  scene.health = (id) => (id === first ? silent : undefined)
  scene.resize(2)
  await scene.controller.tick()
  const states = new Set(scene.lists.at(-1)?.list.instances.map(({ state }) => state))
  expect(states).toContain('ready')
  expect(states.size).toBeGreaterThan(1)
})
