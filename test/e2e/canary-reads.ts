import { expect } from 'vitest'
import type { CanaryScene } from './canary-scene.ts'

/** What somebody could read, by where. */
export type Seen = Map<string, string>

/** All that an address answers, headers too; of a stream the beginning. */
export const ask = async (url: string, options: RequestInit = {}): Promise<string> => {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(10_000) })
  const head = JSON.stringify([...answer.headers])
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!isStream) return `${answer.status} ${head} ${await answer.text()}`
  const reader = answer.body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  await reader?.cancel()
  return `${head} ${new TextDecoder().decode(value)}`
}

/** Every path that can be read, as the controller documents them, and the pages with what they load. */
export async function readAll(url: string, seen: Seen): Promise<void> {
  const document: { paths: Record<string, object> } = JSON.parse(
    await (await fetch(`${url}/api/v1/openapi.json`)).text(),
  )
  const documented = Object.entries(document.paths).flatMap(([path, verbs]) => ('get' in verbs ? [path] : []))
  expect(documented.length).toBeGreaterThan(10)
  const page = await ask(`${url}/`)
  const assets = [...page.matchAll(/(?:src|href)="(\/[^"#]+)"/g)].map(([, path = '']) => path)
  const more = [
    '/',
    '/plan',
    '/workloads/ingest',
    '/workloads/none',
    '/live',
    '/live/workloads/ingest',
    '/metrics',
    '/healthz',
    '/api/v1/openapi.json',
    '/none',
  ]
  const names: Readonly<Record<string, string>> = { pools: 'local' }
  const paths = documented.map((path) =>
    path.replace(/([a-z]+)\/\{\w+\}/g, (_, kind: string) => `${kind}/${names[kind] ?? 'ingest'}`),
  )
  for (const path of new Set([...paths, ...more, ...assets]))
    seen.set(`GET ${path}`, await ask(`${url}${path}`))
}

/** What is said wrong, with secrets in it, and what an operator may have mistyped. */
export async function mistake(
  url: string,
  { operator, pager }: CanaryScene['secrets'],
  seen: Seen,
): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ act: { kind: 'pin', workload: 'ingest', size: 99 }, by: 'anna', why: 'x' })
  const post = (path: string, token: string | undefined, text = body): Promise<string> =>
    ask(`${url}${path}`, {
      method: 'POST',
      body: text,
      headers: { ...json, authorization: `Bearer ${token}` },
    })
  seen.set('POST with a wrong token', await post('/api/v1/overrides', `${operator}x`))
  seen.set('POST that cannot be obeyed', await post('/api/v1/overrides', operator))
  seen.set('POST that is no JSON', await post('/api/v1/overrides', operator, '{'))
  seen.set('an alert with a wrong token', await post('/api/v1/alerts/pager', `${pager}x`))
  seen.set('an alert that is none', await post('/api/v1/alerts/pager', pager))
  seen.set(
    'an alert',
    await post('/api/v1/alerts/pager', pager, JSON.stringify({ version: '4', status: 'firing', alerts: [] })),
  )
  seen.set('a session', await post('/api/v1/session', operator, '{}'))
}
