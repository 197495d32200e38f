import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyState } from '../../controller/decision/state.ts'
import { render } from '../../controller/providers/yandex/compose.ts'
import { aHost, anEntry } from '../controller/decision/builders.ts'
import { makePlace, type Place } from '../support/controller.ts'
import { type FakeYandex, startFakeYandex } from '../support/yandex/fake.ts'
import { contentOf } from './small-place.ts'

let fake: FakeYandex

beforeAll(async () => {
  fake = await startFakeYandex()
})
afterAll(() => fake.close())

const template = () => ({ folder: fake.folder, cores: 2, memory: '4GiB', subnets: fake.subnets })

const edge = () => ({
  ...{ provider: 'yandex', slots: 3, hosts: { min: 1, max: 4 }, spareSlots: 1, pricePerHour: 3.1 },
  ...{ endpoint: fake.endpoint, ca: fake.ca, auth: { keyFile: fake.keyFile }, template: template() },
})

const policy = {
  ...{ workload: 'ingest', pool: 'edge', size: { min: 4, max: 9 } },
  run: { image: 'cr.yandex/x/ingest:v1' },
}

/** A place whose pool is the fake cloud's, with changes of it. */
const placeWith = (pool: object = {}): Promise<Place> =>
  makePlace({
    settings: () => ({ sources: {}, pools: { edge: { ...edge(), ...pool } } }),
    policies: { ingest: policy },
    count: 1,
  })

const changes = (): string[] =>
  fake.log
    .filter(({ mutating, service }) => mutating && service !== 'IamTokenService')
    .map(({ method }) => method)

/** A VM as a controller makes one, with nothing to run yet. */
function hostOf(index: number, name: string): Parameters<FakeYandex['addForeignVm']>[0] {
  const place = { host: name, zone: 'ru-central1-a' }
  const told = render({ epoch: 1, revision: 1, instances: [] }, place, { system: [], nodeExporter: true })
  if (told.kind === 'invalid') throw new Error(told.detail)
  const labels = {
    ...{ 'capuchin-controller': 'capuchin', 'capuchin-pool': 'edge', 'capuchin-index': String(index) },
    ...{ 'capuchin-slots': '3', 'capuchin-intent': `i${index}`, 'capuchin-epoch': '1' },
  }
  return { name, labels, metadata: { 'docker-compose': told.text } }
}

describe('capuchin plan on a pool of VMs', () => {
  test('tells what it would order and what that costs, and asks the cloud for nothing but to be read', async () => {
    const place = await placeWith()
    const before = await contentOf(place.folder)
    const { code, stdout } = await place.capuchin('plan')
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/^ingest 0 -> 4: min is 4\n/)
    expect(
      stdout.match(/^ {2}capuchin-edge-\d+ is ordered in zone \S+: .* \(\+3\.10 an hour\)$/gm),
    ).toHaveLength(2)
    expect(stdout).toMatch(/^pool edge has 0 hosts at 0\.00 an hour, and then 2 at 6\.20$/m)
    const { costs } = JSON.parse((await place.capuchin('plan', '--json')).stdout)
    expect(costs).toEqual([
      { pool: 'edge', hosts: { before: 0, after: 2 }, pricePerHour: 3.1, perHour: { before: 0, after: 6.2 } },
    ])
    expect(changes()).toEqual([])
    expect(await contentOf(place.folder)).toEqual(before)
  })

  test('tells what it would delete, and never names the VMs of others', async () => {
    const own = await startFakeYandex()
    const [ours, stopped] = ['capuchin-edge-7', 'capuchin-edge-8'] as const
    own.addForeignVm(hostOf(0, ours))
    own.addForeignVm(hostOf(1, stopped))
    own.stopByHand(stopped)
    own.addForeignVm({ name: 'database', labels: { owner: 'somebody' } })
    const auth = { keyFile: own.keyFile }
    const place = await placeWith({ endpoint: own.endpoint, ca: own.ca, auth })
    const { code, stdout } = await place.capuchin('plan')
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/capuchin-edge-7 carries our labels and is adopted/)
    expect(stdout).toMatch(/capuchin-edge-8 carries our labels and is adopted/)
    expect(stdout).toMatch(/^ {2}capuchin-edge-8 goes: .*stopped.* \(-3\.10 an hour\)$/m)
    expect(stdout).not.toContain('database')
    expect(own.log.filter(({ mutating, service }) => mutating && service !== 'IamTokenService')).toEqual([])

    // Of an instance there is the console of its VM.
    const hosts = { [ours]: aHost({ name: ours, entries: [anEntry({ id: 'ingest-7' })] }) }
    await mkdir(place.state, { recursive: true })
    const saved = { version: 1, epoch: 1, revision: 1, state: { ...emptyState, hosts } }
    await writeFile(join(place.state, 'state.json'), JSON.stringify(saved))
    const logs = await place.capuchin('logs', 'ingest-7', '--json')
    expect(logs, logs.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(logs.stdout)).toMatchObject({
      ...{ ok: true, host: ours, pool: 'edge', of: expect.stringContaining(`the console of VM ${ours}`) },
      lines: expect.any(Array),
    })
    await own.close()
  })
})

const SECRET = 'MIIEvSecretOfTheKey'

const failures: { name: string; pool: () => object; says: RegExp[] }[] = [
  {
    name: 'a key file that is not there',
    pool: () => ({ auth: { keyFile: './nowhere.json' } }),
    says: [/nowhere\.json cannot be read \(ENOENT/, /auth\.keyFile/],
  },
  {
    name: 'a key file that holds no key',
    pool: () => ({ auth: { keyFile: './bad.json' } }),
    says: [/private_key in \S+bad\.json is not an RSA key/, /yc iam key create/],
  },
  {
    name: 'a folder that is not there',
    pool: () => ({ template: { ...template(), folder: 'b1gnosuchfolder00000' } }),
    says: [/b1gnosuchfolder00000 not found/, /check template\.folder/],
  },
  {
    name: 'a folder that the account has no role in',
    pool: () => ({ template: { ...template(), folder: fake.foreignFolder } }),
    says: [/PERMISSION_DENIED/, /roles compute\.editor and vpc\.user on template\.folder/],
  },
  {
    name: 'a cloud that is down',
    pool: () => ({ endpoint: 'localhost:1' }),
    says: [/ECONNREFUSED/, /127\.0\.0\.1:1/],
  },
  {
    name: 'a certificate that is not there',
    pool: () => ({ ca: './nowhere.pem' }),
    says: [/nowhere\.pem cannot be read/, /name a PEM file in ca/],
  },
]

describe('where the cloud cannot be read', () => {
  test.concurrent.for(failures)(
    '$name is named with what to do, the plan fails, and no secret is shown',
    async ({ pool, says }, { expect: the }) => {
      const place = await placeWith(pool())
      const key = { id: 'k', service_account_id: 'a', private_key: SECRET }
      await writeFile(join(place.folder, 'bad.json'), JSON.stringify(key))
      const { code, stdout, stderr } = await place.capuchin('plan')
      the(code, stdout).toBe(1)
      for (const text of says) the(stderr).toMatch(text)
      the(stdout).toContain('Nothing can be planned on pool edge, which cannot be seen.')
      the(stdout + stderr).not.toContain(SECRET)
      the(stdout + stderr).not.toMatch(/BEGIN|t1\./)
    },
  )
})
