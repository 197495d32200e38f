import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identify, isRunning, signal } from '../../../../controller/providers/process/identity.ts'
import { statOf } from '../../../../controller/providers/process/proc.ts'
import type { Provider } from '../../../../controller/providers/provider.ts'
import { aManifest, anInstance, anOrder, aPool, hostsOf, patient } from '../../../contract/provider.ts'
import { listenOn } from '../../../support/ports.ts'
import { start } from '../../../support/process.ts'
import { until } from '../../../support/until.ts'
import { aRun, type ProcessBench, processBench, the } from './bench.ts'

let bench: ProcessBench
let provider: Provider

beforeEach(async () => {
  bench = await processBench()
  provider = bench.open(aPool())
})
afterEach(() => bench.close())

const tell = (revision: number, ...instances: Parameters<typeof aManifest>[2] & object) =>
  provider.setManifest('host-1', aManifest(1, revision, instances), patient())

/** Makes host-1 and waits until each of the commands has a process. */
async function host(...commands: (readonly string[])[]): Promise<void> {
  const instances = commands.map((command, slot) =>
    anInstance(`web-${slot + 1}`, aRun({ command }), { slots: [slot] }),
  )
  expect(await provider.createHost(anOrder('host-1'), aManifest(1, 1, instances), patient())).toEqual({
    kind: 'done',
  })
  const ids = instances.map(({ id }) => id)
  await until(() => ids.every((id) => bench.processesOf(id).length > 0), { what: 'all processes' })
  await until(async () => (await hostsOf(provider))[0]?.alive?.length === ids.length, {
    what: 'all in the list',
  })
}

test('an instance leads a session of its own, and the status names the very process', async () => {
  await host(['sleep', '1000'])
  const [found] = bench.processesOf('web-1')
  const { children } = await bench.status('host-1')
  expect(children).toMatchObject([{ id: 'web-1', state: 'running', restarts: 0, identity: found }])
  const stat = statOf(found?.pid ?? 0)
  expect(stat).toMatchObject({ group: found?.pid, session: found?.pid })
})

test('what an instance has written can be read, and only of the pool and host that it is on', async () => {
  await host(['sh', '-c', 'for i in 1 2 3; do echo said $i; done; echo wrong >&2; exec sleep 1000'])
  const read = (name: string, lines: number) => provider.logs?.(name, 'web-1', lines, patient())
  await until(async () => {
    const logs = await read('host-1', 9)
    return logs?.kind === 'lines' && logs.lines.length >= 4
  })
  const of = 'the output of web-1 on host-1'
  expect(await read('host-1', 2)).toEqual({ kind: 'lines', of, lines: ['said 3', 'wrong'] })
  expect(await read('host-2', 2)).toMatchObject({ kind: 'failed', detail: expect.stringContaining('host-2') })
  const other = bench.open(aPool({ name: 'other' }))
  expect(await other.logs?.('host-1', 'web-1', 2, patient())).toMatchObject({ kind: 'failed' })
})

test('the command gets its port, folder, names and the base environment, each as one argument whatever it holds', async () => {
  const words = [
    the('port'),
    `${the('id')}/${the('host')}`,
    `${the('zone')} ${the('slot')}`,
    the('address'),
    '$& $1 `id` $(id) "\';\n',
    `${the('other')} $${the('port')}`,
  ]
  const show =
    'require("fs").writeFileSync(process.argv[1] + "/said", JSON.stringify([process.argv.slice(2), process.env, process.execPath, process.cwd()])); setInterval(() => {}, 1e6)'
  const run = aRun({
    command: ['node', '-e', show, the('data'), ...words],
    env: { ODD: `${the('id')} $HOME`, PORT: '1' },
  })
  const web = anInstance('web-1', run, { port: 18_123, slots: [2, 3], token: 'a "secret"' })
  await provider.createHost(
    anOrder('host-1', { zone: `zone ${the('port')} $&` }),
    aManifest(1, 1, [web]),
    patient(),
  )
  const said = join(bench.dir, 'data', 'web', 'web-1', 'said')
  const text = await until(() => readFile(said, 'utf8'), { what: 'the instance to write' })
  const [args, env, execPath, cwd] = JSON.parse(text)
  const zone = `zone ${the('port')} $&`
  expect(args).toEqual([
    '18123',
    'web-1/host-1',
    `${zone} 2`,
    '127.0.0.1',
    words[4],
    `${the('other')} $18123`,
  ])
  expect(env).toMatchObject({
    ODD: 'web-1 $HOME',
    PORT: '18123',
    CAPUCHIN_DRAIN_TOKEN: 'a "secret"',
    CAPUCHIN_INSTANCE: 'web-1',
    CAPUCHIN_WORKLOAD: 'web',
    CAPUCHIN_HOST: 'host-1',
    CAPUCHIN_ZONE: zone,
    BENCH: bench.deps.env['BENCH'],
  })
  expect(env['NODE_COMPILE_CACHE']).toBeUndefined()
  expect(execPath).toBe(process.execPath)
  expect(cwd).toBe(bench.dir)
})

test('children die with their supervisor, as on a machine that loses its power', async () => {
  await host(['sleep', '1000'], ['sh', '-c', 'trap "" TERM; while :; do sleep 1000; done'])
  await bench.lose('host-1')
  await until(() => bench.processesOf('web-1').length === 0, { what: 'web-1 to die' })
  // The shell dies with the supervisor; what it started itself is left, is reported, and goes with the host.
  await until(async () => (await hostsOf(provider))[0]?.state === 'stopped', {
    what: 'the host to be stopped',
  })
  expect((await hostsOf(provider))[0]?.alive).toEqual(['web-2'])
  expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
  expect(bench.everything()).toEqual([])
})

test('an instance that ends by itself is started again, later each time, and its neighbour is left alone', async () => {
  const births = join(bench.dir, 'data', 'web', 'web-1', 'births')
  const shortLived = ['sh', '-c', 'date +%s%N >> "$0"; exit 3', `${the('data')}/births`]
  const instances = [anInstance('web-1', aRun({ command: shortLived })), anInstance('web-2', aRun())]
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, instances), patient())
  const neighbour = await until(() => bench.processOf('web-2'))
  const times = await until(async () => {
    const lines = (await readFile(births, 'utf8')).trim().split('\n')
    return lines.length >= 4 && lines.map((line) => Number(line) / 1e6)
  })
  const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0))
  // 250 to 500 ms, then twice that, and so on.
  expect(waits[0]).toBeGreaterThan(240)
  expect(waits[1]).toBeGreaterThan(490)
  expect(waits[2]).toBeGreaterThan(990)
  const child = await until(async () => {
    const [first] = (await bench.status('host-1')).children
    return first?.state === 'waiting' && first.restarts >= 3 && first
  })
  expect(child).toMatchObject({ id: 'web-1', detail: 'it ended with code 3' })
  expect(await bench.processOf('web-2')).toBe(neighbour)
})

test('a command that does not exist fails by itself, and the listing says why', async () => {
  await provider.createHost(
    anOrder('host-1'),
    aManifest(1, 1, [
      anInstance('web-1', aRun({ command: ['no-such-program'] })),
      anInstance('web-2', aRun()),
    ]),
    patient(),
  )
  await until(() => bench.processesOf('web-2').length === 1)
  const [child] = await until(async () => {
    const { children } = await bench.status('host-1')
    return children[0]?.state === 'waiting' && children
  })
  const why = 'it could not be started: there is no program no-such-program on the PATH'
  expect(child).toMatchObject({ id: 'web-1', detail: why })
  const [host] = await hostsOf(provider)
  expect(host?.alive).toEqual(['web-2'])
  expect(host?.troubles).toEqual({
    'web-1': { started: false, detail: why, times: expect.any(Number) },
  })
})

test('what ends by itself is in the listing with how it ended, while it waits', async () => {
  const fails = anInstance('web-1', aRun({ command: ['sh', '-c', 'exit 3'] }))
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, [fails]), patient())
  const trouble = await until(async () => (await hostsOf(provider))[0]?.troubles?.['web-1'])
  expect(trouble).toEqual({ started: true, detail: 'it ended with code 3', times: expect.any(Number) })
})

test('an instance whose port somebody else has is not started until the port is free', async () => {
  const instance = anInstance('web-1', aRun())
  const other = await listenOn(instance.port)
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, [instance]), patient())
  const trouble = await until(async () => (await hostsOf(provider))[0]?.troubles?.['web-1'])
  const why = `it could not be started: port ${instance.port} is in use by another process`
  expect(trouble).toMatchObject({ started: false, detail: expect.stringContaining(why) })
  expect(bench.processesOf('web-1')).toEqual([])
  other?.close()
  await until(() => bench.processesOf('web-1').length === 1)
  await until(async () => (await hostsOf(provider))[0]?.troubles === undefined)
})

test('an instance that cannot even be started does not harm its host', async () => {
  const odd = anInstance('web-1', aRun({ command: ['sleep', 'a\0b'] }))
  const none = anInstance('web-2', { ...aRun(), command: [] })
  await provider.createHost(
    anOrder('host-1'),
    aManifest(1, 1, [odd, none, anInstance('web-3', aRun())]),
    patient(),
  )
  await until(async () => (await hostsOf(provider))[0]?.alive?.join() === 'web-3')
  const { children } = await bench.status('host-1')
  expect(children.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('could not be started'),
    expect.stringContaining('no command'),
    undefined,
  ])
})

test('a stubborn instance is killed after its grace with all that it started, and not before', async () => {
  const stubborn = [
    'sh',
    '-c',
    'trap "" TERM; (trap "" TERM; while :; do sleep 1000; done) & while :; do sleep 1000; done',
  ]
  const run = aRun({ command: stubborn, drain: { grace: 600 } })
  const instance = anInstance('web-1', run)
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, [instance]), patient())
  await until(() => bench.processesOf('web-1').length >= 3, { what: 'the shells and their sleeps' })
  const told = performance.now()
  await tell(2)
  await until(async () => (await bench.status('host-1')).children[0]?.state === 'stopping')
  expect((await hostsOf(provider))[0]).toMatchObject({ manifest: { revision: 2 }, alive: ['web-1'] })
  await until(async () => (await hostsOf(provider))[0]?.alive?.length === 0)
  expect(performance.now() - told).toBeGreaterThan(590)
  expect(bench.processesOf('web-1')).toEqual([])
})

test('SIGTERM reaches what stands behind a shell, and what drains there gets the whole grace', async () => {
  const drains =
    'process.on("SIGTERM", () => setTimeout(() => { require("fs").writeFileSync(process.argv[1], "drained"); process.exit(0) }, 300)); console.log("up"); setInterval(() => {}, 1e6)'
  const run = aRun({ command: ['sh', '-c', 'node -e "$0" "$1"; :', drains, `${the('data')}/out`] })
  const instance = anInstance('web-1', run)
  await provider.createHost(anOrder('host-1'), aManifest(1, 1, [instance]), patient())
  const log = join(bench.hostDir('host-1'), 'logs', 'web-1.log')
  await until(async () => (await readFile(log, 'utf8')) === 'up\n')
  await tell(2)
  await until(async () => (await hostsOf(provider))[0]?.alive?.length === 0)
  expect(await readFile(join(bench.dir, 'data', 'web', 'web-1', 'out'), 'utf8')).toBe('drained')
})

test('an instance that is started again after a change waits until nothing is left of what it was', async () => {
  await host(['sh', '-c', 'trap "sleep 0.4; exit 0" TERM; while :; do sleep 0.05; done'])
  const before = await bench.processOf('web-1')
  const changed = anInstance('web-1', aRun({ env: { NEW: '1' } }))
  await tell(2, changed)
  await until(() => {
    const now = bench.processesOf('web-1')
    const commands = new Set(now.map(({ pid }) => statOf(pid)?.session))
    expect(commands.size).toBeLessThanOrEqual(1)
    return now.length === 1 && `${now[0]?.pid} ${now[0]?.start}` !== before
  })
})

test('what an instance has stored stays when it, and when its host, is gone', async () => {
  await host(['sh', '-c', 'echo event > "$0"; exec sleep 1000', `${the('data')}/events`])
  const events = join(bench.dir, 'data', 'web', 'web-1', 'events')
  await until(() => readFile(events, 'utf8'))
  await tell(2)
  await until(() => bench.processesOf('web-1').length === 0)
  await provider.deleteHost('host-1', patient())
  expect(await readFile(events, 'utf8')).toBe('event\n')
})

test('the data of an instance is still there when it is started again', async () => {
  await host(['sh', '-c', 'echo born >> "$0"; sleep 0.2', `${the('data')}/births`])
  const births = join(bench.dir, 'data', 'web', 'web-1', 'births')
  await until(async () => (await readFile(births, 'utf8')).startsWith('born\nborn\n'))
})

test('a process that has the number of an instance by now is never signalled', async () => {
  await host(['sleep', '1000'])
  const bystander = await bystanderOf()
  const identity = bystander.identity
  const status = await bench.status('host-1')
  await bench.lose('host-1')
  await until(async () => (await hostsOf(provider))[0]?.state === 'stopped')
  // The recorded numbers of supervisor and instance belong to the bystander now, with other start times.
  const stale = { ...identity, start: '1' }
  const children = status.children.map((child) => ({ ...child, identity: stale }))
  await writeFile(
    join(bench.hostDir('host-1'), 'status.json'),
    JSON.stringify({ ...status, identity: stale, children }),
  )
  await writeFile(
    join(bench.hostDir('host-1'), 'claim.json'),
    JSON.stringify({ kind: 'supervisor', identity: stale }),
  )
  expect(await hostsOf(provider)).toMatchObject([{ state: 'stopped', alive: [] }])
  expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
  expect(isRunning(identity)).toBe(true)
  expect(signal(stale, 'SIGKILL')).toBe(false)
  await bystander.stop()
})

async function bystanderOf() {
  const running = await start(['sleep', '1000'])
  const identity = identify(running.pid)
  if (identity === undefined) throw new Error('the bystander has ended')
  return { identity, stop: running.stop }
}
