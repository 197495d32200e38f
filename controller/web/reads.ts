import type { FastifyInstance } from 'fastify'
import type { HistoryEntry, HistoryQuery } from '../history/history.ts'
import type { NumbersQuery, Tick } from '../history/ring/tick.ts'
import { referTo } from './api/json-schemas.ts'
import type { Live } from './live.ts'
import type { Plan } from './plan.ts'
import type { Routes } from './server.ts'
import type { Status } from './status.ts'

/** What the server shows. It reads and never decides. */
export interface Shown {
  /** Undefined before the first tick has ended. */
  status(): Status | undefined
  /** Why the loop is not well; undefined when it is. */
  illness(): string | undefined
  /** Undefined while the controller starts, as `history` and `numbers` are. */
  plan(): Promise<Plan | undefined>
  metrics(): Promise<string>
  history(query: HistoryQuery): Promise<readonly HistoryEntry[] | undefined>
  numbers(query: NumbersQuery): Promise<readonly Tick[] | undefined>
  live: Live
}

/** Health and metrics, for those who watch the controller itself: open, since they hold no token. */
export const healthRoutes =
  (shown: Pick<Shown, 'illness' | 'metrics'>): Routes =>
  (app) =>
    routes(app, shown)

function routes(app: FastifyInstance, shown: Pick<Shown, 'illness' | 'metrics'>): void {
  const common = { tags: ['health'], security: [] }
  const health = {
    ...common,
    operationId: 'health',
    summary: 'Whether the loop is well',
    response: {
      200: { description: 'it is', ...referTo('Health') },
      503: { description: 'it is starting, or stuck', ...referTo('Health') },
    },
  }
  const serializerCompiler = () => (value: unknown) => JSON.stringify(value)
  app.get('/healthz', { schema: health, serializerCompiler }, async (_request, reply) => {
    const illness = shown.illness()
    if (illness === undefined) return { status: 'ok' }
    return reply.code(503).send({ status: 'failed', detail: illness })
  })
  const metrics = {
    ...common,
    operationId: 'metrics',
    summary: 'What it exports, in the text form of Prometheus',
    response: { 200: { description: 'metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
  }
  const asItIs = () => (value: unknown) => String(value)
  app.get('/metrics', { schema: metrics, serializerCompiler: asItIs }, async (_request, reply) => {
    const text = await shown.metrics()
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
}
