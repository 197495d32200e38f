import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { diskFiles } from '../../../../controller/files.ts'
import { createViewers } from '../../../../controller/web/api/sse.ts'
import { createLive } from '../../../../controller/web/live.ts'
import { pagesOf } from '../../../../controller/web/page/page.ts'
import { buildServer } from '../../../../controller/web/server.ts'
import type { Status } from '../../../../controller/web/status.ts'
import { aDoor } from '../../../support/door.ts'
import { madeUpStatus } from '../../../support/made-up.ts'

const AT = Date.UTC(2026, 0, 5, 12)
const TOKEN = 'a-token-of-a-decent-length'

/** The pages behind a server that listens nowhere. */
async function pages(given: { status?: Status; reads?: 'open' | 'token'; fails?: boolean } = {}) {
  const { status, reads = 'open', fails = false } = given
  const read = async (): Promise<never[]> => {
    if (fails) throw new Error('the disk is gone')
    return []
  }
  const shown = {
    ...{ live: createLive(), status: () => status, illness: () => undefined, plan: async () => undefined },
    ...{ metrics: async () => '', history: read, numbers: read },
  }
  const viewers = createViewers({ elapsed: () => 0, every: () => () => {} })
  const app = await buildServer([
    pagesOf({
      ...{ shown, viewers, door: aDoor(TOKEN, { reads }), policies: () => [], files: diskFiles },
      ...{
        controller: 'edge',
        tickEvery: 15_000,
        now: () => AT + 1_000,
        sleep: async () => {},
        token: () => 'boot',
      },
    }),
  ])
  return (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers })
}

const status = madeUpStatus({ workloads: 3, instances: 2, at: AT, tick: 1 })

test('a page allows nothing but what is its own', async () => {
  const { headers, statusCode } = await (await pages({ status }))('/')
  expect(statusCode).toBe(200)
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, no-cache',
  })
})

test('before the first tick it says so, and asks again by itself', async () => {
  const { statusCode, headers, body } = await (await pages())('/')
  expect(statusCode).toBe(503)
  expect(headers['retry-after']).toBe('3')
  expect(body).toContain('<meta http-equiv="refresh" content="3">')
})

test('who has the page already is told so, and who has not gets it packed', async () => {
  const ask = await pages({ status })
  const first = await ask('/', { 'accept-encoding': 'gzip' })
  expect(first.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(first.rawPayload).toString()).toContain('<h3><a href="/workloads/ingest">')
  const again = await ask('/', { 'if-none-match': String(first.headers.etag) })
  expect(again.statusCode).toBe(304)
  expect(again.body).toBe('')
})

test('script and style are kept for ever under a name of their content, and not found under another', async () => {
  const ask = await pages({ status })
  const [path = ''] = /\/assets\/[0-9a-f]+\/main\.js/.exec((await ask('/')).body) ?? []
  const found = await ask(path)
  expect(found.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect((await ask('/assets/000000000000/main.js')).statusCode).toBe(404)
  expect((await ask(path.replace('main.js', '..%2fpage.ts'))).statusCode).toBe(404)
})

test('a workload that is not there is told as that, and harmless', async () => {
  const { statusCode, body } = await (await pages({ status }))('/workloads/%3Cscript%3E')
  expect(statusCode).toBe(404)
  expect(body).toContain('There is no workload &quot;&lt;script&gt;&quot;')
})

test('a history that cannot be read leaves the rest of the page', async () => {
  const ask = await pages({ status, fails: true })
  expect((await ask('/')).statusCode).toBe(200)
})

test.for(['/', '/workloads/ingest', '/plan'])(
  'where reading takes the token, %s asks a browser for it',
  async (path) => {
    const ask = await pages({ status, reads: 'token' })
    const stranger = await ask(path)
    expect(stranger.statusCode).toBe(401)
    expect(stranger.body).toContain('id="sign-in"')
    expect(stranger.body).not.toContain('ingest')
    expect((await ask(path, { authorization: 'Bearer not-the-token-of-this-one' })).json()).toMatchObject({
      detail: 'this is not the token of the controller',
    })
    expect((await ask('/live')).statusCode).toBe(401)
  },
)
