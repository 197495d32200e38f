import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostFolder } from '../../../../controller/providers/process/layout.ts'
import { supervise } from '../../../../controller/providers/process/supervisor/supervise.ts'
import type { Provider } from '../../../../controller/providers/provider.ts'
import { aManifest, anInstance, anOrder, aPool, hostsOf, patient } from '../../../contract/provider.ts'
import { until } from '../../../support/until.ts'
import { aRun, type ProcessBench, processBench, the } from './bench.ts'

// The life of a supervisor inside this process, where its clock, its dice, its log and its end are in the hands of the test.

let bench: ProcessBench
let provider: Provider
let log: string[]
let end: AbortController

beforeEach(async () => {
  bench = await processBench({ execPath: '/bin/true', tether: false })
  provider = bench.open(aPool())
  log = []
  end = new AbortController()
})
afterEach(() => bench.close())

function live(env: Record<string, string | undefined> = bench.deps.env): Promise<'over' | 'lost'> {
  const note = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`)
  const world = { pid: process.pid, now: Date.now, random: () => 0, env, log: note }
  return supervise(hostFolder(bench.hostDir('host-1')), world, end.signal)
}

const order = (...instances: Parameters<typeof aManifest>[2] & object) =>
  provider.createHost(anOrder('host-1'), aManifest(1, 1, instances), patient())
const tell = (revision: number, ...instances: Parameters<typeof aManifest>[2] & object) =>
  provider.setManifest('host-1', aManifest(1, revision, instances), patient())
const web = (nth: number, command: readonly string[] = ['sleep', '1000']) =>
  anInstance(`web-${nth}`, aRun({ command, drain: { grace: 300 } }), { slots: [nth - 1] })
const alive = async () => (await hostsOf(provider))[0]?.alive?.join()

test('it starts what the manifest says, follows it, and ends all of it in good order', async () => {
  await order(web(1), web(2))
  const life = live()
  await until(async () => (await alive()) === 'web-1,web-2')
  await tell(2, web(2), web(3))
  await until(async () => (await alive()) === 'web-2,web-3')
  const [listed] = await hostsOf(provider)
  const text = await (await fetch(`http://${listed?.exporter}/metrics`)).text()
  expect(text).toContain('capuchin_host_slots_used 2')
  end.abort()
  expect(await life).toBe('over')
  expect(bench.everything()).toEqual([])
  expect((await bench.status('host-1')).children).toEqual([])
})

test('it starts again what ends, starts anew what changes, and kills what will not stop', async () => {
  const births = join(bench.dir, 'data', 'web', 'web-1', 'births')
  await order(web(1, ['sh', '-c', 'echo x >> "$0"', `${the('data')}/births`]), web(2))
  const life = live()
  await until(async () => (await readFile(births, 'utf8')).length >= 6)
  const before = await until(() => bench.processOf('web-2'))
  const stubborn = web(2, ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'])
  await tell(2, stubborn)
  await until(async () => {
    const now = await bench.processOf('web-2')
    return now !== undefined && now !== before && (await alive()) === 'web-2'
  })
  await tell(3)
  await until(async () => (await alive()) === '')
  end.abort()
  expect(await life).toBe('over')
  expect(bench.everything()).toEqual([])
})

test('without setpriv on the machine it still starts what it is told', async () => {
  await order(web(1, ['/bin/sleep', '60']), web(2, ['no-such-program']))
  const life = live({ BENCH: bench.deps.env['BENCH'], PATH: '/nowhere' })
  await until(async () => (await alive()) === 'web-1')
  const missing = await until(async () => {
    const { children } = await bench.status('host-1')
    return children.find(({ id, detail }) => id === 'web-2' && detail !== undefined)
  })
  expect(missing.detail).toContain('could not be started')
  end.abort()
  expect(await life).toBe('over')
  expect(bench.everything()).toEqual([])
})

test('it goes by itself when the host is to be deleted, and takes the folder with it', async () => {
  await order(web(1))
  const life = live()
  await until(async () => (await alive()) === 'web-1')
  await writeFile(hostFolder(bench.hostDir('host-1')).deleting, '{"since":1}')
  expect(await life).toBe('over')
  expect(existsSync(bench.hostDir('host-1'))).toBe(false)
  expect(bench.everything()).toEqual([])
})

test('it ends when its claim is gone, and says once what goes wrong', async () => {
  await order(web(1))
  const life = live()
  await until(async () => (await alive()) === 'web-1')
  const folder = hostFolder(bench.hostDir('host-1'))
  await writeFile(join(folder.manifests, '1-2.json'), 'torn')
  await until(() => log.some((line) => line.includes('1-2.json')))
  await bench.settle()
  await rm(folder.claim)
  expect(await life).toBe('over')
  expect(log.filter((line) => line.includes('1-2.json'))).toHaveLength(1)
  expect(bench.everything()).toEqual([])
})

test('a second life of the same host is refused, and so is a folder that is no host', async () => {
  await order(web(1))
  const life = live()
  await until(async () => (await alive()) === 'web-1')
  expect(await live()).toBe('lost')
  end.abort()
  await life
  await writeFile(hostFolder(bench.hostDir('host-1')).order, '{}')
  await expect(live()).rejects.toThrow('is not the order of a host')
})
