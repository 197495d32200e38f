import { describe, expect, test } from 'vitest'
import { type Guards, guards } from '../../controller/decision/conclude.ts'
import type { OverrideAct } from '../../controller/decision/overrides.ts'
import { fairWeather } from '../../controller/providers/memory/cloud.ts'
import { values } from '../../controller/sources/scripted.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../support/world.ts'

const HOUR_OF_TICKS = 240

const orders = ({ cloud }: World) => cloud.calls.filter(({ operation }) => operation === 'createHost')

const readyIn = ({ memory }: Controller): number =>
  memory.looked?.conclusion.instances.filter(({ state }) => state === 'ready').length ?? 0

/** What an operator says, as if it had come in with the last tick. */
function say({ memory, deps }: Controller, act: OverrideAct): void {
  const word = { id: 'o1', act, by: 'ann', why: 'kernel', at: deps.now() }
  memory.state = { ...memory.state, overrides: { o1: word } }
}

describe('D11: a quota, or a zone that has no capacity, makes the autoscaler hammer the cloud, or give up', () => {
  test('kubernetes/autoscaler#547: at its quota a pool asks less and less often, says so, keeps what it has, and goes on when there is room', async () => {
    const world = createWorld({
      policies: [aPolicy('ingest')],
      pools: [aPool({ slots: 1, hosts: { min: 0, max: 9 } })],
      load: values(() => 800),
      weather: { maxHosts: 3 },
    })
    const controller = await world.start()
    const [decision] = await controller.ticks(HOUR_OF_TICKS)
    expect(readyIn(controller)).toBe(3)
    const asked = orders(world).length - 3
    expect(asked).toBeGreaterThan(2)
    expect(asked).toBeLessThanOrEqual(16)
    expect(decision?.alarms.join()).toContain('the quota of 3 hosts is reached')
    world.cloud.weather.maxHosts = 9
    await controller.ticks(80)
    expect(readyIn(controller)).toBeGreaterThan(3)
  })

  test('kubernetes/autoscaler#4142: what zone a refuses is ordered in zone b, and zone a is not asked again for a while', async () => {
    const world = createWorld({
      policies: [aPolicy('ingest')],
      pools: [aPool({ slots: 1, hosts: { min: 0, max: 9 } })],
      load: values(() => 400),
      weather: { zoneCapacity: { a: 0 } },
    })
    const controller = await world.start()
    await controller.ticks(80)
    expect(readyIn(controller)).toBeGreaterThanOrEqual(4)
    expect(new Set(world.cloud.hosts().map(({ zone }) => zone))).toEqual(new Set(['b']))
    const refused = orders(world).filter(({ outcome }) => outcome.kind === 'refused')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThanOrEqual(4)
  })
})

describe('D9: machines that nobody knows of go on costing money', () => {
  test('kubernetes/autoscaler#6810, nomad-autoscaler#410: a host whose order was answered to nobody is taken over by the next controller', async () => {
    const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 100) })
    const first = await world.start()
    world.cloud.weather.fate = () => ({ kind: 'lost-after' })
    await first.ticks(2)
    world.cloud.weather.fate = fairWeather.fate
    await (await world.start()).ticks(40)
    expect(world.cloud.hosts().map(({ name }) => name)).toEqual(Object.keys(world.disk.state.hosts))
    expect(world.cloud.alive()).toHaveLength(2)
  })

  test('with its state lost a controller takes over all hosts with what they run, and orders none', async () => {
    const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 300) })
    await (await world.start()).ticks(40)
    const [alive, made] = [world.cloud.alive(), orders(world).length]
    world.disk.state = { ...world.disk.state, hosts: {}, intents: {}, workloads: {}, counter: 0, lists: {} }
    await (await world.start()).ticks(20)
    expect(world.cloud.alive()).toEqual(alive)
    expect(orders(world)).toHaveLength(made)
  })

  const acts = [
    { act: 'report', what: 'told of, and left alone', left: 1 },
    { act: 'remove', what: 'told of, and removed', left: 0 },
  ] as const
  test.for(acts)(
    'one with our labels that belongs to no pool is $what once it has been there for an hour',
    async ({ act, left }) => {
      const pools = [aPool({ strays: { act, after: 3_600_000 } })]
      const world = createWorld({ policies: [aPolicy('ingest')], pools, load: values(() => 100) })
      const controller = await world.start()
      world.cloud.addStray('capuchin-gone-7', 'there is no pool gone')
      await controller.ticks(HOUR_OF_TICKS - 10)
      expect(world.cloud.strays()).toHaveLength(1)
      await controller.ticks(40)
      expect(world.cloud.strays()).toHaveLength(left)
      const told = (await controller.deps.history.read({ kind: 'outcome' })).flatMap((entry) =>
        entry.kind === 'outcome' && entry.step === 'stray' ? [entry.sentence] : [],
      )
      expect(told).toEqual([
        expect.stringContaining('capuchin-gone-7 carries our labels and belongs to no pool'),
      ])
    },
  )
})

describe('D16: what cannot be finished is begun: instances are drained, and then their replacement or deletion is refused', () => {
  test('nomad-autoscaler#911: a host that is to be emptied keeps its instances while the quota lets no other host be had', async () => {
    const pools = [aPool({ slots: 1, hosts: { min: 0, max: 9 } })]
    const policies = [aPolicy('ingest', { rules: [], size: { min: 2, max: 3 } })]
    const world = createWorld({ policies, pools, load: values(() => 0), weather: { maxHosts: 2 } })
    const controller = await world.start()
    await controller.ticks(20)
    const [host] = world.cloud.hosts()
    say(controller, { kind: 'drain-host', host: host?.name ?? '' })
    for (let i = 0; i < 60; i++) {
      await controller.tick()
      expect(readyIn(controller)).toBe(2)
    }
    const note = Object.values(world.disk.state.hosts).map(({ closing }) => closing?.waits)
    expect(note.join()).toContain('quota')
    world.cloud.weather.maxHosts = 9
    await controller.ticks(80)
    expect(readyIn(controller)).toBe(2)
    expect(world.cloud.hosts().map(({ name }) => name)).not.toContain(host?.name)
  })
})

describe('D18: the cloud has an outage, what is ordered does not come up, and replacing it makes it worse', () => {
  async function outage(
    judgement: Guards = guards,
  ): Promise<{ world: World; controller: Controller; made: number }> {
    const pools = [aPool({ slots: 1, hosts: { min: 0, max: 9 }, bootWithin: 120_000, failuresInRow: 3 })]
    let load = 200
    const world = createWorld({
      policies: [aPolicy('ingest')],
      pools,
      load: values(() => load),
      judgement,
      tickEvery: 60_000,
    })
    const controller = await world.start()
    await controller.ticks(10)
    const made = orders(world).length
    world.cloud.weather.bootDelay = () => Number.POSITIVE_INFINITY
    load = 900
    await controller.ticks(120)
    return { world, controller, made: orders(world).length - made }
  }

  test('after three hosts in a row that never boot the pool pauses, longer each time; who serves goes on serving', async () => {
    const { world, controller, made } = await outage()
    expect(made).toBeGreaterThanOrEqual(3)
    expect(made).toBeLessThanOrEqual(20)
    expect(readyIn(controller)).toBeGreaterThanOrEqual(2)
    expect(world.disk.state.supply?.['edge']?.failures?.count).toBeGreaterThanOrEqual(3)
    world.cloud.weather.bootDelay = () => 30_000
    await controller.ticks(90)
    expect(readyIn(controller)).toBeGreaterThan(5)
    expect(world.disk.state.supply?.['edge']?.failures).toBeUndefined()
  })

  test('that is seen here: without the breaker it orders without end', async () => {
    const { made } = await outage({ ...guards, isTripped: () => false })
    expect(made).toBeGreaterThan(30)
  })
})
