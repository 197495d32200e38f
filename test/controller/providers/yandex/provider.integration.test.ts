import { afterEach, describe, expect, test } from 'vitest'
import type { Manifest } from '../../../../controller/decision/fleet.ts'
import type { Listing, Provider } from '../../../../controller/providers/provider.ts'
import { render } from '../../../../controller/providers/yandex/compose.ts'
import {
  aManifest,
  anInstance,
  anOrder as anyOrder,
  aPool,
  hostsOf,
  patient,
} from '../../../contract/provider.ts'
import type { FakeOptions } from '../../../support/yandex/fake.ts'
import { aRun, type YandexBench, yandexBench } from './bench.ts'

const open: YandexBench[] = []
/** What providers have answered to changes, and told otherwise. */
const said: unknown[] = []

afterEach(async () => {
  const told = JSON.stringify([said.splice(0), open.map(({ lines }) => lines)])
  for (const bench of open.splice(0)) await bench.close()
  // Neither the token of a drain nor one of the cloud is anybody's business.
  expect(told).not.toMatch(/secret|t1\.|PRIVATE/)
})

function overheard(provider: Provider): Provider {
  const hear = <T>(outcome: T): T => {
    said.push(outcome)
    return outcome
  }
  return {
    ...provider,
    createHost: async (...args) => hear(await provider.createHost(...args)),
    setManifest: async (...args) => hear(await provider.setManifest(...args)),
    deleteHost: async (...args) => hear(await provider.deleteHost(...args)),
  }
}

async function setUp(weather: FakeOptions = {}): Promise<YandexBench & { edge: Provider }> {
  const bench = await yandexBench(weather)
  open.push(bench)
  return { ...bench, edge: overheard(bench.open(aPool())) }
}

const zone = 'ru-central1-a'
const anOrder = (name: string, over: object = {}) => anyOrder(name, { zone, ...over })
const web = (...ids: string[]) =>
  ids.map((id, slot) => anInstance(id, aRun, { slots: [slot], port: 8100 + slot }))
const create = (
  provider: Provider,
  name: string,
  manifest: Manifest = aManifest(1, 1, web(`of-${name}`)),
  over = {},
) => provider.createHost(anOrder(name, over), manifest, patient())
const done = expect.objectContaining({ kind: 'done' })
const failedWith = (listing: Listing): string => (listing.kind === 'failed' ? listing.detail : '')

describe('whose VMs are whose', () => {
  test('VMs of others are neither listed nor touched, whatever they are called', async () => {
    const { fake, edge } = await setUp()
    fake.addForeignVm({ name: 'host-1', labels: { owner: 'somebody' } })
    fake.addForeignVm({ name: 'host-2', labels: { 'capuchin-controller': 'other', 'capuchin-pool': 'edge' } })
    const before = fake.vms().map(({ id }) => id)
    expect(await hostsOf(edge)).toEqual([])
    expect(await create(edge, 'host-1')).toMatchObject({ kind: 'refused', code: 'exists' })
    expect(await edge.setManifest('host-2', aManifest(1, 1), patient())).toMatchObject({ code: 'not-found' })
    expect(await edge.restartHost?.('host-2', patient())).toMatchObject({ code: 'not-found' })
    expect(await edge.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
    expect(await edge.deleteHost('host-2', patient())).toEqual({ kind: 'done' })
    expect(fake.vms().map(({ id }) => id)).toEqual(before)
    expect(fake.log.filter(({ mutating }) => mutating)).toEqual([])
  })

  test('strays are told of by one pool of the folder, and can be removed', async () => {
    const { fake, deps, openIn } = await setUp()
    const ours = { 'capuchin-controller': 'test' }
    fake.addForeignVm({ name: 'lost-1', labels: { ...ours, 'capuchin-pool': 'gone' } })
    fake.addForeignVm({ name: 'lost-2', labels: ours })
    const process = deps()
    const [edge, other] = [openIn(process, aPool()), openIn(process, aPool({ name: 'other' }))]
    const told = await edge.list(patient())
    const strays = told.kind === 'hosts' ? (told.strays ?? []) : []
    expect(strays.map(({ name, why }) => `${name}: ${why}`).sort()).toEqual([
      'lost-1: there is no pool gone',
      'lost-2: no label names its pool',
    ])
    expect(await other.list(patient())).toEqual({ kind: 'hosts', hosts: [] })
    expect(await edge.deleteHost('lost-1', patient())).toEqual(done)
    expect(fake.vms().map(({ name }) => name)).toEqual(['lost-2'])
  })

  test('a host of another pool of this controller is not deleted by this one', async () => {
    const { fake, edge, open: openPool } = await setUp()
    const labels = { ...anOrder('x').labels, pool: 'other' }
    await create(openPool(aPool({ name: 'other' })), 'host-1', aManifest(1, 1), { labels })
    expect(await edge.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
    expect(fake.vms()).toMatchObject([{ name: 'host-1', status: 'RUNNING' }])
  })

  test('labels that the cloud would not take are refused before it is asked', async () => {
    const { fake, edge } = await setUp()
    const labels = { ...anOrder('x').labels, owner: 'Ann' }
    expect(await create(edge, 'host-1', aManifest(1, 1), { labels })).toMatchObject({
      code: 'invalid',
      detail: expect.stringContaining('label "capuchin-owner" cannot be "Ann"'),
    })
    expect(await create(edge, 'Host_1')).toMatchObject({ code: 'invalid' })
    expect(await create(edge, 'host-1', aManifest(1, 1), { zone: 'ru-central1-x' })).toMatchObject({
      code: 'invalid',
      detail: 'zone ru-central1-x has no subnet in template.subnets',
    })
    expect(fake.log.filter(({ mutating }) => mutating)).toEqual([])
  })
})

describe('a VM', () => {
  test('is made as the template says, from the newest image of its family, with an exporter beside its instances', async () => {
    const bench = await setUp()
    const { fake, deps, openIn } = bench
    const template = {
      ...{
        folder: fake.folder,
        cores: 4,
        memory: '8GiB',
        subnets: fake.subnets,
        serviceAccount: fake.serviceAccount,
      },
      ...{ labels: { team: 'edge' }, sshKeys: ['ann:ssh-ed25519 AAAA'], cloudInit: '#cloud-config\nx: 1\n' },
      metadata: { 'serial-port-enable': '1' },
    }
    const edge = openIn(deps(), aPool(), { template, nodeExporter: true })
    const manifest = aManifest(1, 1, web('web-1'))
    expect(await create(edge, 'host-1', manifest)).toEqual(done)
    const [vm] = fake.vms()
    expect(vm?.labels).toMatchObject({
      ...{ team: 'edge', 'capuchin-controller': 'test', 'capuchin-pool': 'edge', 'capuchin-index': '0' },
      'capuchin-template': expect.stringMatching(/^[0-9a-f]{12}$/),
    })
    expect(vm?.metadata).toMatchObject({
      ...{
        'ssh-keys': 'ann:ssh-ed25519 AAAA',
        'user-data': '#cloud-config\nx: 1\n',
        'serial-port-enable': '1',
      },
    })
    const [host] = await hostsOf(edge)
    expect(host).toMatchObject({ address: vm?.address, exporter: `${vm?.address}:9100`, manifest })
    await bench.until(async () => fake.containersOf('host-1').length === 2, 'the containers')
    const services = fake.containersOf('host-1').map(({ service }) => service)
    expect(services).toEqual(['web-1', 'system_node-exporter'])
  })

  test('is paid from the time on that the cloud says, and until then, also after a restart of ours', async () => {
    const bench = await setUp()
    const { fake, edge, open: openPool } = bench
    await create(edge, 'host-1')
    const [first] = fake.bill()
    expect(await hostsOf(edge)).toMatchObject([{ paidFrom: first?.from }])
    expect(await hostsOf(openPool(aPool()))).toMatchObject([{ paidFrom: first?.from }])
    fake.preempt('host-1')
    const listed = await bench.until(async () => {
      const [host] = await hostsOf(edge)
      return host?.state === 'stopped' && host.paidUntil !== undefined && host
    }, 'host-1 to be stopped')
    expect(listed).toMatchObject({ paidFrom: first?.from, paidUntil: fake.bill()[0]?.until })
    expect(await edge.restartHost?.('host-1', patient())).toEqual({ kind: 'done', at: fake.bill()[1]?.from })
    const [again] = await hostsOf(edge)
    expect(again).toMatchObject({ state: 'running', paidFrom: fake.bill()[1]?.from })
    expect(again).not.toHaveProperty('paidUntil')
    const ended = await edge.deleteHost('host-1', patient())
    expect(ended).toEqual({ kind: 'done', at: fake.bill()[1]?.until })
  })

  test('tells what is on its console', async () => {
    const bench = await setUp()
    await create(bench.edge, 'host-1', aManifest(1, 1, web('web-1')))
    await bench.until(async () => bench.fake.alive().includes('web-1'), 'web-1')
    expect(await bench.edge.logs?.('host-1', 'web-1', 1, patient())).toEqual({
      kind: 'lines',
      of: expect.stringContaining('the console of VM host-1'),
      lines: [expect.stringContaining('Container web-1 Started')],
    })
    expect(await bench.edge.logs?.('host-9', 'web-1', 1, patient())).toMatchObject({ kind: 'failed' })
  })
})

describe('where listings lag and answers are lost', () => {
  test('a VM that is not listed yet is there, and one that is listed still is gone', async () => {
    const bench = await setUp({ listLag: 3_600_000, operationDelay: () => 40_000 })
    const { fake, edge } = bench
    const creating = create(edge, 'host-1')
    await bench.until(async () => {
      const [host] = await hostsOf(edge)
      return host?.state === 'booting' && host.manifest !== undefined
    }, 'host-1 to be booting')
    expect(await creating).toEqual(done)
    expect(await hostsOf(edge)).toMatchObject([{ name: 'host-1', state: 'running' }])
    fake.weather.listLag = 0
    await hostsOf(edge)
    fake.weather.listLag = 3_600_000
    const deleting = edge.deleteHost('host-1', patient())
    await bench.until(async () => (await hostsOf(edge))[0]?.state === 'deleting', 'host-1 to be deleting')
    expect(await deleting).toEqual(done)
    expect(await hostsOf(edge)).toEqual([])
  })

  test('a VM that was started again is not taken for stopped by a listing that shows it as it was', async () => {
    const bench = await setUp({ listLag: 40_000 })
    const { fake, edge } = bench
    await create(edge, 'host-1')
    const inState = (state: string) =>
      bench.until(async () => (await hostsOf(edge))[0]?.state === state, `host-1 to be ${state}`)
    await inState('running')
    fake.preempt('host-1')
    await inState('stopped')
    // As long as it is stopping it cannot be started.
    await bench.until(
      async () => (await edge.restartHost?.('host-1', patient()))?.kind === 'done',
      'host-1 to be started',
    )
    expect(await hostsOf(edge)).toMatchObject([{ state: 'running' }])
  })

  test('a VM that is listed no more is looked for by its id before it counts as gone', async () => {
    const { fake, edge } = await setUp()
    await create(edge, 'host-1')
    await create(edge, 'host-2', aManifest(1, 1))
    expect(await hostsOf(edge)).toHaveLength(2)
    fake.weather.listLag = 3_000_000
    expect(await hostsOf(edge)).toHaveLength(2)
    fake.vanish('host-1')
    expect(await hostsOf(edge)).toMatchObject([{ name: 'host-2' }])
  })

  const losses = [
    { what: 'never arrives', fault: 'lost-before', calls: 2 },
    { what: 'has its answer lost', fault: 'lost-after', calls: 2 },
  ] as const
  test.for(losses)('an order that $what makes one VM in the end', async ({ fault }) => {
    const { fake, edge } = await setUp({ listLag: 100_000 })
    let faults = 5
    fake.weather.fault = (method) => (method.endsWith('/Create') && faults-- > 0 ? fault : undefined)
    expect(await create(edge, 'host-1')).toMatchObject({ kind: 'unknown' })
    expect(await create(edge, 'host-1')).toEqual(done)
    expect(fake.vms()).toHaveLength(1)
    const keys = fake.log.filter(({ method }) => method === 'Create').map(({ key }) => key)
    expect(new Set(keys).size).toBe(1)
  })

  test('an order whose answer was lost is not taken for gone before it could have arrived', async () => {
    const bench = await setUp({ listLag: 20_000 })
    const { fake, edge } = bench
    fake.weather.fault = (method) => (method.endsWith('/Create') ? { late: 10_000 } : undefined)
    expect(await create(edge, 'host-1')).toMatchObject({ kind: 'unknown' })
    await bench.until(
      async () => (await edge.deleteHost('host-1', patient())).kind === 'done',
      'the end of host-1',
    )
    expect(fake.vms()).toEqual([])
  })

  test('the next controller repeats an order under the same key, also when its VM is gone meanwhile', async () => {
    const { fake, edge, open: openPool } = await setUp({ listLag: 3_600_000 })
    expect(await create(edge, 'host-1')).toEqual(done)
    expect(await create(openPool(aPool()), 'host-1')).toEqual(done)
    expect(fake.vms()).toHaveLength(1)
    await edge.deleteHost('host-1', patient())
    expect(await create(openPool(aPool()), 'host-1')).toMatchObject({ kind: 'refused', code: 'invalid' })
    expect(fake.vms()).toEqual([])
  })

  test('an order whose key has expired finds its VM by name and labels', async () => {
    const { fake, edge, open: openPool } = await setUp({ keyTtl: 0 })
    fake.weather.fault = (method) => (method.endsWith('/Create') ? 'lost-after' : undefined)
    expect(await create(edge, 'host-1')).toMatchObject({ kind: expect.stringMatching(/done|unknown/) })
    fake.weather.fault = () => undefined
    expect(await create(openPool(aPool()), 'host-1')).toEqual(done)
    expect(fake.vms()).toHaveLength(1)
  })

  test('a VM that appears after its name was deleted is listed, can be told, and goes when it is deleted again', async () => {
    const { fake, edge, open: openPool } = await setUp()
    expect(await edge.deleteHost('host-1', patient())).toEqual(done)
    await create(openPool(aPool()), 'host-1')
    expect(await hostsOf(edge)).toMatchObject([{ name: 'host-1', state: 'running' }])
    expect(await edge.setManifest('host-1', aManifest(1, 2), patient())).toEqual(done)
    expect(await edge.deleteHost('host-1', patient())).toEqual(done)
    expect(fake.vms()).toEqual([])
  })

  test('a deletion takes the place of a creation that is under way', async () => {
    const bench = await setUp({ operationDelay: (kind) => (kind === 'create' ? 60_000 : 500) })
    const { fake, edge } = bench
    const creating = create(edge, 'host-1')
    await bench.until(async () => fake.vms().length === 1, 'the VM')
    const outcome = bench.until(
      async () => (await edge.deleteHost('host-1', patient())).kind === 'done',
      'its end',
    )
    expect((await creating).kind).not.toBe('done')
    await outcome
    expect(fake.vms()).toEqual([])
    expect(await hostsOf(edge)).toEqual([])
  })
})

test('an image family that there is not is refused, and no VM is asked for', async () => {
  const { fake, deps, openIn } = await setUp()
  const about = { folder: fake.folder, cores: 2, memory: '4GiB', subnets: fake.subnets }
  const wrong = openIn(deps(), aPool(), { template: { ...about, image: { family: 'no-such-family' } } })
  expect(await create(wrong, 'host-1')).toMatchObject({
    code: 'invalid',
    detail: expect.stringContaining('no-such-family'),
  })
  expect(fake.log.filter(({ mutating }) => mutating)).toEqual([])
})

describe('what is refused', () => {
  const refusals: readonly { what: string; weather: FakeOptions; code: string }[] = [
    {
      what: 'a quota',
      weather: { quotas: { instances: 1, cores: 99, memory: 2 ** 40, disks: 9 } },
      code: 'quota',
    },
    { what: 'a zone without capacity', weather: { zoneCapacity: { [zone]: 1 } }, code: 'capacity' },
    {
      what: 'a cloud that breaks while it makes the VM',
      weather: {
        rollbackTime: 1_000,
        operationFails: (_kind, name) =>
          name === 'host-2' ? { code: 13, message: 'something broke' } : undefined,
      },
      code: 'capacity',
    },
  ]
  test.for(refusals)('$what leaves no VM behind', async ({ weather, code }) => {
    const bench = await setUp(weather)
    expect(await create(bench.edge, 'host-1')).toEqual(done)
    const outcome = await bench.until(async () => {
      const tried = await create(bench.edge, 'host-2')
      return tried.kind !== 'unknown' && tried
    }, 'an answer')
    expect(outcome).toMatchObject({ kind: 'refused', code })
    expect(bench.fake.vms()).toHaveLength(1)
    expect(await bench.edge.deleteHost('host-2', patient())).toEqual({ kind: 'done' })
    expect(await hostsOf(bench.edge)).toHaveLength(1)
  })

  test('too many operations of the folder only delay', async () => {
    const bench = await setUp({ operationLimit: 1 })
    const made = async (name: string) =>
      bench.until(async () => (await create(bench.edge, name)).kind === 'done', name)
    await Promise.all(['host-1', 'host-2', 'host-3'].map(made))
    expect(bench.fake.vms()).toHaveLength(3)
  })

  test('who is not let in is told what to do, and no secret', async () => {
    const { fake, edge } = await setUp()
    fake.weather.fault = () => ({ code: 7, message: 'Permission denied' })
    const listing = failedWith(await edge.list(patient()))
    expect(listing).toMatch(/PERMISSION_DENIED.*check the pool's auth.*compute\.editor/)
    expect(await create(edge, 'host-1')).toMatchObject({ kind: 'refused', code: 'auth' })
    expect(await edge.headroom?.(patient())).toMatchObject({ operations: { left: 8 } })
    said.push(listing, await edge.inspect?.(patient()))
  })

  test('a folder that there is not makes listings fail with the key that names it', async () => {
    const { fake, deps, openIn } = await setUp()
    const template = { folder: 'b1gnosuchfolder', cores: 2, memory: '4GiB', subnets: fake.subnets }
    const listing = await openIn(deps(), aPool(), { template }).list(patient())
    expect(failedWith(listing)).toMatch(/check.*template\.folder/)
  })

  test('an authority whose file is not there is told by its file', async () => {
    const { deps, openIn } = await setUp()
    const listing = await openIn(deps(), aPool(), { ca: '/no/such/ca.pem' }).list(patient())
    expect(failedWith(listing)).toContain('/no/such/ca.pem')
  })
})

describe('manifests', () => {
  const textOf = (manifest: Manifest): string => {
    const rendered = render(manifest, { host: 'host-1', zone }, { system: [], nodeExporter: false })
    return rendered.kind === 'text' ? rendered.text : ''
  }
  const compose = (bench: YandexBench) => bench.fake.vms()[0]?.metadata['docker-compose'] ?? ''

  test('that were changed by hand are reported, and put right by being told again', async () => {
    const bench = await setUp()
    const { fake, edge } = bench
    const manifest = aManifest(1, 1, web('web-1'))
    await create(edge, 'host-1', manifest)
    expect((await hostsOf(edge))[0]).not.toHaveProperty('drift')
    const before = compose(bench)
    fake.setMetadata('host-1', 'docker-compose', before.replace('web:1', 'web:2'))
    expect(await hostsOf(edge)).toMatchObject([
      { manifest, drift: expect.stringContaining('by hand: web-1') },
    ])
    expect(await edge.setManifest('host-1', manifest, patient())).toEqual(done)
    expect(compose(bench)).toBe(before)
    expect((await hostsOf(edge))[0]).not.toHaveProperty('drift')
    fake.setMetadata('host-1', 'docker-compose', undefined)
    expect(await hostsOf(edge)).toMatchObject([{ manifest, drift: 'it has no docker-compose metadata' }])
    expect(await edge.setManifest('host-1', aManifest(1, 0), patient())).toMatchObject({ code: 'fenced' })
    expect(await edge.setManifest('host-1', aManifest(1, 2, manifest.instances), patient())).toEqual(done)
    expect(fake.vms()[0]?.metadata).toMatchObject({ 'docker-compose': expect.stringContaining('web-1') })
  })

  test('other metadata of the VM is left as it is', async () => {
    const { fake, edge } = await setUp()
    await create(edge, 'host-1')
    fake.setMetadata('host-1', 'by-hand', 'stays')
    expect(await edge.setManifest('host-1', aManifest(1, 2, web('web-1')), patient())).toEqual(done)
    expect(fake.vms()[0]?.metadata).toMatchObject({ 'by-hand': 'stays' })
  })

  test('that a fresh process cannot read are listed as that, and not as empty', async () => {
    const { fake, edge, open: openPool } = await setUp()
    await create(edge, 'host-1')
    fake.setMetadata('host-1', 'docker-compose', 'services: { nginx: { image: nginx } }')
    const [host] = await hostsOf(openPool(aPool()))
    expect(host).toMatchObject({ drift: expect.stringContaining('no x-capuchin of ours') })
    expect(host).not.toHaveProperty('manifest')
  })

  test('that are too long are refused with their size, and nothing is asked', async () => {
    const { fake, edge } = await setUp()
    const long = anInstance('web-1', { ...aRun, env: { A: 'x'.repeat(200_000) } })
    const big = { code: 'invalid', detail: expect.stringMatching(/takes \d+ bytes .* takes 262144/) }
    expect(await create(edge, 'host-1', aManifest(1, 1, [long]))).toMatchObject(big)
    expect(fake.log.filter(({ mutating }) => mutating)).toEqual([])
  })

  test('of two controllers at once: the older ends up fenced, whoever writes first', async () => {
    const bench = await setUp()
    const { fake, edge: older, open: openPool } = bench
    await create(older, 'host-1')
    const newer = openPool(aPool())
    const [late, early] = await Promise.all([
      older.setManifest('host-1', aManifest(1, 2, web('web-old')), patient()),
      newer.setManifest('host-1', aManifest(2, 2, web('web-new')), patient()),
    ])
    // The one that was written over says so, and is told again by its controller.
    if (early.kind !== 'done')
      await bench.until(
        async () =>
          (await newer.setManifest('host-1', aManifest(2, 2, web('web-new')), patient())).kind === 'done',
        'the newer manifest',
      )
    expect(late.kind === 'done' && early.kind === 'done' && late.at === early.at).toBe(false)
    expect(await older.setManifest('host-1', aManifest(1, 3), patient())).toMatchObject({ code: 'fenced' })
    expect(fake.vms()[0]?.metadata['docker-compose']).toContain('web-new')
  })

  test('that arrive late, after what came later, are noticed with the next listings', async () => {
    const bench = await setUp()
    const { fake, edge } = bench
    const names = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5']
    expect(await Promise.all(names.map((name) => create(edge, name)))).toEqual(names.map(() => done))
    fake.weather.fault = (method) => (method.endsWith('/UpdateMetadata') ? 'lost-before' : undefined)
    const lost = aManifest(1, 2, web('web-2'))
    expect(await edge.setManifest('host-1', lost, patient())).toMatchObject({ kind: 'unknown' })
    fake.weather.fault = () => undefined
    const told = aManifest(1, 3, web('web-3'))
    expect(await edge.setManifest('host-1', told, patient())).toEqual(done)
    // As if the cloud had kept it all the time.
    fake.setMetadata('host-1', 'docker-compose', textOf(lost))
    const find = async () => (await hostsOf(edge)).find(({ name }) => name === 'host-1')
    await bench.until(async () => (await find())?.manifest?.revision === 2, 'the late change to show')
    expect(await edge.setManifest('host-1', told, patient())).toEqual(done)
    expect(await find()).toMatchObject({ manifest: told })
  })

  test('that were changed throughout under their revision are noticed by who wrote them, and can be told again', async () => {
    const { fake, edge } = await setUp()
    const told = aManifest(1, 1, web('web-1'))
    await create(edge, 'host-1', told)
    fake.setMetadata('host-1', 'docker-compose', textOf(aManifest(1, 1, web('web-9'))))
    const drift = 'the manifest in its x-capuchin was changed under its revision'
    expect(await hostsOf(edge)).toMatchObject([{ drift }])
    expect(await edge.setManifest('host-1', told, patient())).toEqual(done)
    expect(await hostsOf(edge)).toMatchObject([{ manifest: told }])
  })

  test('one change at a time for each host', async () => {
    const { fake, edge } = await setUp()
    await create(edge, 'host-1')
    const told = [2, 3, 4].map((revision) => edge.setManifest('host-1', aManifest(1, revision), patient()))
    expect(await Promise.all(told)).toEqual([done, done, done])
    const updates = fake.log.filter(({ method }) => method === 'UpdateMetadata')
    expect(updates.map(({ code }) => code)).toEqual([0, 0, 0])
  })
})

describe('headroom', () => {
  test('is what the tightest quota and the operations of the folder leave', async () => {
    const bench = await setUp({ quotas: { instances: 5, cores: 7, memory: 2 ** 40, disks: 9 } })
    expect(await bench.edge.headroom?.(patient())).toEqual({
      hosts: { left: 3, why: 'the quota compute.instanceCores.count of 7 vCPUs leaves room for' },
      operations: {
        left: 8,
        why: `the 15 operations at a time of folder ${bench.fake.folder} leave room for`,
      },
    })
  })

  test('counts hosts that were ordered since, and says once that quotas cannot be read', async () => {
    const bench = await setUp({ operationDelay: () => 40_000 })
    const { edge, fake, lines } = bench
    await edge.headroom?.(patient())
    const creating = create(edge, 'host-1')
    await bench.until(async () => fake.vms().length === 1, 'the VM')
    const room = await edge.headroom?.(patient())
    expect(room).toMatchObject({ hosts: { left: 11 }, operations: { left: 7 } })
    await creating
    fake.weather.fault = (method) => (method.startsWith('QuotaLimit') ? 7 : undefined)
    const strange = bench.open(aPool())
    expect(await strange.headroom?.(patient())).not.toHaveProperty('hosts')
    await strange.headroom?.(patient())
    expect(lines.filter(({ message }) => message.includes('quotas'))).toHaveLength(1)
  })
})

describe('a thousand VMs', () => {
  const labels = { 'capuchin-controller': 'test', 'capuchin-pool': 'edge', 'capuchin-index': '0' }
  const rendered = render(aManifest(1, 1), { host: 'any', zone }, { system: [], nodeExporter: false })
  const text = rendered.kind === 'text' ? rendered.text : ''

  test('are listed over many pages once all manifests are read, however many listings that takes', async () => {
    const { fake, edge } = await setUp({ pageMost: 300 })
    for (let i = 0; i < 1_000; i++)
      fake.addForeignVm({ name: `host-${i}`, labels, metadata: { 'docker-compose': text } })
    const enough = new AbortController()
    const gets = () => fake.log.filter(({ method }) => method === 'Get').length
    fake.weather.fault = (method) => {
      if (!method.endsWith('/Get') || gets() < 400) return undefined
      enough.abort()
      return 'hang'
    }
    const early = await edge.list(enough.signal)
    expect(failedWith(early)).toMatch(/^still reading manifests: (39|40)\d of 1000$/)
    const read = gets()
    fake.weather.fault = () => undefined
    const hosts = await hostsOf(edge)
    expect(hosts).toHaveLength(1_000)
    expect(hosts.every(({ manifest }) => manifest?.revision === 1)).toBe(true)
    // What was read is not read again but for the few that each listing looks at.
    expect(gets() - read).toBeLessThan(1_000 - 390 + 20)
    const before = gets()
    await hostsOf(edge)
    expect(gets() - before).toBe(16)
  })
})
