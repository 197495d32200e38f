import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processProvider } from '../../../../controller/providers/process/process.ts'
import type { SystemProcess } from '../../../../controller/providers/process/system.ts'
import type { Provider } from '../../../../controller/providers/provider.ts'
import { aManifest, anInstance, anOrder, aPool, hostsOf, patient } from '../../../contract/provider.ts'
import { until } from '../../../support/until.ts'
import { aRun, type ProcessBench, processBench, the } from './bench.ts'

let bench: ProcessBench

beforeEach(async () => {
  bench = await processBench()
})
afterEach(() => bench.close())

const withSystem = (...system: SystemProcess[]): Provider => processProvider(aPool(), bench.deps, { system })
const sh = (name: string, script: string, ...args: string[]): SystemProcess => ({
  name,
  command: ['sh', '-c', script, ...args],
  env: {},
})
const sleeper = (name: string): SystemProcess => ({ name, command: ['sleep', '100000'], env: {} })
const order = anOrder('host-1', { labels: { ...anOrder('host-1').labels, index: '4' } })
const web = anInstance('web-1', aRun())
const folder = (...more: string[]) => join(bench.dir, 'data', '_hosts', 'edge-4', ...more)

const seen = async (provider: Provider) => (await hostsOf(provider))[0]
const running = (provider: Provider, names: readonly string[]) =>
  until(
    async () => {
      const system = (await seen(provider))?.system ?? []
      return names.length === system.length && system.every(({ state }) => state === 'running')
    },
    { what: `only ${names.join(', ') || 'nothing'} to run beside the instances` },
  )

test('what a host runs beside its instances has its folders and names, ends after them, and what it kept is there for the next host', async () => {
  const told = sh(
    'relay',
    'cd "$0"; echo "$1 $2 $3 $4 $GREETING $CAPUCHIN_SYSTEM" >> said; trap "echo late >> said; exit" TERM; echo up; while :; do sleep 0.05; done',
    ...[the('data'), the('host'), the('zone'), the('index'), the('folder')],
  )
  const provider = withSystem({ ...told, env: { GREETING: `hello ${the('host')}` } })
  await provider.createHost(order, aManifest(1, 1, [web]), patient())
  await running(provider, ['relay'])
  const said = () => readFile(folder('relay', 'said'), 'utf8').catch(() => '')
  await until(async () => (await said()).includes('\n'), { what: 'it to write' })
  const line = `host-1 a 4 ${folder()} hello host-1 relay\n`
  expect(await said()).toBe(line)
  const listed = await seen(provider)
  expect(listed?.alive).toEqual(['web-1'])
  expect(listed?.manifest).toEqual(aManifest(1, 1, [web]))
  expect(listed?.drift).toBeUndefined()
  expect(await provider.logs?.('host-1', 'system_relay', 5, patient())).toMatchObject({
    of: 'the output of relay on host-1',
    lines: ['up'],
  })

  expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
  expect(bench.everything()).toEqual([])
  expect(await said()).toBe(`${line}late\n`)
})

test('a host of former settings says so until it is told again; then what has changed starts anew and the rest stays', async () => {
  const before = withSystem(sleeper('kept'), sleeper('changed'), sleeper('gone'))
  await before.createHost(order, aManifest(1, 1, [web]), patient())
  await running(before, ['kept', 'changed', 'gone'])
  const pids = () => ['web-1', 'system_kept', 'system_changed'].map((id) => bench.processesOf(id)[0]?.pid)
  const [instance, kept, changed] = pids()

  const after = withSystem(sleeper('kept'), { ...sleeper('changed'), env: { NEW: '1' } }, sleeper('new'))
  expect((await seen(after))?.drift).toBe('its system processes are not those of the settings')
  await after.setManifest('host-1', aManifest(2, 2, [web]), patient())
  await until(async () => (await seen(after))?.drift === undefined, { what: 'it to be told' })
  await running(after, ['kept', 'changed', 'new'])
  await until(() => bench.processesOf('system_gone').length === 0, { what: 'the one that is gone to end' })
  const now = pids()
  expect(now.slice(0, 2)).toEqual([instance, kept])
  expect(now[2]).not.toBe(changed)

  const none = withSystem()
  await none.setManifest('host-1', aManifest(3, 3, [web]), patient())
  await until(() => bench.everything().length === 2, { what: 'only the supervisor and web-1 to be left' })
  expect((await seen(none))?.system).toBeUndefined()
})

test('one that keeps ending or cannot be started is told as trouble, and the instances go on', async () => {
  const provider = withSystem(sh('bad', 'echo no; exit 3'), {
    name: 'none',
    command: ['no-such-program'],
    env: {},
  })
  await provider.createHost(order, aManifest(1, 1, [web]), patient())
  const born = await until(() => bench.processOf('web-1'), { what: 'web-1' })
  await until(
    async () => (await seen(provider))?.system?.every(({ trouble }) => trouble !== undefined) === true,
    { what: 'both to be told as trouble' },
  )
  const [bad, none] = (await seen(provider))?.system ?? []
  expect(bad).toMatchObject({ name: 'bad', trouble: expect.stringMatching(/times in a row/) })
  expect(none).toMatchObject({ state: 'waiting', trouble: expect.stringContaining('no-such-program') })
  expect((await seen(provider))?.troubles).toBeUndefined()
  expect(await bench.processOf('web-1')).toBe(born)
})

test('they die with their supervisor, and strays of theirs are no instances', async () => {
  await mkdir(folder(), { recursive: true })
  const provider = withSystem(sh('relay', 'trap "" TERM; while :; do sleep 1000; done'))
  await provider.createHost(order, aManifest(1, 1, []), patient())
  await running(provider, ['relay'])
  await bench.lose('host-1')
  await until(async () => (await seen(provider))?.state === 'stopped', { what: 'the host to be stopped' })
  expect((await seen(provider))?.alive).toEqual([])
  expect(await provider.deleteHost('host-1', patient())).toEqual({ kind: 'done' })
  expect(bench.everything()).toEqual([])
  expect(await readdir(folder())).toEqual([])
})
