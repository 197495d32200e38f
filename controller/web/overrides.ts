import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Hand, Heard } from '../loop/hand.ts'
import { Speaker, Target, Word } from '../overrides/wish.ts'
import { validate } from '../policy/issues.ts'
import { sayPath } from '../policy/problem.ts'
import type { Door } from './api/door.ts'
import { requireRead, requireToken } from './guard.ts'
import type { Routes } from './server.ts'

/** The hand on the controller; undefined while it starts. */
export type TheHand = () => Hand | undefined

/** In seconds: the tick under way has most likely ended by then. */
const RETRY_AFTER = '5'

const path = '/api/v1/overrides'

/** GET is as open as all that reads; POST and DELETE need the token. */
export const overrideRoutes =
  (door: Door, hand: TheHand): Routes =>
  (app) =>
    routes(app, door, hand)

function routes(app: FastifyInstance, door: Door, theHand: TheHand): void {
  app.get(path, { onRequest: requireRead(door) }, async (_request, reply) => {
    const hand = theHand()
    return hand === undefined ? starting(reply) : { overrides: hand.list() }
  })
  const onRequest = requireToken(door)
  app.post(path, { onRequest }, async (request, reply) => {
    const hand = theHand()
    if (hand === undefined) return starting(reply)
    const { data, faults } = validate(Word, request.body)
    if (data === undefined) return wrong(reply, faults)
    return answer(reply, await hand.lay(data), (laid) => laid)
  })
  app.delete(path, { onRequest }, async (request, reply) => takeBack(theHand, request.query, reply))
  app.delete(`${path}/:id`, { onRequest }, async (request, reply) => {
    const { id } = z.object({ id: z.string() }).parse(request.params)
    return takeBack(
      theHand,
      { ...z.record(z.string(), z.unknown()).parse(request.query), kind: 'id', id },
      reply,
    )
  })
}

/** `?kind=workload&workload=ingest&by=anna`, with `why` if there is one. */
async function takeBack(theHand: TheHand, query: unknown, reply: FastifyReply): Promise<unknown> {
  const hand = theHand()
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
