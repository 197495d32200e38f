import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exchange, type Gateway, metric, rawPost, startGateway, storedEvents } from './gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

const post = (body: string | Buffer) =>
  fetch(`${gateway.url}/post`, { method: 'POST', body: new Uint8Array(Buffer.from(body)) })

const Reply = z.object({ Offset: z.int() })

const TEXT = 'text/plain; charset=utf-8'

/** What a client of the seed may rely on, the answer as it is on the wire. */
const seen = async (response: Response) => ({
  status: response.status,
  type: response.headers.get('content-type'),
  nosniff: response.headers.get('x-content-type-options'),
  text: await response.text(),
})

describe('POST /post', () => {
  test("takes the seed's sample and answers in its 41 bytes, with the offset of the event", async () => {
    const before = (await storedEvents(gateway.dir)).length
    const response = await post('{"event":"view","os":"linux","browser":"chrome"}')
    const text = `{"status":"ok","partition":0,"Offset":${before}}\n`
    expect(await seen(response)).toEqual({ status: 200, type: 'application/json', nosniff: null, text })
    expect(response.headers.get('content-length')).toBe(String(text.length))
  })

  test('numbers the events one after the other', async () => {
    const first = (await storedEvents(gateway.dir)).length
    const replies = []
    for (let n = 0; n < 3; n += 1) replies.push(await (await post(`{"n":${n}}`)).json())
    expect(replies).toEqual([0, 1, 2].map((n) => ({ status: 'ok', partition: 0, Offset: first + n })))
  })

  test.for([
    {
      name: 'unchanged',
      body: ' {"b" : 1,"a":1.0, "a":"\\u00e9é"} ',
      stored: ' {"b" : 1,"a":1.0, "a":"\\u00e9é"} ',
    },
    { name: 'on one line, when it has line breaks', body: '{\n\t"a": 1\r\n}\n', stored: '{ \t"a": 1  } ' },
    { name: 'that occurs a second time', body: '{"a":1,"a":2}', stored: '{"a":1,"a":2}' },
    { name: 'at the limit of nesting', body: nested(10_000), stored: nested(10_000) },
  ])('stores a body $name', async ({ body, stored }) => {
    const reply = Reply.parse(await (await post(body)).json())
    expect((await storedEvents(gateway.dir))[reply.Offset]).toBe(stored)
  })

  test('takes a body of exactly a million bytes', async () => {
    const body = `{"a":"${'x'.repeat(1_000_000 - 8)}"}`
    const reply = Reply.parse(await (await post(body)).json())
    expect((await storedEvents(gateway.dir))[reply.Offset]).toBe(body)
  })

  test.for([
    { name: 'an empty body', body: '' },
    { name: 'an array', body: '[1]' },
    { name: 'a string', body: '"a"' },
    { name: 'a number', body: '1' },
    { name: 'a literal null', body: 'null' },
    { name: 'two objects', body: '{}{}' },
    { name: 'a byte order mark', body: '\ufeff{}' },
    { name: 'a number beyond a double', body: '{"a":1e999}' },
    { name: 'nesting beyond 10,000 levels', body: nested(10_001) },
  ])('refuses $name', async ({ body }) => {
    const before = (await storedEvents(gateway.dir)).length
    const errors = (await metric(gateway.url, 'api_errors_count{type="json"}')) ?? 0
    expect(await seen(await post(body))).toEqual({
      status: 400,
      type: TEXT,
      nosniff: 'nosniff',
      text: "Can't parse json\n",
    })
    expect((await storedEvents(gateway.dir)).length).toBe(before)
    expect(await metric(gateway.url, 'api_errors_count{type="json"}')).toBe(errors + 1)
  })

  test.for(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'is the only method there: %s is not',
    async (method) => {
      const body = method === 'GET' ? {} : { body: '{"a":1}' }
      const response = await fetch(`${gateway.url}/post`, { method, ...body })
      expect(response.headers.get('allow')).toBe('POST')
      expect(await seen(response)).toEqual({
        status: 405,
        type: TEXT,
        nosniff: 'nosniff',
        text: 'Method Not Allowed\n',
      })
    },
  )

  test('takes a query, as the seed did', async () => {
    const response = await fetch(`${gateway.url}/post?source=test`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(200)
  })

  test('takes a body in chunks', async () => {
    const request =
      'POST /post HTTP/1.1\r\nHost: test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
    const reply = await exchange(gateway.port, `${request}4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n`)
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"ok"/)
  })

  test('answers an HTTP/1.0 client and ends its connection', async () => {
    const reply = await exchange(gateway.port, 'POST /post HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}')
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"ok"/)
  })

  test('with Connection: close, as the load test of the seed sends it, ends the connection', async () => {
    const reply = await exchange(gateway.port, rawPost('{"key1":"data1"}', 'Connection: Close'))
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*"status":"ok"[\s\S]*\n$/)
  })
})

describe('/status', () => {
  test.for(['GET', 'POST', 'PUT', 'DELETE'])('is always ok, also with %s', async (method) => {
    const response = await fetch(`${gateway.url}/status`, { method })
    expect(await seen(response)).toEqual({ status: 200, type: TEXT, nosniff: null, text: 'ok\n' })
  })

  test('answers HEAD without a body', async () => {
    expect(await seen(await fetch(`${gateway.url}/status`, { method: 'HEAD' }))).toMatchObject({
      status: 200,
      text: '',
    })
  })
})

describe('other paths', () => {
  test.for(['/', '/post/', '/status/', '/Post', '/favicon.ico', '/constructor'])(
    '%s is not found',
    async (path) => {
      const response = await fetch(`${gateway.url}${path}`, { method: 'POST', body: '{}' })
      expect(await seen(response)).toEqual({
        status: 404,
        type: TEXT,
        nosniff: 'nosniff',
        text: '404 page not found\n',
      })
    },
  )
})

describe('/ready', () => {
  test('says that it serves', async () => {
    const response = await fetch(`${gateway.url}/ready`)
    expect(await seen(response)).toMatchObject({
      status: 200,
      type: 'application/json',
      text: '{"state":"ready"}\n',
    })
  })
})

describe('/metrics', () => {
  const exposed = async () => (await fetch(`${gateway.url}/metrics`)).text()

  test("has the seed's names and types", async () => {
    await post('{}')
    const text = await exposed()
    expect(text).toContain('# TYPE api_requests_count counter\n')
    expect(text).toContain('# TYPE api_errors_count counter\n')
    expect(text).toContain('# TYPE api_durations_seconds summary\n')
    for (const quantile of ['0.5', '0.9', '0.99']) {
      expect(text).toMatch(new RegExp(`^api_durations_seconds\\{quantile="${quantile}"\\} [0-9.e-]+$`, 'm'))
    }
    expect(text).toMatch(/^api_durations_seconds_sum [0-9.]+$/m)
    expect(text).toMatch(/^api_durations_seconds_count [1-9]/m)
    for (const type of ['body', 'json', 'kafka'])
      expect(text).toMatch(new RegExp(`^api_errors_count\\{type="${type}"\\} `, 'm'))
  })

  test.for([
    {
      name: 'a histogram that can be added up over instances',
      line: /^api_request_duration_seconds_bucket\{le="0\.005"\} \d+$/m,
    },
    { name: 'the CPU time of the process', line: /^process_cpu_seconds_total [0-9.]+$/m },
    { name: 'the lag of the event loop', line: /^nodejs_eventloop_lag_seconds [0-9.e-]+$/m },
    { name: 'the requests in flight', line: /^ingest_requests_in_flight 0$/m },
    { name: 'the length of the queue', line: /^ingest_queue_events 0$/m },
    { name: 'that it does not drain', line: /^ingest_draining 0$/m },
  ])('has $name', async ({ line }) => {
    expect(await exposed()).toMatch(line)
  })

  test('counts requests before they are judged, and times failures as well', async () => {
    const count = async () => [
      await metric(gateway.url, 'api_requests_count'),
      await metric(gateway.url, 'api_durations_seconds_count'),
    ]
    const [requests = 0, durations = 0] = await count()
    await post('{}')
    await post('nonsense')
    await fetch(`${gateway.url}/post`)
    expect(await count()).toEqual([requests + 3, durations + 3])
  })

  test('has the content type that Prometheus asks for', async () => {
    const response = await fetch(`${gateway.url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })
})

function nested(depth: number): string {
  return `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
}
