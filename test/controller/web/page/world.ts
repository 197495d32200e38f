import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskFiles } from '../../../../controller/files.ts'
import { createHand } from '../../../../controller/loop/hand.ts'
import { look } from '../../../../controller/loop/look.ts'
import { values } from '../../../../controller/sources/scripted.ts'
import type { Door, DoorDeps } from '../../../../controller/web/api/door.ts'
import type { ApiParts } from '../../../../controller/web/api/parts.ts'
import { apiRoutes } from '../../../../controller/web/api/routes.ts'
import { createViewers, type Viewers } from '../../../../controller/web/api/sse.ts'
import { createLive } from '../../../../controller/web/live.ts'
import { pagesOf } from '../../../../controller/web/page/page.ts'
import { planOf } from '../../../../controller/web/plan.ts'
import { listen } from '../../../../controller/web/server.ts'
import { statusOf } from '../../../../controller/web/snapshot.ts'
import type { Status } from '../../../../controller/web/status.ts'
import { aDoor } from '../../../support/door.ts'
import { aPolicy, aPool, createWorld, type World } from '../../../support/world.ts'

export const TOKEN = 'a-token-of-a-decent-length'

/** A real controller in a world of its own, with the real API and the real pages on loopback. */
export interface SeenController {
  url: string
  port: number
  world: World
  door: Door
  viewers: Viewers
  /** Lets so many ticks pass, and tells those who watch after each. */
  ticks(times: number): Promise<void>
  status(): Status
  close(): Promise<void>
}

export interface SeenOptions {
  load?: Parameters<typeof createWorld>[0]['load']
  door?: Partial<DoorDeps>
  port?: number
  /** Of the status, before it is shown. */
  change?(status: Status): Status
}

export async function aSeenController(given: SeenOptions = {}): Promise<SeenController> {
  const { load = values(() => 100), port = 0, change = (status) => status } = given
  const live = createLive()
  const world = createWorld({
    policies: [aPolicy('ingest'), aPolicy('mail', { run: { ...aPolicy('mail').run, slots: 2 } })],
    pools: [aPool({ pricePerHour: 3.1, spareSlots: 1 })],
    load,
    wrap: (deps) => ({ ...deps, history: live.overheard(deps.history) }),
  })
  const { deps, memory, tick } = await world.start()
  const ticks = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await memory.turns.take(() => tick())
      live.changed()
    }
  }
  await ticks(8)
  const hand = createHand(deps, memory, () => void ticks(1))
  const door = aDoor(TOKEN, { now: deps.now, ...given.door })
  const viewers = createViewers({ elapsed: () => performance.now(), every: () => () => {} })
  const shown = {
    live,
    illness: () => undefined,
    status: () => {
      const status = statusOf(deps, memory, 15_000)
      return status && change(status)
    },
    plan: async () => planOf(await look(deps, memory.state, () => {}, false), deps.pools, memory.state),
    metrics: async () => 'capuchin_build_info 1\n',
    history: deps.history.read,
    numbers: deps.history.numbers,
  }
  const common = { door, viewers, shown, now: deps.now, policies: deps.policies }
  const api: ApiParts = {
    ...common,
    hand: () => hand,
    ledger: () => memory.state.ledger ?? {},
    epoch: () => 1,
  }
  const outside = {
    sleep: (ms: number) => sleep(ms, undefined, { ref: false }),
    token: () => randomBytes(9).toString('hex'),
  }
  const pages = pagesOf({
    ...common,
    files: diskFiles,
    controller: 'capuchin',
    tickEvery: 15_000,
    ...outside,
  })
  const outcome = await listen('127.0.0.1', port, [apiRoutes(api), pages], { viewers })
  if (outcome.kind === 'failed') throw new Error(outcome.detail)
  live.onChange(viewers.changed)
  const { server } = outcome
  return {
    ...{ url: server.address, port: Number(new URL(server.address).port), world, door, viewers, ticks },
    close: server.close,
    status() {
      const status = shown.status()
      if (status === undefined) throw new Error('it has not ticked')
      return status
    },
  }
}
