import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { hint } from '../../policy/nearest.ts'
import type { Status } from '../status.ts'
import { instancesIn } from './instances.ts'
import { type ApiParts, reading } from './parts.ts'
import { named } from './queries.ts'
import { type Answer, addRoute, answer, later, none, starting } from './route.ts'
import { instanceStates } from './schemas.ts'

const noTick = later('the first tick has not ended yet')

/** What is, as of the last tick. */
export function stateRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { door, shown } = parts
  const common = { method: 'GET', tag: 'state', ...reading(door) } as const
  const of = (tell: (status: Status) => Answer): Answer => {
    const status = shown.status()
    return status === undefined ? noTick : tell(status)
  }

  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/status', id: 'status', answers: 'Status', query: noQuery },
    summary: 'All that is known of the last tick',
    handle: () => of(answer),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/workloads', id: 'workloads', answers: 'Workloads', query: noQuery },
    summary: 'Every workload with its last decision',
    handle: () => of(({ at, workloads }) => answer({ at, workloads })),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/workloads/:name', id: 'workload', answers: 'Workload', query: noQuery },
    summary: 'A workload with its last decision, its instances and what binds it',
    params: z.strictObject({ name: named }),
    handle: ({ params }) => of((status) => workloadIn(status, params.name)),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/pools', id: 'pools', answers: 'Pools', query: noQuery },
    summary: 'Every pool with its hosts and their slots',
    handle: () => of(({ at, pools }) => answer({ at, pools })),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/pools/:name', id: 'pool', answers: 'Pool', query: noQuery },
    summary: 'A pool with its hosts and their slots',
    params: z.strictObject({ name: named }),
    handle: ({ params }) => of((status) => poolIn(status, params.name)),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/instances', id: 'instances', answers: 'Instances', query: Filter },
    summary: 'The instances of all pools in one list',
    handle: ({ query }) => of((status) => instancesOf(status, query)),
  })
  addRoute(app, {
    ...common,
    ...{ path: '/api/v1/plan', id: 'plan', answers: 'Plan', query: noQuery },
    summary: 'What a tick would do now, without doing it',
    description: 'Asks all sources and providers, so it takes as long as a tick does.',
    handle: async () => {
      const plan = await shown.plan()
      return plan === undefined ? starting : answer(plan)
    },
  })
}

/** A route that takes no query says so when it gets one. */
const noQuery = z.strictObject({})

const Filter = z.strictObject({
  workload: named.optional().meta({ description: 'of this workload only' }),
  pool: named.optional().meta({ description: 'in this pool only' }),
  host: named.optional().meta({ description: 'on this host only' }),
  state: z.enum(instanceStates).optional().meta({ description: 'in this state only' }),
})

function workloadIn({ at, workloads, overrides, pools }: Status, name: string): Answer {
  const found = workloads.find(({ workload }) => workload === name)
  if (found === undefined) return unknown('workload', name, namesOf(workloads, 'workload'))
  const binding = overrides.filter(
    ({ act }) => act.kind === 'pause-all' || ('workload' in act && act.workload === name),
  )
  const instances = instancesIn(pools, { workload: name })
  return answer({ at, workload: found, overrides: binding, instances })
}

function poolIn({ pools }: Status, name: string): Answer {
  const found = pools.find(({ pool }) => pool === name)
  return found === undefined ? unknown('pool', name, namesOf(pools, 'pool')) : answer(found)
}

function instancesOf({ at, workloads, pools }: Status, filter: z.output<typeof Filter>): Answer {
  const { workload, pool, host } = filter
  const known = {
    workload: [...namesOf(workloads, 'workload'), ...namesOf(instancesIn(pools), 'workload')],
    pool: namesOf(pools, 'pool'),
    host: pools.flatMap(({ hosts }) => namesOf(hosts, 'host')),
  }
  if (workload !== undefined && !known.workload.includes(workload))
    return unknown('workload', workload, known.workload)
  if (pool !== undefined && !known.pool.includes(pool)) return unknown('pool', pool, known.pool)
  if (host !== undefined && !known.host.includes(host)) return unknown('host', host, known.host)
  return answer({ at, instances: instancesIn(pools, filter) })
}

const namesOf = <K extends string>(all: readonly Readonly<Record<K, string>>[], key: K): string[] =>
  all.map((one) => one[key])

const unknown = (kind: string, name: string, names: readonly string[]): Answer =>
  none(404, `there is no ${kind} ${JSON.stringify(name)}${hint(name, names)}`)
