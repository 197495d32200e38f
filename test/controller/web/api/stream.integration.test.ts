import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../../support/until.ts'
import { type ApiWorld, type ApiWorldOptions, anApi } from './world.ts'

// Real sockets on loopback, since it is about what they take and when they end. Time passes when it is told to.

const worlds: ApiWorld[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const api of worlds.splice(0)) await api.close()
})

async function aStream(given: ApiWorldOptions = {}) {
  let now = 0
  const beats: (() => void)[] = []
  const every = (_ms: number, run: () => void) => {
    beats.push(run)
    return () => void beats.splice(beats.indexOf(run), 1)
  }
  const api = await anApi({ elapsed: () => now, every, ...given })
  worlds.push(api)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as AddressInfo
  const pass = (ms: number): void => {
    now += ms
    for (const run of [...beats]) run()
  }
  return { api, pass, beats, watch: (headers: string[] = []) => watch(port, headers) }
}

/** Asks for the stream, and gathers what comes. `isOver`: the other end has closed. */
function watch(port: number, headers: string[]) {
  const socket = connect({ host: '127.0.0.1', port })
  sockets.push(socket)
  let text = ''
  let isOver = false
  socket.on('data', (piece) => {
    text += piece.toString()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isOver = true
  })
  socket.write(['GET /api/v1/stream HTTP/1.1', 'Host: localhost', ...headers, '', ''].join('\r\n'))
  const ids = () => [...text.matchAll(/^id: (\S+)$/gm)].map(([, id = '']) => id)
  return {
    socket,
    ids,
    text: () => text,
    isOver: () => isOver,
    sees: (what: () => boolean, name: string) =>
      until(async () => what(), { what: name, within: 20_000, every: 5 }),
  }
}

test('the status comes at once and after each tick, and comments in between', async () => {
  const { api, pass, watch } = await aStream()
  const one = watch()
  await one.sees(() => one.ids().length === 1, 'the first status')
  expect(one.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(one.text()).toMatch(/content-type: text\/event-stream; charset=utf-8\r\n/)
  expect(one.text()).toMatch(/x-content-type-options: nosniff\r\n/)
  await api.tick()
  await one.sees(() => one.ids().length === 2, 'the second status')
  const [, last = ''] = [...one.text().matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
  expect(JSON.parse(last)).toEqual(JSON.parse(JSON.stringify(api.parts.shown.status())))
  pass(15_000)
  await one.sees(() => one.text().includes('\n: still here\n\n'), 'a heartbeat')
})

test('who comes back with what it has seen last gets what is new only', async () => {
  const { api, watch } = await aStream()
  const first = watch()
  await first.sees(() => first.ids().length === 1, 'the first status')
  const again = watch([`Last-Event-ID: ${first.ids()[0]}`])
  const stale = watch(['Last-Event-ID: of another time'])
  await stale.sees(() => stale.ids().length === 1, 'the status for who has seen something else')
  expect(again.ids()).toEqual([])
  await api.tick()
  await again.sees(() => again.ids().length === 1, 'the next status')
  expect(again.ids()).not.toEqual(first.ids().slice(0, 1))
})

test('one more than may watch is sent away with a time to come again, and let in once another has gone', async () => {
  const { watch } = await aStream({ most: 2 })
  const two = [watch(), watch()]
  for (const one of two) await one.sees(() => one.ids().length === 1, 'a status')
  const third = watch()
  await third.sees(() => third.text().includes('\r\n\r\n'), 'a refusal')
  expect(third.text()).toMatch(/^HTTP\/1\.1 503 /)
  expect(third.text()).toMatch(/retry-after: 30\r\n/)
  two[0]?.socket.destroy()
  await until(
    async () => {
      const next = watch()
      await next.sees(() => next.text().includes('\r\n\r\n'), 'an answer')
      return next.text().startsWith('HTTP/1.1 200')
    },
    { what: 'a free place', within: 20_000, every: 20 },
  )
})

test('who takes nothing has nothing piled up for it, and is dropped; others do not feel it', async () => {
  // A status as big as this fills what the system keeps for a connection with a few of them.
  const big = 'x'.repeat(2_000_000)
  const { api, pass, watch } = await aStream()
  const { shown } = api.parts
  const status = shown.status
  shown.status = () => ({ ...status(), notices: [big] }) as ReturnType<typeof status>
  const slow = watch()
  slow.socket.pause()
  const quick = watch()
  for (let i = 1; i <= 12; i++) {
    await quick.sees(() => quick.ids().length >= i, `status ${i}`)
    await api.tick()
  }
  const beaten = (): boolean => {
    pass(0)
    return quick.text().includes(': still here')
  }
  await quick.sees(beaten, 'a heartbeat, which only comes to who has taken all')
  pass(30_000)
  slow.socket.resume()
  await slow.sees(slow.isOver, 'the end of the slow one')
  expect(slow.ids().length).toBeLessThan(10)
  expect(quick.isOver()).toBe(false)
})

test('streams end with the server, whoever watches and however slowly', async () => {
  const { api, watch, beats } = await aStream()
  const status = api.parts.shown.status
  api.parts.shown.status = () =>
    ({ ...status(), notices: ['x'.repeat(12_000_000)] }) as ReturnType<typeof status>
  const slow = watch()
  slow.socket.pause()
  api.parts.shown.status = status
  const idle = watch()
  await idle.sees(() => idle.ids().length === 1, 'a status')
  await api.close()
  await idle.sees(idle.isOver, 'the end of the stream')
  expect(beats).toEqual([])
})

test('an hour is over: the stream ends, so that whoever may no longer read has to ask again', async () => {
  const { pass, watch } = await aStream()
  const one = watch()
  await one.sees(() => one.ids().length === 1, 'a status')
  pass(3_600_000)
  await one.sees(one.isOver, 'the end of the stream')
})

test('HEAD opens no stream', async () => {
  const { api, beats } = await aStream()
  expect((await api.app.inject({ method: 'HEAD', url: '/api/v1/stream' })).statusCode).toBe(404)
  expect(beats).toEqual([])
})
