import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { VERSION } from '../../version.ts'
import { componentSchemas } from './json-schemas.ts'

const PATH = '/api/v1/openapi.json'

/**
 * Gathers the document from the routes that are registered from now on, and serves it. It is open: it says what this program can do,
 * and nothing of this controller.
 */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: { ...about, components: { schemas: componentSchemas(), securitySchemes } },
  })
  let text: string | undefined
  const schema = {
    tags: ['health'],
    operationId: 'document',
    summary: 'This document',
    security: [],
    response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
  }
  const serializerCompiler = () => (value: unknown) => String(value)
  app.get(PATH, { schema, serializerCompiler }, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger(), null, 2)
    return reply.type('application/json; charset=utf-8').send(text)
  })
}

const about = {
  openapi: '3.1.0',
  info: {
    title: 'Capuchin',
    version: VERSION,
    description: [
      'What a controller sees, decides and has done, and the operator’s hand on it.',
      'Times in answers are epoch milliseconds; times in queries may also be ISO 8601, or relative such as `-2h`; without an offset they are UTC.',
      'Every answer that is no success is `{ "detail": "a sentence" }`. Unknown keys in a query are refused by name.',
      'Fields may be added to answers in later versions; those that are there keep their meaning within /api/v1.',
    ].join('\n\n'),
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'state', description: 'what is, as of the last tick' },
    { name: 'past', description: 'what was decided and done' },
    { name: 'hand', description: 'what operators lay over the judgement' },
    { name: 'access', description: 'sessions of browsers, where reads need the token' },
    { name: 'health', description: 'for those who watch the controller itself' },
  ],
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'the token of server.tokenFile: every change needs it, and every read where server.reads is token',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'capuchin_session_PORT',
    description: 'good for reads only: POST /api/v1/session gives one',
  },
} as const
