import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { certify } from '../../support/certify.ts'
import { tempFolder } from '../../support/process.ts'
import { deps } from './wire.ts'

const STEP = 15_000
let folder = ''
let server: ReturnType<typeof createServer>
let url = ''

/** What a Prometheus answers. */
function ranged() {
  const values = [[Math.floor(Date.now() / 1000) - 5, '1']]
  return { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }
}

/** What a Graphite answers. */
function rendered() {
  const now = Math.floor(Date.now() / 1000)
  const datapoints = [4, 3, 2].map((steps) => [1, now - (steps * STEP) / 1000])
  return [{ target: 'constantLine(1)', datapoints }]
}

beforeAll(async () => {
  folder = await tempFolder('tls')
  const { cert, key } = await certify(folder, 'server')
  await certify(folder, 'other')
  server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, ({ url: path }, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(path === '/render' ? rendered() : ranged()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `https://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

function read(source: Source, query: string) {
  const [from, to] = [Date.now() - 10 * STEP, Date.now()]
  const question = { query, per: 'workload', from, to, step: STEP, interval: STEP } as const
  return source.read(question, AbortSignal.timeout(10_000))
}

describe.each([
  { type: 'prometheus', query: 'vector(1)' },
  { type: 'graphite', query: 'constantLine(1)' },
])('over TLS: $type', ({ type, query }) => {
  const open = (config: object, readFile = (path: string) => readFileSync(path, 'utf8')): Source =>
    SourceSettings.parse({ type, url, interval: '15s', ...config }).open(deps({ readFile }))

  test('a server whose certificate the given authority signed is trusted', async () => {
    const source = open({ ca: join(folder, 'server.crt') })
    expect(await read(source, query)).toMatchObject({ kind: 'samples' })
    await source.close()
  })

  test('without the authority the reading is missing and says so', async () => {
    const source = open({})
    const untrusted = {
      kind: 'missing',
      reason: 'unreachable',
      detail: expect.stringMatching(/not trusted.*set ca/),
    }
    expect(await read(source, query)).toMatchObject(untrusted)
    await source.close()
  })

  test('an authority that changes on disk is taken up by the next reading', async () => {
    let file = 'other.crt'
    const source = open({ ca: 'ca.crt' }, () => readFileSync(join(folder, file), 'utf8'))
    expect(await read(source, query)).toMatchObject({ kind: 'missing', reason: 'unreachable' })
    file = 'server.crt'
    expect(await read(source, query)).toMatchObject({ kind: 'samples' })
    await source.close()
  })
})
