import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Question } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source, SourceDeps } from '../../../controller/sources/source.ts'
import { deps, type Wire, wire } from './wire.ts'

const NOW = 1_700_000_000_000
const STEP = 15_000
const question: Question = {
  query: 'sum(load)',
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

async function sourceOn(
  answer: (response: ServerResponse, form: URLSearchParams) => void,
  config: Config = {},
  changes: Partial<SourceDeps> = {},
): Promise<{ source: Source; server: Wire }> {
  const server = await wire(answer)
  const source = open(server.url, config, changes)
  cleanup.push(server.close)
  return { source, server }
}

function open(url: string, config: Config = {}, changes: Partial<SourceDeps> = {}): Source {
  const settings = SourceSettings.parse({ type: 'prometheus', url, interval: '15s', ...config })
  const source = settings.open(deps({ now: () => NOW, ...changes }))
  cleanup.push(source.close)
  return source
}

type Point = [number, string]
const grid = (value: string, shift = 0): Point[] =>
  [4, 3, 2, 1].map((steps) => [(NOW - steps * STEP + shift) / 1000, value])

/** Answers presence with instance a and the query itself with `values`. */
const answerWith =
  (values: Point[], more: object = {}) =>
  (response: ServerResponse, form: URLSearchParams): void => {
    const presence = form.get('query')?.startsWith('group by (instance)') === true
    const series = presence ? { metric: { instance: 'a' }, values: grid('1') } : { metric: {}, values }
    const data = { resultType: 'matrix', result: values.length === 0 ? [] : [series] }
    json(response, 200, { status: 'success', data, ...more })
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
    ['no right', (r) => json(r, 403, { message: 'no' }), 'refused', /403: check basic/],
    ['too many requests', (r) => r.writeHead(429).end(), 'refused', /asked too often/],
    [
      'a redirect to a sign-in page',
      (r) => r.writeHead(302, { location: '/login' }).end(),
      'refused',
      /redirect/,
    ],
    [
      'a query that it refuses',
      (r) => json(r, 400, { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end' }),
      'bad-query',
      /refuses the query: parse error: unexpected end/,
    ],
    [
      'a query that cannot be evaluated',
      (r) => json(r, 422, { status: 'error', errorType: 'execution', error: 'many-to-many matching' }),
      'bad-query',
      /many-to-many/,
    ],
    [
      'a query that takes it too long',
      (r) => json(r, 503, { status: 'error', errorType: 'timeout', error: 'query timed out' }),
      'timeout',
      /gave the query up: query timed out/,
    ],
    [
      'an error of its own',
      (r) => json(r, 500, { status: 'error', errorType: 'internal', error: 'tsdb is broken' }),
      'refused',
      /500: tsdb is broken/,
    ],
    ['a gateway without a server', (r) => html(r, 502), 'refused', /502/],
    ['half of a JSON', (r) => r.end('{"status":"success","data":{"resultTy'), 'bad-answer', /half of it/],
    ['nothing', (r) => r.end(), 'bad-answer', /nothing at all/],
    [
      'JSON of something else',
      (r) => json(r, 200, { hello: 'world' }),
      'bad-answer',
      /another shape.*status/,
    ],
    ['a JSON list', (r) => json(r, 200, []), 'bad-answer', /another shape/],
    [
      'a vector in place of a matrix',
      (r) => json(r, 200, { status: 'success', data: { resultType: 'vector', result: [] } }),
      'bad-answer',
      /resultType/,
    ],
    [
      'values that are no pairs',
      (r) =>
        json(r, 200, {
          status: 'success',
          data: { resultType: 'matrix', result: [{ metric: {}, values: [[1]] }] },
        }),
      'bad-answer',
      /another shape/,
    ],
    [
      'an empty text for a value, which is not zero',
      (r) =>
        json(r, 200, {
          status: 'success',
          data: { resultType: 'matrix', result: [{ metric: {}, values: [[NOW / 1000, '']] }] },
        }),
      'bad-answer',
      /another shape/,
    ],
    [
      'an answer that breaks off',
      (r) => {
        r.writeHead(200, { 'content-length': '1000' })
        r.write('{"status":')
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
      detail: expect.stringMatching(/within 200 ms/),
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

  test('a query that is wrong by its syntax is not even asked', async () => {
    const { source, server } = await sourceOn(answerWith(grid('1')))
    expect(await source.read({ ...question, query: 'sum(' }, patient())).toMatchObject({
      reason: 'bad-query',
    })
    expect(server.asked).toEqual([])
  })
})

describe('what comes back', () => {
  test('values with the instances behind them', async () => {
    const { source } = await sourceOn(answerWith(grid('1.5')))
    expect(await source.read(question, patient())).toEqual({
      kind: 'samples',
      step: STEP,
      seen: ['a'],
      skew: expect.any(Number),
      samples: grid('1.5').map(([seconds]) => ({ t: seconds * 1000, value: 1.5, present: 1 })),
    })
  })

  test('values that are NaN or infinite are left out, the others stay', async () => {
    const values = grid('1').map(([t], i): Point => [t, ['NaN', '+Inf', '7', '-Inf'][i] ?? ''])
    const { source } = await sourceOn(answerWith(values))
    expect(await source.read(question, patient())).toMatchObject({ samples: [{ value: 7 }] })
  })

  test('one interval into the future is taken, later is refused', async () => {
    const late: Question = { ...question, from: NOW - STEP, to: NOW + 3 * STEP }
    const future = (steps: number[]) =>
      answerWith(steps.map((step): Point => [(NOW + step * STEP) / 1000, '1']))
    const near = await sourceOn(future([1, 2, 3]))
    expect(await near.source.read({ ...late, query: 'vector(1)' }, patient())).toMatchObject({
      kind: 'samples',
      samples: [{ t: NOW + STEP }],
    })
    const far = await sourceOn(future([2, 3]))
    expect(await far.source.read({ ...late, query: 'vector(1)' }, patient())).toMatchObject({
      kind: 'missing',
      reason: 'future',
      detail: expect.stringMatching(/clock/),
    })
  })

  test('samples outside of what was asked are left out', async () => {
    const { source } = await sourceOn(answerWith([...grid('1', -10 * STEP), ...grid('2')]))
    const reading = await source.read({ ...question, query: 'vector(1)' }, patient())
    expect(reading).toMatchObject({ samples: [{ value: 2 }, { value: 2 }, { value: 2 }, { value: 2 }] })
  })

  test('warnings of a server that asked only some of its stores make the reading partial', async () => {
    const { source } = await sourceOn(answerWith(grid('1'), { warnings: ['store 10.0.0.7 unavailable'] }))
    expect(await source.read(question, patient())).toMatchObject({
      kind: 'partial',
      detail: expect.stringMatching(/10\.0\.0\.7/),
    })
  })

  test('the skew of its clock is told, once it is more than the Date header can hide', async () => {
    const ahead = await sourceOn((response, form) => {
      response.setHeader('date', new Date(NOW + 90_000).toUTCString())
      answerWith(grid('1'))(response, form)
    })
    expect(await ahead.source.read(question, patient())).toMatchObject({ skew: 90_000 })
  })
})

describe('how it asks', () => {
  test('the grid ends at `to`, and presence is asked over the same one', async () => {
    const { source, server } = await sourceOn(answerWith(grid('1')))
    await source.read(question, patient())
    const asked = server.asked.map(({ method, path, form }) => ({
      method,
      path,
      ...Object.fromEntries(form),
    }))
    const range = { start: `${(NOW - 4 * STEP) / 1000}`, end: `${(NOW - STEP) / 1000}`, step: '15' }
    expect(asked).toHaveLength(2)
    expect(asked).toContainEqual({
      method: 'POST',
      path: '/api/v1/query_range',
      query: 'sum(load)',
      ...range,
    })
    const presence = 'group by (instance) (count_over_time(load[15000ms]))'
    expect(asked).toContainEqual({ method: 'POST', path: '/api/v1/query_range', query: presence, ...range })
  })

  test('the same selector in another query is not asked again', async () => {
    const { source, server } = await sourceOn(answerWith(grid('1')))
    await Promise.all([
      source.read(question, patient()),
      source.read({ ...question, query: 'avg(load)' }, patient()),
    ])
    await source.read({ ...question, query: 'max(load)' }, patient())
    const queries = server.asked.map(({ form }) => form.get('query'))
    expect(queries.filter((query) => query?.startsWith('group'))).toHaveLength(1)
    expect(queries).toHaveLength(4)
  })

  test('a presence that could not be told is asked again', async () => {
    let broken = true
    const { source } = await sourceOn((response, form) => {
      if (broken && form.get('query')?.startsWith('group')) html(response, 500)
      else answerWith(grid('1'))(response, form)
    })
    expect(await source.read(question, patient())).toMatchObject({ kind: 'missing', reason: 'refused' })
    broken = false
    expect(await source.read(question, patient())).toMatchObject({ kind: 'samples' })
  })

  test('basic auth, with the password read anew each time and never in a detail', async () => {
    let password = 'first-secret\n'
    const config = { basic: { username: 'capuchin', passwordFile: '/secrets/password' } }
    const { source, server } = await sourceOn((r) => html(r, 401), config, { readFile: () => password })
    const reading = await source.read({ ...question, query: 'vector(1)' }, patient())
    password = 'second-secret'
    await source.read({ ...question, query: 'vector(1)' }, patient())
    const sent = server.asked.map(({ headers }) => headers.authorization)
    const basic = (text: string): string => `Basic ${Buffer.from(`capuchin:${text}`).toString('base64')}`
    expect(sent).toEqual([basic('first-secret'), basic('second-secret')])
    expect(JSON.stringify(reading)).not.toContain('secret')
  })

  test('a bearer token and headers', async () => {
    const config = { bearerFile: '/secrets/token', headers: { 'X-Scope-OrgID': 'tenant-1' } }
    const { source, server } = await sourceOn(answerWith(grid('1')), config, { readFile: () => 'token-1\n' })
    await source.read(question, patient())
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-scope-orgid': 'tenant-1',
    })
  })

  test('a secret that cannot be read is named by its file, and nothing is asked', async () => {
    const { source, server } = await sourceOn(answerWith(grid('1')), { bearerFile: '/secrets/none' })
    expect(await source.read(question, patient())).toMatchObject({
      kind: 'missing',
      reason: 'refused',
      detail: expect.stringMatching(/ENOENT.*\/secrets\/none/),
    })
    expect(server.asked).toEqual([])
  })
})
