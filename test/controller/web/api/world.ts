import type { FastifyInstance } from 'fastify'
import { createHand } from '../../../../controller/loop/hand.ts'
import { look } from '../../../../controller/loop/look.ts'
import { values } from '../../../../controller/sources/scripted.ts'
import type { Door, DoorDeps } from '../../../../controller/web/api/door.ts'
import type { ApiParts } from '../../../../controller/web/api/parts.ts'
import { apiRoutes } from '../../../../controller/web/api/routes.ts'
import { createViewers } from '../../../../controller/web/api/sse.ts'
import { createLive, type Live } from '../../../../controller/web/live.ts'
import { planOf } from '../../../../controller/web/plan.ts'
import { buildServer, type Routes, type ServerOptions } from '../../../../controller/web/server.ts'
import { statusOf } from '../../../../controller/web/snapshot.ts'
import { aDoor } from '../../../support/door.ts'
import { aPolicy, aPool, createWorld } from '../../../support/world.ts'

export const TOKEN = 'a-token-of-a-decent-length'

/** The real routes on a real controller in a world of its own, behind a server that listens nowhere. */
export interface ApiWorld {
  app: FastifyInstance
  parts: ApiParts
  door: Door
  live: Live
  /** Lets a tick pass, and tells those who watch. */
  tick(): Promise<void>
  /** The virtual clock (epoch ms), which the controller goes by. */
  now(): number
  /** Ends what has been begun. */
  close(): Promise<void>
  /** What a route answers, parsed. */
  get(path: string, headers?: Record<string, string>): Promise<{ code: number; body: unknown }>
}

export interface ApiWorldOptions {
  door?: Partial<DoorDeps>
  server?: ServerOptions
  more?: (door: Door) => Routes[]
  /** Of the streams. */
  most?: number
  every?(ms: number, run: () => void): () => void
  elapsed?(): number
}

export async function anApi(given: ApiWorldOptions = {}): Promise<ApiWorld> {
  const pool = aPool({ pricePerHour: 3.1, spareSlots: 1 })
  const policies = [aPolicy('ingest'), aPolicy('mail', { run: { ...aPolicy('mail').run, slots: 2 } })]
  const world = createWorld({ policies, pools: [pool], load: values(() => 100) })
  const controller = await world.start()
  const { deps, memory } = controller
  await controller.ticks(8)
  const hand = createHand(deps, memory, () => {})
  const live = createLive()
  const door = aDoor(TOKEN, { now: deps.now, ...given.door })
  const { most, every = () => () => {}, elapsed = () => 0 } = given
  const viewers = createViewers({ elapsed, every, ...(most !== undefined && { most }) })
  const parts: ApiParts = {
    ...{ door, viewers, hand: () => hand, policies: deps.policies, now: deps.now },
    ledger: () => memory.state.ledger ?? {},
    epoch: () => deps.store.epoch,
    shown: {
      live,
      illness: () => undefined,
      status: () => statusOf(deps, memory, 15_000),
      plan: async () => planOf(await look(deps, memory.state, () => {}, false), deps.pools, memory.state),
      metrics: async () => 'capuchin_build_info 1\n',
      history: (query) => deps.history.read(query),
      numbers: (query) => deps.history.numbers(query),
    },
  }
  const app = await buildServer([apiRoutes(parts), ...(given.more?.(door) ?? [])], {
    viewers,
    ...given.server,
  })
  await app.ready()
  live.onChange(viewers.changed)
  return {
    ...{ app, parts, door, live, now: deps.now },
    tick: async () => {
      await controller.tick()
      live.changed()
    },
    close: () => app.close(),
    get: async (url, headers = {}) => {
      const answer = await app.inject({ method: 'GET', url, headers })
      return { code: answer.statusCode, body: answer.json() as unknown }
    },
  }
}
