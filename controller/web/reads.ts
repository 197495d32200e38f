import type { FastifyInstance } from 'fastify'
import type { HistoryEntry, HistoryQuery } from '../history/history.ts'
import type { NumbersQuery, Tick } from '../history/ring/tick.ts'
import type { Door } from './api/door.ts'
import { requireRead } from './guard.ts'
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

/** Metrics, health, status and what was. */
export const readRoutes =
  (door: Door, shown: Shown): Routes =>
  (app) =>
    routes(app, door, shown)

function routes(app: FastifyInstance, door: Door, shown: Shown): void {
  const onRequest = requireRead(door)
  app.get('/healthz', async (_request, reply) => {
    const illness = shown.illness()
    if (illness === undefined) return { status: 'ok' }
    return reply.code(503).send({ status: 'failed', detail: illness })
  })
  app.get('/metrics', async (_request, reply) => {
    const text = await shown.metrics()
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
  app.get('/api/v1/status', { onRequest }, async (_request, reply) => {
    return shown.status() ?? reply.code(503).send({ detail: 'the first tick has not ended yet' })
  })
  app.get('/api/v1/plan', { onRequest }, async (_request, reply) => {
    return (await shown.plan()) ?? reply.code(503).send(starting)
  })
  app.get(
    '/api/v1/history',
    { onRequest, schema: { querystring: historySchema } },
    async (request, reply) => {
      return (await shown.history(queryOf(request.query))) ?? reply.code(503).send(starting)
    },
  )
  app.get(
    '/api/v1/numbers',
    { onRequest, schema: { querystring: numbersSchema } },
    async (request, reply) => {
      return (await shown.numbers(numbersOf(request.query))) ?? reply.code(503).send(starting)
    },
  )
}

const starting = { detail: 'the controller is starting' }

const historySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: { type: 'number' },
    to: { type: 'number' },
    workload: { type: 'string', maxLength: 200 },
    kind: { type: 'string', enum: ['decision', 'outcome', 'bill'] },
    limit: { type: 'integer', minimum: 1, maximum: 10_000 },
  },
} as const

/** The schema has been checked already; this only gives the parts their types. */
function queryOf(query: unknown): HistoryQuery {
  const { from, to, workload, kind, limit } = (query ?? {}) as HistoryQuery
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(workload !== undefined && { workload }),
    ...(kind !== undefined && { kind }),
    ...(limit !== undefined && { limit }),
  }
}

const numbersSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['workload', 'from', 'to'],
  properties: {
    workload: { type: 'string', maxLength: 200 },
    from: { type: 'number' },
    to: { type: 'number' },
    limit: { type: 'integer', minimum: 1, maximum: 20_000 },
  },
} as const

function numbersOf(query: unknown): NumbersQuery {
  const { workload, from, to, limit } = query as NumbersQuery
  return { workload, from, to, ...(limit !== undefined && { limit }) }
}
