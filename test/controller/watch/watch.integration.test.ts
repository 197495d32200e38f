import { writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { Status } from '../../../controller/web/status.ts'
import { freePort, start, tempFolder } from '../../support/process.ts'
import { startInTerminal } from '../../support/terminal.ts'
import { until } from '../../support/until.ts'
import { decision, status } from './support.ts'

const main = resolve('controller/main.ts')
const node = process.execPath

/** A controller as far as it can be watched, which does as it is told. */
type Stage = { port: number; tell(status: Status): void; down(): void; up(): Promise<void> }
const servers = new Set<Server>()
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

async function stage(first: Status): Promise<Stage> {
  const port = await freePort()
  const viewers = new Set<ServerResponse>()
  let last = first
  const send = (viewer: ServerResponse): void =>
    void viewer.write(`event: status\ndata: ${JSON.stringify(last)}\n\n`)
  const server = createServer((request, answer) => {
    if (request.url !== '/api/v1/stream') {
      answer.writeHead(404).end('{}')
      return
    }
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    viewers.add(answer)
    answer.on('close', () => viewers.delete(answer))
    send(answer)
  })
  servers.add(server)
  const up = () => new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  await up()
  return {
    port,
    up,
    tell(status) {
      last = status
      for (const viewer of viewers) send(viewer)
    },
    down: () => void server.close().closeAllConnections(),
  }
}

/** Of now, as the clocks of both processes are the same. */
const fresh = (given: Partial<Status> = {}): Status => status({ at: Date.now(), ...given })

const inTerminal = async (port: number, rows = 20, columns = 80) =>
  startInTerminal(`${node} ${main} watch --url http://127.0.0.1:${port}`, {
    cwd: await tempFolder('watch'),
    rows,
    columns,
  })

const ESC = '\x1b'
const GIVEN_BACK = new RegExp(`${ESC}\\[\\?25h.*${ESC}\\[\\?1049l`, 's')

describe('watch in a real pseudo-terminal', () => {
  test('draws, follows changes, keys and sizes, says when the controller is gone, and leaves the terminal as it was', async () => {
    const controller = await stage(fresh())
    const terminal = await inTerminal(controller.port)
    const shows = (what: RegExp) =>
      until(() => terminal.screen().some((line) => what.test(line)), {
        within: 20_000,
        what: `${what} on the screen`,
      })
    await shows(/^> ingest +2 of 2\.\.4/)
    expect(terminal.written()).toContain('\x1b[?1049h\x1b[?25l')
    controller.tell(
      fresh({ workloads: [decision({ at: Date.now(), granted: 3, sentence: 'ingest 2 -> 3: cpu\x1b[2J' })] }),
    )
    await shows(/^> ingest +3 of 2\.\.4/)
    expect(terminal.screen().join('\n')).toContain('ingest 2 -> 3: cpu\ufffd[2J')
    await terminal.resize(30, 120)
    await until(() => terminal.screen()[29]?.startsWith('q quit'), { what: 'the keys in the last row' })
    await shows(/^capuchin.{70,}last tick \d+s ago$/)
    terminal.type('?')
    await shows(/^Keys$/)
    terminal.type('\x1b')
    controller.down()
    await shows(/NO CONTROLLER for \d+s: no controller answers/)
    controller.tell(fresh({ epoch: 4 }))
    await controller.up()
    await shows(/^capuchin \(epoch 4\)/)
    terminal.type('q')
    await terminal.closed
    expect(terminal.written()).toMatch(GIVEN_BACK)
    const after = terminal.written().split('\x1b[?1049l').at(-1) ?? ''
    expect(after).toContain('ENDED=0')
    expect(after).toMatch(/\sicanon.*\secho /s)
  })

  test('a signal gives the terminal back, and so does a crash, whose reason can be read afterwards', async () => {
    const controller = await stage(fresh())
    const signalled = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(async (name) => {
      const terminal = await inTerminal(controller.port)
      await until(() => terminal.screen().some((line) => line.startsWith('> ingest')), { within: 20_000 })
      terminal.signal(name)
      await terminal.closed
      expect(terminal.written(), name).toMatch(GIVEN_BACK)
      expect(terminal.written(), name).toMatch(/ENDED=0.*\sicanon/s)
    })
    await Promise.all([...signalled, crash()])
  })
})

async function crash(): Promise<void> {
  const at = (path: string): string => pathToFileURL(resolve(path)).href
  const cwd = await tempFolder('crash')
  const text = `import { processTerminal } from '${at('controller/terminal/process-terminal.ts')}'
    import { ENTER, LEAVE } from '${at('controller/watch/screen.ts')}'
    processTerminal().hold({ enter: ENTER, leave: LEAVE }, { typed() {}, resized() {}, returned() {} })
    setImmediate(() => { throw new Error('out of order') })`
  await writeFile(`${cwd}/crash.mjs`, text)
  const terminal = await startInTerminal(`${node} crash.mjs`, { cwd, rows: 20, columns: 80 })
  await terminal.closed
  expect(terminal.written().split('\x1b[?1049l').at(-1)).toMatch(/out of order.*ENDED=1.*\sicanon/s)
}

describe('watch elsewhere', () => {
  test('prints a line for each change, and says once that the controller is gone', async () => {
    const controller = await stage(fresh())
    const url = `http://127.0.0.1:${controller.port}`
    const child = await start([node, main, 'watch', 'ingest', '--url', url], { env: { TZ: 'UTC' } })
    const says = (what: RegExp, from: () => string) =>
      until(() => what.test(from()), { within: 20_000, what: `${what} in what it prints` })
    await says(/^\d{4}-\d\d-\d\d [\d:]{8} ingest stays at 2: .*\n$/, child.stdout)
    controller.tell(fresh({ workloads: [decision({ at: Date.now(), alarms: ['at max\x1b[2J'] })] }))
    await says(/ingest: alarm: at max\ufffd\[2J\n$/, child.stdout)
    controller.down()
    await says(/no controller answers at .*; it is tried again\n$/, child.stderr)
    expect((await child.stop()).code).toBe(0)
    expect(child.stderr().split('\n')).toHaveLength(2)
  })

  test('a frame at once, JSON, and what is not there', async () => {
    const controller = await stage(fresh())
    const url = `http://127.0.0.1:${controller.port}`
    const said = async (...args: string[]) => {
      const child = await start([node, main, 'watch', '--once', '--url', url, ...args])
      const { code } = await child.exited
      return { code, stdout: child.stdout(), stderr: child.stderr() }
    }
    const [frame, json, stranger] = await Promise.all([said(), said('--json'), said('ingst')])
    expect(frame).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^capuchin \(epoch 3\).*> ingest/s),
    })
    expect(JSON.parse(json.stdout)).toMatchObject({
      controller: 'capuchin',
      workloads: [{ workload: 'ingest' }],
    })
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean "ingest"') })
    controller.down()
    expect(await said()).toMatchObject({
      code: 1,
      stderr: `capuchin watch: no controller answers at ${url}\n`,
    })
  })
})
