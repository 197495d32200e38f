import { describe, expect, test } from 'vitest'
import type { Run } from '../../../controller/decision/policy.ts'
import { type Cloud, memoryCloud } from '../../../controller/providers/memory/cloud.ts'
import { memoryProvider } from '../../../controller/providers/memory/memory.ts'
import {
  aManifest,
  anInstance,
  anOrder,
  type Bench,
  patient,
  providerContract,
} from '../../contract/provider.ts'

const run: Run = {
  command: ['serve'],
  env: {},
  slots: 1,
  probe: { target: { kind: 'tcp' }, every: 1_000, timeout: 500, failures: 3, startWithin: 10_000 },
  drain: { grace: 30_000 },
  version: '1',
}

/** A cloud and the clock that drives it. */
function sky(weather: Parameters<typeof memoryCloud>[1] = {}): { cloud: Cloud; wait(ms: number): void } {
  let now = 1_000_000
  const cloud = memoryCloud(() => now, weather)
  return {
    cloud,
    wait: (ms) => {
      now += ms
    },
  }
}

const weathers = [
  { name: 'in fair weather', weather: {} },
  {
    name: 'where everything takes its time',
    weather: {
      bootDelay: () => 30_000,
      startDelay: () => 3_000,
      stopTime: 2_000,
      drainTime: 1_000,
      deleteTime: 20_000,
    },
  },
]
for (const { name, weather } of weathers) {
  providerContract(`memory, ${name}`, async (): Promise<Bench> => {
    const { cloud, wait } = sky(weather)
    return {
      open: (pool) => memoryProvider(cloud, pool.name),
      run,
      until: async (check, what) => {
        for (let i = 0; i < 1_000; i++) {
          const seen = await check()
          if (seen) return seen
          wait(500)
        }
        throw new Error(`waited in vain for ${what}`)
      },
      settle: async () => wait(120_000),
      lose: async (host) => cloud.stop(host),
      processOf: async (instance) => {
        const living = cloud.processes().find((process) => process.instance === instance)
        return living === undefined ? undefined : `${living.host} ${living.pid}`
      },
      close: async () => undefined,
    }
  })
}

const edge = (cloud: Cloud) => memoryProvider(cloud, 'edge')
const one = (revision: number, ...ids: string[]) =>
  aManifest(
    1,
    revision,
    ids.map((id) => anInstance(id, run)),
  )

describe('the weather of a memory cloud', () => {
  const answers = [
    { what: 'a call that never arrives', fate: { kind: 'lost-before' }, hosts: 0 },
    { what: 'a call whose answer is lost', fate: { kind: 'lost-after' }, hosts: 1 },
  ] as const
  test.for(answers)('$what is unknown to the caller', async ({ fate, hosts }) => {
    const { cloud } = sky({ fate: () => fate })
    expect(await edge(cloud).createHost(anOrder('h'), one(1), patient())).toMatchObject({ kind: 'unknown' })
    expect(cloud.hosts()).toHaveLength(hosts)
    expect(cloud.calls).toMatchObject([
      { operation: 'createHost', fate: fate.kind, outcome: { kind: 'unknown' } },
    ])
  })

  test('a late call is carried out at its own time, whenever somebody looks, and may come too late', async () => {
    const { cloud, wait } = sky({ bootDelay: () => 10_000 })
    cloud.weather.fate = () => ({ kind: 'late', by: 5_000 })
    await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    expect(cloud.hosts()).toEqual([])
    cloud.weather.fate = () => ({ kind: 'late', by: 20_000 })
    wait(6_000)
    await edge(cloud).setManifest('h', one(2), patient())
    cloud.weather.fate = () => ({ kind: 'well' })
    expect(await edge(cloud).setManifest('h', one(3, 'web-1'), patient())).toEqual({ kind: 'done' })
    wait(100_000)
    // Ordered at 5 s, up at 15 s; revision 2 came at 26 s and was older than revision 3.
    expect(cloud.health('web-1')).toEqual({ kind: 'ready', since: 1_015_000 })
    expect(cloud.log.map(({ operation, at }) => [operation, at - 1_000_000])).toEqual([
      ['createHost', 5_000],
      ['setManifest', 6_000],
    ])
  })

  test('an order that comes after the deletion makes no second host', async () => {
    const { cloud, wait } = sky()
    await edge(cloud).createHost(anOrder('h'), one(1), patient())
    cloud.weather.fate = (operation) =>
      operation === 'createHost' ? { kind: 'late', by: 1_000 } : { kind: 'well' }
    await edge(cloud).createHost(anOrder('h'), one(1), patient())
    await edge(cloud).deleteHost('h', patient())
    wait(1_000)
    expect(cloud.hosts()).toEqual([])
  })

  test('quota and capacity refuse for certain', async () => {
    const { cloud } = sky({ maxHosts: 2, zoneCapacity: { a: 1 } })
    const ask = (name: string, zone: string) =>
      edge(cloud).createHost(anOrder(name, { zone }), one(1), patient())
    expect(await ask('h1', 'a')).toEqual({ kind: 'done' })
    expect(await ask('h2', 'a')).toMatchObject({ kind: 'refused', code: 'capacity' })
    expect(await ask('h2', 'b')).toEqual({ kind: 'done' })
    expect(await ask('h3', 'c')).toMatchObject({ kind: 'refused', code: 'quota' })
    expect(cloud.hosts()).toHaveLength(2)
  })

  test('a lagging list shows hosts, states and processes as they were', async () => {
    const { cloud, wait } = sky({ listLag: 10_000 })
    await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    expect(cloud.list('edge')).toEqual({ kind: 'hosts', hosts: [] })
    wait(10_000)
    await edge(cloud).setManifest('h', one(2), patient())
    expect(cloud.list('edge')).toMatchObject({ hosts: [{ manifest: { revision: 1 }, alive: ['web-1'] }] })
    await edge(cloud).deleteHost('h', patient())
    wait(9_999)
    expect(cloud.list('edge')).toMatchObject({ hosts: [{ name: 'h' }] })
    wait(1)
    expect(cloud.list('edge')).toEqual({ kind: 'hosts', hosts: [] })
  })

  test('a list that fails says why', async () => {
    const { cloud } = sky({ listFails: () => 'no route to the cloud' })
    expect(await edge(cloud).list(patient())).toEqual({ kind: 'failed', detail: 'no route to the cloud' })
  })

  test('a host that never boots stays booting', async () => {
    const { cloud, wait } = sky({ bootDelay: () => Number.POSITIVE_INFINITY })
    await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    wait(1e9)
    expect(cloud.hosts()).toMatchObject([{ state: 'booting', alive: [] }])
    expect(cloud.health('web-1')).toEqual({ kind: 'unknown' })
  })

  test.for(['stopped', 'failed'] as const)(
    'a host that %s stays listed, and all on it is silent',
    async (state) => {
      const { cloud, wait } = sky()
      await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
      wait(5_000)
      cloud.stop('h', state)
      wait(5_000)
      expect(cloud.hosts()).toMatchObject([{ state, alive: [] }])
      expect(cloud.health('web-1')).toMatchObject({ kind: 'silent', since: 1_005_000, refused: false })
    },
  )

  test('a host that vanishes is gone, and so is all on it', async () => {
    const { cloud } = sky()
    await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    cloud.vanish('h')
    expect(cloud.hosts()).toEqual([])
    expect(cloud.processes()).toEqual([])
  })
})

describe('what happens to hosts of a memory cloud', () => {
  const setUp = async (weather: Parameters<typeof memoryCloud>[1] = {}) => {
    const all = sky({ bootDelay: () => 30_000, startDelay: () => 2_000, ...weather })
    await edge(all.cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    all.wait(40_000)
    const restart = () => edge(all.cloud).restartHost?.('h', patient())
    return { ...all, restart, state: () => all.cloud.hosts()[0]?.state }
  }

  test('one that has stopped and is started boots, and runs what it was told meanwhile', async () => {
    const { cloud, wait, restart, state } = await setUp()
    cloud.stop('h')
    await edge(cloud).setManifest('h', one(2, 'web-2'), patient())
    expect(cloud.alive()).toEqual([])
    expect(await restart()).toMatchObject({ kind: 'done' })
    expect(state()).toBe('booting')
    expect(cloud.health('web-2')).toMatchObject({ kind: 'silent', refused: false })
    wait(32_000)
    expect(state()).toBe('running')
    expect(cloud.alive()).toEqual(['web-2'])
    expect(cloud.health('web-2')).toMatchObject({ kind: 'ready' })
    expect(cloud.health('web-1')).toMatchObject({ kind: 'silent' })
  })

  test('one that hangs runs, and nothing on it answers, not even what is new, until it is started anew', async () => {
    const { cloud, wait, restart, state } = await setUp()
    cloud.hangHost('h')
    await edge(cloud).setManifest('h', one(2, 'web-1', 'web-2'), patient())
    wait(60_000)
    expect(state()).toBe('running')
    for (const id of ['web-1', 'web-2'])
      expect(cloud.health(id)).toMatchObject({ kind: 'silent', refused: false })
    await restart()
    wait(32_000)
    for (const id of ['web-1', 'web-2']) expect(cloud.health(id)).toMatchObject({ kind: 'ready' })
    cloud.hangHost('h')
    cloud.recoverHost('h')
    expect(cloud.health('web-1')).toMatchObject({ kind: 'ready' })
  })

  test('one that has failed for good is not started', async () => {
    const { cloud, restart, state } = await setUp()
    cloud.stop('h', 'failed')
    expect(await restart()).toMatchObject({ kind: 'refused', code: 'invalid' })
    expect(state()).toBe('failed')
  })

  test('what was changed by hand is told until the host is told again', async () => {
    const { cloud } = await setUp()
    cloud.drift('h', 'an image was changed')
    expect(cloud.list('edge')).toMatchObject({ hosts: [{ drift: 'an image was changed' }] })
    await edge(cloud).setManifest('h', one(2, 'web-1'), patient())
    expect(cloud.hosts()[0]).not.toHaveProperty('drift')
  })

  test('a stray is listed, and deleted like a host', async () => {
    const { cloud } = await setUp()
    cloud.addStray('old-1', 'there is no pool old')
    expect(cloud.list('edge')).toMatchObject({ strays: [{ name: 'old-1' }] })
    expect(await edge(cloud).deleteHost('old-1', patient())).toMatchObject({ kind: 'done' })
    expect(cloud.list('edge')).not.toHaveProperty('strays')
    expect(cloud.hosts()).toHaveLength(1)
  })

  test('it is paid for while it runs: from when it is up until it stops, is deleted or is gone', async () => {
    const { cloud, wait, restart } = await setUp()
    const up = 1_030_000
    expect(cloud.hosts()[0]).toMatchObject({ paidFrom: up })
    await restart()
    wait(40_000)
    cloud.stop('h')
    expect(cloud.hosts()[0]).toMatchObject({ paidFrom: up, paidUntil: 1_080_000 })
    wait(10_000)
    await restart()
    expect(await edge(cloud).deleteHost('h', patient())).toEqual({ kind: 'done', at: 1_090_000 })
    expect(cloud.bill()).toEqual([{ host: 'h', from: up, until: 1_080_000 }])
  })
})

describe('what probes find on a memory cloud', () => {
  const setUp = async (weather: Parameters<typeof memoryCloud>[1] = {}) => {
    const all = sky({ startDelay: () => 2_000, drainTime: 3_000, stopTime: 1_000, ...weather })
    await edge(all.cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    return { ...all, health: () => all.cloud.health('web-1') }
  }

  test('an instance refuses until it is ready', async () => {
    const { health, wait } = await setUp()
    expect(health()).toEqual({
      kind: 'silent',
      since: 1_000_000,
      detail: 'connection refused',
      refused: true,
    })
    wait(2_000)
    expect(health()).toEqual({ kind: 'ready', since: 1_002_000 })
  })

  test('asked to drain it is unready at once, and drained after its time', async () => {
    const { cloud, health, wait } = await setUp()
    expect(cloud.askDrain('web-1')).toMatchObject({ kind: 'failed' })
    wait(2_000)
    expect(cloud.askDrain('web-1')).toEqual({ kind: 'asked' })
    expect(health()).toMatchObject({ kind: 'unready', since: 1_002_000, drained: false })
    wait(3_000)
    expect(cloud.askDrain('web-1')).toEqual({ kind: 'asked' })
    expect(health()).toMatchObject({ kind: 'unready', since: 1_002_000, drained: true })
  })

  test('out of the manifest it drains, stops and is gone', async () => {
    const { cloud, health, wait } = await setUp()
    wait(2_000)
    await edge(cloud).setManifest('h', one(2), patient())
    expect(health()).toMatchObject({ kind: 'unready', drained: false })
    wait(3_999)
    expect(cloud.alive()).toEqual(['web-1'])
    wait(1)
    expect(cloud.alive()).toEqual([])
    expect(health()).toMatchObject({ kind: 'silent', since: 1_006_000, refused: true })
  })

  const grace = [
    { what: 'one that drains for too long', drainTime: 1e9, hung: false },
    { what: 'one that hangs', drainTime: 0, hung: true },
  ]
  test.for(grace)('$what is gone at the end of its grace', async ({ drainTime, hung }) => {
    const { cloud, wait } = await setUp({ drainTime })
    wait(2_000)
    if (hung) cloud.hang('web-1')
    await edge(cloud).setManifest('h', one(2), patient())
    wait(29_999)
    expect(cloud.alive()).toEqual(['web-1'])
    wait(1)
    expect(cloud.alive()).toEqual([])
  })

  test('one that crashed is gone for good, or until it is started again', async () => {
    const { cloud, health, wait } = await setUp()
    wait(2_000)
    cloud.crash('web-1', 5_000)
    expect(health()).toMatchObject({ kind: 'silent', since: 1_002_000, refused: true })
    expect(cloud.alive()).toEqual([])
    wait(5_000)
    expect(cloud.alive()).toEqual(['web-1'])
    wait(2_000)
    expect(health()).toEqual({ kind: 'ready', since: 1_009_000 })
    cloud.crash('web-1')
    wait(1e9)
    expect(health()).toMatchObject({ kind: 'silent', since: 1_009_000, refused: true })
  })

  test('one that hangs exists and does not answer, one that stalls answers 503, and both can end', async () => {
    const { cloud, health, wait } = await setUp()
    wait(2_000)
    cloud.hang('web-1')
    expect(health()).toMatchObject({ kind: 'silent', refused: false })
    expect(cloud.askDrain('web-1')).toMatchObject({ kind: 'failed' })
    expect(cloud.alive()).toEqual(['web-1'])
    cloud.recover('web-1')
    cloud.stall('web-1')
    expect(health()).toMatchObject({ kind: 'unready', drained: false })
    cloud.recover('web-1')
    expect(health()).toMatchObject({ kind: 'ready' })
  })

  test('one that is taken out before its host is up never starts', async () => {
    const { cloud, wait } = sky({ bootDelay: () => 10_000 })
    await edge(cloud).createHost(anOrder('h'), one(1, 'web-1'), patient())
    wait(5_000)
    await edge(cloud).setManifest('h', one(2), patient())
    wait(5_000)
    expect(cloud.processes()).toEqual([])
    wait(5_000)
    expect(cloud.processes()).toEqual([])
  })

  test('of an instance that was never told of nothing is known', () => {
    expect(sky().cloud.health('web-9')).toEqual({ kind: 'unknown' })
  })
})

test('hosts have addresses of their own', async () => {
  const { cloud } = sky()
  for (let i = 0; i < 300; i++) await edge(cloud).createHost(anOrder(`h${i}`), one(1), patient())
  expect(new Set(cloud.hosts().map(({ address }) => address)).size).toBe(300)
})
