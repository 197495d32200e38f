import { createPrivateKey, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { credentials } from '@grpc/grpc-js'
import { errors } from '@yandex-cloud/nodejs-sdk'
import {
  GetInstanceRequest,
  ListInstancesRequest,
  UpdateInstanceRequest,
} from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { IamTokenServiceClient } from '@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service'
import { ClientError } from 'nice-grpc'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../until.ts'
import type { FakeOptions } from './fake.ts'
import { clientsOf, keyed, orderOf, refusal, someCloud } from './some-calls.ts'

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

describe('listings', () => {
  test('come in pages, filtered by documented fields, without metadata, which the full view has', async () => {
    const { fake, clients, create, list, get } = await cloud({ pageMost: 2 })
    for (const name of ['vm-1', 'vm-2', 'vm-3']) await create(name, { metadata: { a: 'b' } })
    const request = ListInstancesRequest.fromPartial({ folderId: fake.folder, pageSize: 1000 })
    const first = await clients.instances.list(request)
    const second = await clients.instances.list({ ...request, pageToken: first.nextPageToken })
    expect([...first.instances, ...second.instances].map(({ name }) => name).sort()).toEqual([
      'vm-1',
      'vm-2',
      'vm-3',
    ])
    expect(second.nextPageToken).toBe('')
    expect(first.instances[0]?.metadata).toEqual({})
    expect((await get('vm-2')).metadata).toEqual({ a: 'b' })
    const basic = await clients.instances.get(
      GetInstanceRequest.fromPartial({ instanceId: first.instances[0]?.id ?? '' }),
    )
    expect(basic.metadata).toEqual({})
    expect((await list('name="vm-2"')).map(({ name }) => name)).toEqual(['vm-2'])
    expect((await list(`name != 'vm-2' AND zone_id IN ("ru-central1-a")`)).length).toBe(2)
    expect(
      (await list('name NOT IN ("vm-1", "vm-2") AND status = "RUNNING"')).map(({ name }) => name),
    ).toEqual(['vm-3'])
    expect(await refusal(list('labels.a="b"'))).toContain(
      'INVALID_ARGUMENT: Request validation error: Filter',
    )
  })

  test('lag, and a look at one VM does not', async () => {
    const { fake, create, list, get, remove, pass } = await cloud({ listLag: 30_000 })
    await create('vm-1')
    expect(await list()).toEqual([])
    expect((await get('vm-1')).name).toBe('vm-1')
    pass(30_000)
    expect((await list()).length).toBe(1)
    await remove('vm-1')
    expect((await list()).length).toBe(1)
    pass(30_000)
    expect(await list()).toEqual([])
    expect(fake.vms()).toEqual([])
  })
})

describe('orders', () => {
  const rows: [string, Parameters<typeof orderOf>[1], string][] = [
    ['a name with a capital', { name: 'Edge' }, 'INVALID_ARGUMENT: Request validation error: Name'],
    ['a name of 64 characters', { name: 'a'.repeat(64) }, 'INVALID_ARGUMENT: Request validation error: Name'],
    [
      'a label with a capital in its key',
      { labels: { Pool: 'x' } },
      'INVALID_ARGUMENT: Request validation error: Labels',
    ],
    [
      'a label with a space in its value',
      { labels: { pool: 'x y' } },
      'INVALID_ARGUMENT: Request validation error: Labels',
    ],
    [
      '65 labels',
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ''])) },
      'INVALID_ARGUMENT: Request validation error: Labels',
    ],
    [
      'a value of more than 256 KiB',
      { metadata: { a: 'x'.repeat(257 * 1024) } },
      'INVALID_ARGUMENT: Request validation error: Metadata',
    ],
    [
      '512 KiB of metadata',
      { metadata: { a: 'x'.repeat(2 ** 18), b: 'x'.repeat(2 ** 18) } },
      'INVALID_ARGUMENT: Request validation error: Metadata',
    ],
    ['an unknown zone', { zoneId: 'ru-central1-z' }, 'INVALID_ARGUMENT: Zone ru-central1-z not found'],
    ['a subnet of another zone', { zoneId: 'ru-central1-b' }, 'INVALID_ARGUMENT: Subnet'],
    [
      'an odd number of cores',
      { resourcesSpec: { cores: 3, memory: 2 ** 32, coreFraction: 100, gpus: 0 } },
      'INVALID_ARGUMENT: The specified number of cores',
    ],
    [
      'a folder of somebody else',
      { folderId: 'b1gforeignfolder0000' },
      'PERMISSION_DENIED: Permission denied',
    ],
    ['a folder that does not exist', { folderId: 'b1gnone' }, 'NOT_FOUND: Folder with id b1gnone not found'],
    [
      'an account that does not exist',
      { serviceAccountId: 'aje1' },
      'NOT_FOUND: Service account aje1 not found',
    ],
  ]

  test('that are not as documented are refused, and nothing is made', async () => {
    const { fake, create } = await cloud()
    for (const [what, over, told] of rows) expect(await refusal(create('vm-1', over)), what).toContain(told)
    expect(fake.vms()).toEqual([])
    expect(
      fake.log.every(({ code, mutating, method }) => code !== 0 && mutating && method === 'Create'),
    ).toBe(true)
  })

  test('for a name or a host name that is taken are refused', async () => {
    const { create } = await cloud()
    await create('vm-1', { hostname: 'one' })
    expect(await refusal(create('vm-1'))).toBe('ALREADY_EXISTS: Instance with name "vm-1" already exists')
    expect(await refusal(create('vm-2', { hostname: 'one' }))).toContain('already connected to this network')
  })

  test('beyond a quota are refused in the words of the cloud, and the quotas tell of it', async () => {
    const GIB = 2 ** 30
    const { fake, clients, create, remove } = await cloud()
    const bounds = { instances: 9, cores: 99, memory: 99 * GIB, disks: 9 }
    const rows = [
      [{ instances: 1 }, 'The limit on maximum number of instances has exceeded.'],
      [{ cores: 3 }, 'The limit on maximum number of cores has exceeded.'],
      [{ memory: 7 * GIB }, 'The limit on maximum amount of memory has exceeded.'],
      [{ disks: 1 }, 'The limit on maximum number of disks has exceeded.'],
      [{ ssd: 39 * GIB }, 'The limit on total size of network-ssd disks has exceeded.'],
    ] as const
    await create('vm-1')
    for (const [bound, told] of rows) {
      fake.weather.quotas = { ...bounds, ...bound }
      expect(await refusal(create('vm-2'))).toBe(`RESOURCE_EXHAUSTED: ${told}`)
    }
    const { cloudId } = await clients.folders.get({ folderId: fake.folder })
    const resource = { id: cloudId, type: 'resource-manager.cloud' }
    const { quotaLimits } = await clients.quotas.list({
      resource,
      service: 'compute',
      pageSize: 0,
      pageToken: '',
    })
    expect(quotaLimits).toContainEqual({ quotaId: 'compute.instanceCores.count', limit: 99, usage: 2 })
    fake.weather.quotas = { ...bounds, disks: 1 }
    const one = await clients.quotas.get({ resource, quotaId: 'compute.disks.count' })
    expect(one).toEqual({ quotaId: 'compute.disks.count', limit: 1, usage: 1 })
    await remove('vm-1')
    expect((await create('vm-2')).done).toBe(true)
  })

  test('are made of the newest image of a family', async () => {
    const { fake, clients } = await cloud()
    const image = await clients.images.getLatestByFamily({
      folderId: 'standard-images',
      family: fake.imageFamily,
    })
    expect(orderOf('vm-1').bootDiskSpec?.diskSpec?.imageId).toBe(image.id)
    const asked = clients.images.getLatestByFamily({ folderId: fake.folder, family: 'windows' })
    expect(await refusal(asked)).toContain('NOT_FOUND')
  })
})

describe('idempotency keys', () => {
  test('answer the same operation, are refused for something else, and expire', async () => {
    const { fake, create, remove, pass } = await cloud({ keyTtl: HOUR })
    const first = await create('vm-1', {}, 'key-1')
    const again = await create('vm-1', {}, 'key-1')
    expect(again.id).toBe(first.id)
    expect(fake.log.map(({ key, repeated }) => [key, repeated])).toEqual([
      ['key-1', undefined],
      ['key-1', true],
    ])
    expect(await refusal(create('vm-2', {}, 'key-1'))).toContain('INVALID_ARGUMENT')
    expect(fake.vms().length).toBe(1)
    pass(HOUR)
    expect(await refusal(create('vm-1', {}, 'key-1'))).toContain('ALREADY_EXISTS')
    await remove('vm-1')
    expect((await create('vm-1', {}, 'key-1')).id).not.toBe(first.id)
  })

  test('of a call that was refused are free', async () => {
    const { fake, create } = await cloud({ quotas: { instances: 0, cores: 9, memory: 2 ** 40, disks: 9 } })
    expect(await refusal(create('vm-1', {}, 'key-1'))).toContain('RESOURCE_EXHAUSTED')
    fake.weather.quotas = { ...fake.weather.quotas, instances: 1 }
    expect((await create('vm-1', {}, 'key-1')).done).toBe(true)
  })
})

describe('tokens', () => {
  const jwtOf = (
    file: { id: string; service_account_id: string; private_key: string },
    at: number,
    over = {},
  ) => {
    const iat = Math.floor(at / 1000)
    const aud = 'https://iam.api.cloud.yandex.net/iam/v1/tokens'
    const claims = { iss: file.service_account_id, aud, iat, exp: iat + 3600, ...over }
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${part({ alg: 'PS256', typ: 'JWT', kid: file.id })}.${part(claims)}`
    const seal = { key: createPrivateKey(file.private_key), padding: 6, saltLength: 32 }
    return `${text}.${sign('sha256', Buffer.from(text), seal).toString('base64url')}`
  }

  test('are given for a signed JWT, and only for a good one', async () => {
    const { fake, now, pass } = await cloud()
    const client = new IamTokenServiceClient(fake.endpoint, credentials.createSsl(await readFile(fake.ca)))
    const exchange = (jwt: string) =>
      new Promise<string>((resolve) => {
        client.create({ jwt, yandexPassportOauthToken: undefined }, (error, answer) =>
          resolve(error === null ? answer.iamToken : error.details),
        )
      })
    const file = JSON.parse(await readFile(fake.keyFile, 'utf8'))
    const good = jwtOf(file, now())
    const token = await exchange(good)
    expect((await clientsOf(fake, token).folders.get({ folderId: fake.folder })).cloudId).toBe(fake.cloud)
    expect(fake.log.at(-1)).toMatchObject({ caller: fake.serviceAccount, mutating: false, code: 0 })
    expect(await exchange(good)).toBe(token)
    expect(await exchange(`${good.slice(0, -4)}AAAA`)).toBe('JWT signature is not valid')
    expect(await exchange(jwtOf(file, now(), { aud: 'https://example.org' }))).toContain('JWT is not valid')
    expect(await exchange(jwtOf(file, now(), { iss: 'aje1' }))).toContain('JWT is not valid')
    expect(await exchange(jwtOf(file, now() - 2 * HOUR))).toBe('JWT has expired')
    expect(await exchange(jwtOf(file, now() + 2 * HOUR))).toBe('JWT is issued in the future')
    pass(2 * HOUR)
    expect(await exchange(jwtOf(file, now()))).not.toBe(token)
    client.close()
  })

  test('expire by the clock of the fake, and the token file is renewed', async () => {
    const { fake, clients, pass } = await cloud()
    const cloudOf = (one: ReturnType<typeof clientsOf>) => one.folders.get({ folderId: fake.folder })
    pass(12 * HOUR - 1)
    expect((await cloudOf(clients)).cloudId).toBe(fake.cloud)
    pass(1)
    expect(await refusal(cloudOf(clients))).toBe('UNAUTHENTICATED: The token has expired')
    expect(await refusal(cloudOf(clientsOf(fake, 'made-up')))).toBe('UNAUTHENTICATED: The token is invalid')
    await fake.renewTokenFile()
    expect((await cloudOf(clientsOf(fake))).cloudId).toBe(fake.cloud)
    fake.revokeTokens()
    expect(await refusal(cloudOf(clientsOf(fake)))).toBe('UNAUTHENTICATED: The token is invalid')
  })

  test('are handed out by the metadata service to who sends its header', async () => {
    const { fake } = await cloud()
    const url = `${fake.metadataUrl}/computeMetadata/v1/instance/service-accounts/default/token`
    expect((await fetch(url)).status).toBe(403)
    const headers = { 'Metadata-Flavor': 'Google' }
    expect((await fetch(`${fake.metadataUrl}/else`, { headers })).status).toBe(404)
    const answer: unknown = await (await fetch(url, { headers })).json()
    expect(answer).toMatchObject({
      expires_in: 12 * 3600,
      token_type: 'Bearer',
      access_token: expect.any(String),
    })
  })
})

describe('faults', () => {
  test('come in both shapes, of which the SDK makes different errors', async () => {
    const { fake, list } = await cloud({ fault: () => 14, errorShape: 'headers' })
    const thrown = () => list().then(String, (error: unknown) => error)
    expect(await thrown()).toBeInstanceOf(errors.ApiError)
    fake.weather.errorShape = 'trailers'
    expect(await thrown()).toBeInstanceOf(ClientError)
    fake.weather.errorShape = 'mixed'
    const kinds = new Set<boolean>()
    for (let i = 0; i < 20; i++) kinds.add((await thrown()) instanceof ClientError)
    expect(kinds.size).toBe(2)
  })

  test('lose calls before and after they are carried out, or carry them out late', async () => {
    const { fake, create, pass } = await cloud()
    const names = () => fake.vms().map(({ name }) => name)
    fake.weather.fault = (method, { name }) => {
      if (method !== 'InstanceService/Create') return undefined
      return name === 'before' ? 'lost-before' : name === 'after' ? 'lost-after' : { late: 60_000 }
    }
    for (const name of ['before', 'after', 'late'])
      expect(await refusal(create(name))).toBe('UNAVAILABLE: Connection dropped')
    expect(names()).toEqual(['after'])
    pass(60_000)
    expect(names()).toEqual(['after', 'late'])
    expect(fake.log.map(({ name, fault, code }) => [name, fault, code])).toEqual([
      ['before', 'lost-before', 14],
      ['after', 'lost-after', 14],
      ['late', 'late', 14],
    ])
  })

  test('of the whole cloud last for a while, and a server that hangs answers nobody', async () => {
    const { fake, clients, create, list, pass } = await cloud()
    fake.outage(14, 60_000)
    expect(await refusal(create('vm-1'))).toContain('UNAVAILABLE')
    pass(60_000)
    await create('vm-1')
    fake.outage('hang', 1000)
    const asked = refusal(clients.folders.get({ folderId: fake.folder }))
    await until(() => fake.log.at(-1)?.fault === 'hang')
    expect(fake.log.at(-1)).toMatchObject({ method: 'Get', service: 'FolderService' })
    pass(1000)
    expect((await list()).length).toBe(1)
    await fake.close()
    expect(await asked).toContain('UNAVAILABLE')
  })

  test('of a method the fake does not know are UNIMPLEMENTED', async () => {
    const { clients } = await cloud()
    expect(await refusal(clients.operations.get({ operationId: 'fhmnone' }))).toContain('NOT_FOUND')
    expect(await refusal(clients.folders.delete({ folderId: 'x' }))).toContain('UNIMPLEMENTED')
  })
})

test('two runs with the same random numbers and clock are the same', async () => {
  const story = async () => {
    const { fake, clients, create, list, setMetadata, idOf } = await cloud({ errorShape: 'mixed' })
    await create('vm-1', {}, 'key-1')
    await setMetadata('vm-1', 'services: {}')
    const updateMask = { paths: ['labels'] }
    const request = UpdateInstanceRequest.fromPartial({
      instanceId: idOf('vm-1'),
      updateMask,
      labels: { a: 'b' },
    })
    await clients.instances.update(request, keyed('key-2'))
    expect((await list())[0]?.labels).toEqual({ a: 'b' })
    return { log: fake.log, effects: fake.effects, vms: fake.vms() }
  }
  expect(await story()).toEqual(await story())
})
