import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { z } from 'zod'
import type { Door } from '../web/api/door.ts'
import { faultSchemas, unjudged } from '../web/api/route.ts'
import { requireToken } from '../web/guard.ts'
import type { Routes } from '../web/server.ts'
import type { Heard, Source } from './source.ts'

/** What became of a message: it was taken in, was none of ours, could not be kept, or came to nobody. */
export type Received = 'taken' | 'wrong' | 'failed' | 'unknown'

/** What the route needs. `sources`: undefined while the controller starts. */
export interface AlertDoor {
  door: Door
  sources(): ReadonlyMap<string, Source> | undefined
  /** Counts messages, and how many alerts fire where that is known. */
  received(source: string, outcome: Received, firing?: number): void
}

/** A group of thousands of alerts has room in it. */
const MOST_BYTES = 4 * 1024 * 1024
/** In seconds: Alertmanager asks again by itself as well. */
const RETRY_AFTER = '5'

const Params = z.object({ source: z.string() })

const sourceOf = ({ params }: FastifyRequest): string => Params.parse(params).source

/**
 * POST /api/v1/alerts/:source takes what an Alertmanager posts to a webhook. It needs the controller's token or that of the source, and
 * answers 200 only when it is taken in; the same message again does no harm.
 */
export const alertRoutes =
  ({ door, sources, received }: AlertDoor): Routes =>
  (app) => {
    const inboxOf = (name: string) => sources()?.get(name)?.inbox
    const onRequest = requireToken(door, async (request) => inboxOf(sourceOf(request))?.tokens() ?? [])
    const options = { onRequest, bodyLimit: MOST_BYTES, schema, ...unjudged }
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const name = sourceOf(request)
      if (sources() === undefined) return later(reply, 'the controller is starting: ask again in a moment')
      const inbox = inboxOf(name)
      if (inbox === undefined) {
        received('none', 'unknown')
        return reply.code(404).send({ detail: `there is no source ${name} of type alert in the settings` })
      }
      const heard = await inbox.take(request.body)
      received(name, heard.kind, inbox.firing())
      return answer(reply, heard)
    }
    app.post('/api/v1/alerts/:source', options, handler)
  }

const schema: FastifySchema = {
  tags: ['hand'],
  operationId: 'alert',
  summary: 'Takes in what an Alertmanager posts to a webhook, for a source of type alert',
  description:
    'Needs the token of the controller, or that of the source. The same message again does no harm.',
  security: [{ bearer: [] }],
  params: { type: 'object', required: ['source'], properties: { source: { type: 'string' } } },
  body: {
    type: 'object',
    required: ['alerts'],
    properties: { version: { type: 'string' }, alerts: { type: 'array', items: { type: 'object' } } },
    additionalProperties: true,
  },
  response: {
    200: {
      description: 'taken in, and how many alerts fire now',
      type: 'object',
      required: ['firing'],
      properties: { firing: { type: 'integer' } },
    },
    ...faultSchemas(),
  },
}

function answer(reply: FastifyReply, heard: Heard): FastifyReply {
  if (heard.kind === 'taken') return reply.send({ firing: heard.firing })
  return heard.kind === 'wrong' ? reply.code(400).send({ detail: heard.detail }) : later(reply, heard.detail)
}

const later = (reply: FastifyReply, detail: string): FastifyReply =>
  reply.code(503).header('retry-after', RETRY_AFTER).send({ detail })
