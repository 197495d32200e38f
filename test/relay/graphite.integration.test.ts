import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGraphite } from '../support/graphite.ts'
import { start, tempFolder } from '../support/process.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import { rendered, startHost } from './host.ts'

/** Sends bytes to a Unix socket, and hangs up. */
const sendTo = (path: string, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(text))
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.resume()
  })

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('the relay and a real Graphite', () => {
  test('what is no sample is told of, the rest arrives: by TCP, by a Unix socket, by SIGTERM in the middle', async () => {
    const dir = await tempFolder('relay')
    const path = join(dir, 'metrics.sock')
    const buffer = join(dir, 'buffer')
    const [graphite] = await Promise.all([startGraphite()])
    const host = await startHost(graphite.port, buffer, '--socket', path, '--prefix', 'fine.')
    const t = Math.floor(Date.now() / 1_000) - 60
    await host.send([`tcp 1.5 ${t}`, `tcp 2 ${t + 1}\r`, `tcp lots ${t}`, `ms 1 ${t}000`])
    await sendTo(path, `unix 3 ${t}\nunix -4e1 ${t + 1}\nunix 5 ${t + 2}`)
    await until(async () => (await host.metric('lines_received_total')) === 7, { what: 'all lines to be in' })
    expect(host.relay().stdout()).toContain('"line":"tcp lots')
    expect(host.relay().stdout()).toContain('the value is no finite number')

    const second = await start([
      process.execPath,
      'relay/main.ts',
      '--graphite',
      'x:1',
      '--dir',
      buffer,
      '--listen',
      '127.0.0.1:0',
      '--http',
      'off',
    ])
    expect((await second.exited).code).toBe(1)
    expect(second.stderr()).toContain('is in use by another relay')

    await host.send([`tcp 6 ${t + 2}`])
    await until(async () => (await host.metric('lines_received_total')) === 8, {
      what: 'the last line to be in',
    })
    expect(await host.relay().stop(15_000)).toEqual({ code: 0, signal: null })
    const shown = async () =>
      [...(await rendered(graphite.url, 'fine.{tcp,unix}', t, t + 3))].length +
      (await rendered(graphite.url, 'fine.unix', t, t + 3)).size
    await until(async () => (await shown()) === 5, { what: 'Graphite to show them' })
    expect([...(await rendered(graphite.url, 'fine.tcp', t, t + 3))]).toEqual([
      [t, 1.5],
      [t + 1, 2],
      [t + 2, 6],
    ])
    // The last line had no newline behind it: it may have been half a number.
    expect([...(await rendered(graphite.url, 'fine.unix', t, t + 3))]).toEqual([
      [t, 3],
      [t + 1, -40],
    ])
  })
})
