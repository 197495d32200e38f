import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { connectRaw, type Gateway, metric, rawPost, startGateway, storedEvents } from './gateway.ts'
import { lost, startLoad } from './load.ts'

const drain = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/drain`, { method: 'POST', headers })
const ready = async (url: string) => {
  const response = await fetch(`${url}/ready`)
  return { status: response.status, body: await response.json() }
}
const isDrained = async ({ url }: Gateway) =>
  expect(await ready(url)).toEqual({ status: 503, body: { state: 'drained' } })
const drained = (gateway: Gateway) =>
  until(() => isDrained(gateway).then(() => true), { what: 'a drained gateway' })

test('an idle gateway is drained at once, refuses new work, and is still alive', async () => {
  const gateway = await startGateway()
  const answer = await drain(gateway.url)
  expect([answer.status, await answer.json()]).toEqual([200, { state: 'drained' }])
  await isDrained(gateway)
  const refused = await fetch(`${gateway.url}/post`, { method: 'POST', body: '{}' })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('connection')).toBe('close')
  expect(await (await fetch(`${gateway.url}/status`)).text()).toBe('ok\n')
  expect(await metric(gateway.url, 'ingest_draining')).toBe(1)
  expect(await metric(gateway.url, 'api_errors_count{type="refused"}')).toBe(1)
  expect((await drain(gateway.url)).status).toBe(200)
  expect(await storedEvents(gateway.dir)).toEqual([])
})

test('a request under way is finished before it is drained', async () => {
  const gateway = await startGateway()
  const connection = await connectRaw(gateway.port)
  const body = '{"under":"way"}'
  connection.send(rawPost(body).slice(0, -5))
  await until(async () => (await metric(gateway.url, 'ingest_requests_in_flight')) === 1)
  expect(await (await drain(gateway.url)).json()).toEqual({ state: 'draining' })
  expect(await ready(gateway.url)).toEqual({ status: 503, body: { state: 'draining' } })
  connection.send(body.slice(-5))
  const reply = await connection.closed
  expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*"Offset":0/)
  await drained(gateway)
  expect(await storedEvents(gateway.dir)).toEqual([body])
})

test('a drain under load loses nothing that was acknowledged, and answers all that was begun', async () => {
  const gateway = await startGateway()
  const load = startLoad(gateway.url)
  await until(() => load.acknowledged.length > 1_000)
  await drain(gateway.url)
  await drained(gateway)
  const stored = await storedEvents(gateway.dir)
  await load.stop()
  expect(await storedEvents(gateway.dir)).toEqual(stored)
  expect(lost(load.acknowledged, stored)).toEqual([])
  expect(load.acknowledged.length).toBe(stored.length)
  expect([...load.refused.keys()]).toEqual([503])
})

test('SIGTERM under load does the same and ends the process with 0', async () => {
  const gateway = await startGateway()
  const load = startLoad(gateway.url)
  await until(() => load.acknowledged.length > 1_000)
  gateway.child.signal('SIGTERM')
  expect(await gateway.child.exited).toEqual({ code: 0, signal: null })
  await load.stop()
  const stored = await storedEvents(gateway.dir)
  expect(lost(load.acknowledged, stored)).toEqual([])
  expect(load.acknowledged.length).toBe(stored.length)
})

test.for(['SIGTERM', 'SIGINT'] as const)(
  '%s ends an idle gateway with 0, idle connections or not',
  async (signal) => {
    const gateway = await startGateway()
    const idle = await connectRaw(gateway.port)
    idle.send('GET /status HTTP/1.1\r\nHost: t\r\n\r\n')
    await until(() => idle.received().endsWith('ok\n'))
    gateway.child.signal(signal)
    expect(await gateway.child.exited).toEqual({ code: 0, signal: null })
    await idle.closed
  },
)

test('SIGTERM after a drain ends the process with 0', async () => {
  const gateway = await startGateway()
  await drain(gateway.url)
  gateway.child.signal('SIGTERM')
  expect(await gateway.child.exited).toEqual({ code: 0, signal: null })
})

test('a client that never finishes its request does not hold up the end beyond the grace', async () => {
  const gateway = await startGateway({ args: ['--grace', '1s'] })
  const slow = await connectRaw(gateway.port)
  slow.send(rawPost('{"never":"finished"}').slice(0, -5))
  await until(async () => (await metric(gateway.url, 'ingest_requests_in_flight')) === 1)
  const told = performance.now()
  gateway.child.signal('SIGTERM')
  expect(await gateway.child.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - told).toBeLessThan(1_500)
  await slow.closed
  expect(await storedEvents(gateway.dir)).toEqual([])
})

test('with a token in the environment only its bearer may drain', async () => {
  const gateway = await startGateway({ env: { CAPUCHIN_DRAIN_TOKEN: 'secret' } })
  expect((await drain(gateway.url)).status).toBe(401)
  expect((await drain(gateway.url, { authorization: 'Bearer guess' })).status).toBe(401)
  expect((await ready(gateway.url)).status).toBe(200)
  expect((await drain(gateway.url, { authorization: 'Bearer secret' })).status).toBe(200)
  await drained(gateway)
})

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find((address) => address.family === 'IPv4' && !address.internal)?.address

test.skipIf(outside === undefined)('without a token nobody from outside this machine may drain', async () => {
  const gateway = await startGateway({ host: '0.0.0.0' })
  expect((await drain(`http://${outside}:${gateway.port}`)).status).toBe(403)
  expect((await ready(gateway.url)).status).toBe(200)
})

test('GET does not drain', async () => {
  const gateway = await startGateway()
  const response = await fetch(`${gateway.url}/drain`)
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await ready(gateway.url)).status).toBe(200)
})
