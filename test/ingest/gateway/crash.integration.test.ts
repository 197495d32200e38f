import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import { gatewayCommand, metric, startGateway, storedEvents } from './gateway.ts'
import { lost, startLoad } from './load.ts'

test('kill -9 under load loses nothing that was acknowledged, and offsets go on, three times over', async () => {
  const dir = await tempFolder('gateway')
  const acknowledged: { event: string; offset: number }[] = []
  for (let round = 0; round < 3; round += 1) {
    const gateway = await startGateway({ dir })
    const load = startLoad(gateway.url, 32)
    await until(() => load.acknowledged.length > 700)
    gateway.child.signal('SIGKILL')
    expect(await gateway.child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await load.stop()
    acknowledged.push(...load.acknowledged)
    const stored = await storedEvents(dir)
    expect(lost(acknowledged, stored)).toEqual([])
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged.length)
  }
  expect(new Set(acknowledged.map(({ offset }) => offset)).size).toBe(acknowledged.length)
})

const ROOM = 256 * 1024

const runCommand = ([program = '', ...args]: readonly string[]) => execFileSync(program, args)

/** A small file system of its own, which goes away with the process: root may mount it, others in a user namespace. */
const unshare = process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--map-root-user', '--mount']
const canMount = (() => {
  try {
    runCommand([...unshare, 'mount', '-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', '/mnt'])
    return true
  } catch {
    return false
  }
})()

const startOnSmallDisk = async (dir: string) => {
  const gateway = gatewayCommand('--addr', '127.0.0.1:0', '--sink', 'file', '--dir', dir)
  const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec setpriv --pdeathsig KILL -- "$@"'
  const child = await start([...unshare, 'sh', '-c', script, 'sh', String(ROOM), dir, ...gateway])
  await until(() => child.stdout().includes('"ready"'), { what: `a ready gateway: ${child.stderr()}` })
  return { child, url: `http://127.0.0.1:${/"port":(\d+)/.exec(child.stdout())?.[1]}` }
}

test.skipIf(!canMount)(
  'a full disk is no acknowledgement and tears nothing; with room it serves again',
  async () => {
    const dir = await tempFolder('gateway')
    const { child, url } = await startOnSmallDisk(dir)
    const post = (event: string) => fetch(`${url}/post`, { method: 'POST', body: event })
    const stored = async () =>
      (await readFile(join('/proc', String(child.pid), 'root', dir, 'events.jsonl'))).toString()

    const acknowledged: string[] = []
    let refused: Response | undefined
    for (let n = 0; n < 100 && refused === undefined; n += 1) {
      const event = `{"n":${n},"fill":"${'x'.repeat(10_000)}"}`
      const response = await post(event)
      if (response.ok) acknowledged.push(event)
      else refused = response
    }

    expect(refused?.status).toBe(500)
    expect(refused?.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await refused?.text()).toBe("Can't post to kafka\n")
    expect(acknowledged.length).toBeGreaterThan(10)
    expect(await stored()).toBe(acknowledged.map((event) => `${event}\n`).join(''))
    expect(await metric(url, 'api_errors_count{type="kafka"}')).toBe(1)
    const ready = await fetch(`${url}/ready`)
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { state: 'failing', reason: expect.stringContaining('no space left on device') },
    ])
    expect((await fetch(`${url}/status`)).status).toBe(200)

    runCommand(['nsenter', '--target', String(child.pid), '--mount', ...remountWith(ROOM * 4, dir)])
    await until(async () => (await fetch(`${url}/ready`)).ok, {
      what: 'a gateway that found the room by itself',
    })
    expect(await (await post('{"after":1}')).json()).toMatchObject({ Offset: acknowledged.length })
    expect((await stored()).split('\n').length - 1).toBe(acknowledged.length + 1)
    expect(await child.stop()).toEqual({ code: 0, signal: null })
  },
)

const remountWith = (size: number, dir: string) => ['mount', '-o', `remount,size=${size}`, dir]
