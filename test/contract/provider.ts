import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ListedHost, Manifest, ManifestInstance } from '../../controller/decision/fleet.ts'
import type { Pool, Run } from '../../controller/decision/policy.ts'
import type { HostOrder, Provider } from '../../controller/providers/provider.ts'

/** What the suite needs of a provider under test. A bench is made for each test, and closed after it. */
export interface Bench {
  /** Opens the provider for a pool, on the same cloud each time: as the next controller does. */
  open(pool: Pool): Provider
  /** What a service is on this provider: it runs until it is told to stop, then ends at once. */
  run: Run
  /** Lets time pass until the check answers something truthy; throws when it does not come to that. */
  until<T>(check: () => Promise<T | undefined | false>, what: string): Promise<T>
  /** Lets some time pass, in which what should not happen would. */
  settle(): Promise<void>
  /** The host dies at once, as a machine that loses its power. */
  lose(host: string): Promise<void>
  /** What tells the present process of an instance from an earlier or a later one; undefined when there is none. */
  processOf(instance: string): Promise<string | undefined>
  /** The truth about whose processes a host has, for providers that cannot tell `alive` themselves. */
  alive?(host: string): Promise<readonly string[]>
  /** Two zones that the provider has; by default a and b. */
  zones?: readonly [string, string]
  /** A value that labels can have; by default one with everything in it that texts are broken by. */
  label?: string
  close(): Promise<void>
}

export const aPool = (over: Partial<Pool> = {}): Pool => ({
  name: 'edge',
  provider: 'any',
  slots: 3,
  cores: 2,
  zones: ['a', 'b'],
  hosts: { min: 0, max: 9 },
  spareSlots: 0,
  portBase: 18_100,
  sharedAddress: true,
  bootWithin: 10_000,
  emptyFor: 10_000,
  listLag: 0,
  distrustShare: 0.45,
  ...over,
})

export const anInstance = (id: string, run: Run, over: Partial<ManifestInstance> = {}): ManifestInstance => ({
  id,
  workload: 'web',
  slots: [0],
  port: 18_100,
  run,
  token: 'secret',
  placedAt: 1,
  ...over,
})

export const aManifest = (
  epoch: number,
  revision: number,
  instances: readonly ManifestInstance[] = [],
): Manifest => ({ epoch, revision, instances })

export const anOrder = (name: string, over: Partial<HostOrder> = {}): HostOrder => ({
  name,
  zone: 'a',
  labels: { controller: 'test', pool: 'edge', index: '0', slots: '3', intent: '1', epoch: '1' },
  ...over,
})

export const patient = (): AbortSignal => AbortSignal.timeout(60_000)

export async function hostsOf(provider: Provider): Promise<readonly ListedHost[]> {
  const listing = await provider.list(patient())
  if (listing.kind === 'failed') throw new Error(listing.detail)
  return listing.hosts
}

/** It may say when it was carried out. */
const done = expect.objectContaining({ kind: 'done' })
const refused = (code: string) => ({ kind: 'refused', code, detail: expect.any(String) })

/** The promises of controller/providers/provider.ts. */
export function providerContract(name: string, setup: () => Promise<Bench>): void {
  describe(`the contract of providers: ${name}`, () => {
    let bench: Bench
    let provider: Provider

    beforeEach(async () => {
      bench = await setup()
      onTestFinished(() => bench.close())
      provider = bench.open(aPool())
    })

    const ordered = (host: string, over: Partial<HostOrder> = {}) =>
      anOrder(host, { zone: bench.zones?.[0] ?? 'a', ...over })
    const create = (host: string, manifest = aManifest(1, 1), over: Partial<HostOrder> = {}) =>
      provider.createHost(ordered(host, over), manifest, patient())
    const aliveOn = async ({ name, alive = [] }: ListedHost) => (await bench.alive?.(name)) ?? alive
    const tell = (host: string, manifest: Manifest) => provider.setManifest(host, manifest, patient())
    const remove = (host: string) => provider.deleteHost(host, patient())
    const find = async (host: string) => (await hostsOf(provider)).find((one) => one.name === host)
    const gone = (host: string) =>
      bench.until(async () => (await find(host)) === undefined, `${host} to be gone`)
    const inState = (host: string, state: string) =>
      bench.until(async () => {
        const listed = await find(host)
        return listed?.state === state && listed
      }, `${host} to be ${state}`)
    const runs = (host: string, ids: readonly string[]) =>
      bench.until(
        async () => {
          const listed = await find(host)
          if (listed === undefined) return false
          const alive = [...(await aliveOn(listed))].sort()
          return listed.state === 'running' && JSON.stringify(alive) === JSON.stringify(ids) && listed
        },
        `${host} to run ${ids.join(', ') || 'nothing'}`,
      )
    const instances = (...ids: string[]) =>
      ids.map((id, slot) => anInstance(id, bench.run, { slots: [slot], port: 18_100 + slot }))

    test('a new pool has no hosts', async () => {
      expect(await provider.list(patient())).toEqual({ kind: 'hosts', hosts: [] })
    })

    test('an ordered host is listed with its zone, labels and manifest, boots, and runs what the order says', async () => {
      const odd = bench.label ?? 'a "quoted"\nlabel, with = and ünïcode'
      const labels = { ...anOrder('h').labels, odd }
      const manifest = aManifest(3, 7, instances('web-1'))
      const zone = bench.zones?.[1] ?? 'b'
      expect(await create('host-1', manifest, { zone, labels })).toEqual(done)
      const listed = await runs('host-1', ['web-1'])
      expect(listed).toMatchObject({ name: 'host-1', zone, labels, address: expect.any(String) })
      expect(listed.manifest).toEqual(manifest)
    })

    test('creating a name again makes no second host and does not touch the first', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      const before = await bench.processOf('web-1')
      expect(await create('host-1', aManifest(1, 1, instances('web-1')))).toEqual(done)
      expect(await create('host-1', aManifest(0, 0))).toEqual(done)
      await bench.settle()
      expect(await hostsOf(provider)).toHaveLength(1)
      expect(await bench.processOf('web-1')).toBe(before)
    })

    test('creating a name many times at once makes one host with one process for each instance', async () => {
      const manifest = aManifest(1, 1, instances('web-1'))
      const next = bench.open(aPool())
      const makers = [provider, next, provider, next, provider]
      const outcomes = await Promise.all(
        makers.map((one) => one.createHost(ordered('host-1'), manifest, patient())),
      )
      expect(outcomes).toEqual(makers.map(() => done))
      await runs('host-1', ['web-1'])
      await bench.settle()
      expect(await hostsOf(provider)).toHaveLength(1)
    })

    test('a new manifest starts what is new, ends what is missing, and leaves what is unchanged alone', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1', 'web-2')))
      await runs('host-1', ['web-1', 'web-2'])
      const before = await bench.processOf('web-1')
      const [first, , third] = instances('web-1', 'web-2', 'web-3')
      if (first === undefined || third === undefined) throw new Error('three instances were made')
      const probe = { ...bench.run.probe, every: 99_000 }
      const onlyProbed = { ...first, run: { ...bench.run, probe } }
      expect(await tell('host-1', aManifest(1, 2, [onlyProbed, third]))).toEqual(done)
      const listed = await runs('host-1', ['web-1', 'web-3'])
      expect(listed.manifest).toMatchObject({ epoch: 1, revision: 2 })
      expect(await bench.processOf('web-1')).toBe(before)
    })

    test('an instance whose command changes starts again under its id', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      const before = await bench.processOf('web-1')
      const changed = anInstance('web-1', { ...bench.run, env: { MODE: 'other' } })
      expect(await tell('host-1', aManifest(1, 2, [changed]))).toEqual(done)
      await bench.until(async () => {
        const now = await bench.processOf('web-1')
        return now !== undefined && now !== before
      }, 'a new process')
    })

    test('the listing that shows a manifest without an instance still shows the instance while its process lives', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      await tell('host-1', aManifest(1, 2))
      await bench.until(async () => {
        const listed = await find('host-1')
        const living = (await bench.processOf('web-1')) !== undefined
        if (listed?.manifest?.revision !== 2) return false
        // A provider that cannot tell leaves it to probes.
        if (listed.alive === undefined) return !living
        // The process was looked at last, so where it lives now it lived when the list was made.
        if (living) expect(listed.alive).toContain('web-1')
        return listed.alive.length === 0
      }, 'web-1 to be gone')
    })

    test('the same manifest again is done and changes nothing', async () => {
      await create('host-1', aManifest(1, 1))
      const manifest = aManifest(1, 2, instances('web-1'))
      expect(await tell('host-1', manifest)).toEqual(done)
      await runs('host-1', ['web-1'])
      const before = await bench.processOf('web-1')
      expect(await tell('host-1', manifest)).toEqual(done)
      await bench.settle()
      expect(await bench.processOf('web-1')).toBe(before)
    })

    const fences = [
      {
        what: 'of an older epoch is fenced, whatever its revision',
        epoch: 4,
        revision: 99,
        answer: refused('fenced'),
      },
      {
        what: 'of an older revision in the same epoch is fenced',
        epoch: 5,
        revision: 9,
        answer: refused('fenced'),
      },
      {
        what: 'that says something else under the same revision is invalid',
        epoch: 5,
        revision: 10,
        answer: refused('invalid'),
      },
      { what: 'of a newer epoch is taken, whatever its revision', epoch: 6, revision: 1, answer: done },
    ]
    test.for(fences)('a manifest $what', async ({ epoch, revision, answer }) => {
      await create('host-1', aManifest(5, 10, instances('web-1')))
      await runs('host-1', ['web-1'])
      expect(await tell('host-1', aManifest(epoch, revision, instances('web-2')))).toEqual(answer)
      await bench.settle()
      await runs('host-1', answer === done ? ['web-2'] : ['web-1'])
    })

    test('a host that does not exist cannot be told anything', async () => {
      expect(await tell('host-1', aManifest(1, 1))).toEqual(refused('not-found'))
    })

    test('deleting a host ends its instances and takes it from the list; to do it again is done', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await create('host-2', aManifest(1, 1, instances('web-2')))
      await runs('host-1', ['web-1'])
      await runs('host-2', ['web-2'])
      const both = await Promise.all([remove('host-1'), remove('host-1')])
      expect(both).toEqual([done, done])
      await gone('host-1')
      expect(await bench.processOf('web-1')).toBeUndefined()
      expect(await remove('host-1')).toEqual(done)
      expect(await tell('host-1', aManifest(1, 2))).toEqual(refused('not-found'))
      await runs('host-2', ['web-2'])
    })

    test('the name of a host that was deleted makes no host again, so that an order that comes late is harmless', async () => {
      await create('host-1')
      await inState('host-1', 'running')
      await remove('host-1')
      await gone('host-1')
      expect(await create('host-1')).toEqual(refused('invalid'))
      await bench.settle()
      expect(await hostsOf(provider)).toEqual([])
    })

    test('deleting a host that never existed is done', async () => {
      expect(await remove('host-1')).toEqual(done)
    })

    test('deleting a host that is still booting leaves nothing behind', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      expect(await remove('host-1')).toEqual(done)
      await gone('host-1')
      await bench.settle()
      expect(await hostsOf(provider)).toEqual([])
      expect(await bench.processOf('web-1')).toBeUndefined()
    })

    test('a host that is lost is listed as stopped, has no second life, and can be deleted', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      await bench.lose('host-1')
      await inState('host-1', 'stopped')
      await bench.until(async () => (await bench.processOf('web-1')) === undefined, 'web-1 to be gone')
      expect(await create('host-1', aManifest(1, 1, instances('web-1')))).toEqual(done)
      await bench.settle()
      expect(await aliveOn(await inState('host-1', 'stopped'))).toEqual([])
      expect(await remove('host-1')).toEqual(done)
      await gone('host-1')
    })

    describe('where hosts can be started again', () => {
      const restart = (host: string) => provider.restartHost?.(host, patient())

      test('one that has stopped comes back with what its manifest says, and with nothing else', async ({
        skip,
      }) => {
        if (provider.restartHost === undefined) skip()
        await create('host-1', aManifest(1, 1, instances('web-1', 'web-2')))
        await runs('host-1', ['web-1', 'web-2'])
        const before = await bench.processOf('web-1')
        expect(await tell('host-1', aManifest(1, 2, instances('web-1')))).toEqual(done)
        await runs('host-1', ['web-1'])
        await bench.lose('host-1')
        await inState('host-1', 'stopped')
        expect(await restart('host-1')).toEqual(done)
        const listed = await runs('host-1', ['web-1'])
        expect(listed.manifest).toMatchObject({ epoch: 1, revision: 2 })
        expect(await bench.processOf('web-1')).not.toBe(before)
        await bench.settle()
        await runs('host-1', ['web-1'])
        expect(await hostsOf(provider)).toHaveLength(1)
      })

      test('one that runs ends what runs there, and starts it anew', async ({ skip }) => {
        if (provider.restartHost === undefined) skip()
        await create('host-1', aManifest(1, 1, instances('web-1')))
        await runs('host-1', ['web-1'])
        const before = await bench.processOf('web-1')
        expect(await restart('host-1')).toEqual(done)
        await bench.until(async () => {
          const now = await bench.processOf('web-1')
          return now !== undefined && now !== before
        }, 'a new process')
        await runs('host-1', ['web-1'])
      })

      test('one that never was, or that is gone, cannot be', async ({ skip }) => {
        if (provider.restartHost === undefined) skip()
        expect(await restart('host-1')).toEqual(refused('not-found'))
        await create('host-1')
        await inState('host-1', 'running')
        await remove('host-1')
        await gone('host-1')
        expect(await restart('host-1')).toEqual(refused('not-found'))
        expect(await hostsOf(provider)).toEqual([])
      })
    })

    test('the next controller finds the hosts as they are, may change them, and fences the former one', async () => {
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      const before = await bench.processOf('web-1')
      const former = provider
      provider = bench.open(aPool())
      const adopted = await inState('host-1', 'running')
      expect(adopted).toMatchObject({ labels: anOrder('host-1').labels, manifest: { epoch: 1, revision: 1 } })
      expect(await tell('host-1', aManifest(2, 1, instances('web-1', 'web-2')))).toEqual(done)
      await runs('host-1', ['web-1', 'web-2'])
      expect(await former.setManifest('host-1', aManifest(1, 2), patient())).toEqual(refused('fenced'))
      expect(await bench.processOf('web-1')).toBe(before)
      expect(await remove('host-1')).toEqual(done)
      await gone('host-1')
    })

    test('a pool lists its own hosts only', async () => {
      const other = bench.open(aPool({ name: 'other' }))
      await create('host-1')
      const labels = { ...anOrder('host-2').labels, pool: 'other' }
      await other.createHost(ordered('host-2', { labels }), aManifest(1, 1), patient())
      await inState('host-1', 'running')
      expect((await hostsOf(provider)).map((host) => host.name)).toEqual(['host-1'])
      expect((await hostsOf(other)).map((host) => host.name)).toEqual(['host-2'])
    })

    test('a call whose time is over before it begins says so, and does nothing', async () => {
      const over = AbortSignal.abort()
      await create('host-1', aManifest(1, 1, instances('web-1')))
      await runs('host-1', ['web-1'])
      const unknown = { kind: 'unknown', detail: expect.any(String) }
      expect(await provider.createHost(ordered('host-2'), aManifest(1, 1), over)).toEqual(unknown)
      expect(await provider.setManifest('host-1', aManifest(1, 2), over)).toEqual(unknown)
      expect(await provider.deleteHost('host-1', over)).toEqual(unknown)
      expect(await provider.list(over)).toEqual({ kind: 'failed', detail: expect.any(String) })
      await bench.settle()
      expect(await hostsOf(provider)).toHaveLength(1)
      await runs('host-1', ['web-1'])
    })
  })
}
