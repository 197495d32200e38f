import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Question } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source, SourceDeps } from '../../../controller/sources/source.ts'
import { deps, type Wire, wire } from './wire.ts'

const NOW = 1_700_000_100_000
const STEP = 15_000
const question: Question = {
  query: 'sumSeries(ingest.*.rps)',
  per: 'workload',
  from: NOW - 5 * STEP,
  to: NOW - STEP,
  step: STEP,
  interval: STEP,
}
const patient = (): AbortSignal => AbortSignal.timeout(10_000)

const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of cleanup.splice(0)) await end()
})

type Config = Record<string, unknown>
type Answer = (response: ServerResponse, form: URLSearchParams) => void

async function sourceOn(
  answer: Answer,
  config: Config = {},
  changes: Partial<SourceDeps> = {},
): Promise<{ source: Source; server: Wire }> {
  const server = await wire(answer)
  const source = open(server.url, config, changes)
  cleanup.push(server.close)
  return { source, server }
}

function open(url: string, config: Config = {}, changes: Partial<SourceDeps> = {}): Source {
  const settings = SourceSettings.parse({ type: 'graphite', url, interval: '15s', ...config })
  const source = settings.open(deps({ now: () => NOW, ...changes }))
  cleanup.push(source.close)
  return source
}

type Points = [number | null, number][]
/** Storage steps that end at the times of the grid. */
const grid = (value: number | null, width = STEP, last = NOW - 2 * STEP): Points =>
  [3, 2, 1, 0].map((steps) => [value, (last - steps * width) / 1000])

const answerWith =
  (points: Points, raw: Points = grid(1)): Answer =>
  (response, form) => {
    if (form.has('query')) return json(response, 200, { results: {} })
    const marked = { target: 'capuchin:0:ingest.a.rps', tags: { name: 'ingest.a.rps' }, datapoints: raw }
    const own = { target: 'sumSeries(ingest.*.rps)', datapoints: points }
    json(response, 200, form.getAll('target').length > 1 ? [own, marked] : [own])
  }

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const html = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'text/html' })
  response.end('<html><body>sign in</body></html>')
}

describe('what is wrong on the wire becomes a missing reading that says what to do', () => {
  test.for<[string, (response: ServerResponse) => void, string, RegExp]>([
    ['HTML with status 200', (r) => html(r, 200), 'bad-answer', /HTML: is url right/],
    ['HTML with status 500', (r) => html(r, 500), 'refused', /answers 500/],
    ['no route', (r) => html(r, 404), 'refused', /404: is url right/],
    ['no credentials', (r) => html(r, 401), 'refused', /401: check basic, bearerFile/],
    ['too many requests', (r) => r.writeHead(429).end(), 'refused', /asked too often/],
    ['a redirect', (r) => r.writeHead(302, { location: '/login' }).end(), 'refused', /redirect/],
    [
      'a query that it refuses',
      (r) => r.writeHead(400).end('Invalid parameters (unknown function: nosuch)'),
      'bad-query',
      /unknown function: nosuch/,
    ],
    ['a gateway without a server', (r) => html(r, 502), 'refused', /502/],
    ['half of a JSON', (r) => r.end('[{"target":"a","datapo'), 'bad-answer', /half of it/],
    ['nothing', (r) => r.end(), 'bad-answer', /nothing at all/],
    ['JSON of something else', (r) => json(r, 200, { status: 'success' }), 'bad-answer', /another shape/],
    ['an empty list', (r) => json(r, 200, []), 'no-data', /no value of ingest\.\*\.rps/],
    [
      'an answer that breaks off',
      (r) => {
        r.writeHead(200, { 'content-length': '1000' })
        r.write('[{"target":')
        setImmediate(() => r.destroy())
      },
      'bad-answer',
      /broke off/,
    ],
    [
      'more than 32 MB',
      (r) => r.end(Buffer.alloc(33_000_000, ' ')),
      'bad-answer',
      /answers too much: aggregate/,
    ],
    ['a connection that is cut', (r) => r.destroy(), 'unreachable', /cannot be reached/],
  ])('%s', async ([, answer, reason, detail]) => {
    const { source, server } = await sourceOn(answer)
    const reading = await source.read(question, patient())
    expect(reading).toMatchObject({ kind: 'missing', reason, detail: expect.stringMatching(detail) })
    expect(reading).toMatchObject({ detail: expect.stringContaining(server.url) })
  })

  test('a server that hangs costs its deadline and no more', async () => {
    const { source } = await sourceOn(() => {}, { timeout: '200ms' })
    const begin = performance.now()
    const reading = await source.read(question, patient())
    expect(reading).toMatchObject({
      kind: 'missing',
      reason: 'timeout',
      detail: expect.stringMatching(/within 200 ms.*is carbon behind it stuck/),
    })
    expect(performance.now() - begin).toBeLessThan(2_000)
  })

  test('a server that sends a byte now and then costs its deadline too', async () => {
    const drip = (response: ServerResponse): void => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    }
    const { source } = await sourceOn(drip, { timeout: '200ms' })
    expect(await source.read(question, patient())).toMatchObject({ kind: 'missing', reason: 'timeout' })
  })

  test('the second question, about the names, is within the same deadline', async () => {
    const silent: Answer = (response, form) => {
      if (form.has('target')) json(response, 200, [])
    }
    const { source } = await sourceOn(silent, { timeout: '200ms' })
    expect(await source.read(question, patient())).toMatchObject({ kind: 'missing', reason: 'timeout' })
  })

  test('the signal of the tick ends the read before the deadline', async () => {
    const { source } = await sourceOn(() => {}, { timeout: '1h' })
    expect(await source.read(question, AbortSignal.timeout(100))).toMatchObject({ reason: 'timeout' })
  })

  test('nobody listens', async () => {
    const { source, server } = await sourceOn(() => {})
    await server.close()
    expect(await source.read(question, patient())).toMatchObject({
      reason: 'unreachable',
      detail: expect.stringMatching(/ECONNREFUSED.*is it running/),
    })
  })

  test('a kept connection that was closed in the meantime is no fault', async () => {
    let asked = 0
    const { source } = await sourceOn((response, form) => {
      asked++
      // Closed without a word when it is used again.
      if (asked === 2) response.socket?.resetAndDestroy()
      else answerWith(grid(1))(response, form)
    })
    expect(await source.read(question, patient())).toMatchObject({ kind: 'samples' })
    expect(await source.read(question, patient())).toMatchObject({ kind: 'samples' })
    expect(asked).toBe(3)
  })

  test.for<[string, Partial<Question>, RegExp]>([
    ['a query that is wrong by its syntax', { query: 'sumSeries(a.b' }, /ends too early/],
    ['a window of less than a step', { from: NOW - STEP - 1_000 }, /shorter than one step/],
  ])('not even asked: %s', async ([, changes, detail]) => {
    const { source, server } = await sourceOn(answerWith(grid(1)))
    expect(await source.read({ ...question, ...changes }, patient())).toMatchObject({
      reason: 'bad-query',
      detail: expect.stringMatching(detail),
    })
    expect(server.asked).toEqual([])
  })
})

describe('what comes back', () => {
  test('values with the instances behind them', async () => {
    const { source } = await sourceOn(answerWith(grid(1.5)))
    expect(await source.read(question, patient())).toEqual({
      kind: 'samples',
      step: STEP,
      seen: ['a'],
      skew: expect.any(Number),
      samples: [4, 3, 2, 1].map((steps) => ({ t: NOW - steps * STEP, value: 1.5, present: 1 })),
    })
  })

  test('the skew of its clock is told, in words where there is no data', async () => {
    const behind =
      (points: Points): Answer =>
      (response, form) => {
        response.setHeader('date', new Date(NOW - 90_000).toUTCString())
        answerWith(points)(response, form)
      }
    const sound = await sourceOn(behind(grid(1)))
    expect(await sound.source.read(question, patient())).toMatchObject({ skew: -89_001 })
    const empty = await sourceOn(behind(grid(null)))
    expect(await empty.source.read(question, patient())).toMatchObject({
      kind: 'missing',
      detail: expect.stringMatching(/leave all of them out\? \(its clock is 1m29s behind\)$/),
    })
  })

  test.for<[string, Record<string, string[]>, RegExp]>([
    ['nothing begins so', { ingest: [] }, /\(no path begins with ingest: is the name right/],
    ['a node in between', { ingest: ['ingest'], 'ingest.*': [] }, /\(below ingest there is no \*:/],
    [
      'the metric itself',
      { ingest: ['ingest'], 'ingest.*': ['ingest.a'], 'ingest.*.rps': [] },
      /\(below ingest\.\* there is no rps:/,
    ],
    [
      'a branch',
      { ingest: ['i'], 'ingest.*': ['i'], 'ingest.*.rps': ['i'], 'ingest.*.rps.*': ['ingest.a.rps.get'] },
      /\(it is no metric, metrics are below it, such as ingest\.a\.rps\.get\)/,
    ],
    [
      'one that is known and silent',
      { ingest: ['i'], 'ingest.*': ['i'], 'ingest.*.rps': ['ingest.a.rps'] },
      /\(it knows that metric: is it still sent, is carbon running\?\)/,
    ],
    [
      'several that are known and silent',
      { ingest: ['i'], 'ingest.*': ['i'], 'ingest.*.rps': ['ingest.a.rps', 'ingest.b.rps'] },
      /\(it knows 2 such metrics: are they still sent/,
    ],
  ])('a name without data is explained: %s', async ([, results, wanted]) => {
    const { source, server } = await sourceOn((response, form) =>
      json(response, 200, form.has('query') ? { results } : []),
    )
    expect(await source.read(question, patient())).toMatchObject({
      reason: 'no-data',
      detail: expect.stringMatching(wanted),
    })
    expect(server.asked.at(-1)).toMatchObject({ method: 'POST', path: '/metrics/expand' })
    expect(server.asked.at(-1)?.form.getAll('query')).toEqual([
      'ingest',
      'ingest.*',
      'ingest.*.rps',
      'ingest.*.rps.*',
    ])
  })

  test.for<[string, Answer]>([
    ['an error', (response) => html(response, 500)],
    ['what is no JSON', (response) => html(response, 200)],
    ['JSON of another shape', (response) => json(response, 200, { results: ['a'] })],
  ])('the explanation is left out where it gets %s', async ([, answer]) => {
    const { source } = await sourceOn((response, form) => {
      if (form.has('query')) answer(response, form)
      else json(response, 200, [])
    })
    expect(await source.read(question, patient())).toMatchObject({
      reason: 'no-data',
      detail: expect.stringMatching(/in the window \(its clock is \d/),
    })
  })
})

describe('how it asks', () => {
  test('value and raw series in one request, from one step before the window, without a cache', async () => {
    const { source, server } = await sourceOn(answerWith(grid(1)))
    await source.read(question, patient())
    const asked = server.asked.map(({ method, path, form }) => ({ method, path, form: [...form] }))
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/render',
        form: [
          ['from', `${(NOW - 6 * STEP) / 1000}`],
          ['until', `${(NOW - STEP) / 1000}`],
          ['format', 'json'],
          ['noCache', '1'],
          ['target', question.query],
          ['target', 'aliasSub(removeEmptySeries(ingest.*.rps),"^","capuchin:0:")'],
        ],
      },
    ])
  })

  test('a coarser storage step is asked again, from one such step before the window', async () => {
    const coarse = grid(1, 2 * STEP, NOW - 3 * STEP)
    const { source, server } = await sourceOn(answerWith(coarse, coarse))
    expect(await source.read(question, patient())).toMatchObject({ kind: 'samples', step: 2 * STEP })
    expect(server.asked.map(({ form }) => form.get('from'))).toEqual([
      `${(NOW - 6 * STEP) / 1000}`,
      `${(NOW - 7 * STEP) / 1000}`,
    ])
  })

  test('below a path prefix, whether or not the address ends with a slash', async () => {
    const server = await wire(answerWith(grid(1)))
    cleanup.push(server.close)
    for (const end of ['', '/']) await open(`${server.url}/graphite${end}`).read(question, patient())
    expect(server.asked.map(({ path }) => path)).toEqual(['/graphite/render', '/graphite/render'])
  })

  test('basic auth, with the password read anew each time and never in a detail', async () => {
    let password = 'first-secret\n'
    const config = { basic: { username: 'capuchin', passwordFile: '/secrets/password' } }
    const { source, server } = await sourceOn((r) => html(r, 401), config, { readFile: () => password })
    const reading = await source.read(question, patient())
    password = 'second-secret-ы'
    await source.read(question, patient())
    const basic = (text: string): string => `Basic ${Buffer.from(`capuchin:${text}`).toString('base64')}`
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      basic('first-secret'),
      basic('second-secret-ы'),
    ])
    expect(JSON.stringify(reading)).not.toContain('secret')
  })

  test('a bearer token and headers', async () => {
    const config = { bearerFile: '/secrets/token', headers: { 'X-Scope-OrgID': 'tenant-1' } }
    const { source, server } = await sourceOn(answerWith(grid(1)), config, { readFile: () => 'token-1\n' })
    await source.read(question, patient())
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-scope-orgid': 'tenant-1',
    })
  })

  test('a token that cannot be a header is not told', async () => {
    const { source } = await sourceOn(
      answerWith(grid(1)),
      { bearerFile: '/t' },
      { readFile: () => 'top\nsecret' },
    )
    const reading = await source.read(question, patient())
    expect(reading).toMatchObject({ kind: 'missing' })
    expect(JSON.stringify(reading)).not.toContain('secret')
  })

  test('a secret that cannot be read is named by its file, and nothing is asked', async () => {
    const { source, server } = await sourceOn(answerWith(grid(1)), { bearerFile: '/secrets/none' })
    expect(await source.read(question, patient())).toMatchObject({
      kind: 'missing',
      reason: 'refused',
      detail: expect.stringMatching(/ENOENT.*\/secrets\/none/),
    })
    expect(server.asked).toEqual([])
  })
})
