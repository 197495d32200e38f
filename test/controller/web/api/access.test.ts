import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diskFiles } from '../../../../controller/files.ts'
import { outsideOf } from '../../../../controller/outside.ts'
import { servedBy } from '../../../../controller/serve.ts'
import { loadSettings } from '../../../../controller/settings.ts'
import { createMetrics } from '../../../../controller/telemetry/metrics.ts'
import { VERSION } from '../../../../controller/version.ts'
import { SESSION_LIFE } from '../../../../controller/web/api/sessions.ts'
import { createLive } from '../../../../controller/web/live.ts'
import { buildServer, type Routes } from '../../../../controller/web/server.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import { tempFolder } from '../../../support/process.ts'
import { witness } from '../../commands/support.ts'
import { anApi, TOKEN } from './world.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const wrong = bearer('a-token-of-a-decent-lengtH')

/** Every route that the server of a controller has, by method and pattern. */
type Listed = { method: string; url: string; isDocumented: boolean }[]

/** The whole server of a controller that starts, with these settings of it; nobody waits. */
async function aServer(server: string) {
  const folder = await tempFolder('access')
  await writeFile(join(folder, 'token'), `${TOKEN}\n`)
  const pools = 'pools: { edge: { provider: process, slots: 3, hosts: { min: 1, max: 2 }, portBase: 45100 } }'
  await writeFile(join(folder, 'capuchin.yaml'), `${pools}\nserver: ${server}\n`)
  const loaded = loadSettings(join(folder, 'capuchin.yaml'), { files: diskFiles, machine: { cores: 2 } })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems))
  const slept: number[] = []
  const sleep = async (ms: number): Promise<void> => void slept.push(ms)
  const outside = { ...outsideOf(witness(diskFiles, folder)), sleep, every: () => () => {} }
  const { parts, options } = servedBy(
    loaded.settings,
    createMetrics(),
    () => undefined,
    createLive(),
    outside,
  )
  const listed: Listed = []
  const spy: Routes = (app) => {
    app.addHook('onRoute', ({ method, url, schema }) => {
      const methods = Array.isArray(method) ? method : [method]
      for (const one of methods) listed.push({ method: one, url, isDocumented: schema?.tags !== undefined })
    })
  }
  const app = await buildServer([spy, ...parts], options)
  await app.ready()
  return { app, listed, slept }
}

const isChange = ({ method }: { method: string }): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)

describe('every route there is', () => {
  let app: FastifyInstance
  let listed: Listed
  let slept: number[]
  beforeAll(async () => {
    ;({ app, listed, slept } = await aServer('{ listen: "127.0.0.1:7070", tokenFile: ./token }'))
  })
  afterAll(() => app.close())

  test('under /api is in the document, and has a schema', () => {
    const paths = new Set(Object.keys(app.swagger().paths ?? {}))
    const documented = listed.filter(({ url, method }) => url.startsWith('/api/') && method !== 'HEAD')
    expect(documented.length).toBeGreaterThan(15)
    for (const { url, isDocumented } of documented)
      expect({ url, isDocumented, isThere: paths.has(url.replaceAll(/:(\w+)/g, '{$1}')) }).toEqual({
        url,
        isDocumented: true,
        isThere: true,
      })
  })

  test('that changes something refuses without the token, and with a wrong one, slowly', async () => {
    const changes = listed.filter(isChange)
    expect(changes.map(({ method, url }) => `${method} ${url}`)).toEqual(
      expect.arrayContaining(['POST /api/v1/overrides', 'DELETE /api/v1/overrides', 'POST /api/v1/session']),
    )
    for (const { method, url } of changes) {
      const asked = { method: method as 'POST', url: url.replaceAll(/:\w+/g, 'x') }
      const type = { 'content-type': 'application/json' }
      slept.length = 0
      const none = await app.inject({ ...asked, headers: type, payload: '{' })
      expect({ url, code: none.statusCode, slept: [...slept] }).toEqual({ url, code: 401, slept: [] })
      const bad = await app.inject({ ...asked, headers: { ...type, ...wrong }, payload: '{' })
      expect({ url, code: bad.statusCode, slept }).toEqual({ url, code: 401, slept: [1000] })
      expect(bad.headers['www-authenticate']).toBe('Bearer')
    }
  })

  test('answers to a name that is ours only, so that no page of another name reads here', async () => {
    const rows: [host: string, code: number][] = [
      ['127.0.0.1:7070', 200],
      ['localhost', 200],
      ['[::1]:7070', 200],
      ['evil.example', 421],
      ['127.0.0.1.evil.example:7070', 421],
      ['a b', 421],
    ]
    for (const [host, code] of rows)
      expect([host, (await app.inject({ url: '/metrics', headers: { host } })).statusCode]).toEqual([
        host,
        code,
      ])
  })

  test('tells the version that programs elsewhere go by', async () => {
    expect((await app.inject('/api/v1/status')).headers['capuchin-version']).toBe(VERSION)
    expect(VERSION).toBe(manifest.version)
  })
})

test('a name of the settings is one of ours, for pages too', async () => {
  const { app } = await aServer('{ listen: "127.0.0.1:7070", tokenFile: ./token, names: [ops.example] }')
  const asked = {
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { host: 'ops.example', ...bearer(TOKEN) },
  } as const
  expect((await app.inject(asked)).statusCode).toBe(200)
  const proxied = { ...asked.headers, host: '127.0.0.1:7070', origin: 'https://ops.example' }
  expect((await app.inject({ ...asked, headers: proxied })).statusCode).toBe(200)
  const foreign = { ...asked.headers, origin: 'https://evil.example' }
  expect((await app.inject({ ...asked, headers: foreign })).statusCode).toBe(403)
  await app.close()
})

describe('where it listens on more than loopback, all that reads needs the token', () => {
  let app: FastifyInstance
  let listed: Listed
  beforeAll(async () => {
    ;({ app, listed } = await aServer('{ listen: "0.0.0.0:7070", tokenFile: ./token }'))
  })
  afterAll(() => app.close())

  /** What says nothing of this controller's fleet, or is for those who watch it. */
  const open = ['/healthz', '/metrics', '/api/v1/openapi.json']

  test('but health, metrics and the document', async () => {
    const reads = listed.filter(({ method, url }) => method === 'GET' && url.startsWith('/api/'))
    for (const { url } of [...reads, { url: '/healthz' }, { url: '/metrics' }]) {
      const code = (await app.inject(url.replaceAll(/:\w+/g, 'x'))).statusCode
      expect({ url, isRefused: code === 401 }).toEqual({ url, isRefused: !open.includes(url) })
    }
    const answer = await app.inject({ url: '/api/v1/status', headers: bearer(TOKEN) })
    expect(answer.json()).toEqual({ detail: expect.stringContaining('first tick') })
  })
})

test('names that are written down count wherever it listens', async () => {
  const { app } = await aServer('{ listen: "0.0.0.0:7070", tokenFile: ./token, names: [ops.example] }')
  const code = async (host: string) => (await app.inject({ url: '/metrics', headers: { host } })).statusCode
  expect([await code('ops.example'), await code('10.0.0.7:7070'), await code('evil.example')]).toEqual([
    200, 200, 421,
  ])
  await app.close()
})

describe('a session of a browser', () => {
  const closed = { reads: 'token', port: 7070 } as const

  test('reads with a cookie that no script sees, changes nothing, and ends with its time or the token', async () => {
    let token = TOKEN
    let now = 1_000_000
    const api = await anApi({ door: { ...closed, token: async () => token, now: () => now } })
    const opened = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: bearer(TOKEN),
      payload: {},
    })
    const [cookie = ''] = String(opened.headers['set-cookie']).split(';')
    expect(opened.headers['set-cookie']).toMatch(
      /^capuchin_session_7070=\S{20,}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    const read = async () => (await api.get('/api/v1/status', { cookie })).code
    expect(await read()).toBe(200)
    expect((await api.get('/api/v1/status', { cookie: `${cookie}x` })).code).toBe(401)
    expect(
      (await api.app.inject({ method: 'DELETE', url: '/api/v1/overrides', headers: { cookie } })).statusCode,
    ).toBe(401)
    token = 'another-token-of-some-length'
    expect(await read()).toBe(401)
    token = TOKEN
    now += SESSION_LIFE
    expect(await read()).toBe(401)
    await api.close()
  })

  test('can be ended, and goes over TLS alone where there is TLS', async () => {
    const api = await anApi({ door: { ...closed, isSecure: true } })
    const opened = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: bearer(TOKEN),
      payload: {},
    })
    expect(opened.headers['set-cookie']).toMatch(/; Secure$/)
    const proxied = await anApi({ door: { ...closed, names: ['ops.example'] } })
    const headers = { ...bearer(TOKEN), origin: 'https://ops.example', host: '127.0.0.1:7070' }
    const there = await proxied.app.inject({ method: 'POST', url: '/api/v1/session', headers, payload: {} })
    expect(there.headers['set-cookie']).toMatch(/; Secure$/)
    await proxied.close()
    const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
    const ended = await api.app.inject({
      method: 'DELETE',
      url: '/api/v1/session',
      headers: { ...bearer(TOKEN), cookie },
    })
    expect(ended.json()).toEqual({ ended: true })
    expect((await api.get('/api/v1/status', { cookie })).code).toBe(401)
    await api.close()
  })
})

describe('wrong tokens', () => {
  test('wait a second each, five of an address at a time; the right one never does', async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const slept: number[] = []
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms)
      return over
    }
    const api = await anApi({ door: { reads: 'token', sleep } })
    // What inject answers begins only when it is waited for.
    const ask = async (headers: object, remoteAddress = '10.0.0.1') =>
      await api.app.inject({ url: '/api/v1/overrides', headers: { ...headers }, remoteAddress })
    const waiting = Array.from({ length: 5 }, () => ask(wrong))
    const sixth = await ask(wrong)
    expect(sixth.statusCode).toBe(429)
    expect(sixth.headers['retry-after']).toBe('2')
    expect((await ask(bearer(TOKEN))).statusCode).toBe(200)
    const elsewhere = ask(wrong, '10.0.0.2')
    await expect.poll(() => slept.length).toBe(6)
    end()
    const codes = (await Promise.all([...waiting, elsewhere])).map(({ statusCode }) => statusCode)
    expect(codes).toEqual([401, 401, 401, 401, 401, 401])
    expect(new Set(slept)).toEqual(new Set([1000]))
    expect((await ask(wrong)).statusCode).toBe(401)
    await api.close()
  })
})

test('what breaks inside is told without its insides, and to the log with them', async () => {
  const failed: string[] = []
  const api = await anApi({
    server: { failed: (error, route) => void failed.push(`${route}: ${error.message}`) },
    more: () => [
      (app) => {
        app.get('/broken', async () => {
          throw new Error('secret at /srv/x.ts:12')
        })
      },
    ],
  })
  expect(await api.get('/broken')).toEqual({
    code: 500,
    body: { detail: 'something went wrong inside: it was no fault of the request' },
  })
  expect(failed).toEqual(['/broken: secret at /srv/x.ts:12'])
  await api.close()
})

test('a body beyond bounds, or none that is JSON, is refused in words', async () => {
  const api = await anApi()
  const headers = { ...bearer(TOKEN), 'content-type': 'application/json' }
  const post = (payload: string) =>
    api.app.inject({ method: 'POST', url: '/api/v1/overrides', headers, payload })
  expect((await post('x'.repeat(70_000))).statusCode).toBe(413)
  const broken = await post('{')
  expect(broken.statusCode).toBe(400)
  expect(broken.json()).toEqual({ detail: expect.stringContaining('JSON') })
  await api.close()
})

test('eight look into the past at a time; who comes then is sent away for a moment', async () => {
  const api = await anApi()
  const { promise: over, resolve: end } = Promise.withResolvers<[]>()
  let underWay = 0
  api.parts.shown.history = () => {
    underWay++
    return over
  }
  const ask = async () => await api.app.inject('/api/v1/history')
  const eight = Array.from({ length: 8 }, ask)
  await expect.poll(() => underWay).toBe(8)
  const ninth = await ask()
  expect(ninth.statusCode).toBe(503)
  expect(ninth.headers['retry-after']).toBe('2')
  end([])
  for (const one of await Promise.all(eight)) expect(one.statusCode).toBe(200)
  expect((await ask()).statusCode).toBe(200)
  await api.close()
})
