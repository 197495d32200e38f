import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Hand, Heard } from '../loop/hand.ts'
import { Speaker, Target, Word } from '../overrides/wish.ts'
import { validate } from '../policy/issues.ts'
import { sayPath } from '../policy/problem.ts'
import type { Door } from './api/door.ts'
import { changing, reading } from './api/parts.ts'
import { type Answer, addRoute, answer, later, none, starting } from './api/route.ts'
import type { Routes } from './server.ts'

/** The hand on the controller; undefined while it starts. */
export type TheHand = () => Hand | undefined

const path = '/api/v1/overrides'

/** GET is as open as all that reads; POST and DELETE need the token. */
export const overrideRoutes =
  (door: Door, hand: TheHand): Routes =>
  (app) =>
    routes(app, door, hand)

function routes(app: FastifyInstance, door: Door, theHand: TheHand): void {
  const common = { tag: 'hand', ...changing(door) } as const
  addRoute(app, {
    ...{ method: 'GET', path, tag: 'hand', ...reading(door), id: 'overrides', answers: 'Overrides' },
    ...{ query: z.strictObject({}), summary: 'What operators have laid over the judgement, oldest first' },
    handle() {
      const hand = theHand()
      return hand === undefined ? starting : answer({ overrides: hand.list() })
    },
  })
  addRoute(app, {
    ...common,
    ...{ method: 'POST', path, id: 'lay', answers: 'Laid', query: z.strictObject({}), body: Word, example },
    summary: 'Lays something over the judgement, with who, why and for how long; durable when it is answered',
    description:
      'What it replaces is answered as well. 503 with Retry-After while a tick takes long: say it again.',
    async handle({ body }) {
      const hand = theHand()
      return hand === undefined ? starting : heard(await hand.lay(body), (laid) => laid)
    },
  })
  addRoute(app, {
    ...common,
    ...{ method: 'DELETE', path, id: 'takeBack', answers: 'Taken', query: TargetQuery },
    summary: 'Takes back what was laid: by kind and name, with who says so',
    handle: ({ query }) => takeBack(theHand, query),
  })
  addRoute(app, {
    ...common,
    ...{ method: 'DELETE', path: `${path}/:id`, id: 'takeBackOne', answers: 'Taken', query: EnderQuery },
    params: z.strictObject({ id: z.string() }),
    summary: 'Takes one override back, with who says so',
    handle: ({ params, query }) => takeBack(theHand, { ...query, kind: 'id', id: params.id }),
  })
}

const example = {
  act: { kind: 'pin', workload: 'ingest', size: 6 },
  by: 'anna',
  why: 'launch at 18:00',
  for: '2h',
}

const text = z.string().optional()

// What is missing or too much is judged by Target and Speaker, in their words.
const EnderQuery = z.strictObject({
  by: text.meta({ description: 'who says so' }),
  why: text.meta({ description: 'why' }),
})

const TargetQuery = EnderQuery.extend({
  kind: text.meta({ enum: ['id', 'workload', 'frozen', 'all', 'held-pool'], description: 'what is named' }),
  id: text.meta({ description: 'for id: the override' }),
  workload: text.meta({ description: 'for workload' }),
  subject: text.meta({ description: 'for frozen: the instance or host' }),
  pool: text.meta({ description: 'for held-pool' }),
})

async function takeBack(theHand: TheHand, query: z.output<typeof TargetQuery>): Promise<Answer> {
  const hand = theHand()
  if (hand === undefined) return starting
  const { by, why, ...target } = query
  const meant = validate(Target, target)
  const ender = validate(Ender, { by, ...(why !== undefined && { why }) })
  if (meant.data !== undefined && ender.data !== undefined)
    return heard(await hand.takeBack(meant.data, ender.data), (taken) => ({ taken }))
  const said = [...meant.faults, ...ender.faults].map((fault) =>
    `${sayPath(fault.path)}: ${fault.message}`.replace(/^: /, ''),
  )
  return none(400, said.join('; '))
}

const Ender = Speaker.extend({ why: Speaker.shape.why.exactOptional() })

function heard<T>(said: Heard<T>, tell: (value: T) => object): Answer {
  if (said.kind === 'done') return answer(tell(said.value))
  return said.kind === 'refused' ? none(409, said.detail) : later(said.detail)
}
