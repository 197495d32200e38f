import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { connectRaw, exchange, type Gateway, metric, rawPost, startGateway, storedEvents } from './gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({ args: ['--read-timeout', '600ms'] })
})

const statuses = (replies: string) =>
  [...replies.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]))
const offsets = (replies: string) => [...replies.matchAll(/"Offset":(\d+)/g)].map((match) => Number(match[1]))
const bodyErrors = () => metric(gateway.url, 'api_errors_count{type="body"}')
const stillServes = async () =>
  expect((await fetch(`${gateway.url}/post`, { method: 'POST', body: '{}' })).status).toBe(200)

describe('a body that is too large', () => {
  test('is refused by its declared length, before it is sent', async () => {
    const reply = await exchange(
      gateway.port,
      'POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 1000001\r\n\r\n',
    )
    expect(reply).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*Connection: close\r\n[\s\S]*\r\n\r\nRequest body too large\n$/,
    )
  })

  test('is refused although its client sends it all the same, and the client sees the answer', async () => {
    const before = (await bodyErrors()) ?? 0
    const reply = await exchange(gateway.port, rawPost(`{"a":"${'x'.repeat(3_000_000)}"}`))
    expect(statuses(reply)).toEqual([413])
    expect(await bodyErrors()).toBe(before + 1)
  })

  test('is refused in chunks as soon as it is beyond the limit', async () => {
    const head = 'POST /post HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`
    expect(statuses(await exchange(gateway.port, head + chunk.repeat(11)))).toEqual([413])
  })

  test('is not asked for when its client waits for 100 Continue', async () => {
    const head = 'POST /post HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 1000001\r\n\r\n'
    expect(statuses(await exchange(gateway.port, head))).toEqual([413])
  })

  test('and one that is not too large is', async () => {
    const connection = await connectRaw(gateway.port)
    connection.send(
      'POST /post HTTP/1.1\r\nHost: t\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
    )
    await until(() => connection.received().includes('100 Continue'))
    connection.send('{}')
    expect(statuses(await connection.closed)).toEqual([100, 200])
  })
})

describe('a slow client', () => {
  test('that never sends a byte loses its connection', async () => {
    const connection = await connectRaw(gateway.port)
    expect(statuses(await connection.closed)).toEqual([408])
  })

  test('that trickles its headers loses its connection', async () => {
    const connection = await connectRaw(gateway.port)
    connection.send('POST /post HTTP/1.1\r\nHost: t\r\n')
    const trickle = setInterval(() => connection.send('X-Slow: 1\r\n'), 50)
    const reply = await connection.closed
    clearInterval(trickle)
    expect(statuses(reply)).toEqual([408])
  })

  test('that trickles its body is told so, and counts as a body that could not be read', async () => {
    const before = (await bodyErrors()) ?? 0
    const connection = await connectRaw(gateway.port)
    connection.send('POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n{')
    const trickle = setInterval(() => connection.send(' '), 50)
    const reply = await connection.closed
    clearInterval(trickle)
    expect(reply).toMatch(/^HTTP\/1\.1 408 [\s\S]*\r\n\r\nCan't read body\n$/)
    expect(await bodyErrors()).toBe(before + 1)
  })

  test('does not keep others waiting', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => connectRaw(gateway.port)))
    for (const connection of slow)
      connection.send('POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n{')
    await stillServes()
    for (const connection of slow) connection.destroy()
  })
})

describe('a connection', () => {
  test('may carry requests one after the other without waiting: the answers come in their order', async () => {
    const connection = await connectRaw(gateway.port)
    const posts = [0, 1, 2, 3].map((n) => rawPost(`{"pipelined":${n}}`))
    connection.send(posts.join('') + rawPost('nonsense') + rawPost('{"pipelined":4}', 'Connection: close'))
    const reply = await connection.closed
    expect(statuses(reply)).toEqual([200, 200, 200, 200, 400, 200])
    const stored = await storedEvents(gateway.dir)
    expect(offsets(reply).map((offset) => stored[offset])).toEqual(
      [0, 1, 2, 3, 4].map((n) => `{"pipelined":${n}}`),
    )
  })

  test('may be ended by its client after the request: the answer still comes', async () => {
    const connection = await connectRaw(gateway.port)
    connection.send(rawPost('{"half":"closed"}'))
    connection.end()
    const reply = await connection.closed
    expect(statuses(reply)).toEqual([200])
    expect((await storedEvents(gateway.dir))[offsets(reply)[0] ?? -1]).toBe('{"half":"closed"}')
  })

  test('that is ended in the middle of a body gets 400 and stores nothing', async () => {
    const before = (await bodyErrors()) ?? 0
    const connection = await connectRaw(gateway.port)
    connection.send('POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 20\r\n\r\n{"broken":1}')
    connection.end()
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\nCan't read body\n$/)
    expect(await bodyErrors()).toBe(before + 1)
    expect(await storedEvents(gateway.dir)).not.toContain('{"broken":1}')
  })

  test('that is torn in the middle of a body is counted and forgotten', async () => {
    const before = (await bodyErrors()) ?? 0
    const connection = await connectRaw(gateway.port)
    connection.send('POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: 20\r\n\r\n{"torn":1}')
    await until(async () => (await metric(gateway.url, 'ingest_requests_in_flight')) === 1)
    connection.destroy()
    await until(async () => (await bodyErrors()) === before + 1)
    expect(await metric(gateway.url, 'ingest_requests_in_flight')).toBe(0)
    expect(await metric(gateway.url, 'ingest_held_bytes')).toBe(0)
  })

  test('keeps going after a body that is no JSON', async () => {
    const reply = await exchange(gateway.port, rawPost('[]') + rawPost('{}', 'Connection: close'))
    expect(statuses(reply)).toEqual([400, 200])
  })
})

describe('what is no HTTP', () => {
  test.for([
    { name: 'noise', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n', status: 400 },
    { name: 'two lengths', bytes: rawPost('{}', 'Content-Length: 3'), status: 400 },
    { name: 'a length and chunks', bytes: rawPost('{}', 'Transfer-Encoding: chunked'), status: 400 },
    {
      name: 'a length that is no number',
      bytes: 'POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: ten\r\n\r\n{}',
      status: 400,
    },
    {
      name: 'a length below zero',
      bytes: 'POST /post HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n{}',
      status: 400,
    },
    {
      name: 'headers without end',
      bytes: `GET /status HTTP/1.1\r\nHost: t\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      status: 431,
    },
  ])('is answered and ended: $name', async ({ bytes, status }) => {
    expect(statuses(await exchange(gateway.port, Buffer.from(bytes, 'latin1')))).toEqual([status])
    await stillServes()
  })

  test('is answered behind what came before it on the connection', async () => {
    const reply = await exchange(gateway.port, `${rawPost('{"before":1}')}this is no HTTP\r\n\r\n`)
    expect(statuses(reply)).toEqual([200, 400])
    expect((await storedEvents(gateway.dir))[offsets(reply)[0] ?? -1]).toBe('{"before":1}')
  })

  test('in the middle of chunks counts as a body that could not be read', async () => {
    const head = 'POST /post HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n'
    const reply = await exchange(gateway.port, `${head}2\r\n{}\r\nnot a length\r\n`)
    expect(reply).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\nCan't read body\n$/)
  })
})
