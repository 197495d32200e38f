import { createServer, type Socket } from 'node:net'

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

const REASONS = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
}

/** A request has so many bytes and ms to come in. */
const LONGEST_REQUEST = 8_192
const REQUEST_WITHIN = 5_000

/**
 * Answers GET, one request a connection. That is all that scrapers and probes need, and Node's own server would take a quarter of the
 * relay's memory. Never rejects: answers why the port cannot be had.
 */
export const serveHttp = (
  pages: Pages,
  { host, port }: { host: string; port: number },
): Promise<Http | { why: string }> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      serve(socket, pages)
    })
    server.maxConnections = 64
    server.once('error', (error) => resolve({ why: `cannot listen on ${host}:${port}: ${error.message}` }))
    server.listen({ host, port }, () => {
      const address = server.address()
      const bound = address !== null && typeof address === 'object' ? address.port : port
      const close = () => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }
      resolve({ port: bound, close })
    })
  })

const serve = (socket: Socket, pages: Pages) => {
  let request = ''
  const deadline = setTimeout(() => socket.destroy(), REQUEST_WITHIN)
  socket.on('close', () => clearTimeout(deadline))
  socket.on('error', () => undefined)
  socket.on('end', () => socket.end())
  const read = (bytes: Buffer) => {
    request += bytes.toString('latin1')
    if (request.length > LONGEST_REQUEST) socket.destroy()
    if (!/\r?\n\r?\n/.test(request)) return
    socket.off('data', read)
    socket.resume()
    socket.end(answer(pages, request))
  }
  socket.on('data', read)
}

const answer = (pages: Pages, request: string): string => {
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n/.exec(request) ?? []
  if (method === undefined || target === undefined) return page(400, TEXT, 'this is no HTTP request\n')
  if (method !== 'GET' && method !== 'HEAD') return page(405, TEXT, 'only GET\n')
  const whole = answerTo(pages, target.split('?')[0] ?? '')
  return method === 'HEAD' ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole
}

const answerTo = (pages: Pages, path: string): string => {
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

const page = (status: keyof typeof REASONS, type: string, text: string): string =>
  [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    text,
  ].join('\r\n')
