import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskFiles } from '../../controller/files.ts'
import type { HistoryEntry } from '../../controller/history/history.ts'
import { memoryHistory } from '../../controller/history/memory.ts'
import { tickOf } from '../../controller/history/ring/tick.ts'
import type { Door } from '../../controller/web/api/door.ts'
import { createViewers } from '../../controller/web/api/sse.ts'
import { createLive, type Live } from '../../controller/web/live.ts'
import { pagesOf } from '../../controller/web/page/page.ts'
import { healthRoutes, type Shown } from '../../controller/web/reads.ts'
import { listen, type Routes, type Server } from '../../controller/web/server.ts'
import type { Status } from '../../controller/web/status.ts'
import { aDoor } from './door.ts'
import { type MadeUp, madeUpDecision, madeUpStatus } from './made-up.ts'

/** The real routes of the pages on a status that was made up, on loopback. */
export interface PageWorld {
  server: Server
  url: string
  live: Live
  /** A tick later; `change` may put another status in the place of the one that was made up. */
  tick(change?: (status: Status) => Status): void
}

export type PageWorldOptions = Partial<Omit<MadeUp, 'tick' | 'at'>> & {
  port?: number
  now(): number
  more?: readonly Routes[]
  door?: Partial<Door>
}

/** So many ticks are in the hour before the first one that is shown, but for a gap. */
const TICKS = 240
const EVERY = 15_000
const isGap = (tick: number): boolean => tick > 90 && tick < 130

export async function aPageWorld(given: PageWorldOptions): Promise<PageWorld> {
  const { workloads = 3, instances = 4, port = 0, now, more = [], door, ...rest } = given
  const live = createLive()
  const told = live.overheard(memoryHistory(10))
  const begun = now()
  let tick = TICKS
  const madeUp = (nth: number): MadeUp => ({
    workloads,
    instances,
    at: begun + (nth - TICKS) * EVERY,
    tick: nth,
    ...rest,
  })
  let status = madeUpStatus(madeUp(tick))
  const shown: Shown = {
    live,
    status: () => status,
    illness: () => undefined,
    plan: async () => undefined,
    metrics: async () => '',
    history: async ({ kind }) => madeUpPast(status, kind),
    async numbers({ workload }) {
      const index = Array.from({ length: workloads }, (_, i) => i).find(
        (i) => madeUpDecision(i, madeUp(0)).workload === workload,
      )
      if (index === undefined) return []
      return Array.from({ length: TICKS }, (_, nth) => nth)
        .filter((nth) => !isGap(nth))
        .map((nth) => tickOf(madeUpDecision(index, madeUp(nth))))
    },
  }
  const viewers = createViewers({ elapsed: () => performance.now(), every: () => () => {} })
  const owned = { ...aDoor('a-token-of-a-decent-length'), ...door }
  const pages = pagesOf({
    shown,
    viewers,
    now,
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    token: () => randomBytes(9).toString('hex'),
    door: owned,
    files: diskFiles,
    controller: 'edge-moscow',
    tickEvery: EVERY,
    policies: () => [],
  })
  const outcome = await listen('127.0.0.1', port, [healthRoutes(shown), pages, ...more], { viewers })
  if (outcome.kind === 'failed') throw new Error(outcome.detail)
  live.onChange(viewers.changed)
  return {
    ...{ server: outcome.server, url: outcome.server.address, live },
    tick(change = (one) => one) {
      tick++
      status = change(madeUpStatus(madeUp(tick)))
      for (const decision of status.workloads) told.decided(decision)
      live.changed()
    },
  }
}

function madeUpPast({ at, workloads, pools }: Status, kind: string | undefined): HistoryEntry[] {
  if (kind === 'bill') {
    const none = { hostMs: 36_000_000, unpricedMs: 0, workloads: {} }
    return pools.map(({ pool }) => ({
      ...{ kind: 'bill', version: 1, id: `b-${pool}`, pool, at, from: at - 3_600_000, to: at },
      ...{ ...none, money: 1_240.5, idle: { slotMs: 0, money: 96.2 } },
    }))
  }
  const [one] = workloads
  if (kind === 'outcome' || one === undefined)
    return [
      {
        kind: 'outcome',
        version: 1,
        id: '1',
        at: at - 400_000,
        step: 'order-host',
        subject: 'capuchin-edge-5',
        pool: 'edge',
        result: 'started',
        sentence: 'capuchin-edge-5 is ordered in zone b: ingest needs a slot',
      },
      {
        kind: 'outcome',
        version: 1,
        id: '2',
        at: at - 390_000,
        step: 'order-host',
        subject: 'capuchin-edge-6',
        pool: 'edge',
        result: 'refused',
        sentence: 'capuchin-edge-6 was refused: not enough resources in zone b',
      },
      {
        kind: 'outcome',
        version: 1,
        id: '3',
        at: at - 60_000,
        step: 'override',
        subject: 'mail',
        workload: 'mail',
        result: 'done',
        sentence: 'override o4 begins: mail: it is pinned at 4 by anna (launch)',
      },
    ]
  const decision = {
    ...one,
    size: one.granted - 1,
    sentence: `${one.workload} ${one.granted - 1} -> ${one.granted}: cpu 82.4 % over 70 % (5m mean)`,
  }
  return [
    {
      kind: 'decision',
      version: 1,
      id: '4',
      workload: one.workload,
      first: at - 500_000,
      last: at - 500_000,
      count: 1,
      decision,
      spans: {},
    },
    {
      kind: 'decision',
      version: 1,
      id: '5',
      workload: one.workload,
      first: at - 480_000,
      last: at,
      count: 33,
      decision: one,
      spans: {},
    },
  ]
}
