import type { FastifyInstance } from 'fastify'
import { type ApiParts, reading } from './parts.ts'
import { type Feed, type Frame, frameOf } from './sse.ts'

/** The status as a stream: at once, and after every change. */
export function streamRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { guard, security } = reading(parts.door)
  const feed = statusFeed(parts)
  const schema = {
    tags: ['state'],
    operationId: 'stream',
    summary: 'The status, and every change of it, as server-sent events',
    description: [
      'Events are called `status`; their data is what /api/v1/status answers, their id tells what was seen last.',
      'A comment comes every 15 seconds. A stream ends after an hour and when the controller stops; open it again then.',
      'Who reads too slowly skips what came in between, and is dropped after half a minute without a sign of life.',
      'At most 100 may watch at a time; the next one is answered 503 with Retry-After.',
    ].join(' '),
    security,
    response: {
      200: {
        description: 'a stream that does not end by itself for an hour',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
  }
  app.route({
    ...{ method: 'GET', url: '/api/v1/stream', onRequest: guard, schema, exposeHeadRoute: false },
    handler: (request, reply) => parts.viewers.open(request, reply, feed),
  })
}

/** Each status is written once, whoever watches. */
function statusFeed({ shown, epoch }: ApiParts): Feed {
  let changes = 0
  let frame: Frame | undefined
  shown.live.onChange(() => {
    changes++
    frame = undefined
  })
  return {
    kind: 'status',
    next(since) {
      const id = `${epoch()}-${changes}`
      if (since === id) return undefined
      if (frame?.id === id) return frame
      const status = shown.status()
      if (status === undefined) return undefined
      frame = frameOf('status', id, JSON.stringify(status))
      return frame
    },
  }
}
