import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { generate } from '../../../../bench/ingest/load/generate.ts'
import type { Done, Order } from '../../../../bench/ingest/load/order.ts'

// A server in this process that answers as it is told to, and so says exactly what the generator has to find.

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
})

/** One chunk is one request: they are small, and a connection has one at a time. */
async function serve(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', () => answer(socket))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

const load = (port: number, order: Partial<Order>): Promise<Done> =>
  generate(
    {
      ...{ host: '127.0.0.1', port, shape: { kind: 'single' }, connection: 'keep-alive' },
      ...{
        loop: { kind: 'closed' },
        connections: 8,
        warmUp: 100,
        measured: 500,
        answerWithin: 2_000,
        watched: {},
      },
      ...order,
    },
    () => {},
  )

test('a server that stops for 300 ms is seen by everybody who came meanwhile, not only by those who waited already', async () => {
  let held: Socket[] | undefined
  const port = await serve((socket) => {
    if (held === undefined) socket.write(OK)
    else held.push(socket)
  })
  setTimeout(() => {
    held = []
  }, 500)
  setTimeout(() => {
    const waiting = held ?? []
    held = undefined
    for (const socket of waiting) socket.write(OK)
  }, 800)
  const { stretch, acknowledged } = await load(port, {
    loop: { kind: 'open', rate: 500 },
    measured: 2_000,
    connections: 4,
  })
  const { p50 = 0, p99 = 0, max = 0, count } = stretch.latency ?? {}
  expect([count, stretch.pace.kind]).toEqual([1_000, 'held'])
  // Those of the tenth of a second before it that are meant for its last moment may count to the measured ones.
  expect(Math.abs(acknowledged - 1_050)).toBeLessThanOrEqual(5)
  // 150 of the 1,000 were meant for those 300 ms; a closed look would have found four that waited.
  expect(p99).toBeGreaterThan(250)
  expect(max).toBeGreaterThan(290)
  expect(p50).toBeLessThan(150)
})

test('a rate that the server does not take is not reported as held, and what was never sent has waited as well', async () => {
  const port = await serve((socket) => setTimeout(() => socket.write(OK), 20))
  const { stretch } = await load(port, { loop: { kind: 'open', rate: 1_000 }, connections: 2 })
  expect(stretch.pace).toMatchObject({ kind: 'short', because: 'server', due: 500 })
  expect(stretch.latency?.count).toBe(500)
  expect(stretch.latency?.p50).toBeGreaterThan(150)
})

test('a rate that the generator itself cannot offer is said to be its own fault', async () => {
  const port = await serve((socket) => socket.write(OK))
  const { stretch } = await load(port, { loop: { kind: 'open', rate: 500_000 }, connections: 64 })
  expect(stretch.pace).toMatchObject({ kind: 'short', because: 'generator' })
  expect(stretch.busy).toBeGreaterThan(0.9)
})

test('a closed loop counts every answer, also those that come in pieces', async () => {
  let answers = 0
  const port = await serve((socket) => {
    answers++
    socket.write(OK.slice(0, 30))
    setImmediate(() => socket.write(OK.slice(30)))
  })
  const { acknowledged, unsure, stretch } = await load(port, {})
  expect(acknowledged).toBe(answers)
  expect(unsure).toBe(0)
  expect(stretch.events).toBeGreaterThan(100)
})

test('with Connection: close every request has a connection of its own', async () => {
  let connections = 0
  const port = await serve((socket) => {
    connections++
    socket.end(OK)
  })
  const { acknowledged, unsure } = await load(port, { connection: 'close' })
  expect(acknowledged).toBe(connections)
  expect(acknowledged).toBeGreaterThan(100)
  expect(unsure).toBe(0)
})

test.each<[string, (socket: Socket) => void, Partial<Done>, string]>([
  [
    '503 is a refusal',
    (socket) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'),
    { acknowledged: 0, unsure: 0 },
    'answered 503',
  ],
  [
    'a connection that breaks leaves its event unsure',
    (socket) => socket.destroy(),
    { acknowledged: 0, refused: 0 },
    'closed before the answer',
  ],
  [
    'an answer that never comes leaves its event unsure',
    () => {},
    { acknowledged: 0, refused: 0 },
    'no answer in 200 ms',
  ],
])('%s', async (_, answer, expected, why) => {
  const { failures, ...counts } = await load(await serve(answer), { measured: 400, answerWithin: 200 })
  expect(counts).toMatchObject(expected)
  expect(counts.refused + counts.unsure).toBeGreaterThan(0)
  expect(failures.map((failure) => failure.why)).toContain(why)
})
