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
  /** Told of every request that was answered: the pattern of its route, and how long it took in ms. */
  requested?(route: string, method: string, code: number, ms: number): void
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
    const address = await app.listen({ host, port })
    return { kind: 'listening', server: { address, close: () => app.close() } }
  } catch (error) {
    await app.close()
    return { kind: 'failed', detail: explain(error, host, port) }
  }
}

/** All that the server answers, listening nowhere yet. */
export async function buildServer(
  parts: readonly Routes[],
  { names, viewers, tls, requested }: ServerOptions = {},
): Promise<FastifyInstance> {
  const common = { logger: false, requestTimeout: 10_000, bodyLimit: 64 * 1024 }
  const app = fastify({ ...common, ...(tls !== undefined && { serverFactory: tls.factory }) })
  answerFaults(app)
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
    // How long somebody watches says nothing of how quick we are.
    requested(route ?? 'none', method, reply.raw.statusCode, isStream ? 0 : reply.elapsedTime)
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
