import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import { type Answer, refusal } from '../shared/answer.ts'
import type { Bodies } from './body.ts'
import { type Following, guardConnections } from './connections.ts'
import { respond } from './respond.ts'

/** A request, and who is told, one at most, when its answer is out or can no longer be given. */
export type Exchange = { request: IncomingMessage; whenClosed: Following }

/** Answers the requests of one path. */
export type Route = (exchange: Exchange) => Answer | Promise<Answer>

/** The bytes of a body depend on the path that it is for. */
export type ServerLimits = { maxBodyBytes: (path: string) => number; maxConnections: number }

export type ServerDeps = {
  routes: ReadonlyMap<string, Route>
  bodies: Bodies
  limits: ServerLimits
  /** True once connections should end with their next answer, so that clients go elsewhere. */
  leaving: () => boolean
  onError: (error: unknown) => void
}

/** Longer than the idle time of the usual proxies (nginx: 60 s), so that it is they who end an idle connection. */
const KEEP_ALIVE = 75_000

/** A client that does not read its answers, or a dead one, ends after this time without a byte. */
const SILENCE = 120_000

const NOT_FOUND: Route = () => refusal(404, '404 page not found')
const FAILED = refusal(500, 'Internal Server Error')

/** What a server has to be created with to bound the time that a request may take, in milliseconds. */
export const serverOptions = (readWithin: number): ServerOptions => ({
  headersTimeout: Math.min(10_000, readWithin),
  requestTimeout: readWithin,
  connectionsCheckingInterval: Math.min(1_000, readWithin / 4),
  keepAliveTimeout: KEEP_ALIVE,
})

/** The HTTP side of the gateway: finds the route, writes its answer, and bounds what a client may do. */
export const serveRequests = (
  server: Server,
  { routes, bodies, limits, leaving, onError }: ServerDeps,
): void => {
  // Without this a client that ends its side after the request, as `nc -N` does, would never see the answer.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.timeout = SILENCE
  server.maxConnections = limits.maxConnections
  const connections = guardConnections(server, bodies)

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const whenClosed = connections.follow(request.socket, response)
    const route = routes.get(pathOf(request.url)) ?? NOT_FOUND
    let answer = FAILED
    try {
      answer = await route({ request, whenClosed })
    } catch (error) {
      onError(error)
    }
    respond(request, response, answer, leaving())
  }

  server.on('request', handle)
  // A client that asks before it sends a body which is too long need not send it at all.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const length = Number(request.headers['content-length'])
    if (!(length > limits.maxBodyBytes(pathOf(request.url)))) response.writeContinue()
    void handle(request, response)
  })
}

const pathOf = (url = '/'): string => {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}
