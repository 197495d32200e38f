import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startGenerator } from '../../demo/load/generator.ts'
import { createPost } from '../../demo/load/post.ts'
import type { LoadProgress } from '../../demo/load/protocol.ts'
import { freePort, tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'

type Answer = (body: string, response: ServerResponse) => void

/** An instance that answers as told. */
async function instance(answer: Answer): Promise<{ host: string; port: number }> {
  const server = createServer(
    (request, response) => void bodyOf(request).then((body) => answer(body, response)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { host: '127.0.0.1', port: address.port }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const status =
  (code: number): Answer =>
  (_body, response) =>
    void response.writeHead(code).end('said\n')

const failures: { what: string; answer: Answer; why: string }[] = [
  { what: 'a refusal', answer: status(503), why: 'answered 503' },
  { what: 'a success of another kind', answer: status(204), why: 'answered 204' },
  { what: 'an error', answer: status(500), why: 'answered 500' },
  { what: 'a connection that breaks', answer: (_, { socket }) => void socket?.destroy(), why: 'ECONNRESET' },
  {
    what: 'a 200 that breaks off',
    answer: (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{')
      setImmediate(() => response.socket?.destroy())
    },
    why: 'ECONNRESET',
  },
  { what: 'silence', answer: () => {}, why: 'no answer in 300 ms' },
]

test.for(failures)('$what acknowledges nothing', async ({ answer, why }) => {
  const { post, close } = createPost(1, 300)
  onTestFinished(close)
  expect(await post(await instance(answer), '{}')).toEqual({ kind: 'failed', why })
})

test('nobody there acknowledges nothing', async () => {
  const { post, close } = createPost(1, 300)
  onTestFinished(close)
  const target = { host: '127.0.0.1', port: await freePort() }
  expect(await post(target, '{}')).toEqual({ kind: 'failed', why: 'ECONNREFUSED' })
})

test('a 200 acknowledges', async () => {
  const { post, close } = createPost(1, 3_000)
  onTestFinished(close)
  expect(await post(await instance(status(200)), '{}')).toEqual({ kind: 'acknowledged' })
})

/** A generator against the given instances, with what it says. */
async function generator(targets: readonly { host: string; port: number }[], rate: number) {
  const list = join(await tempFolder('demo-load'), 'ingest.list')
  await writeFile(list, targets.map(({ host, port }) => `${host}:${port}\n`).join(''))
  const heard: LoadProgress[] = []
  const wave = [{ name: 'base', from: rate, to: rate, length: 1_000 }] as const
  const place = { node: process.execPath, root: process.cwd() }
  const load = startGenerator(place, { wave, list, run: 'run' }, (progress) => heard.push(progress))
  onTestFinished(load.kill)
  return { load, heard }
}

test('events that are refused arrive elsewhere, and each counts once', async () => {
  const stored = new Map<string, number>()
  const good = await instance((body, response) => {
    const { id } = JSON.parse(body)
    stored.set(id, (stored.get(id) ?? 0) + 1)
    response.writeHead(200).end('{"status":"ok"}\n')
  })
  const { load, heard } = await generator([good, await instance(status(503))], 100)
  await until(() => (heard.at(-1)?.at ?? 0) > 1_500, { what: 'some seconds of load' })
  const done = await load.stop(20_000)
  expect(done).toMatchObject({
    kind: 'done',
    sent: stored.size,
    acknowledged: stored.size,
    unacknowledged: [],
  })
  expect(done?.retries).toBeGreaterThan(10)
  expect(done?.failures[0]).toMatch(/^answered 503/)
  expect(stored.size).toBeGreaterThan(100)
  expect(new Set(stored.values())).toEqual(new Set([1]))
  expect([...stored.keys()]).toContain('run-0')
})

test('the load is an open loop: slow answers delay no event, and their time counts', async () => {
  const slow = await instance((_body, response) => {
    setTimeout(() => response.writeHead(200).end('{}\n'), 500)
  })
  const { load, heard } = await generator([slow], 40)
  const last = await until(() => heard.findLast(({ at }) => at > 2_000), { what: 'two seconds of load' })
  // A client that waits for each answer would have sent four.
  expect(last.sent).toBeGreaterThan(70)
  const done = await load.stop(20_000)
  expect(done?.latency?.p50).toBeGreaterThanOrEqual(490)
})

test('a generator that ends by itself is noticed', async () => {
  const wave = [{ name: 'base', from: 1, to: 1, length: 1_000 }] as const
  const place = { node: process.execPath, root: '/nowhere' }
  const load = startGenerator(place, { wave, list: '/nowhere', run: 'run' }, () => {})
  onTestFinished(load.kill)
  expect(await load.failed).toContain('ENOENT')
})
