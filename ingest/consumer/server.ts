import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Answer, refusal, TEXT_TYPE } from '../shared/answer.ts'
import { callerOf, drainOnRequest } from '../shared/drain.ts'
import { readiness } from '../shared/health.ts'
import type { Lifecycle } from '../shared/lifecycle.ts'
import type { Metrics } from './metrics.ts'

export type ServerDeps = {
  lifecycle: Lifecycle
  metrics: Pick<Metrics, 'expose' | 'contentType'>
  /** Why it cannot do its work at present; undefined while all is well. */
  failure: () => string | undefined
  drainToken: string | undefined
}

type Route = (request: IncomingMessage) => Answer | Promise<Answer>

/** Probes and scrapes are small, and there are few of them. In milliseconds. */
const REQUEST_WITHIN = 10_000

const ALIVE: Answer = { status: 200, contentType: TEXT_TYPE, text: 'ok\n' }
const NOT_FOUND = refusal(404, '404 page not found')
const FAILED = refusal(500, 'Internal Server Error')

/** The HTTP side of the consumer: the service contract, and nothing else. Bodies are not read. */
export const createHttpServer = (deps: ServerDeps): Server => {
  const routes = createRoutes(deps)
  const server = createServer({ requestTimeout: REQUEST_WITHIN, headersTimeout: REQUEST_WITHIN })
  server.maxConnections = 1_000
  server.on('request', async (request, response) => {
    const { status, contentType, text, headers } = await answerOf(routes, request)
    request.resume()
    response.writeHead(status, { 'Content-Type': contentType, ...headers })
    response.end(text)
  })
  return server
}

const createRoutes = ({ lifecycle, metrics, failure, drainToken }: ServerDeps) =>
  new Map<string, Route>([
    ['/status', () => ALIVE],
    ['/ready', () => readiness(lifecycle.state(), failure())],
    ['/drain', (request) => drainOnRequest(lifecycle, drainToken, callerOf(request))],
    [
      '/metrics',
      async () => ({ status: 200, contentType: metrics.contentType, text: await metrics.expose() }),
    ],
  ])

const answerOf = async (routes: ReadonlyMap<string, Route>, request: IncomingMessage): Promise<Answer> => {
  const [path = ''] = (request.url ?? '').split('?')
  try {
    return (await routes.get(path)?.(request)) ?? NOT_FOUND
  } catch {
    return FAILED
  }
}

/** Ends the server with its connections: those who probe come again elsewhere. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
