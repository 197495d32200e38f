import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { gatewayCommand, makePlace } from '../support/controller.ts'
import { freePort } from '../support/process.ts'
import { until } from '../support/until.ts'

const the = (name: string): string => `\${${name}}`

const cleanup: (() => unknown)[] = []
afterAll(async () => {
  for (const end of cleanup) await end()
})

/** What carbon would get. A relay asks now and then whether what it sent was read, by the end of a connection. */
async function carbonAt(port: number): Promise<() => string> {
  let text = ''
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  cleanup.push(() => server.close())
  return () => text
}

test('the own metrics go through a relay that a host runs beside its instances, and wait there while Graphite is away', async () => {
  const port = await freePort()
  const relay = {
    name: 'relay',
    command: [
      'node',
      resolve('relay/main.ts'),
      ...['--graphite', `127.0.0.1:${port}`, '--socket', `${the('folder')}/relay.sock`, '--dir', the('data')],
      ...['--listen', 'off', '--http', 'off', '--confirm-every', '1s', '--report', 'off'],
    ],
  }
  const place = await makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      telemetry: {
        graphite: { address: 'unix:./state/data/_hosts/local-0/relay.sock', prefix: 'ops', every: '1s' },
      },
      pools: {
        local: { provider: 'process', slots: 1, hosts: { min: 1, max: 1 }, portBase: base, system: [relay] },
      },
    }),
    policies: {
      ingest: {
        workload: 'ingest',
        pool: 'local',
        run: { command: gatewayCommand, probe: { http: '/ready', every: '1s' } },
        size: { min: 1, max: 1 },
      },
    },
  })
  const controller = await place.run()
  const sent = async (): Promise<boolean> => {
    const text = await (await fetch(`${place.url}/metrics`)).text()
    return /capuchin_graphite_push_total\{outcome="sent"\} [3-9]/.test(text)
  }
  await until(sent, { what: 'the relay to take the metrics', within: 60_000 })
  const [host] = (await controller.status())?.pools[0]?.hosts ?? []
  expect(host?.system).toMatchObject([{ name: 'relay', state: 'running' }])
  expect(existsSync(join(place.state, 'data/_hosts/local-0/relay'))).toBe(true)

  const text = await carbonAt(port)
  await until(() => /^ops\.workload_size\.ingest 1 \d+$/m.test(text()), {
    what: 'Graphite to get them',
    within: 60_000,
  })
  const times = [...text().matchAll(/^ops\.workload_min\.ingest 1 (\d+)$/gm)].map(([, time]) => Number(time))
  expect(times.length).toBeGreaterThanOrEqual(3)
  const { stdout } = await place.capuchin('status')
  expect(stdout).toContain('beside them: relay running')
  expect((await place.capuchin('logs', 'capuchin-local-1/relay')).code).toBe(0)
  await controller.stop()
  await place.down()
})
