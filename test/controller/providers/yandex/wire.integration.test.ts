import { readFile, rm, writeFile } from 'node:fs/promises'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Auth, FailureCode, VmOrder, YandexApi } from '../../../../controller/providers/yandex/api.ts'
import { connect } from '../../../../controller/providers/yandex/connect.ts'
import { loadSdk } from '../../../../controller/providers/yandex/sdk.ts'
import { createRequestOf } from '../../../../controller/providers/yandex/vm.ts'
import { startFaultProxy } from '../../../support/fault-proxy.ts'
import { until } from '../../../support/until.ts'
import { virtualTime } from '../../../support/virtual-time.ts'
import { CODE, fairWeather } from '../../../support/yandex/fake.ts'
import { given, orderOf, type WireBench, wireBench } from './wire-bench.ts'

const never = new AbortController().signal
const hour = 3_600_000
const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)

let bench: WireBench
let api: YandexApi

beforeAll(async () => {
  process.on('unhandledRejection', note)
  bench = await wireBench()
  api = await bench.connect()
})

afterAll(async () => {
  await bench.fake.close()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

beforeEach(() => {
  const { fake, sleeps } = bench
  fake.weather = { ...fairWeather }
  for (const { name } of fake.vms()) fake.vanish(name)
  sleeps.length = 0
})

const made = async (name: string, of = api) => {
  const operation = given(await of.create(orderOf(bench.fake, name), `key of ${name}`, never))
  return given(await of.finish(operation, never))
}
const callsOf = (method: string) => bench.fake.log.filter((call) => call.method === method)

describe('the life of a VM', () => {
  test('it is ordered, seen with all that was ordered, changed, restarted and deleted', async () => {
    const { fake, clock } = bench
    fake.weather.operationDelay = () => 30_000
    const order = orderOf(fake, 'edge-1', { nat: true, preemptible: true, hostname: 'edge-1' })
    const began = clock.now
    const created = given(await api.create(order, 'a', never))
    expect(created).toMatchObject({ done: false, createdAt: began, vm: expect.any(String) })
    const done = given(await api.finish(created, never))
    expect(done).toMatchObject({ done: true, vm: created.vm, modifiedAt: began + 30_000 })
    const vm = created.vm ?? ''

    const [listed] = given(await api.list(fake.folder, never))
    expect(listed).toEqual({
      id: vm,
      name: 'edge-1',
      zone: 'ru-central1-a',
      status: 'running',
      createdAt: began,
      labels: { 'capuchin-pool': 'edge' },
      preemptible: true,
      address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      natAddress: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
    })
    expect(given(await api.get(vm, never))).toEqual({
      ...listed,
      metadata: { 'docker-compose': 'services: {}' },
    })

    const updated = given(await api.updateMetadata(vm, { more: 'x' }, ['docker-compose'], 'b', never))
    given(await api.finish(updated, never))
    expect(given(await api.get(vm, never)).metadata).toEqual({ more: 'x' })
    given(await api.finish(given(await api.restart(vm, 'c', never)), never))
    fake.stopByHand('edge-1')
    clock.now += 30_000
    expect(given(await api.get(vm, never)).status).toBe('stopped')
    given(await api.finish(given(await api.start(vm, 'd', never)), never))
    const operations = given(await api.operationsOf(vm, never))
    expect(operations).toHaveLength(5)
    expect(operations.map(({ createdAt }) => createdAt)).toEqual(
      operations.map(({ createdAt }) => createdAt).sort((a, b) => b - a),
    )
    expect(given(await api.serialOutput(vm, never))).toEqual(expect.any(String))
    given(await api.finish(given(await api.remove(vm, 'e', never)), never))
    expect(await api.get(vm, never)).toMatchObject({ kind: 'failed', code: 'not-found' })
  })

  test('an order on the wire has all that was ordered, and a disk that goes with its VM', async () => {
    const sdk = await loadSdk()
    const order = orderOf(bench.fake, 'edge-1', {
      ...{ nat: true, preemptible: true, coreFraction: 50, serviceAccount: 'ajesa', hostname: 'edge-1' },
      securityGroups: ['enpgroup'],
    })
    expect(createRequestOf(sdk, order)).toMatchObject({
      folderId: bench.fake.folder,
      name: 'edge-1',
      hostname: 'edge-1',
      labels: { 'capuchin-pool': 'edge' },
      zoneId: 'ru-central1-a',
      platformId: 'standard-v3',
      resourcesSpec: { memory: 4 * 2 ** 30, cores: 2, coreFraction: 50 },
      metadata: { 'docker-compose': 'services: {}' },
      bootDiskSpec: {
        autoDelete: true,
        diskSpec: { typeId: 'network-ssd', size: 30 * 2 ** 30, imageId: 'fd8fakecoi0000000000' },
      },
      networkInterfaceSpecs: [
        {
          subnetId: bench.fake.subnets['ru-central1-a'],
          securityGroupIds: ['enpgroup'],
          primaryV4AddressSpec: { oneToOneNatSpec: { ipVersion: 1 } },
        },
      ],
      schedulingPolicy: { preemptible: true },
      serviceAccountId: 'ajesa',
    })
    const inside = createRequestOf(sdk, { ...order, nat: false }).networkInterfaceSpecs[0]
    expect(inside?.primaryV4AddressSpec).toBeDefined()
    expect(inside?.primaryV4AddressSpec?.oneToOneNatSpec).toBeUndefined()
  })

  test('a folder has a cloud, its quotas and the newest image of a family', async () => {
    const { fake } = bench
    await made('edge-1')
    expect(given(await api.cloudOf(fake.folder, never))).toBe(fake.cloud)
    const quotas = given(await api.quotas(fake.cloud, never))
    expect(quotas).toContainEqual({ id: 'compute.instances.count', limit: 12, usage: 1 })
    const image = given(await api.latestImage('standard-images', fake.imageFamily, never))
    expect(image).toBe('fd8fakecoi0000000000')
    expect(await api.latestImage('standard-images', 'none', never)).toMatchObject({ code: 'not-found' })
  })

  test('all pages are listed, or one name', async () => {
    const { fake } = bench
    for (const name of ['edge-1', 'edge-2', 'edge-3', 'edge-4', 'edge-5']) fake.addForeignVm({ name })
    fake.weather.pageMost = 2
    const pages = callsOf('List').length
    const names = given(await api.list(fake.folder, never)).map(({ name }) => name)
    expect(names.sort()).toEqual(['edge-1', 'edge-2', 'edge-3', 'edge-4', 'edge-5'])
    expect(callsOf('List').length - pages).toBe(3)
    expect(given(await api.list(fake.folder, never, 'edge-3')).map(({ name }) => name)).toEqual(['edge-3'])
    expect(given(await api.list(fake.folder, never, 'edge-9'))).toEqual([])
  })

  test('half a list is no list', async () => {
    const { fake } = bench
    for (const name of ['edge-1', 'edge-2', 'edge-3']) fake.addForeignVm({ name })
    fake.weather.pageMost = 1
    let calls = 0
    fake.weather.fault = (method) => {
      if (method !== 'InstanceService/List') return undefined
      calls += 1
      return calls > 2 ? CODE.permissionDenied : undefined
    }
    expect(await api.list(fake.folder, never)).toMatchObject({ kind: 'failed', code: 'auth' })
  })
})

describe.each(['headers', 'trailers'] as const)('errors in %s', (errorShape) => {
  beforeEach(() => {
    bench.fake.weather.errorShape = errorShape
  })

  const refusals: [string, number, string, FailureCode, number][] = [
    ['a quota is asked once', 8, 'The limit on maximum number of instances has exceeded.', 'quota', 1],
    [
      'the limit of operations is waited for',
      8,
      'The limit on maximum number of active operations has exceeded.',
      'limit',
      4,
    ],
    ['a zone without machines is asked once', 8, 'Not enough resources', 'capacity', 1],
    ['an account without the role is asked once', 7, 'Permission denied', 'auth', 1],
    ['a name that is taken is asked once', 6, 'Instance with name "x" already exists', 'exists', 1],
    ['an order that is wrong is asked once', 3, 'Illegal argument', 'invalid', 1],
    ['a VM with an operation under way is waited for', 9, 'has an operation in progress', 'transient', 4],
    ['a service that is away is asked again', 14, 'unavailable', 'transient', 4],
    ['a fault of the service is asked again', 13, 'internal', 'transient', 4],
  ]
  test.each(refusals)('%s', async (_, code, message, expected, tries) => {
    const { fake } = bench
    fake.weather.fault = () => ({ code, message })
    const before = callsOf('Create').length
    const answer = await api.create(orderOf(fake, 'x'), `${errorShape} ${message}`, never)
    expect(answer).toMatchObject({ kind: 'failed', code: expected, detail: expect.stringContaining(message) })
    const sent = callsOf('Create').slice(before)
    expect(sent).toHaveLength(tries)
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
  })

  test('what passes is tried again, and nobody hears of it', async () => {
    const { fake } = bench
    let left = 3
    fake.weather.fault = () => (left-- > 0 ? CODE.unavailable : undefined)
    expect(given(await api.list(fake.folder, never))).toEqual([])
  })

  test('a token that the cloud forgot is got anew once, and the call repeated', async () => {
    const { fake, clock } = bench
    given(await api.list(fake.folder, never))
    fake.revokeTokens()
    clock.now += 60_000
    const exchanged = callsOf('Create').filter(({ service }) => service === 'IamTokenService').length
    const all = await Promise.all([1, 2, 3].map(() => api.list(fake.folder, never)))
    expect(all.map(({ kind }) => kind)).toEqual(['answer', 'answer', 'answer'])
    const again = callsOf('Create').filter(({ service }) => service === 'IamTokenService').length
    expect(again - exchanged).toBe(1)
  })

  test('an account that is never let in is told after the second try', async () => {
    const { fake } = bench
    fake.weather.fault = (method) =>
      method.startsWith('InstanceService') ? { code: 16, message: 'The token is invalid' } : undefined
    const before = callsOf('List').length
    expect(await api.list(fake.folder, never)).toMatchObject({ code: 'auth' })
    expect(callsOf('List').length - before).toBeLessThanOrEqual(2)
  })
})

describe('what the folder allows', () => {
  test('a VM beyond the quota is refused as such, and there is none', async () => {
    const { fake } = bench
    fake.weather.quotas = { ...fairWeather.quotas, instances: 1 }
    await made('first')
    const answer = await api.create(orderOf(fake, 'second'), 'second', never)
    expect(answer).toMatchObject({ kind: 'failed', code: 'quota' })
    expect(fake.vms()).toHaveLength(1)
  })

  test('when others use up its operations one is begun as soon as they have ended', async () => {
    const { fake, clock } = bench
    for (const name of ['theirs-1', 'theirs-2']) fake.addForeignVm({ name })
    fake.weather.operationLimit = 2
    fake.weather.operationDelay = (_, name) => (name.startsWith('theirs') ? 4_000 : 0)
    for (const name of ['theirs-1', 'theirs-2']) fake.stopByHand(name)
    const began = clock.now
    given(await api.finish(given(await api.create(orderOf(fake, 'ours'), 'ours', never)), never))
    expect(clock.now - began).toBeGreaterThanOrEqual(4_000)
    expect(clock.now - began).toBeLessThan(10_000)
  })

  test('an order that cannot be is refused with the words of the cloud', async () => {
    const { fake } = bench
    const refused = (more: Partial<VmOrder>, key: string) =>
      api.create(orderOf(fake, 'odd', more), key, never)
    expect(await refused({ name: 'Not_A-Name!' }, 'odd-1')).toMatchObject({ code: 'invalid' })
    expect(await refused({ labels: { UPPER: 'x' } }, 'odd-2')).toMatchObject({ code: 'invalid' })
    expect(await refused({ folder: fake.foreignFolder }, 'odd-3')).toMatchObject({ code: 'auth' })
    expect(fake.vms()).toEqual([])
  })
})

describe('answers that are lost', () => {
  test('an order whose answers are lost makes one VM, and its operation is found again', async () => {
    const { fake } = bench
    let left = 3
    fake.weather.fault = (method) =>
      method === 'InstanceService/Create' && left-- > 0 ? 'lost-after' : undefined
    given(await api.finish(given(await api.create(orderOf(fake, 'once'), 'k', never)), never))
    expect(fake.vms()).toHaveLength(1)
    expect(fake.effects.filter(({ kind, name }) => kind === 'made' && name === 'once')).toHaveLength(1)
  })

  test('the same key at another time is the same order, another key is another', async () => {
    const { fake } = bench
    const first = given(await api.create(orderOf(fake, 'same'), 'one key', never))
    const second = given(await api.create(orderOf(fake, 'same'), 'one key', never))
    expect(second.id).toBe(first.id)
    expect(await api.create(orderOf(fake, 'same'), 'another key', never)).toMatchObject({ code: 'exists' })
  })
})

describe('the end of an operation', () => {
  test('an error before the end is waited through until it is rolled back', async () => {
    const { fake, clock } = bench
    fake.weather.operationDelay = () => 20_000
    fake.weather.rollbackTime = 40_000
    fake.weather.zoneCapacity = { 'ru-central1-a': 0 }
    const began = clock.now
    const operation = given(await api.create(orderOf(fake, 'full'), 'full', never))
    const answer = await api.finish(operation, never)
    expect(answer).toMatchObject({
      kind: 'failed',
      code: 'capacity',
      detail: expect.stringContaining('Not enough resources'),
    })
    expect(clock.now - began).toBeGreaterThanOrEqual(60_000)
    expect(clock.now - began).toBeLessThan(70_000)
    expect(fake.operationsInFlight()).toBe(0)
    expect(fake.vms()).toEqual([])
  })

  test('an outage while waiting is waited through, and the pauses grow', async () => {
    const { fake, clock, sleeps } = bench
    fake.weather.operationDelay = () => 60_000
    const operation = given(await api.create(orderOf(fake, 'slow'), 'slow', never))
    const outage = { from: clock.now + 10_000, until: clock.now + 40_000 }
    fake.weather.fault = (method) =>
      method === 'OperationService/Get' && clock.now > outage.from && clock.now < outage.until
        ? CODE.unavailable
        : undefined
    expect(given(await api.finish(operation, never)).done).toBe(true)
    expect(sleeps[0]).toBeLessThan(1_000)
    expect(Math.max(...sleeps)).toBeLessThanOrEqual(5_000)
    expect(Math.max(...sleeps)).toBeGreaterThan(3_000)
  })

  test('one that cannot be looked at may be under way still; so it is when nobody waits any more', async () => {
    const { fake } = bench
    fake.weather.operationDelay = () => Number.POSITIVE_INFINITY
    const operation = given(await api.create(orderOf(fake, 'for-ever'), 'for ever', never))
    fake.weather.fault = (method) => (method === 'OperationService/Get' ? CODE.permissionDenied : undefined)
    expect(await api.finish(operation, never)).toMatchObject({ kind: 'failed', code: 'transient' })
    fake.weather.fault = () => undefined
    expect(await api.finish(operation, AbortSignal.abort())).toMatchObject({ code: 'transient' })
  })

  test('a folder has 8 of our operations at a time, over all connections', async () => {
    const { fake } = bench
    fake.weather.quotas = { instances: 100, cores: 200, memory: 2 ** 50, disks: 100 }
    fake.weather.operationDelay = () => 10_000
    await fake.renewTokenFile()
    const time = virtualTime(bench.clock)
    const { folder, endpoint, ca } = fake
    const connected = (auth: Auth) =>
      connect({ auth, folder, endpoint, ca }, { ...bench.deps, sleep: time.sleep })
    const clouds = [
      await connected({ tokenFile: fake.tokenFile }),
      await connected({ keyFile: fake.keyFile }),
    ] as const
    let most = 0
    fake.weather.fault = () => {
      most = Math.max(most, fake.operationsInFlight())
      return undefined
    }
    const names = Array.from({ length: 20 }, (_, number) => `many-${number}`)
    const make = time.known(made, 'foreground')
    await time.during(() => Promise.all(names.map((name, number) => make(name, clouds[number % 2 ? 1 : 0]))))
    expect(fake.vms()).toHaveLength(20)
    expect(most).toBe(8)
  })
})

describe('tokens', () => {
  const ways = [
    ['the key file', () => ({ keyFile: bench.fake.keyFile })],
    ['the metadata service', () => ({ metadata: bench.fake.metadataUrl })],
    ['the token file', () => ({ tokenFile: bench.fake.tokenFile })],
  ] as const

  test.each(ways)('calls go on for 48 hours with %s, and no token is older than 12', async (name, auth) => {
    const { fake, clock } = bench
    const cloud = await bench.connect(auth())
    const end = clock.now + 48 * hour
    for (let calls = 0; clock.now < end; calls += 1) {
      if (name === 'the token file' && calls % 6 === 0) await fake.renewTokenFile()
      expect(await cloud.list(fake.folder, never)).toMatchObject({ kind: 'answer' })
      clock.now += 30 * 60_000
    }
    const refused = fake.log.filter(({ at, code }) => at > end - 48 * hour && code === CODE.unauthenticated)
    expect(refused).toEqual([])
  })

  test('a token that ends while an operation is waited for is renewed on the way', async () => {
    const { fake, clock } = bench
    const cloud = await bench.connect({ keyFile: fake.keyFile })
    fake.weather.tokenTtl = 60_000
    fake.revokeTokens()
    fake.weather.operationDelay = () => 5 * 60_000
    const operation = given(await cloud.create(orderOf(fake, 'long'), 'long', never))
    const began = clock.now
    expect(given(await cloud.finish(operation, never)).done).toBe(true)
    expect(clock.now - began).toBeGreaterThan(4 * 60_000)
  })

  test('an outage of the key service is survived with the token at hand', async () => {
    const { fake, clock, logged } = bench
    fake.revokeTokens()
    const cloud = await bench.connect({ keyFile: fake.keyFile })
    given(await cloud.list(fake.folder, never))
    fake.weather.fault = (method) => (method === 'IamTokenService/Create' ? CODE.unavailable : undefined)
    clock.now += 2 * hour
    expect(await cloud.list(fake.folder, never)).toMatchObject({ kind: 'answer' })
    expect(logged.at(-1)).toMatch(/could not be renewed yet/)
    clock.now += 11 * hour
    expect(await cloud.list(fake.folder, never)).toMatchObject({ code: 'transient' })
    fake.weather.fault = () => undefined
    expect(await cloud.list(fake.folder, never)).toMatchObject({ kind: 'answer' })
  })

  test('an account that may do nothing is told with the remedy', async () => {
    const { fake } = bench
    const gone = `${fake.tokenFile}-gone`
    const cloud = await bench.connect({ tokenFile: gone })
    const answer = await cloud.list(fake.folder, never)
    expect(answer).toMatchObject({ code: 'auth', detail: expect.stringContaining(gone) })
    expect(await api.list(fake.foreignFolder, never)).toMatchObject({ code: 'auth' })
  })

  test('neither token nor key is ever in an answer or a log, whatever the cloud repeats', async () => {
    const { fake, logged } = bench
    const path = `${fake.tokenFile}-planted`
    await writeFile(path, 'planted-secret-token\n')
    const key = await readFile(fake.keyFile, 'utf8')
    await writeFile(`${path}-key`, key.slice(0, -40))
    const [byToken, byKey] = [
      await bench.connect({ tokenFile: path }),
      await bench.connect({ keyFile: `${path}-key` }),
    ]
    const message = `refused: Bearer planted-secret-token and t1.other-token with ${key}`
    const told: unknown[] = [await byToken.list(fake.folder, never), await byKey.list(fake.folder, never)]
    for (const code of [3, 7, 8, 13, 16]) {
      fake.weather.fault = () => ({ code, message })
      told.push(await byToken.list(fake.folder, never))
      told.push(await byToken.create(orderOf(fake, 'x'), `planted ${code}`, never))
      told.push(await api.get('x', never))
    }
    await rm(path)
    bench.clock.now += hour
    told.push(await byToken.list(fake.folder, never))
    const text = JSON.stringify([told, logged])
    expect(text).not.toMatch(/planted-secret|t1\.other|BEGIN|eyJ/)
    expect(text).not.toContain(key.split('\\n')[4])
    await rm(`${path}-key`)
  })
})

describe('the way to the cloud', () => {
  test('a server that hangs is given up by the deadline of each try', async () => {
    const { fake } = bench
    const cloud = await bench.connect({ keyFile: fake.keyFile }, {}, { oneTry: 1_000 })
    let left = 1
    fake.weather.fault = (method) => (method === 'InstanceService/List' && left-- > 0 ? 'hang' : undefined)
    expect(await cloud.list(fake.folder, never)).toMatchObject({ kind: 'answer' })
  })

  test('a caller that stops waiting is let go at once, before and meanwhile', async () => {
    const { fake } = bench
    given(await api.list(fake.folder, never))
    const before = callsOf('List').length
    fake.weather.fault = () => 'hang'
    expect(await api.list(fake.folder, AbortSignal.abort())).toMatchObject({ code: 'transient' })
    expect(callsOf('List')).toHaveLength(before)
    const stop = new AbortController()
    const answer = api.list(fake.folder, stop.signal)
    await until(() => callsOf('List').length > before)
    stop.abort()
    expect(await answer).toMatchObject({
      code: 'transient',
      detail: expect.stringContaining('stopped waiting'),
    })
  })

  test('a server that is down is told as such, and found again when it is back', async () => {
    const { fake } = bench
    const proxy = await startFaultProxy(Number(fake.endpoint.split(':')[1]))
    const cloud = await bench.connect({ keyFile: fake.keyFile }, { endpoint: `localhost:${proxy.port}` })
    given(await cloud.list(fake.folder, never))
    await proxy.down()
    expect(await cloud.list(fake.folder, never)).toMatchObject({ code: 'transient' })
    await proxy.up()
    await until(async () => (await cloud.list(fake.folder, never)).kind === 'answer', { within: 30_000 })
    await proxy.down()
  })

  test('a connection that died in silence is given up for a new one, though nobody closed it', async () => {
    const { fake } = bench
    const way = await silentlyDying(Number(fake.endpoint.split(':')[1]))
    const settings = { endpoint: `localhost:${way.port}` }
    const cloud = await bench.connect({ keyFile: fake.keyFile }, settings, { oneTry: 400 })
    // Another pool at the same endpoint, which must not hold the dead connection for this one.
    const other = await bench.connect({ keyFile: fake.keyFile }, settings, { oneTry: 400 })
    for (const one of [cloud, other])
      await until(async () => (await one.list(fake.folder, never)).kind === 'answer', { within: 30_000 })
    way.die()
    const connections = way.connections()
    await until(async () => (await cloud.list(fake.folder, never)).kind === 'answer', { within: 30_000 })
    expect(way.connections()).toBeGreaterThan(connections)
    way.close()
  })

  test('a server of an authority that nobody named is not believed, and the detail says why', async () => {
    const { fake, deps } = bench
    const { tokenFile, folder, endpoint } = fake
    const cloud = await connect({ auth: { tokenFile }, folder, endpoint }, deps)
    const before = fake.log.length
    expect(await cloud.list(folder, never)).toMatchObject({
      code: 'transient',
      detail: expect.stringContaining('certificate'),
    })
    expect(fake.log).toHaveLength(before)
  })

  test('an authority that cannot be read is told before anything is asked', async () => {
    const { fake } = bench
    await expect(bench.connect({ keyFile: fake.keyFile }, { ca: '/nowhere/ca.pem' })).rejects.toThrow(
      /\/nowhere\/ca.pem .*ENOENT.* in ca/,
    )
    await expect(bench.connect({ keyFile: fake.keyFile }, { ca: fake.keyFile })).rejects.toThrow(
      /no certificate in .*key.json: name the PEM file/,
    )
  })
})

/** A way on which connections die as behind a router that forgot them: nothing passes any more, and nobody is told. */
async function silentlyDying(target: number) {
  const all: { sockets: readonly Socket[]; dead: boolean }[] = []
  const server = createServer((client) => {
    const onward = connectTcp(target, '127.0.0.1')
    const pair = { sockets: [client, onward], dead: false }
    all.push(pair)
    client.on('data', (bytes) => pair.dead || onward.write(bytes))
    onward.on('data', (bytes) => pair.dead || client.write(bytes))
    for (const socket of pair.sockets) socket.on('error', () => {})
    client.on('close', () => onward.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => all.length,
    die: () => {
      for (const pair of all) pair.dead = true
    },
    close: () => {
      server.close()
      for (const { sockets } of all) for (const socket of sockets) socket.destroy()
    },
  }
}
