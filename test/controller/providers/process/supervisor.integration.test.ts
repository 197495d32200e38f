import { existsSync } from 'node:fs'
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identify, isRunning, signal } from '../../../../controller/providers/process/identity.ts'
import { residentBytes, statOf } from '../../../../controller/providers/process/proc.ts'
import { usageMeter } from '../../../../controller/providers/process/supervisor/usage.ts'
import type { Provider } from '../../../../controller/providers/provider.ts'
import { aManifest, anInstance, anOrder, aPool, hostsOf, patient } from '../../../contract/provider.ts'
import { start } from '../../../support/process.ts'
import { until } from '../../../support/until.ts'
import { aRun, type ProcessBench, processBench } from './bench.ts'

const supervisorMain = fileURLToPath(
  new URL('../../../../controller/providers/process/supervisor/main.ts', import.meta.url),
)

let bench: ProcessBench
let provider: Provider

beforeEach(async () => {
  bench = await processBench()
  provider = bench.open(aPool())
})
afterEach(() => bench.close())

const web = (nth: number, over = {}) => anInstance(`web-${nth}`, aRun(over), { slots: [nth - 1] })

async function running(...ids: string[]): Promise<void> {
  await until(async () => (await hostsOf(provider))[0]?.alive?.join() === ids.join(), {
    what: `${ids.join()} to run`,
  })
}

async function host(): Promise<void> {
  await provider.createHost(anOrder('host-1'), aManifest(5, 10, [web(1)]), patient())
  await running('web-1')
}

test('a second supervisor on the same folder ends at once and touches nothing', async () => {
  await host()
  const [before, owner] = [await bench.processOf('web-1'), await bench.supervisor('host-1')]
  const second = await start([process.execPath, supervisorMain, bench.hostDir('host-1')])
  expect(await second.exited).toEqual({ code: 0, signal: null })
  expect(second.stdout()).toContain('"ended":"lost"')
  expect(await bench.supervisor('host-1')).toEqual(owner)
  expect(bench.processesOf('web-1')).toHaveLength(1)
  expect(await bench.processOf('web-1')).toBe(before)
})

test('of many supervisors that start at once one lives, and each instance runs once', async () => {
  // A controller that dies after making the folder leaves a host without a supervisor: the Node it had was none.
  const cut = await processBench({ ...bench.deps, execPath: '/bin/true', tether: false })
  const maker = cut.open(aPool())
  expect(await maker.createHost(anOrder('host-1'), aManifest(1, 1, [web(1)]), patient())).toEqual({
    kind: 'done',
  })
  expect(await hostsOf(provider)).toMatchObject([{ name: 'host-1', state: 'booting' }])
  const racers = await Promise.all(
    Array.from({ length: 4 }, () =>
      start([process.execPath, supervisorMain, bench.hostDir('host-1')], {
        env: { BENCH: bench.deps.env['BENCH'] },
      }),
    ),
  )
  await until(() => racers.filter((one) => one.exit()?.code === 0).length === 3, {
    what: 'all but one to end',
  })
  await running('web-1')
  expect(bench.processesOf('web-1')).toHaveLength(1)
})

test('of a host without a supervisor the manifest is known, and what lives on it is not claimed to be known', async () => {
  const cut = await processBench({ ...bench.deps, execPath: '/bin/true', tether: false })
  const manifest = aManifest(1, 1, [web(1)])
  await cut.open(aPool()).createHost(anOrder('host-1'), manifest, patient())
  const [booting] = await hostsOf(provider)
  expect(booting).toMatchObject({ state: 'booting', manifest })
  expect(booting).not.toHaveProperty('alive')
  expect(booting).not.toHaveProperty('address')
  const gone = { pid: process.pid, start: '1', boot: 'an earlier one', namespace: 'pid:[1]' }
  await writeFile(
    join(bench.hostDir('host-1'), 'claim.json'),
    JSON.stringify({ kind: 'supervisor', identity: gone }),
  )
  expect(await hostsOf(provider)).toMatchObject([{ state: 'stopped', manifest, alive: [] }])
})

test('creating again brings up a host that an earlier attempt left without a supervisor', async () => {
  const cut = await processBench({ ...bench.deps, execPath: '/bin/true', tether: false })
  await cut.open(aPool()).createHost(anOrder('host-1'), aManifest(1, 1, [web(1)]), patient())
  expect(await provider.createHost(anOrder('host-1'), aManifest(1, 1, [web(1)]), patient())).toEqual({
    kind: 'done',
  })
  await running('web-1')
})

test('a host whose supervisor cannot be started is refused with the reason, and nothing stays of it', async () => {
  const broken = await processBench({ ...bench.deps, execPath: '/no/such/node', tether: false })
  const outcome = await broken.open(aPool()).createHost(anOrder('host-1'), aManifest(1, 1), patient())
  expect(outcome).toMatchObject({
    kind: 'refused',
    code: 'invalid',
    detail: expect.stringContaining('/no/such/node'),
  })
  expect(await hostsOf(provider)).toEqual([])
  expect(await readdir(join(bench.dir, 'hosts'))).toEqual([])
})

test('the supervisor obeys no manifest of an older epoch, however it comes into the folder', async () => {
  await host()
  const before = await bench.processOf('web-1')
  const manifests = join(bench.hostDir('host-1'), 'manifests')
  await writeFile(join(manifests, '4-99.json'), JSON.stringify(aManifest(4, 99, [web(2)])))
  await bench.settle()
  // Even when the newer one is taken away.
  await rm(join(manifests, '5-10.json'))
  await bench.settle()
  expect((await bench.status('host-1')).applied).toEqual({ epoch: 5, revision: 10 })
  expect(bench.processesOf('web-2')).toEqual([])
  expect(await bench.processOf('web-1')).toBe(before)
  expect(await provider.setManifest('host-1', aManifest(6, 1, [web(1), web(2)]), patient())).toEqual({
    kind: 'done',
  })
  await running('web-1', 'web-2')
})

test('a manifest that is not what its name says is not obeyed, and the next good one is', async () => {
  await host()
  const manifests = join(bench.hostDir('host-1'), 'manifests')
  await writeFile(join(manifests, '5-11.json'), '{"epoch":5,"revi')
  await bench.settle()
  await copyFile(join(manifests, '5-10.json'), join(manifests, '5-12.json'))
  await bench.settle()
  expect((await bench.status('host-1')).applied).toEqual({ epoch: 5, revision: 10 })
  await provider.setManifest('host-1', aManifest(5, 13, [web(2)]), patient())
  await running('web-2')
  expect(await readFile(join(bench.hostDir('host-1'), 'logs', 'supervisor.log'), 'utf8')).toContain(
    '5-12.json',
  )
})

test('only the last few manifests stay', async () => {
  await host()
  for (let revision = 11; revision < 25; revision++)
    await provider.setManifest('host-1', aManifest(5, revision, [web(1)]), patient())
  await until(async () => (await bench.status('host-1')).applied?.revision === 24)
  expect((await readdir(join(bench.hostDir('host-1'), 'manifests'))).length).toBeLessThanOrEqual(6)
})

test('a host outlives the controller that ordered it, in a session of its own', async () => {
  const script = join(bench.dir, 'order.ts')
  const parts = {
    pool: aPool(),
    order: anOrder('host-1'),
    manifest: aManifest(1, 1, [web(1)]),
    deps: bench.deps,
  }
  const provided = new URL('../../../../controller/providers/process/process.ts', import.meta.url).href
  await writeFile(
    script,
    `import { processProvider } from '${provided}'
    const { pool, order, manifest, deps } = ${JSON.stringify(parts)}
    const quiet = { info: () => {}, warn: () => {} }
    const provider = processProvider(pool, { ...deps, tether: false, now: Date.now, random: Math.random, log: quiet })
    console.log(JSON.stringify(await provider.createHost(order, manifest, AbortSignal.timeout(9000))))`,
  )
  const controller = await start([process.execPath, script])
  expect(await controller.exited).toEqual({ code: 0, signal: null })
  expect(controller.stdout()).toContain('{"kind":"done"}')
  await running('web-1')
  const { pid } = await bench.supervisor('host-1')
  expect(statOf(pid)).toMatchObject({ session: pid })
  expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
  expect(bench.everything()).toEqual([])
})

test('a supervisor whose folder is taken away ends with its instances', async () => {
  await host()
  const supervisor = await bench.supervisor('host-1')
  await rename(bench.hostDir('host-1'), join(bench.dir, 'elsewhere'))
  await until(() => !isRunning(supervisor), { what: 'the supervisor to end' })
  expect(bench.processesOf('web-1')).toEqual([])
  expect(existsSync(bench.hostDir('host-1'))).toBe(false)
})

test('SIGTERM alone stops a host in good order: it is listed as stopped, with its instances ended', async () => {
  await host()
  signal(await bench.supervisor('host-1'), 'SIGTERM')
  await until(async () => (await hostsOf(provider))[0]?.state === 'stopped')
  expect(await hostsOf(provider)).toMatchObject([{ alive: [], manifest: { revision: 10 } }])
  expect((await bench.status('host-1')).children).toEqual([])
})

test('a host tells Prometheus of its CPU, memory, slots and instances, and the CPU of ended instances stays counted', async () => {
  const burn = ['node', '-e', 'while (process.cpuUsage().user + process.cpuUsage().system < 450000);']
  await provider.createHost(
    anOrder('host-1'),
    aManifest(1, 1, [web(1, { command: burn }), web(2)]),
    patient(),
  )
  const exporter = await until(async () => (await hostsOf(provider))[0]?.exporter)
  const read = async () => {
    const text = await (await fetch(`http://${exporter}/metrics`)).text()
    const value = (name: string) =>
      Number(new RegExp(`^capuchin_host_${name}(?:\\{[^}]*\\})? (.+)$`, 'm').exec(text)?.[1])
    return { text, value }
  }
  let highest = 0
  const { text, value } = await until(async () => {
    const now = await read()
    expect(now.value('cpu_seconds_total')).toBeGreaterThanOrEqual(highest)
    highest = now.value('cpu_seconds_total')
    return now.value('instance_restarts_total') >= 2 && now
  })
  expect(value('cpu_seconds_total')).toBeGreaterThan(0.8)
  expect(value('memory_bytes')).toBeGreaterThan(20e6)
  expect(value('slots')).toBe(3)
  expect(value('slots_used')).toBe(2)
  expect(value('cores')).toBe(2)
  expect(text).toMatch(/capuchin_host_instances\{state="running"\} [12]/)
  expect((await fetch(`http://${exporter}/other`)).status).toBe(404)
})

test('a supervisor is light', async () => {
  await host()
  await provider.deleteHost('host-1', patient())
  // The first one compiled and left what it compiled for those that come after it.
  await provider.createHost(anOrder('host-2'), aManifest(1, 1), patient())
  const { pid } = await until(() => bench.supervisor('host-2'))
  await until(async () => (await hostsOf(provider))[0]?.state === 'running')
  expect(identify(pid)).toBeDefined()
  expect(residentBytes(pid)).toBeLessThan(85e6)
})

test('the CPU counter of a host never falls, also when an instance takes its time with it', async () => {
  const burner = await start(['sh', '-c', 'while :; do :; done'])
  const { pid } = await start(['sleep', '1000'])
  let leaders = [statOf(burner.pid)?.session ?? 0]
  const read = usageMeter(pid, () => leaders)
  const before = await until(() => read().cpuSeconds > 0.1 && read().cpuSeconds)
  leaders = []
  expect(read().cpuSeconds).toBeGreaterThanOrEqual(before)
  expect(read().memoryBytes).toBeGreaterThan(0)
  await burner.stop()
})
