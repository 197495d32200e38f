import { Instance } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import { CreateInstanceMetadata } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { afterEach, describe, expect, test } from 'vitest'
import type { FakeOptions } from './fake.ts'
import { clientsOf, instanceIdOf, refusal, someCloud } from './some-calls.ts'
import { tellCloud } from './story.ts'

const SECOND = 1000
const HOUR = 3_600_000
const open: (() => Promise<void>)[] = []

async function cloud(options: FakeOptions = {}) {
  const made = await someCloud(options)
  open.push(made.fake.close)
  return made
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

const minute = () => 60 * SECOND

describe('operations', () => {
  test('take their time by the clock, name their instance, and end with it in their answer', async () => {
    const { fake, create, again, pass, now, idOf } = await cloud({ operationDelay: minute })
    const begun = await create('vm-1')
    expect(begun).toMatchObject({
      done: false,
      description: 'Create instance',
      createdBy: fake.serviceAccount,
    })
    expect(begun.metadata?.typeUrl).toBe('type.googleapis.com/yandex.cloud.compute.v1.CreateInstanceMetadata')
    expect(CreateInstanceMetadata.decode(begun.metadata?.value ?? new Uint8Array()).instanceId).toBe(
      idOf('vm-1'),
    )
    expect(fake.vms()[0]?.status).toBe('PROVISIONING')
    expect(fake.operationsInFlight()).toBe(1)
    pass(90 * SECOND)
    const ended = await again(begun)
    expect(ended).toMatchObject({ done: true, modifiedAt: new Date(now() - 30 * SECOND) })
    expect(ended.response?.typeUrl).toBe('type.googleapis.com/yandex.cloud.compute.v1.Instance')
    expect(Instance.decode(ended.response?.value ?? new Uint8Array())).toMatchObject({
      name: 'vm-1',
      metadata: {},
    })
    expect(fake.vms()[0]?.status).toBe('RUNNING')
  })

  test('that fail show their error before they are done, and are rolled back until then', async () => {
    const weather = {
      operationDelay: minute,
      rollbackTime: 30 * SECOND,
      zoneCapacity: { 'ru-central1-a': 1 },
    }
    const { fake, create, again, pass } = await cloud(weather)
    await create('vm-1')
    pass(60 * SECOND)
    const begun = await create('vm-2')
    pass(60 * SECOND)
    const failed = await again(begun)
    expect(failed).toMatchObject({
      done: false,
      error: { code: 8, message: expect.stringContaining('Not enough resources') },
    })
    expect(fake.vms().length).toBe(2)
    pass(30 * SECOND)
    expect(await again(begun)).toMatchObject({ done: true, error: { code: 8 } })
    expect(fake.vms().map(({ name }) => name)).toEqual(['vm-1'])
    expect(fake.bill().length).toBe(1)
    expect((await create('vm-3', { zone: 'ru-central1-b', zoneId: 'ru-central1-b' })).done).toBe(false)
  })

  test('fail as the weather says, and leave the VM as it was', async () => {
    const { fake, create, stop, again, get } = await cloud()
    await create('vm-1')
    fake.weather.operationFails = (kind) =>
      kind === 'stop' ? { code: 13, message: 'Internal error' } : undefined
    const failed = await again(await stop('vm-1'))
    expect(failed).toMatchObject({ done: true, error: { code: 13, message: 'Internal error' } })
    expect((await get('vm-1')).status).toBe(2)
  })

  test('are one at a time on a VM, and fifteen in a folder', async () => {
    const { fake, create, restart, remove, pass } = await cloud({ operationDelay: minute, quotas: MANY })
    await create('vm-1')
    expect(await refusal(remove('vm-1'))).toContain('FAILED_PRECONDITION')
    for (let i = 2; i <= 15; i++) await create(`vm-${i}`)
    expect(await refusal(create('vm-16'))).toBe(
      'RESOURCE_EXHAUSTED: The limit on maximum number of active operations has exceeded.',
    )
    pass(60 * SECOND)
    expect(fake.operationsInFlight()).toBe(0)
    await restart('vm-1')
    expect(await refusal(restart('vm-1'))).toContain('FAILED_PRECONDITION')
  })

  test('of a creation can be cancelled, and are listed by VM, the newest first', async () => {
    const { clients, create, stop, again, pass, fake, idOf } = await cloud({ operationDelay: minute })
    const begun = await create('vm-1')
    await clients.operations.cancel({ operationId: begun.id })
    expect(await again(begun)).toMatchObject({ done: true, error: { code: 1 } })
    expect(fake.vms()).toEqual([])
    await create('vm-2')
    pass(60 * SECOND)
    const last = await stop('vm-2')
    const request = { instanceId: idOf('vm-2'), pageSize: 1, pageToken: '' }
    const { operations, nextPageToken } = await clients.instances.listOperations(request)
    expect(operations.map(({ id }) => id)).toEqual([last.id])
    const rest = await clients.instances.listOperations({ ...request, pageToken: nextPageToken })
    expect(rest.operations.map(({ description }) => description)).toEqual(['Create instance'])
  })
})

const MANY = { instances: 99, cores: 999, memory: 2 ** 50, disks: 99 }

describe('machines', () => {
  test('are paid for from RUNNING until they have stopped or are gone, over stops and starts', async () => {
    const { fake, create, stop, start, restart, remove, pass, now, idOf } = await cloud({
      operationDelay: minute,
    })
    const begin = now()
    await create('vm-1')
    const id = idOf('vm-1')
    expect(fake.bill()).toEqual([])
    pass(60 * SECOND)
    const of = { vm: id, name: 'vm-1' }
    expect(fake.bill()).toEqual([{ ...of, from: begin + 60 * SECOND }])
    pass(HOUR)
    await stop('vm-1')
    pass(HOUR)
    await start('vm-1')
    pass(HOUR)
    await restart('vm-1')
    pass(HOUR)
    await remove('vm-1')
    pass(HOUR)
    expect(fake.bill()).toEqual([
      { ...of, from: begin + 60 * SECOND, until: begin + HOUR + 120 * SECOND },
      { ...of, from: begin + 2 * HOUR + 120 * SECOND, until: begin + 4 * HOUR + 120 * SECOND },
    ])
    expect(fake.effects.map(({ kind }) => kind)).toEqual([
      'made',
      'running',
      'stopped',
      'running',
      'running',
      'deleted',
    ])
    expect(fake.effects.every(({ by }) => by === fake.serviceAccount)).toBe(true)
  })

  test('that can be preempted are stopped after a day or before, and can be started again', async () => {
    const { fake, create, start, pass, now } = await cloud()
    await create('vm-1', { schedulingPolicy: { preemptible: true } })
    await create('vm-2')
    const begin = now()
    pass(24 * HOUR - 1)
    await fake.renewTokenFile()
    expect(fake.vms().map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING'])
    pass(1)
    expect(fake.vms().map(({ status }) => status)).toEqual(['STOPPED', 'RUNNING'])
    expect(fake.bill()[0]).toMatchObject({ from: begin, until: begin + 24 * HOUR })
    const { instances } = clientsOf(fake)
    await instances.start({ instanceId: fake.vms()[0]?.id ?? '' })
    expect(fake.vms()[0]?.status).toBe('RUNNING')
    fake.preempt('vm-1')
    expect(fake.vms()[0]?.status).toBe('STOPPED')
    expect(await refusal(start('vm-1'))).toContain('UNAUTHENTICATED')
  })

  test('are stopped, started, deleted, crashed, relabelled and changed by hand', async () => {
    const { fake, create, get, list, pass, idOf } = await cloud()
    await create('vm-1', { metadata: { a: 'b' } })
    fake.stopByHand('vm-1')
    expect(fake.vms()[0]?.status).toBe('STOPPED')
    fake.startByHand('vm-1')
    fake.setMetadata('vm-1', 'c', 'd')
    fake.setMetadata('vm-1', 'a', undefined)
    fake.setLabels('vm-1', { e: 'f' })
    expect(await get('vm-1')).toMatchObject({ metadata: { c: 'd' }, labels: { e: 'f' } })
    fake.crash('vm-1', 1000)
    expect(fake.vms()[0]?.status).toBe('CRASHED')
    pass(1000)
    expect(fake.vms()[0]?.status).toBe('RUNNING')
    const id = idOf('vm-1')
    fake.vanish('vm-1')
    expect(await list()).toEqual([])
    expect(fake.effects.at(-1)).toMatchObject({ kind: 'deleted', vm: id, by: 'a person' })
    expect(fake.bill().every(({ until }) => until !== undefined)).toBe(true)
  })

  test('keep what somebody changes by hand while an operation is under way', async () => {
    const { fake, create, setMetadata, get, pass } = await cloud()
    await create('vm-1', { metadata: { a: 'b' } })
    fake.weather.operationDelay = minute
    await setMetadata('vm-1', 'services: {}')
    expect(fake.vms()[0]).toMatchObject({ status: 'UPDATING', metadata: { a: 'b' } })
    fake.setMetadata('vm-1', 'a', 'c')
    pass(60 * SECOND)
    const { metadata } = await get('vm-1')
    expect(metadata).toEqual({ a: 'c', 'docker-compose': 'services: {}' })
    expect(fake.effects.filter(({ kind }) => kind === 'metadata').map(({ by }) => by)).toEqual([
      'a person',
      fake.serviceAccount,
    ])
  })

  test('of others are listed in our folder and out of reach in theirs', async () => {
    const { fake, clients, list, remove } = await cloud()
    fake.addForeignVm({ name: 'database', labels: { owner: 'somebody' } })
    const id = fake.addForeignVm({ name: 'theirs', folder: fake.foreignFolder })
    expect((await list()).map(({ name }) => name)).toEqual(['database'])
    expect(await refusal(clients.instances.delete({ instanceId: id }))).toContain('PERMISSION_DENIED')
    expect(await refusal(remove('nothing'))).toContain('NOT_FOUND')
  })

  test('that are gone take their operation with them, and who acts by hand waits for one', async () => {
    const { fake, create, again, pass } = await cloud({ operationDelay: minute })
    const begun = await create('vm-1')
    expect(instanceIdOf(begun)).toBe(fake.vms()[0]?.id)
    fake.vanish('vm-1')
    expect(await again(begun)).toMatchObject({ done: true, error: { code: 10 } })
    expect(fake.operationsInFlight()).toBe(0)
    await create('vm-2')
    fake.stopByHand('vm-2')
    expect(fake.vms()[0]?.status).toBe('PROVISIONING')
    pass(60 * SECOND)
    expect(fake.vms()[0]?.status).toBe('STOPPING')
    pass(60 * SECOND)
    expect(fake.vms()[0]?.status).toBe('STOPPED')
  })
})

test('whatever chance does with a cloud, its machines, operations, listings and bills fit together', () => {
  for (let seed = 1; seed <= 60; seed++) expect(tellCloud(seed), `seed ${seed}`).toEqual([])
})
