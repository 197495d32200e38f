import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { until } from '../../support/until.ts'
import { connectRaw, type Gateway, metric, startGateway, storedEvents } from './gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

const Reply = z.object({
  status: z.enum(['ok', 'partial', 'failed']),
  stored: z.int(),
  refused: z.int(),
  results: z.array(
    z.union([z.object({ partition: z.int(), Offset: z.int() }), z.object({ error: z.string() })]),
  ),
})

const post = (body: string, type?: string) =>
  fetch(`${gateway.url}/post/batch`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: type === undefined ? {} : { 'content-type': type },
  })

const EVENTS = ['{"event":"view"}', '{"b" : [1, {"c":"]"}]}', '{"é":"\\u00e9"}']

test.for([
  { name: 'lines', body: EVENTS.join('\n'), type: 'application/x-ndjson' },
  { name: 'lines without a type', body: `${EVENTS.join('\r\n')}\r\n`, type: undefined },
  { name: 'an array', body: `[${EVENTS.join(' ,\n')}]`, type: 'application/json' },
  {
    name: 'an array as curl sends it',
    body: `[${EVENTS.join(',')}]`,
    type: 'application/x-www-form-urlencoded',
  },
])('takes $name, stores each event unchanged and says where', async ({ body, type }) => {
  const response = await post(body, type)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
  const { results, ...rest } = Reply.parse(await response.json())
  expect(rest).toEqual({ status: 'ok', stored: 3, refused: 0 })
  const stored = await storedEvents(gateway.dir)
  expect(results.map((result) => ('Offset' in result ? stored[result.Offset] : result.error))).toEqual(EVENTS)
})

test('stores the sound events of a batch, names the others, and is no success', async () => {
  const before = (await storedEvents(gateway.dir)).length
  const long = `{"a":"${'x'.repeat(1_000_000)}"}`
  const response = await post(`{"n":1}\nbroken\n${long}\n{"n":2}\n`)
  expect([response.status, await response.json()]).toEqual([
    400,
    {
      status: 'partial',
      stored: 2,
      refused: 2,
      results: [
        { partition: 0, Offset: before },
        { error: 'json' },
        { error: 'body' },
        { partition: 0, Offset: before + 1 },
      ],
    },
  ])
  expect((await storedEvents(gateway.dir)).slice(before)).toEqual(['{"n":1}', '{"n":2}'])
})

test.for([
  { name: 'no events', body: '', status: 400, text: 'No events\n' },
  { name: 'an empty array', body: '[]', status: 400, text: 'No events\n' },
  { name: 'an array that is cut off', body: '[{"a":1},{"b":', status: 400, text: "Can't parse json\n" },
  { name: 'a byte order mark', body: '\ufeff{"a":1}', status: 400, text: "Can't parse json\n" },
  { name: '10,001 events', body: '{}\n'.repeat(10_001), status: 413, text: 'Too many events\n' },
  {
    name: 'a body of more than 4 MB',
    body: '{}\n'.repeat(1_400_000),
    status: 413,
    text: 'Request body too large\n',
  },
])('refuses $name as a whole and stores nothing', async ({ body, status, text }) => {
  const before = (await storedEvents(gateway.dir)).length
  const response = await post(body)
  expect([response.status, await response.text()]).toEqual([status, text])
  expect((await storedEvents(gateway.dir)).length).toBe(before)
})

test('takes 10,000 events, of 4 MB together', async () => {
  const event = `{"a":"${'x'.repeat(390)}"}`
  const response = await post(Array.from({ length: 10_000 }, () => event).join('\n'))
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'ok', stored: 10_000 }])
})

test('is asked for by a client that waits for 100 Continue, beyond the limit of /post', async () => {
  const connection = await connectRaw(gateway.port)
  const body = '{}\n'.repeat(400_000)
  const head = (length: number) =>
    `POST /post/batch HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`
  connection.send(head(body.length))
  await until(() => connection.received().startsWith('HTTP/1.1 100 Continue'))
  connection.send(body)
  await until(() => connection.received().includes('413'))
  connection.send(head(4_000_001))
  expect((await connection.closed).match(/HTTP\/1\.1 \d+/g)).toEqual([
    'HTTP/1.1 100',
    'HTTP/1.1 413',
    'HTTP/1.1 413',
  ])
})

test('other methods are refused', async () => {
  const response = await fetch(`${gateway.url}/post/batch`)
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})

test('events are counted one by one, requests as requests', async () => {
  const names = [
    'api_requests_count',
    'api_errors_count{type="json"}',
    'api_errors_count{type="body"}',
    'ingest_events_received_total',
    'ingest_events_stored_total',
    'ingest_events_failed_total{type="json"}',
    'ingest_events_failed_total{type="body"}',
  ]
  const counts = () => Promise.all(names.map(async (name) => (await metric(gateway.url, name)) ?? 0))
  const before = await counts()
  await post('{}\n{}\nx\n[]\n')
  await post('[{},{}]')
  await post('[{},')
  await fetch(`${gateway.url}/post`, { method: 'POST', body: '{}' })
  await fetch(`${gateway.url}/post`, { method: 'POST', body: 'x' })
  const after = await counts()
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([5, 3, 0, 8, 5, 3, 0])
})

test('SIGTERM while batches come in loses no event that was acknowledged', async () => {
  const leaving = await startGateway()
  const acknowledged: { event: string; offset: number }[] = []
  const client = async (name: number) => {
    for (let batch = 0; ; batch += 1) {
      const events = Array.from({ length: 50 }, (_, n) => `{"client":${name},"batch":${batch},"n":${n}}`)
      const url = `${leaving.url}/post/batch`
      const response = await fetch(url, { method: 'POST', body: events.join('\n') }).catch(() => undefined)
      if (response?.status !== 200) return
      const { results } = Reply.parse(await response.json())
      for (const [place, result] of results.entries()) {
        if ('Offset' in result) acknowledged.push({ event: events[place] ?? '', offset: result.Offset })
      }
    }
  }
  const clients = Promise.all([0, 1, 2, 3].map(client))
  await until(() => acknowledged.length > 5_000)
  leaving.child.signal('SIGTERM')
  expect(await leaving.child.exited).toEqual({ code: 0, signal: null })
  await clients
  const stored = await storedEvents(leaving.dir)
  expect(acknowledged.filter(({ event, offset }) => stored[offset] !== event)).toEqual([])
  expect(stored.length).toBe(acknowledged.length)
})
