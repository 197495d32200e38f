import fastify, { type FastifyInstance } from 'fastify'

/** A part of what the server answers: registers its routes. */
export type Routes = (app: FastifyInstance) => void

export type ListenOutcome = { kind: 'listening'; server: Server } | { kind: 'failed'; detail: string }

export interface Server {
  address: string
  close(): Promise<void>
}

/** Serves these routes on `host:port`; port 0 takes a free one. A port in use is an outcome, with the remedy. */
export async function listen(host: string, port: number, parts: readonly Routes[]): Promise<ListenOutcome> {
  const app = fastify({ logger: false, requestTimeout: 10_000, bodyLimit: 64 * 1024 })
  for (const part of parts) part(app)
  try {
    const address = await app.listen({ host, port })
    return { kind: 'listening', server: { address, close: () => app.close() } }
  } catch (error) {
    await app.close()
    return { kind: 'failed', detail: explain(error, host, port) }
  }
}

function explain(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = `server.listen ${host}:${port}`
  if (code === 'EADDRINUSE') return `${where} is in use: stop what listens there, or choose another port`
  if (code === 'EACCES') return `${where} is not allowed: choose a port above 1023`
  if (code === 'EADDRNOTAVAIL') return `${where} is not an address of this machine`
  return `${where} cannot be opened: ${error instanceof Error ? error.message : String(error)}`
}
