import { expect, test } from 'vitest'
import type { Entry } from '../../../controller/decision/fleet.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
import type { Outcome, Provider } from '../../../controller/providers/provider.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { formatSaved, parseSaved } from '../../../controller/store/saved.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../../support/world.ts'
import { fixedRule } from '../decision/builders.ts'
import { warnings } from './bench.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

const brisk = {
  out: { step: 9, wait: 0, perHour: { count: 99, share: 9 } },
  in: { step: 9, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
}

const policyOf = (size: number): Policy =>
  aPolicy('ingest', { size: { min: 1, max: 8 }, rules: [fixedRule(size)], ...brisk })

interface Scene {
  world: World
  controller: Controller
  warned: string[]
  /** What happens, in order: saves, calls of providers, requests to drain, lists. */
  events: string[]
  asked: { at: number; id: string; token: string }[]
  /** How a request to drain is answered; undefined: it throws. */
  answer: Outcome | undefined
  /** By how many ms the clock of the controller differs from that of the cloud. */
  skew: number
  resize(size: number): void
  entries(): Entry[]
}

/** A world that starts with nothing, ticking every second, of which every call is told. */
async function begin(size: number): Promise<Scene> {
  const scene: Pick<Scene, 'warned' | 'events' | 'asked' | 'answer' | 'skew'> = {
    ...{ warned: [], events: [], asked: [] },
    answer: { kind: 'done' },
    skew: 0,
  }
  const wrap = (deps: Deps): Deps => ({
    ...warnings(scene.warned)(deps),
    now: () => deps.now() + scene.skew,
    store: {
      ...deps.store,
      async save(revision, state) {
        const outcome = await deps.store.save(revision, state)
        scene.events.push(outcome.kind)
        return outcome
      },
    },
    providers: new Map(
      [...deps.providers].map(([name, provider]) => [name, telling(provider, scene.events)]),
    ),
    publishers: [
      {
        name: 'test',
        async publish() {
          scene.events.push('published')
          return { kind: 'written' }
        },
      },
    ],
    async askToDrain(request, signal) {
      scene.asked.push({ at: deps.now(), id: request.id, token: request.token })
      scene.events.push(`drain ${request.id}`)
      if (scene.answer === undefined) throw new Error('no route')
      if (scene.answer.kind === 'done') await deps.askToDrain(request, signal)
      return scene.answer
    },
  })
  const world = createWorld({
    pools: [aPool({ listLag: 5 * SECOND })],
    policies: [policyOf(size)],
    load: values(() => 0),
    tickEvery: SECOND,
    weather: { drainTime: 3 * SECOND },
    wrap,
  })
  const controller = await world.start()
  return Object.assign(scene, {
    world,
    controller,
    resize: (to: number) => {
      world.policies = [policyOf(to)]
    },
    entries: () => Object.values(world.disk.state.hosts).flatMap(({ entries }) => entries),
  })
}

function telling(provider: Provider, events: string[]): Provider {
  return {
    list: provider.list,
    createHost: (order, manifest, signal) => {
      events.push(`create-host:${order.name}`)
      return provider.createHost(order, manifest, signal)
    },
    setManifest: (host, manifest, signal) => {
      events.push(`set-manifest:${host}`)
      return provider.setManifest(host, manifest, signal)
    },
    deleteHost: (host, signal) => {
      events.push(`delete-host:${host}`)
      return provider.deleteHost(host, signal)
    },
  }
}

const isCall = (event: string): boolean => event.includes('-host:') || event.startsWith('set-manifest:')

test('promise 5: whatever is called is durable before, as an intent that was not there at the tick before', async () => {
  const scene = await begin(4)
  const { disk } = scene.world
  for (let i = 0; i < 40; i++) {
    if (i === 15) scene.resize(1)
    scene.events.length = 0
    await scene.controller.tick()
    const saved = scene.events.indexOf('saved')
    for (const [at, event] of scene.events.entries()) {
      if (!isCall(event)) continue
      expect(saved, event).toBeLessThan(at)
      expect(disk.state.intents, event).toHaveProperty([event])
    }
  }
  expect(scene.world.cloud.alive()).toHaveLength(1)
})

test('a state that cannot be saved: nothing is called, asked or published, and the decision says so; later it goes on', async () => {
  const scene = await begin(4)
  await scene.controller.ticks(10)
  scene.resize(8)
  scene.world.disk.fault = () => 'the disk is full'
  const calls = scene.world.cloud.calls.length
  const before = scene.world.disk.state
  scene.events.length = 0
  for (let i = 0; i < 5; i++) {
    const [decision] = await scene.controller.tick()
    expect(decision).toMatchObject({ reason: 'error', granted: 4 })
    expect(decision?.sentence).toContain('could not be saved (the disk is full), so nothing was done')
    expect(decision?.alarms.at(-1)).toContain('could not be saved')
  }
  expect(scene.world.cloud.calls).toHaveLength(calls)
  expect(scene.events).toEqual(Array(5).fill('failed'))
  expect(scene.world.disk.state).toBe(before)
  expect(scene.warned.at(-1)).toContain('State not saved')
  delete scene.world.disk.fault
  await scene.controller.ticks(5)
  expect(scene.world.cloud.alive()).toHaveLength(8)
})

test('a drain that has begun is not asked for while the state cannot be saved', async () => {
  const scene = await begin(4)
  await scene.controller.ticks(10)
  scene.resize(1)
  await scene.controller.tick()
  scene.world.disk.fault = () => 'the disk is full'
  await scene.controller.ticks(20)
  expect(scene.asked).toEqual([])
  expect(scene.world.cloud.alive()).toHaveLength(4)
})

test('every state on the way can be read again by a store of files', async () => {
  const scene = await begin(6)
  const { disk, cloud } = scene.world
  let intents = 0
  for (let i = 0; i < 60; i++) {
    if (i === 20) scene.resize(2)
    if (i === 30) cloud.stop(cloud.hosts()[0]?.name ?? '')
    await scene.controller.tick()
    intents += Object.keys(disk.state.intents).length
    const saved = { version: 1 as const, epoch: disk.epoch, revision: disk.revision, state: disk.state }
    expect(parseSaved(formatSaved(saved))).toEqual({ kind: 'saved', saved })
  }
  expect(intents).toBeGreaterThan(0)
})

test('a drain is asked for until it is acknowledged, with the secret of the instance, and its grace counts from then', async () => {
  const scene = await begin(2)
  await scene.controller.ticks(10)
  const tokens = new Map(scene.entries().map(({ id, token }) => [id, token]))
  scene.answer = { kind: 'unknown', detail: '/drain answers 500' }
  scene.resize(1)
  await scene.controller.ticks(8)
  const [going] = scene.entries().filter(({ drain }) => drain !== undefined)
  expect(scene.asked.length).toBeGreaterThan(3)
  for (const { id, token } of scene.asked) expect([id, token]).toEqual([going?.id, tokens.get(id)])
  expect(scene.warned.at(-1)).toContain('/drain answers 500')
  expect(going?.drain).not.toHaveProperty('askedAt')

  scene.answer = { kind: 'done' }
  await scene.controller.tick()
  const acknowledged = scene.world.clock.now
  const asked = scene.asked.length
  await scene.controller.tick()
  const known = scene.entries().find(({ id }) => id === going?.id)
  expect(known?.drain?.askedAt).toBe(acknowledged)
  expect(scene.controller.memory.asked.size).toBe(0)
  await scene.controller.ticks(10)
  expect(scene.asked).toHaveLength(asked)
  expect(scene.world.cloud.alive()).toHaveLength(1)
})

test('an acknowledgement outlives a controller that ends before it could write it down: it is asked for again', async () => {
  const scene = await begin(2)
  await scene.controller.ticks(10)
  scene.resize(1)
  while (scene.asked.length === 0) await scene.controller.tick()
  expect(scene.entries().some(({ drain }) => drain?.askedAt !== undefined)).toBe(false)
  const next = await scene.world.start()
  await next.tick()
  expect(scene.asked).toHaveLength(2)
  await next.ticks(10)
  expect(scene.world.cloud.alive()).toHaveLength(1)
})

test('asking to drain may fail in any way: it holds up no tick', async () => {
  const scene = await begin(2)
  await scene.controller.ticks(10)
  scene.answer = undefined
  scene.resize(1)
  await scene.controller.ticks(8)
  expect(scene.asked.length).toBeGreaterThan(1)
  expect(scene.warned.at(-1)).toContain('no route')
})

test('rule 11: the wall clock goes back: nothing goes in and that is said, the dead are still replaced, and it goes on from there', async () => {
  const scene = await begin(4)
  const { cloud } = scene.world
  await scene.controller.ticks(30)
  const { lastAt } = scene.world.disk.state
  scene.skew = -10 * MINUTE
  scene.resize(2)
  const [decision] = await scene.controller.ticks(20)
  expect(decision).toMatchObject({ size: 4, granted: 4, wanted: 2, reason: 'clock-behind' })
  expect(decision?.sentence).toContain('behind the last record')
  expect(decision?.alarms.join()).toContain('nothing goes in until it has caught up')
  expect(scene.entries().filter(({ drain }) => drain !== undefined)).toEqual([])
  expect(scene.world.disk.state.lastAt).toBe(lastAt)

  const [first = ''] = cloud.alive()
  cloud.hang(first)
  await scene.controller.ticks(50)
  expect(cloud.alive()).not.toContain(first)
  expect(cloud.alive()).toHaveLength(4)

  scene.skew = 0
  await scene.controller.ticks(20)
  expect(cloud.alive()).toHaveLength(2)
})
