import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { connectRaw, type Gateway, metric, startGateway } from './gateway.ts'

// Plain requests are answered before the parser, others by it: one connection may see both, and must not notice.

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(async () => {
  await gateway.child.stop()
})

const plain = (body: string, more = ''): string =>
  `POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`
const STATUS = 'GET /status HTTP/1.1\r\nHost: t\r\n\r\n'
const LAST = 'Connection: close\r\n'

const said = (replies: string): string[] =>
  replies
    .split(/^HTTP\/1\.1 /m)
    .slice(1)
    .map((reply) => `${reply.slice(0, 3)} ${reply.split('\r\n\r\n')[1]?.trim()}`)
const kinds = (replies: string): string[] => said(replies).map((text) => text.replace(/,.*/, ''))
const STORED = '200 {"status":"ok"'

/** Each step goes out once what came before it is answered. */
async function oneByOne(...steps: string[]): Promise<string> {
  const connection = await connectRaw(gateway.port)
  for (const [index, step] of steps.entries()) {
    await until(() => said(connection.received()).length === index)
    connection.send(step)
  }
  return connection.closed
}

test('plain, by the parser, and what would be plain again, one after the other', async () => {
  const replies = await oneByOne(plain('{}'), STATUS, plain('{"a":1}'), plain('[]'), plain('{}', LAST))
  expect(kinds(replies)).toEqual([STORED, '200 ok', STORED, "400 Can't parse json", STORED])
})

test('what is no event is refused, and the connection stays', async () => {
  const replies = await oneByOne(plain('{'), plain('{}'), plain('[]', LAST))
  expect(kinds(replies)).toEqual(["400 Can't parse json", STORED, "400 Can't parse json"])
})

test.each([
  ['all at once', [plain('{}') + STATUS + plain('[]') + plain('{}', LAST)]],
  ['each on its own, none waiting for an answer', [plain('{}'), STATUS, plain('[]'), plain('{}', LAST)]],
  [
    'cut in the middle of a head and a body',
    [
      plain('{}').slice(0, 20),
      plain('{}').slice(20) + STATUS + plain('[]').slice(0, -1),
      `]${plain('{}', LAST)}`,
    ],
  ],
])('requests that come %s are answered in their order', async (_, parts) => {
  const connection = await connectRaw(gateway.port)
  for (const part of parts) {
    connection.send(part)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(kinds(await connection.closed)).toEqual([STORED, '200 ok', "400 Can't parse json", STORED])
})

test('a client that ends its side after a plain request has its answer, and then the end', async () => {
  const connection = await connectRaw(gateway.port)
  connection.send(plain('{}'))
  connection.end()
  expect(kinds(await connection.closed)).toEqual([STORED])
})

test('a client that is gone before its answer leaves nothing behind', async () => {
  for (let n = 0; n < 20; n++) {
    const connection = await connectRaw(gateway.port)
    connection.send(plain('{"gone":true}'))
    connection.destroy()
  }
  await until(async () => (await metric(gateway.url, 'ingest_requests_in_flight')) === 0)
  expect(await metric(gateway.url, 'ingest_held_bytes')).toBe(0)
})

test('connections that wait for nothing do not hold up the end', async () => {
  const own = await startGateway()
  const [silent, idle] = [await connectRaw(own.port), await connectRaw(own.port)]
  idle.send(plain('{}'))
  await until(() => said(idle.received()).length === 1)
  const before = performance.now()
  expect(await own.child.stop()).toEqual({ code: 0, signal: null })
  expect(performance.now() - before).toBeLessThan(3_000)
  await Promise.all([silent.closed, idle.closed])
})
