import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Hand, Heard } from '../loop/hand.ts'
import { Speaker, Target, Word } from '../overrides/wish.ts'
import { validate } from '../policy/issues.ts'
import { sayPath } from '../policy/problem.ts'
import { refusalOf } from './guard.ts'
import type { Routes } from './server.ts'

/** What the routes need; the parts are undefined while the controller starts. */
export interface HandDoor {
  hand(): Hand | undefined
  /** The token that changes have to carry; undefined: there is none. */
  token(): Promise<string | undefined>
}

/** In seconds: the tick under way has most likely ended by then. */
const RETRY_AFTER = '5'

const path = '/api/v1/overrides'

/** GET is open as all that reads; POST and DELETE need the token. */
export const overrideRoutes =
  (door: HandDoor): Routes =>
  (app) =>
    routes(app, door)

function routes(app: FastifyInstance, door: HandDoor): void {
  app.get(path, async (_request, reply) => {
    const hand = door.hand()
    return hand === undefined ? starting(reply) : { overrides: hand.list() }
  })
  // The hook runs before a body is read, so that nobody without the token makes the controller parse anything.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const refusal = refusalOf(request, await door.token())
    if (refusal === undefined) return
    if (refusal.code === 401) reply.header('www-authenticate', 'Bearer')
    await reply.code(refusal.code).send({ detail: refusal.detail })
  }
  app.post(path, { onRequest }, async (request, reply) => {
    const hand = door.hand()
    if (hand === undefined) return starting(reply)
    const { data, faults } = validate(Word, request.body)
    if (data === undefined) return wrong(reply, faults)
    return answer(reply, await hand.lay(data), (laid) => laid)
  })
  app.delete(path, { onRequest }, async (request, reply) => takeBack(door, request.query, reply))
  app.delete(`${path}/:id`, { onRequest }, async (request, reply) => {
    const { id } = z.object({ id: z.string() }).parse(request.params)
    return takeBack(
      door,
      { ...z.record(z.string(), z.unknown()).parse(request.query), kind: 'id', id },
      reply,
    )
  })
}

/** `?kind=workload&workload=ingest&by=anna`, with `why` if there is one. */
async function takeBack(door: HandDoor, query: unknown, reply: FastifyReply): Promise<unknown> {
  const hand = door.hand()
  if (hand === undefined) return starting(reply)
  const { by, why, ...target } = z.record(z.string(), z.unknown()).parse(query)
  const meant = validate(Target, target)
  const ender = validate(Ender, { by, ...(why !== undefined && { why }) })
  if (meant.data === undefined || ender.data === undefined)
    return wrong(reply, [...meant.faults, ...ender.faults])
  return answer(reply, await hand.takeBack(meant.data, ender.data), (taken) => ({ taken }))
}

const Ender = Speaker.extend({ why: Speaker.shape.why.exactOptional() })

function answer<T>(reply: FastifyReply, heard: Heard<T>, tell: (value: T) => object): unknown {
  if (heard.kind === 'done') return tell(heard.value)
  if (heard.kind === 'refused') return reply.code(409).send({ detail: heard.detail })
  return reply.code(503).header('retry-after', RETRY_AFTER).send({ detail: heard.detail })
}

function starting(reply: FastifyReply): unknown {
  return reply
    .code(503)
    .header('retry-after', RETRY_AFTER)
    .send({ detail: 'the controller is starting: ask again in a moment' })
}

function wrong(reply: FastifyReply, faults: ReturnType<typeof validate>['faults']): unknown {
  const said = faults.map((fault) => `${sayPath(fault.path)}: ${fault.message}`.replace(/^: /, ''))
  return reply.code(400).send({ detail: said.join('; ') })
}
