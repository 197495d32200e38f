import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ApiParts, changing } from './parts.ts'
import { addRoute, answer } from './route.ts'
import { cookieOf, SESSION_LIFE } from './sessions.ts'

const path = '/api/v1/session'

/** A page in a browser shows the token once, and reads by a cookie from then on. What it changes still needs the token each time. */
export function sessionRoutes(app: FastifyInstance, { door, now }: ApiParts): void {
  const { sessions, cookie, isSecure } = door
  const common = { path, tag: 'access', ...changing(door) } as const
  const give = (request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void => {
    // Behind a proxy only the browser knows that it came by TLS.
    const isByTls = isSecure || request.headers.origin?.startsWith('https:') === true
    const secure = isByTls ? '; Secure' : ''
    const rest = `Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
    reply.header('set-cookie', `${cookie}=${value}; ${rest}`)
  }

  addRoute(app, {
    ...common,
    ...{ method: 'POST', id: 'openSession', answers: 'Session', query: z.strictObject({}) },
    summary:
      'Opens a session: answers a cookie that is good for reads, for 12 hours or until the token changes',
    body: z.strictObject({}),
    example: {},
    async handle(_given, request, reply) {
      give(request, reply, sessions.open((await door.token()) ?? ''), SESSION_LIFE / 1000)
      return answer({ until: now() + SESSION_LIFE })
    },
  })
  addRoute(app, {
    ...common,
    ...{ method: 'DELETE', id: 'endSession', answers: 'SessionEnd', query: z.strictObject({}) },
    summary: 'Ends the session whose cookie comes with it',
    handle(_given, request, reply) {
      const id = cookieOf(request.headers.cookie, cookie)
      if (id !== undefined) sessions.end(id)
      give(request, reply, '', 0)
      return answer({ ended: id !== undefined })
    },
  })
}
