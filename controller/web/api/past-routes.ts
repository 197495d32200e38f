import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DecisionEntry, HistoryQuery } from '../../history/history.ts'
import { hint } from '../../policy/nearest.ts'
import { answerCost } from '../cost-answer.ts'
import { explain, type PastReader } from '../explain.ts'
import { type ApiParts, reading } from './parts.ts'
import { named, pastQueries } from './queries.ts'
import { type Answer, addRoute, answer, later, none, starting } from './route.ts'

const HOUR = 3_600_000
const MOST = 10_000
const USUAL = 1_000

/** What was decided and done, and what it has cost. */
export function pastRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { door, shown, now } = parts
  const common = { method: 'GET', tag: 'past', ...reading(door) } as const
  const few = atMost(AT_A_TIME)
  const queries = pastQueries(now)

  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/history', id: 'history', answers: 'History', query: queries.history },
    summary: 'What was decided and done; runs of the same decision are one entry',
    handle: ({ query }) => few(async () => orStarting(await shown.history(present(query)))),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/decisions', id: 'decisions', answers: 'Decisions', query: queries.decisions },
    summary: 'Decisions of the past, with the reason of each',
    handle: ({ query }) => few(() => decisions(parts, query)),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/numbers', id: 'numbers', answers: 'Numbers', query: queries.numbers },
    summary: 'The numbers of every tick of a workload, for charts',
    handle: ({ query: { workload, from, to, limit } }) =>
      few(async () =>
        orStarting(await shown.numbers({ workload, from, to, ...(limit !== undefined && { limit }) })),
      ),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/explain/:workload', id: 'explain', answers: 'Explanation', query: queries.explain },
    summary: 'Why a workload has the size that it has, or had at a time, with every number',
    params: z.strictObject({ workload: named }),
    handle: async ({ params: { workload }, query: { at, span = HOUR, zone } }) => {
      const policies = parts.policies()
      if (policies === undefined) return starting
      if (at !== undefined && at > now()) return none(400, 'at: that time is still to come')
      const asked = { workload, at, now: now(), zone, span }
      return await few(async () => {
        const said = await explain(asked, { past: pastOf(parts), policies })
        return said.kind === 'unknown' ? none(404, said.detail) : answer(said.explanation)
      })
    },
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/cost', id: 'cost', answers: 'Cost', query: queries.cost },
    summary: 'What workloads and idle slots have cost, the present hour included',
    handle: async ({ query }) => {
      const ledger = parts.ledger()
      if (ledger === undefined) return starting
      const { workload, from = now() - 24 * HOUR, to = now(), by, zone } = query
      if (from >= to) return none(400, 'from has to be before to')
      const question = { from, to, by, zone, ...(workload !== undefined && { workload }) }
      return await few(async () => {
        const said = await answerCost(question, { past: pastOf(parts), ledger, now: now() })
        if (said.kind === 'unknown') return none(404, said.detail)
        return answer({ ...said.cost, ...(said.isCut && { cut: true }) })
      })
    },
  })
}

/** So many questions about the past are looked up at a time: each may go through files of hundreds of megabytes. */
const AT_A_TIME = 8

type Look = () => Promise<Answer>

/** Sends those away with a time to come again who are more than that. */
function atMost(most: number): (look: Look) => Promise<Answer> {
  let underWay = 0
  return async (look) => {
    if (underWay >= most) return later('many ask for the past at the moment: ask again in a moment', 2)
    underWay++
    try {
      return await look()
    } finally {
      underWay--
    }
  }
}

const orStarting = (value: unknown): Answer => (value === undefined ? starting : answer(value))

const pastOf = ({ shown }: ApiParts): PastReader => ({
  read: async (query) => (await shown.history(query)) ?? [],
  numbers: async (query) => (await shown.numbers(query)) ?? [],
})

interface DecisionsQuery {
  workload?: string | undefined
  reason?: string | undefined
  from?: number | undefined
  to?: number | undefined
  limit?: number | undefined
}

async function decisions({ shown, policies }: ApiParts, query: DecisionsQuery): Promise<Answer> {
  const { reason, limit = USUAL, ...rest } = query
  // One more than is asked for tells whether there is more; a reason is looked for in all that is read at once.
  const most = reason === undefined ? Math.min(limit + 1, MOST) : MOST
  const read = await shown.history({ ...present(rest), kind: 'decision', limit: most })
  const known = policies()
  if (read === undefined || known === undefined) return starting
  const all = read.filter((one): one is DecisionEntry => one.kind === 'decision')
  if (all.length === 0 && rest.workload !== undefined) {
    const stranger = await strangerIn(
      rest.workload,
      known.map(({ workload }) => workload),
      shown,
    )
    if (stranger !== undefined) return none(404, stranger)
  }
  const fitting = reason === undefined ? all : all.filter(({ decision }) => decision.reason === reason)
  const isMore = fitting.length > limit || read.length === MOST
  return answer({ decisions: fitting.slice(-limit), more: isMore })
}

/** A workload of which nothing was decided is one that nothing is known of, or had nothing decided then. */
async function strangerIn(
  name: string,
  policies: readonly string[],
  shown: ApiParts['shown'],
): Promise<string | undefined> {
  const recent = (await shown.history({ kind: 'decision' })) ?? []
  const names = new Set([
    ...policies,
    ...recent.flatMap((one) => (one.kind === 'decision' ? one.workload : [])),
  ])
  return names.has(name)
    ? undefined
    : `nothing is known of a workload ${JSON.stringify(name)}${hint(name, names)}`
}

/** Without what was not given. */
function present(query: { [K in keyof HistoryQuery]: HistoryQuery[K] | undefined }): HistoryQuery {
  const { from, to, workload, kind, limit } = query
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(workload !== undefined && { workload }),
    ...(kind !== undefined && { kind }),
    ...(limit !== undefined && { limit }),
  }
}
