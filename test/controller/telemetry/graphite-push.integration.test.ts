import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { LineAddress } from '../../../controller/settings/telemetry.ts'
import { pushToGraphite } from '../../../controller/telemetry/graphite-push.ts'
import { startGraphite } from '../../support/graphite.ts'
import { freePort, tempFolder } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end()
})

/** What a push says and counts, at a pace of 50 ms. */
function pushing(address: LineAddress, every = 50) {
  const outcomes: string[] = []
  const said: object[] = []
  const say = (fields: object): void => void said.push(fields)
  const push = pushToGraphite(
    { address, prefix: 'fine', every, tags: false },
    {
      now: Date.now,
      random: () => 0,
      pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
      render: async () => 'capuchin_workload_size{workload="ingest"} 3\n',
      pushed: (outcome) => outcomes.push(outcome),
      log: { info: say, warn: say },
    },
  )
  cleanup.push(push.close)
  return { outcomes, said, push }
}

/** A server that reads lines; `answer: false` never ends a connection. */
async function reader(where: number | string): Promise<{ server: Server; text(): string }> {
  let text = ''
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
  })
  if (typeof where === 'string') server.listen(where)
  else server.listen(where, '127.0.0.1')
  await once(server, 'listening')
  cleanup.push(() => server.close())
  return { server, text: () => text }
}

test('lines arrive by TCP, and by a unix socket', async () => {
  const port = await freePort()
  const path = join(await tempFolder('socket'), 'relay.sock')
  const [tcp, unix] = await Promise.all([reader(port), reader(path)])
  const byTcp = pushing({ kind: 'tcp', host: '127.0.0.1', port })
  const byUnix = pushing({ kind: 'unix', path })
  for (const { outcomes } of [byTcp, byUnix])
    await until(() => outcomes.filter((one) => one === 'sent').length >= 2, { what: 'two pushes' })
  for (const { text } of [tcp, unix]) expect(text()).toMatch(/^(fine\.workload_size\.ingest 3 \d{10}\n){2,}$/)
  expect(byTcp.said).toEqual([])
})

test('where nobody listens it is counted, told once with the remedy, and over as soon as somebody does', async () => {
  const port = await freePort()
  const { outcomes, said } = pushing({ kind: 'tcp', host: '127.0.0.1', port })
  await until(() => outcomes.length >= 3, { what: 'three pushes that fail' })
  expect(said).toEqual([{ to: `127.0.0.1:${port}`, detail: expect.stringContaining('nobody listens there') }])
  await reader(port)
  await until(() => outcomes.includes('sent'), { what: 'a push that arrives' })
  await until(() => said.length === 2)
  expect(said[1]).toMatchObject({ failures: expect.any(Number) })
})

test('it ends at once although the other side hangs', async () => {
  const port = await freePort()
  const server = createServer({ allowHalfOpen: true }, (socket) => cleanup.push(() => socket.destroy()))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  cleanup.push(() => server.close())
  const connected = once(server, 'connection')
  const { push, outcomes } = pushing({ kind: 'tcp', host: '127.0.0.1', port })
  await connected
  await push.close()
  expect(outcomes).toEqual([])
})

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('a real Graphite', () => {
  test('shows what was pushed', async () => {
    const graphite = await startGraphite()
    const { outcomes } = pushing({ kind: 'tcp', host: '127.0.0.1', port: graphite.port }, 1_000)
    await until(() => outcomes.includes('sent'), { what: 'a push' })
    const query = 'target=fine.workload_size.*&from=-1min&format=json&noCache=1'
    await until(
      async () => (await (await fetch(`${graphite.url}/render?${query}`)).text()).includes('[3.0, '),
      { what: 'the value to be seen', within: 20_000 },
    )
    expect(outcomes).not.toContain('failed')
  })
})
