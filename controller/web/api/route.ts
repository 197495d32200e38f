import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { z } from 'zod'
import { validate } from '../../policy/issues.ts'
import { type Fault, sayPath } from '../../policy/problem.ts'
import { type JsonSchema, referTo, schemaOf } from './json-schemas.ts'
import type { ComponentName } from './schemas.ts'

/** What a handler answers: the value, or why there is none. `later`: it may be asked again after so many seconds. */
export type Answer =
  | { kind: 'answer'; value: unknown }
  | { kind: 'none'; code: 400 | 404 | 409 | 503; detail: string; later?: number }

export const answer = (value: unknown): Answer => ({ kind: 'answer', value })
export const none = (code: 400 | 404 | 409, detail: string): Answer => ({ kind: 'none', code, detail })
export const later = (detail: string, seconds = 5): Answer => ({
  kind: 'none',
  code: 503,
  detail,
  later: seconds,
})
export const starting: Answer = later('the controller is starting: ask again in a moment')

export const tags = ['state', 'past', 'hand', 'access', 'health'] as const

/** A route with all that the document says of it. What is given is held against the schemas, and told in words. */
export interface Route<P, Q, B> {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  tag: (typeof tags)[number]
  /** Unique, for whoever generates a client. */
  id: string
  summary: string
  description?: string
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  /** An example of the body, or of the answer where there is none. */
  example?: unknown
  answers: ComponentName
  guard: NonNullable<RouteOptions['onRequest']>
  /** How the document says who may. */
  security: readonly Record<string, string[]>[]
  handle(
    given: { params: P; query: Q; body: B },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Answer | Promise<Answer>
}

export function addRoute<P, Q, B>(app: FastifyInstance, route: Route<P, Q, B>): void {
  const { method, path: url, guard: onRequest, handle } = route
  app.route({
    ...{ method, url, onRequest, schema: documented(route) },
    ...unjudged,
    async handler(request, reply) {
      const given = givenTo(route, request)
      if (given.kind === 'wrong') return reply.code(400).send({ detail: given.detail })
      return send(reply, await handle(given.value, request, reply))
    },
  })
}

function send(reply: FastifyReply, said: Answer): FastifyReply {
  if (said.kind === 'answer') return reply.send(said.value)
  if (said.later !== undefined) reply.header('retry-after', String(said.later))
  return reply.code(said.code).send({ detail: said.detail })
}

type Given<P, Q, B> =
  | { kind: 'given'; value: { params: P; query: Q; body: B } }
  | { kind: 'wrong'; detail: string }

function givenTo<P, Q, B>(route: Route<P, Q, B>, request: FastifyRequest): Given<P, Q, B> {
  const params = held(route.params, request.params)
  const query = held(route.query, request.query)
  const body = held(route.body, request.body)
  const faults = [...params.faults, ...query.faults, ...body.faults]
  if (faults.length > 0) return { kind: 'wrong', detail: faults.map(sayFault).join('; ') }
  // A route without a schema for a part has no use for it either.
  return { kind: 'given', value: { params: params.data as P, query: query.data as Q, body: body.data as B } }
}

const held = <T>(schema: z.ZodType<T> | undefined, value: unknown): { data?: T; faults: Fault[] } =>
  schema === undefined ? { faults: [] } : validate(schema, value)

const sayFault = ({ path, message }: Fault): string =>
  path.length === 0 ? message : `${sayPath(path)}: ${message}`

const why: Readonly<Record<number, string>> = {
  400: 'something in the request is wrong',
  401: 'the token is missing or wrong; a wrong one is answered about a second late',
  404: 'there is no such thing',
  409: 'it cannot be done as things are',
  429: 'too many wrong tokens at a time',
  503: 'the controller is starting, or stopping; Retry-After says when to come again',
}

/** How the document says what can go wrong with any request. */
export const faultSchemas = (): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(why).map(([code, text]) => [code, { description: text, ...referTo('Fault') }]),
  )

/** For routes whose schemas are for the document alone: the handler judges, and what is answered is not cut to fit. */
export const unjudged = {
  validatorCompiler: () => () => true,
  serializerCompiler: () => (value: unknown) => JSON.stringify(value),
}

function documented<P, Q, B>(route: Route<P, Q, B>): JsonSchema {
  const { tag, id, summary, description, params, query, body, answers, security, example } = route
  const faults = Object.entries(why).map(([code, text]) => [code, { description: text, ...referTo('Fault') }])
  const shown = body === undefined && example !== undefined ? { examples: [example] } : {}
  return {
    ...{ tags: [tag], operationId: id, summary, security },
    ...(description !== undefined && { description }),
    ...(params !== undefined && { params: schemaOf(params) }),
    ...(query !== undefined && { querystring: schemaOf(query) }),
    ...(body !== undefined && {
      body: { ...schemaOf(body), ...(example !== undefined && { examples: [example] }) },
    }),
    response: { 200: { description: summary, ...referTo(answers), ...shown }, ...Object.fromEntries(faults) },
  }
}
