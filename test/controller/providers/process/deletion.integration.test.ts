import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signal } from '../../../../controller/providers/process/identity.ts'
import type { Provider } from '../../../../controller/providers/provider.ts'
import { aManifest, anInstance, anOrder, aPool, hostsOf, patient } from '../../../contract/provider.ts'
import { start } from '../../../support/process.ts'
import { until } from '../../../support/until.ts'
import { aRun, type ProcessBench, processBench } from './bench.ts'

let bench: ProcessBench
let provider: Provider

beforeEach(async () => {
  bench = await processBench()
  provider = bench.open(aPool())
})
afterEach(() => bench.close())

async function host(...instances: Parameters<typeof aManifest>[2] & object): Promise<void> {
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, instances), patient())
  await until(async () => (await hostsOf(provider))[0]?.alive?.length === instances.length, {
    what: 'all to run',
  })
}

async function command(...words: string[]): Promise<void> {
  const { exited, stderr } = await start(words)
  if ((await exited).code !== 0) throw new Error(stderr())
}

const slow = (grace: number) =>
  anInstance(
    'web-1',
    aRun({ command: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], drain: { grace } }),
  )

describe('deleting a local host', () => {
  test('goes on by itself when nobody waits for it, and shows as deleting meanwhile', async () => {
    await host(slow(1_000))
    const outcome = await provider.deleteHost('host-1', AbortSignal.timeout(200))
    expect(outcome).toEqual({ kind: 'unknown', detail: expect.any(String) })
    expect(await hostsOf(provider)).toMatchObject([{ name: 'host-1', state: 'deleting', alive: ['web-1'] }])
    await until(async () => (await hostsOf(provider)).length === 0, { what: 'the host to go' })
    await until(() => bench.everything().length === 0, { what: 'its supervisor to end' })
    expect(existsSync(bench.hostDir('host-1'))).toBe(false)
  })

  test('works on a supervisor that is frozen, once its time is over, also for the next controller', async () => {
    await host(slow(200))
    signal(await bench.supervisor('host-1'), 'SIGSTOP')
    const begun = performance.now()
    expect(await provider.deleteHost('host-1', AbortSignal.timeout(500))).toMatchObject({ kind: 'unknown' })
    const next = bench.open(aPool())
    expect(await hostsOf(next)).toMatchObject([{ state: 'deleting' }])
    expect(await next.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
    // The grace and five seconds, counted from the first call and not from the second.
    expect(performance.now() - begun).toBeGreaterThan(5_000)
    expect(performance.now() - begun).toBeLessThan(9_000)
    expect(bench.everything()).toEqual([])
    expect(await hostsOf(next)).toEqual([])
  })

  test('does not let a supervisor live that was started and has not come up yet', async () => {
    await provider.createHost(anOrder('host-1'), aManifest(1, 1, [anInstance('web-1', aRun())]), patient())
    expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
    await until(() => bench.everything().length === 0, { what: 'everything to end' })
    expect(await hostsOf(provider)).toEqual([])
  })

  test('of one that was never made keeps an order that comes late from making it', async () => {
    await provider.deleteHost('host-1', patient())
    const orders = [1, 2].map(() => provider.createHost(anOrder('host-1'), aManifest(1, 1), patient()))
    const dead = { kind: 'refused', code: 'invalid', detail: expect.stringContaining('was deleted') }
    expect(await Promise.all(orders)).toEqual([dead, dead])
    expect(await hostsOf(provider)).toEqual([])
    // Not for ever: a controller that has lost its store counts its names from the beginning.
    const later = await processBench({ ...bench.deps, now: () => Date.now() + 301_000 })
    expect(await later.open(aPool()).createHost(anOrder('host-1'), aManifest(1, 1), patient())).toEqual({
      kind: 'done',
    })
    expect(await hostsOf(provider)).toHaveLength(1)
  })

  test('at the same time as it is made leaves no host half-way', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `host-${i}`)
    await Promise.all(
      names.flatMap((name) => [
        provider.createHost(anOrder(name), aManifest(1, 1), patient()),
        provider.deleteHost(name, patient()),
      ]),
    )
    expect(await hostsOf(provider)).toEqual([])
    await until(() => bench.everything().length === 0, { what: 'everything to end' })
  })

  test('takes away what crashes of controllers left half-made and half-removed', async () => {
    await host()
    await mkdir(join(bench.dir, 'hosts', '.gone-host-0', 'logs'), { recursive: true })
    await mkdir(join(bench.dir, 'hosts', '.new-host-9-x-999999999'))
    expect(await hostsOf(provider)).toHaveLength(1)
    await provider.deleteHost('host-1', patient())
    expect(await readdir(join(bench.dir, 'hosts'))).toEqual(['.deleted'])
  })
})

describe('bad surroundings', () => {
  test('a host that cannot be read is not taken for gone: the listing fails and names the file', async () => {
    await host()
    await writeFile(join(bench.hostDir('host-1'), 'host.json'), '{"version":2}')
    const detail = expect.stringContaining('host-1/host.json')
    expect(await provider.list(patient())).toEqual({ kind: 'failed', detail })
    expect(await provider.setManifest('host-1', aManifest(1, 2), patient())).toEqual({
      kind: 'unknown',
      detail,
    })
    await rm(join(bench.hostDir('host-1'), 'host.json'))
  })

  test('a folder that is no host is left alone', async () => {
    await mkdir(join(bench.dir, 'hosts', 'notes'), { recursive: true })
    expect(await hostsOf(provider)).toEqual([])
  })

  test('a state folder that cannot be one is refused with the remedy', async () => {
    await writeFile(join(bench.dir, 'file'), '')
    const { open } = await processBench({ dir: join(bench.dir, 'file') })
    const outcome = await open(aPool()).createHost(anOrder('host-1'), aManifest(1, 1), patient())
    expect(outcome).toEqual({
      kind: 'refused',
      code: 'invalid',
      detail: expect.stringContaining('is not a folder'),
    })
    expect(await open(aPool()).list(patient())).toEqual({
      kind: 'failed',
      detail: expect.stringContaining('file'),
    })
  })

  test.skipIf(process.getuid?.() !== 0)(
    'a full disk refuses the order with the remedy and leaves nothing',
    async () => {
      const small = join(bench.dir, 'small')
      await mkdir(small)
      await command('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small)
      try {
        await writeFile(join(small, 'ballast'), Buffer.alloc(65_536)).catch(() => undefined)
        const { open } = await processBench({ dir: small })
        const outcome = await open(aPool()).createHost(anOrder('host-1'), aManifest(1, 1), patient())
        expect(outcome).toEqual({
          kind: 'refused',
          code: 'capacity',
          detail: expect.stringContaining('the disk is full'),
        })
        expect(await hostsOf(open(aPool()))).toEqual([])
      } finally {
        await command('umount', small)
      }
    },
  )

  const names = ['../escape', '', '.', '..', 'a/b', '-rf', 'x'.repeat(200), 'nul\0']
  test.for(names)('the name %j is refused and nothing is made', async (name) => {
    const outcome = await provider.createHost(anOrder(name), aManifest(1, 1), patient())
    expect(outcome).toMatchObject({ kind: 'refused', code: 'invalid' })
    const odd = aManifest(1, 1, [{ ...anInstance('web-1', aRun()), id: name }])
    expect(await provider.createHost(anOrder('host-1'), odd, patient())).toMatchObject({
      kind: 'refused',
      code: 'invalid',
    })
    expect(await hostsOf(provider)).toEqual([])
  })

  test('a name that belongs to a host of another pool is refused', async () => {
    await host()
    const other = bench.open(aPool({ name: 'other' }))
    expect(await other.createHost(anOrder('host-1'), aManifest(1, 1), patient())).toMatchObject({
      code: 'invalid',
    })
    expect(await other.setManifest('host-1', aManifest(9, 9), patient())).toMatchObject({ code: 'not-found' })
    expect(await other.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
    expect(await hostsOf(provider)).toHaveLength(1)
  })
})
