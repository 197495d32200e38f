import type { Draft } from './decision/draft.ts'
import type { Deps } from './loop/deps.ts'
import type { Hand } from './loop/hand.ts'
import { look } from './loop/look.ts'
import type { Memory } from './loop/memory.ts'
import type { Loop } from './loop/run.ts'
import type { Outside } from './outside.ts'
import { readToken } from './overrides/token.ts'
import type { Parts } from './parts.ts'
import type { Settings } from './settings.ts'
import { alertRoutes } from './sources/alert-route.ts'
import type { Logger } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { createDoor } from './web/api/door.ts'
import { isLoopback } from './web/api/names.ts'
import type { ApiParts } from './web/api/parts.ts'
import { apiRoutes } from './web/api/routes.ts'
import { createViewers, type Viewers } from './web/api/sse.ts'
import type { Live } from './web/live.ts'
import { pagesOf } from './web/page/page.ts'
import { type Plan, planOf } from './web/plan.ts'
import type { Shown } from './web/reads.ts'
import { type ListenOutcome, listen, type Routes, type ServerOptions } from './web/server.ts'
import { statusOf } from './web/snapshot.ts'
import { openTls, type TlsDeps } from './web/tls.ts'

/** What of a controller its server shows. */
export interface Served {
  deps: Deps
  memory: Memory
  parts: Pick<Parts, 'history' | 'sources'>
  loop: Pick<Loop, 'illness'>
  hand: Hand
  reloading?: { notices(): string[] }
}

/** The policies of now, whatever comes into force while one looks. */
function still(deps: Deps): Deps {
  const policies = deps.policies()
  return { ...deps, policies: () => policies }
}

async function planned({ deps, memory: { state, operations } }: Served): Promise<Plan> {
  const begun = operations.underWay()
  const noteBegun = (draft: Draft): void => {
    draft.begun = begun
  }
  return planOf(await look(still(deps), state, noteBegun, false), deps.pools, state)
}

/** Whoever asks while it is being found out gets what is found out, so that sources are not asked once for each. */
function together<T>(find: () => Promise<T>): () => Promise<T> {
  let under: Promise<T> | undefined
  return () => {
    under ??= find().finally(() => {
      under = undefined
    })
    return under
  }
}

/** Listens at the address of the settings. What is asked before everything is built is answered with that. */
export async function serve(
  settings: Settings,
  metrics: Metrics,
  built: () => Served | undefined,
  live: Live,
  outside: Outside,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<ListenOutcome> {
  const { parts, options } = servedBy(settings, metrics, built, live, outside)
  const { listen: at, tls: files } = settings.server
  const opened = files && (await openTls(files, tlsDeps(metrics, outside, log)))
  if (opened?.kind === 'refused') return { kind: 'failed', detail: opened.detail }
  const failed = (err: Error, route: string): void =>
    log.warn({ err, route }, 'A request could not be answered')
  const tls = opened === undefined ? {} : { tls: opened.tls }
  const outcome = await listen(at.host, at.port, parts, { ...options, ...tls, failed })
  // After those of the routes, which forget then what they have shown before.
  live.onChange(options.viewers.changed)
  return outcome
}

const tlsDeps = (
  { certificate }: Metrics,
  { fs, now, every }: Outside,
  log: Pick<Logger, 'info' | 'warn'>,
): TlsDeps => ({
  ...{ fs, now, every },
  renewed(notAfter) {
    certificate(notAfter)
    log.info({ until: new Date(notAfter).toISOString() }, 'The certificate of the server is in force')
  },
  refused: (detail) => log.warn({ detail }, 'New files of the certificate cannot be used'),
})

/** All that the server of a controller answers, and how. */
export function servedBy(
  settings: Settings,
  metrics: Metrics,
  built: () => Served | undefined,
  live: Live,
  outside: Outside,
): { parts: Routes[]; options: ServerOptions & { viewers: Viewers } } {
  const shown: Shown = {
    illness: () => {
      const now = built()
      return now === undefined ? 'it is starting' : now.loop.illness()
    },
    status: () => {
      const now = built()
      return now && statusOf(now.deps, now.memory, settings.tick, now.reloading?.notices())
    },
    plan: together(async () => {
      const now = built()
      return now && (await planned(now))
    }),
    metrics: metrics.render,
    history: async (query) => built()?.parts.history.read(query),
    numbers: async (query) => built()?.parts.history.numbers(query),
    live,
  }
  const { listen: at, names } = settings.server
  const token = async (): Promise<string | undefined> => {
    const read = await readToken(settings, outside)
    return read.kind === 'token' ? read.token : undefined
  }
  const isLocal = isLoopback(at.host)
  const reads = settings.server.reads ?? (isLocal ? 'open' : 'token')
  const { now, sleep, elapsed, every } = outside
  const door = createDoor({
    token,
    reads,
    names,
    port: at.port,
    sleep,
    now,
    isSecure: settings.server.tls !== undefined,
    secret: outside.token,
  })
  const viewers = createViewers({ elapsed, every, counted: metrics.viewers })
  const api: ApiParts = {
    ...{ door, shown, viewers, now },
    hand: () => built()?.hand,
    policies: () => built()?.deps.policies(),
    ledger: () => {
      const now = built()
      return now && (now.memory.state.ledger ?? {})
    },
    epoch: () => built()?.deps.store.epoch ?? 0,
  }
  const page = { door, viewers, shown, now, sleep, token: outside.token, files: outside.files }
  const pages = pagesOf({
    ...{ ...page, controller: settings.name, tickEvery: settings.tick },
    policies: () => built()?.deps.policies() ?? [],
  })
  const alerts = alertRoutes({
    door,
    sources: () => built()?.parts.sources,
    received(source, outcome, firing) {
      metrics.alertReceived(source, outcome)
      metrics.alertsFiring(source, firing)
    },
  })
  const { requested } = metrics
  // Elsewhere nobody can tell by which names it is reached, unless they are written down.
  const own = isLocal || names.length > 0 ? { names: [at.host, ...names] } : {}
  return { parts: [apiRoutes(api), pages, alerts], options: { viewers, requested, ...own } }
}
