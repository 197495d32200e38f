import { describe, expect, test } from 'vitest'
import type { Pool } from '../../../controller/decision/policy.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, createWorld, type WorldOptions } from '../../support/world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Fifty a second for each of so many. */
const load = (instances: number) => values(() => 50 * instances)

/** A world with one workload of so many instances, settled, and what is said from then on. */
async function settled(
  size: number,
  pool: Partial<Pool> = {},
  { lasts = 20, ...given }: Partial<WorldOptions> & { lasts?: number } = {},
) {
  const said: string[] = []
  const world = createWorld({
    policies: [aPolicy('ingest', { size: { min: size, max: size + 4 } })],
    pools: [aPool({ zones: ['a'], restarts: true, failuresInRow: 3, ...pool })],
    load: load(size),
    weather: { bootDelay: () => 30 * SECOND, startDelay: () => 5 * SECOND },
    wrap: (deps) => ({
      ...deps,
      observer: { ...deps.observer, stepped: ({ sentence }) => void said.push(sentence) },
    }),
    ...given,
  })
  const controller = await world.start()
  await controller.ticks(lasts)
  said.splice(0)
  const { cloud } = world
  const ready = () =>
    Object.values(world.disk.state.hosts)
      .flatMap(({ entries }) => entries)
      .filter(({ id }) => cloud.health(id).kind === 'ready').length
  const count = (operation: string) => cloud.log.filter((one) => one.operation === operation).length
  const until = async (check: () => boolean, ticks: number): Promise<number> => {
    for (let i = 1; i <= ticks; i++) {
      await controller.tick()
      if (check()) return i
    }
    throw new Error(`it did not come to that in ${ticks} ticks: ${said.join('; ')}`)
  }
  return { ...world, controller, said, ready, count, until, first: () => cloud.hosts()[0]?.name ?? '' }
}

describe('a preempted host', () => {
  test('is started again, nothing comes back twice, and everything is there again soon', async () => {
    const { cloud, first, ready, count, until, disk, said } = await settled(6)
    const host = first()
    const before = disk.state.hosts[host]?.entries.map(({ id }) => id) ?? []
    cloud.stop(host)
    expect(await until(() => ready() === 6, 12)).toBeLessThan(8)
    expect([count('createHost'), count('restartHost'), count('deleteHost')]).toEqual([2, 1, 0])
    expect(said[0]).toBe(
      `${host} is started again: its provider reports it stopped; what ran there is placed anew`,
    )
    expect(cloud.alive().filter((id) => before.includes(id))).toEqual([])
  })

  test('that is stopped again before it was of use is replaced, and so nobody starts it for ever', async () => {
    const { cloud, first, ready, count, controller, until } = await settled(6)
    const host = first()
    for (let i = 0; i < 3; i++) {
      cloud.stop(host)
      await controller.ticks(2)
    }
    await until(() => ready() === 6, 20)
    expect(count('restartHost')).toBe(1)
    expect(cloud.hosts().map(({ name }) => name)).not.toContain(host)
  })

  test('whose start is refused for want of capacity is replaced in another zone', async () => {
    const { cloud, first, ready, until } = await settled(6, { zones: ['a', 'b'] })
    const host = first()
    cloud.weather.zoneCapacity = { a: 1 }
    cloud.weather.fate = (operation) =>
      operation === 'restartHost'
        ? { kind: 'refused', outcome: { kind: 'refused', code: 'capacity', detail: 'no room' } }
        : { kind: 'well' }
    cloud.stop(host)
    await until(() => ready() === 6, 20)
    expect(cloud.hosts().map(({ zone }) => zone)).toEqual(['b', 'b'])
  })

  test('of which nobody knows whether it was started is started when it is seen stopped still', async () => {
    const { cloud, first, ready, until, count } = await settled(6)
    let lost = 0
    cloud.weather.fate = (operation) =>
      operation === 'restartHost' && lost++ === 0 ? { kind: 'lost-before' } : { kind: 'well' }
    cloud.stop(first())
    await until(() => ready() === 6, 20)
    expect([lost, count('restartHost'), count('deleteHost')]).toEqual([2, 1, 0])
  })
})

describe('a host that hangs', () => {
  test('is started anew, and the next time replaced', async () => {
    const { cloud, first, ready, until, count } = await settled(9)
    const host = first()
    cloud.hangHost(host)
    await until(() => ready() === 9, 12)
    expect([count('restartHost'), count('deleteHost')]).toEqual([1, 0])
    cloud.hangHost(host)
    await until(() => ready() === 9 && count('deleteHost') === 1, 20)
    expect(count('restartHost')).toBe(1)
  })

  test('is left alone when most hang at once, and nothing is started, deleted or ordered beyond max', async () => {
    const { cloud, controller, count } = await settled(9)
    for (const { name } of cloud.hosts().slice(0, 2)) cloud.hangHost(name)
    await controller.ticks(40)
    expect([count('restartHost'), count('deleteHost')]).toEqual([0, 0])
  })

  test('and comes back by itself before it was told is not started anew', async () => {
    const { cloud, first, controller, count, ready } = await settled(9)
    cloud.weather.fate = (operation) => ({ kind: operation === 'setManifest' ? 'lost-before' : 'well' })
    cloud.hangHost(first())
    await controller.tick()
    cloud.recoverHost(first())
    cloud.weather.fate = () => ({ kind: 'well' })
    await controller.ticks(20)
    expect(count('restartHost')).toBeLessThanOrEqual(1)
    expect(ready()).toBe(9)
  })
})

describe('a broken release', () => {
  test('does not burn through hosts: so many in a row, then one now and then, and those that serve stay', async () => {
    const { cloud, controller, count, ready, world } = await withBroken()
    await controller.ticks(4 * 70)
    expect(ready()).toBe(6)
    expect(cloud.hosts().length).toBeLessThanOrEqual(3)
    // Three in a row, and in the rest of the hour those that are tried after 5, 10 and 20 minutes.
    expect(count('createHost') - world).toBeLessThanOrEqual(6)
  })

  test('nor does an image on which nothing ever starts, although then nobody can tell it from a blind observer', async () => {
    const { cloud, count } = await settled(
      2,
      { failuresInRow: 2, slots: 1, hosts: { min: 0, max: 12 } },
      {
        policies: [aPolicy('ingest', { size: { min: 2, max: 12 } })],
        weather: { bootDelay: () => 30 * SECOND, startDelay: () => Number.POSITIVE_INFINITY },
        lasts: 4 * 60,
      },
    )
    expect(count('deleteHost')).toBe(0)
    // Two, and in the rest of the hour those that are tried after 5, 10, 20 and 40 minutes.
    expect(cloud.hosts().length).toBeLessThanOrEqual(6)
  })

  async function withBroken() {
    const all = await settled(6, { failuresInRow: 3 })
    const { cloud } = all
    cloud.weather.startDelay = (id) => (id.startsWith('web') ? Number.POSITIVE_INFINITY : 5 * SECOND)
    const created = all.count('createHost')
    const { policies } = all
    const web = aPolicy('web', { size: { min: 1, max: 1 }, rules: [] })
    Object.assign(all.controller.deps, { policies: () => [...policies, web] })
    return { ...all, world: created }
  }
})

describe('a zone without capacity', () => {
  test('another zone of the pool gives what it lacks, and it is not asked again for a while', async () => {
    const { cloud, count } = await settled(
      9,
      { zones: ['a', 'b'] },
      { weather: { zoneCapacity: { a: 0 }, bootDelay: () => 30 * SECOND } },
    )
    expect(cloud.hosts().map(({ zone }) => zone)).toEqual(['b', 'b', 'b'])
    expect(cloud.calls.filter(({ outcome }) => outcome.kind === 'refused').length).toBeLessThanOrEqual(2)
    expect(count('createHost')).toBe(3)
  })
})

describe('a listing that lags', () => {
  test('a host is found, deleted and forgotten once, and never taken for another one', async () => {
    const { cloud, count, controller, world, disk } = await lagging()
    expect(cloud.hosts()).toHaveLength(2)
    world.policies = [aPolicy('ingest', { size: { min: 1, max: 1 } })]
    Object.assign(controller.deps, { policies: () => world.policies })
    await controller.ticks(100)
    expect([count('createHost'), cloud.hosts().length]).toEqual([2, 1])
    expect(Object.keys(disk.state.hosts)).toEqual(cloud.hosts().map(({ name }) => name))
    expect(disk.state.intents).toEqual({})
  })

  async function lagging() {
    const all = await settled(4, {}, { weather: { listLag: 50 * SECOND, bootDelay: () => 30 * SECOND } })
    return { ...all, world: { policies: all.policies } }
  }
})

describe('a host that cannot be deleted', () => {
  test('is told of, and everything else goes on: what ran there is replaced, and others come and go', async () => {
    const { cloud, first, ready, until, said, controller } = await settled(6, { restarts: false })
    const stuck = first()
    const no = { kind: 'refused' as const, code: 'auth' as const, detail: 'permission denied' }
    cloud.weather.fate = (operation, host) =>
      operation === 'deleteHost' && host === stuck ? { kind: 'refused', outcome: no } : { kind: 'well' }
    cloud.stop(stuck)
    await until(() => ready() === 6, 12)
    await controller.ticks(40)
    expect(said.filter((one) => one.includes('cannot be deleted')).length).toBeGreaterThan(0)
    cloud.vanish(cloud.hosts().find(({ name }) => name !== stuck)?.name ?? '')
    await until(() => ready() === 6, 20)
  })
})

describe('a machine of nobody, and one that was changed by hand', () => {
  test('a stray is reported by one of two pools, and removed by one call', async () => {
    const strays = { act: 'remove' as const, after: 2 * MINUTE }
    const pools = [aPool({ strays }), aPool({ name: 'core', strays })]
    const { cloud, controller, count, said } = await settled(2, {}, { pools })
    cloud.addStray('capuchin-old-4', 'there is no pool old')
    await controller.ticks(20)
    expect(
      said.filter((one) => one.includes('belongs to no pool (') && one.includes('carries')),
    ).toHaveLength(1)
    expect(count('deleteHost')).toBe(1)
    expect(cloud.strays()).toEqual([])
    expect(controller.memory.state.hosts).not.toHaveProperty('capuchin-old-4')
  })

  test('what was changed by hand is put right at once, and less often when somebody does it again and again', async () => {
    const { cloud, controller, first, count, said } = await settled(2)
    const before = count('setManifest')
    for (let i = 0; i < 120; i++) {
      cloud.drift(first(), 'an image was changed')
      await controller.tick()
    }
    const told = count('setManifest') - before
    expect(told).toBeGreaterThan(2)
    // Half an hour: at once, and then after 1, 2, 4, 8 and 16 minutes.
    expect(told).toBeLessThanOrEqual(6)
    expect(said.at(-1)).toContain('somebody keeps changing it')
  })
})
