import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../relay/clock.ts'
import { serveHttp } from '../../relay/http.ts'
import { createIntake, type Intake, type IntakeBounds } from '../../relay/intake.ts'
import { start, tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'

const clock: Clock = {
  wall: () => Date.now(),
  now: () => performance.now(),
  later(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

const open: Intake[] = []
afterEach(async () => {
  await Promise.all(open.map((intake) => intake.close()))
  open.length = 0
})

/** An intake with a TCP port, and what comes in by it. */
const begin = async (bounds: Partial<IntakeBounds> = {}, isPressed = () => false) => {
  const lines: string[] = []
  const broken: string[] = []
  const taking = () => ({
    line: (text: string) => void lines.push(text),
    broken: (reason: string) => void broken.push(reason),
  })
  const all = { clients: 10, idle: 10_000, clientRate: 1e6, ...bounds }
  const intake = createIntake(all, clock, { client: taking, isPressed })
  open.push(intake)
  const outcome = await intake.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 })
  const port = Number(outcome.kind === 'listening' ? outcome.where.split(':')[1] : 0)
  const client = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    await once(socket, 'connect')
    return socket
  }
  return { intake, lines, broken, port, client }
}

test('a client too many is turned away, and counted; those before it are served on', async () => {
  const { intake, lines, client } = await begin({ clients: 2 })
  const [first] = [await client(), await client()]
  const third = await client()
  await once(third, 'close')
  expect(intake.refused()).toBe(1)
  first.write('a 1 1\n')
  await until(() => lines.length === 1)
})

test('a client that says nothing is let go; what it had begun to say is told of', async () => {
  const { intake, broken, client } = await begin({ idle: 50 })
  const quiet = await client()
  quiet.write('half a li')
  await once(quiet, 'close')
  await until(() => intake.clients() === 0)
  expect(broken).toEqual(['cut'])
})

test('a client that floods is read more slowly, and loses nothing', async () => {
  const { lines, client } = await begin({ clientRate: 20_000 })
  const flood = await client()
  const begun = performance.now()
  flood.end('a 1 1\n'.repeat(40_000))
  await until(() => lines.length === 40_000, { within: 30_000 })
  // Half a second's worth passes at once, and the last piece is not waited for.
  expect(performance.now() - begun).toBeGreaterThan(400)
})

test('while the disk does not keep up clients are read more slowly, and on', async () => {
  const { lines, client } = await begin({}, () => true)
  const eager = await client()
  const begun = performance.now()
  eager.end('a 1 1\n'.repeat(40_000))
  await until(() => lines.length === 40_000, { within: 30_000 })
  expect(performance.now() - begun).toBeGreaterThan(400)
})

test('a Unix socket that a killed process has left is taken over; one that is in use is not', async () => {
  const path = join(await tempFolder('intake'), 'x.sock')
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('there'))`
  const other = await start([process.execPath, '-e', program])
  await until(() => other.stdout().includes('there'))
  const { intake } = await begin()
  expect(await intake.listen({ kind: 'unix', path })).toMatchObject({
    kind: 'refused',
    why: `${path} is in use by another process`,
  })
  other.signal('SIGKILL')
  await other.exited
  expect((await stat(path)).isSocket()).toBe(true)
  expect(await intake.listen({ kind: 'unix', path })).toEqual({ kind: 'listening', where: path })
})

test('a port that is in use is said so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const { intake } = await begin()
  expect(await intake.listen({ kind: 'tcp', host: '127.0.0.1', port })).toMatchObject({ kind: 'refused' })
  expect(
    await serveHttp(
      { metrics: String, isReady: () => true, status: () => ({}) },
      { host: '127.0.0.1', port },
    ),
  ).toHaveProperty('why')
  other.close()
})

test('metrics, readiness and status are answered over HTTP; what is no request is not', async () => {
  let ready = true
  const pages = { metrics: () => 'x 1\n', isReady: () => ready, status: () => ({ a: 1 }) }
  const http = await serveHttp(pages, { host: '127.0.0.1', port: 0 })
  if ('why' in http) throw new Error(http.why)
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${http.port}${path}`, { method })
    return [answer.status, await answer.text()]
  }
  expect(await get('/metrics?x')).toEqual([200, 'x 1\n'])
  expect(await get('/metrics', 'HEAD')).toEqual([200, ''])
  expect(await get('/healthz')).toEqual([200, 'ok\n'])
  expect(await get('/ready')).toEqual([200, '{"state":"ready"}\n'])
  expect(await get('/status')).toEqual([200, '{\n  "a": 1\n}\n'])
  expect((await get('/'))[0]).toBe(404)
  expect((await get('/metrics', 'POST'))[0]).toBe(405)
  ready = false
  expect(await get('/ready')).toEqual([503, '{"state":"stopping"}\n'])
  const hostile = connect(http.port, '127.0.0.1')
  hostile.on('error', () => undefined).resume()
  hostile.write('x'.repeat(10_000))
  await once(hostile, 'close')
  http.close()
})
