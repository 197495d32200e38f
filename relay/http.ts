import { createServer } from 'node:http'

/** What is answered over HTTP. */
export interface Pages {
  metrics(): string
  /** Whether lines are taken. */
  isReady(): boolean
  /** For people, as JSON. */
  status(): object
}

export interface Http {
  port: number
  close(): void
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const JSON_TYPE = 'application/json'

/** Never rejects: answers why the port cannot be had. */
export const serveHttp = (
  pages: Pages,
  { host, port }: { host: string; port: number },
): Promise<Http | { why: string }> =>
  new Promise((resolve) => {
    const server = createServer({ requestTimeout: 10_000, keepAliveTimeout: 5_000 }, (request, response) => {
      const { status, type, text } = answer(pages, request.method ?? '', request.url ?? '')
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' })
      response.end(text)
    })
    server.maxConnections = 64
    server.once('error', (error) => resolve({ why: `cannot listen on ${host}:${port}: ${error.message}` }))
    server.listen({ host, port }, () => {
      const address = server.address()
      const bound = address !== null && typeof address === 'object' ? address.port : port
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ port: bound, close })
    })
  })

const answer = (pages: Pages, method: string, url: string) => {
  if (method !== 'GET' && method !== 'HEAD') return page(405, TEXT, 'only GET\n')
  const path = url.split('?')[0]
  if (path === '/metrics') return page(200, TEXT, pages.metrics())
  if (path === '/healthz') return page(200, TEXT, 'ok\n')
  if (path === '/status') return page(200, JSON_TYPE, `${JSON.stringify(pages.status(), null, 2)}\n`)
  if (path !== '/ready') return page(404, TEXT, 'there is /metrics, /ready, /healthz and /status\n')
  const isReady = pages.isReady()
  return page(
    isReady ? 200 : 503,
    JSON_TYPE,
    `${JSON.stringify({ state: isReady ? 'ready' : 'stopping' })}\n`,
  )
}

const page = (status: number, type: string, text: string) => ({ status, type, text })
