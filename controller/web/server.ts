import fastify, { type FastifyInstance } from 'fastify'
import { VERSION } from '../version.ts'
import { documentRoutes } from './api/document.ts'
import { answerFaults } from './api/faults.ts'
import { isMeant } from './api/names.ts'
import type { Viewers } from './api/sse.ts'
import type { Tls } from './tls.ts'

/** A part of what the server answers: registers its routes. */
export type Routes = (app: FastifyInstance) => void

export type ListenOutcome = { kind: 'listening'; server: Server } | { kind: 'failed'; detail: string }

export interface Server {
  address: string
  close(): Promise<void>
}

export interface ServerOptions {
  /** The names by which requests may come; absent: any. */
  names?: readonly string[]
  /** Those who watch a stream, which ends with the server. */
  viewers?: Viewers
  /** Absent: plain HTTP. */
  tls?: Tls
  /** Told of every request that was answered: the pattern of its route, and how long it took in ms; undefined for a stream. */
  requested?(route: string, method: string, code: number, ms: number | undefined): void
  /** Told of what broke inside while a request was answered. */
  failed?(error: Error, route: string): void
}

/**
 * Serves these routes on `host:port`; port 0 takes a free one. A port in use is an outcome, with the remedy. Who may come in is the
 * routes' own: each takes `requireToken` or `requireRead` of guard.ts as its `onRequest`.
 */
export async function listen(
  host: string,
  port: number,
  parts: readonly Routes[],
  options: ServerOptions = {},
): Promise<ListenOutcome> {
  const app = await buildServer(parts, options)
  try {
    const plain = await app.listen({ host, port })
    const address = options.tls === undefined ? plain : plain.replace(/^http:/, 'https:')
    return { kind: 'listening', server: { address, close: () => app.close() } }
  } catch (error) {
    await app.close()
    return { kind: 'failed', detail: explain(error, host, port) }
  }
}

/** More are hung up on: the files that a process may have open are also for asking sources and keeping the state. */
const MOST_CONNECTIONS = 512

/** All that the server answers, listening nowhere yet. */
export async function buildServer(
  parts: readonly Routes[],
  { names, viewers, tls, requested, failed }: ServerOptions = {},
): Promise<FastifyInstance> {
  const common = { logger: false, requestTimeout: 10_000, bodyLimit: 64 * 1024 }
  const app = fastify({ ...common, ...(tls !== undefined && { serverFactory: tls.factory }) })
  app.server.maxConnections = MOST_CONNECTIONS
  answerFaults(app, failed)
  app.addHook('preClose', async () => {
    viewers?.close()
    tls?.close()
  })
  app.addHook('onRequest', async ({ url }, reply) => {
    reply.headers(SAFE)
    if (url.startsWith('/api/v1/')) reply.header('capuchin-version', VERSION)
  })
  if (names !== undefined) refuseStrangeNames(app, names)
  if (requested !== undefined) tellRequests(app, requested)
  await documentRoutes(app)
  for (const part of parts) part(app)
  return app
}

/** What a route does not say otherwise: answers are data, and of now. */
const SAFE = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function tellRequests(app: FastifyInstance, requested: NonNullable<ServerOptions['requested']>): void {
  app.addHook('onResponse', async ({ method, routeOptions: { url: route } }, reply) => {
    const isStream = String(reply.raw.getHeader('content-type')).startsWith('text/event-stream')
    requested(route ?? 'none', method, reply.raw.statusCode, isStream ? undefined : reply.elapsedTime)
  })
}

function refuseStrangeNames(app: FastifyInstance, names: readonly string[]): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (isMeant(headers.host, names)) return undefined
    const detail = `this controller is not called ${JSON.stringify(headers.host)}: add the name to server.names in its settings`
    return reply.code(421).send({ detail })
  })
}

function explain(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = `server.listen ${host}:${port}`
  if (code === 'EADDRINUSE') return `${where} is in use: stop what listens there, or choose another port`
  if (code === 'EACCES') return `${where} is not allowed: choose a port above 1023`
  if (code === 'EADDRNOTAVAIL') return `${where} is not an address of this machine`
  return `${where} cannot be opened: ${error instanceof Error ? error.message : String(error)}`
}
