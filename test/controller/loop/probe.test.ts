import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Probe } from '../../../controller/decision/policy.ts'
import type { Prober, ProbeTargetOf } from '../../../controller/loop/deps.ts'
import { createProber, probe } from '../../../controller/loop/probe.ts'
import { freePort } from '../../support/process.ts'
import { until } from '../../support/until.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const one of opened.splice(0)) await one.close()
})

/** A service on a port of 127.0.0.1. */
async function serve(answer: RequestListener): Promise<{ port: number; asked: () => number }> {
  let requests = 0
  const server: Server = createServer((request, response) => {
    requests++
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  opened.push({
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return { port, asked: () => requests }
}

const how = (given: Partial<Probe> = {}): Probe => ({
  target: { kind: 'http', path: '/ready' },
  every: 20,
  timeout: 1_000,
  failures: 3,
  startWithin: 10_000,
  ...given,
})

const at = (port: number, given: Partial<Probe> = {}, id = 'ingest-1'): ProbeTargetOf => ({
  id,
  address: '127.0.0.1',
  port,
  probe: how(given),
})

function prober(given: Partial<Parameters<typeof createProber>[0]> = {}): Prober {
  const one = createProber({
    ...{ now: Date.now, random: Math.random, fetch, sources: new Map(), within: AbortSignal.timeout },
    ...{ probed() {}, queried() {} },
    ...given,
  })
  opened.push(one)
  return one
}

const soon = (): AbortSignal => AbortSignal.timeout(5_000)

describe('one probe finds', () => {
  test.for<{ name: string; answer: RequestListener; found: object; timeout?: number }>([
    { name: 'ready by a 200', answer: (_, response) => response.end('{}'), found: { kind: 'ready' } },
    {
      name: 'unready by a 503',
      answer: (_, response) => response.writeHead(503).end('{"state":"draining"}'),
      found: { kind: 'unready', detail: '/ready answers 503', drained: false },
    },
    {
      name: 'drained by the word of the service',
      answer: (_, response) => response.writeHead(503).end('{"state":"drained"}'),
      found: { kind: 'unready', drained: true },
    },
    {
      name: 'no drain in what is not JSON',
      answer: (_, response) => response.writeHead(503).end('drained'),
      found: { kind: 'unready', drained: false },
    },
    {
      name: 'no drain in a 200, whatever it says',
      answer: (_, response) => response.end('{"state":"drained"}'),
      found: { kind: 'ready' },
    },
    {
      name: 'unready by a redirect, which is not followed',
      answer: (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      found: { kind: 'unready', detail: '/ready answers 302' },
    },
    {
      name: 'silence where nobody answers in time',
      answer: () => {},
      timeout: 100,
      found: { kind: 'silent', detail: 'no answer in 100 ms', refused: false },
    },
    {
      name: 'silence where an answer begins and does not end in time',
      answer: (_, response) => response.writeHead(503).write('{"state":'),
      timeout: 100,
      found: { kind: 'silent', detail: 'no answer in 100 ms', refused: false },
    },
    {
      name: 'silence where the connection is cut',
      answer: (request) => request.socket.destroy(),
      found: { kind: 'silent', detail: expect.stringContaining('no answer'), refused: false },
    },
    {
      name: 'ready by a 200 without an end, of which it reads no more than the beginning',
      answer: (_, response) => {
        const more = (): void => {
          if (!response.destroyed && response.write('x'.repeat(50_000))) setImmediate(more)
          else response.once('drain', more)
        }
        more()
      },
      found: { kind: 'ready' },
    },
  ])('$name', async ({ answer, found, timeout = 1_000 }) => {
    const { port } = await serve(answer)
    expect(await probe(at(port, { timeout }), fetch)).toMatchObject(found)
  })

  test('a refusal where nobody listens', async () => {
    const port = await freePort()
    const refused = { kind: 'silent', detail: 'connection refused', refused: true }
    expect(await probe(at(port), fetch)).toEqual(refused)
    expect(await probe(at(port, { target: { kind: 'tcp' } }), fetch)).toMatchObject({
      kind: 'silent',
      refused: true,
    })
  })

  test('by tcp: a connection is enough', async () => {
    const { port, asked } = await serve(() => {})
    expect(await probe(at(port, { target: { kind: 'tcp' } }), fetch)).toEqual({ kind: 'ready' })
    expect(asked()).toBe(0)
  })
})

test('an answer counts at once, silence only after so many in a row', async () => {
  let answering = true
  const { port } = await serve((_, response) => {
    if (answering) response.end()
    else response.destroy()
  })
  const found: string[] = []
  const { watch, healthOf } = prober({
    probed: (kind) => found.push(`${kind}: ${healthOf('ingest-1').kind}`),
  })
  expect(healthOf('ingest-1')).toEqual({ kind: 'unknown' })
  watch([at(port, { timeout: 5_000 })])
  await until(() => healthOf('ingest-1').kind === 'ready')
  answering = false
  await until(() => healthOf('ingest-1').kind === 'silent')
  const third = found.indexOf('silent: silent')
  expect(found.slice(third - 2, third + 1)).toEqual(['silent: ready', 'silent: ready', 'silent: silent'])
  answering = true
  await until(() => healthOf('ingest-1').kind === 'ready')
})

test('the first round is over when everybody has been probed once', async () => {
  const slow = await serve((_, response) => setTimeout(() => response.end(), 100))
  const quick = await serve((_, response) => response.end())
  const { watch, firstRound, healthOf } = prober()
  watch([at(quick.port, {}, 'quick'), at(slow.port, {}, 'slow')])
  await firstRound(soon())
  expect([healthOf('quick').kind, healthOf('slow').kind]).toEqual(['ready', 'ready'])
  // Over already, so it is not waited for again.
  await firstRound(soon())
})

test('the first round is not waited for beyond its deadline, nor when there is nobody', async () => {
  const { port } = await serve(() => {})
  const { watch, firstRound, healthOf } = prober()
  await firstRound(soon())
  watch([at(port, { timeout: 5_000 })])
  await firstRound(AbortSignal.timeout(50))
  expect(healthOf('ingest-1')).toEqual({ kind: 'unknown' })
})

test('whoever is not watched any more is not probed, and nothing is known of it', async () => {
  const { port, asked } = await serve((_, response) => response.end())
  const other = await serve((_, response) => response.end())
  const { watch, healthOf } = prober()
  watch([at(port), at(other.port, {}, 'other')])
  await until(() => asked() > 2 && other.asked() > 2)
  watch([at(other.port, {}, 'other')])
  expect(healthOf('ingest-1')).toEqual({ kind: 'unknown' })
  const [before, others] = [asked(), other.asked()]
  await until(() => other.asked() > others + 3)
  expect(asked()).toBeLessThanOrEqual(before + 1)
})

test('an instance that is reached elsewhere now is probed there, and its health is kept', async () => {
  const [one, two] = [await serve((_, r) => r.end()), await serve((_, r) => r.end())]
  const { watch, healthOf } = prober()
  watch([at(one.port)])
  await until(() => healthOf('ingest-1').kind === 'ready')
  watch([at(two.port)])
  expect(healthOf('ingest-1').kind).toBe('ready')
  await until(() => two.asked() > 0)
})

test.for([
  { random: 0, between: 900 },
  { random: 0.5, between: 1_000 },
  { random: 0.95, between: 1_090 },
])('the time between two probes is spread: $between ms of a second', async ({ random, between }) => {
  vi.useFakeTimers()
  const asked: number[] = []
  const answering: typeof fetch = async () => {
    asked.push(Date.now())
    return new Response('')
  }
  const { watch } = prober({ random: () => random, fetch: answering })
  watch([at(1, { every: 1_000 })])
  await vi.advanceTimersByTimeAsync(3_500)
  expect(asked.length).toBeGreaterThan(2)
  for (const [i, time] of asked.slice(1).entries()) expect(Math.round(time - (asked[i] ?? 0))).toBe(between)
})

test('a probe that hangs is not joined by another of the same instance', async () => {
  let under = 0
  let most = 0
  const { port, asked } = await serve((_, response) => {
    under++
    most = Math.max(most, under)
    setTimeout(() => {
      under--
      response.end()
    }, 60)
  })
  const { watch } = prober()
  watch([at(port, { every: 10 })])
  await until(() => asked() > 3)
  expect(most).toBe(1)
})
