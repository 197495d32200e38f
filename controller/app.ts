import type { Context } from './commands/command.ts'
import { settingsDeps } from './commands/configuration.ts'
import type { Policy } from './decision/policy.ts'
import type { Deps, Failpoint } from './loop/deps.ts'
import { createAskToDrain } from './loop/drain.ts'
import { createHand, type Hand } from './loop/hand.ts'
import { type Memory, remember } from './loop/memory.ts'
import { createProber } from './loop/probe.ts'
import { type Loop, startLoop } from './loop/run.ts'
import { targetsToScrape } from './loop/targets.ts'
import type { Desk } from './notifiers/desk.ts'
import { startNotifying } from './notify.ts'
import { type Outside, outsideOf } from './outside.ts'
import { makeToken } from './overrides/token.ts'
import { listersOf, openParts, type Parts } from './parts.ts'
import { type HeldPolicies, holdPolicies } from './policy/held.ts'
import { runningIn, startReloading } from './reload.ts'
import { holderOf } from './saved.ts'
import { serve } from './serve.ts'
import type { Settings } from './settings.ts'
import { pushToGraphite } from './telemetry/graphite-push.ts'
import { createLog, type Logger } from './telemetry/log.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createObserver } from './telemetry/observer.ts'
import { createLive, type Live } from './web/live.ts'
import type { Server } from './web/server.ts'

/** A controller that runs. */
export interface App {
  /** Where it serves metrics and status, as a URL. */
  address: string
  /** Settles when the controller has to end by itself, with the reason. */
  ended: Promise<string>
  /**
   * Ends the loop after the tick under way. Stops no host. `stuck`: it has not ended in time; the state is safe all the same, since
   * it is on disk before anything is done, and what hangs is left to the end of the process.
   */
  stop(): Promise<'stopped' | 'stuck'>
}

/** A tick has its own deadlines; what takes longer than all of them together, in ms, hangs. */
const STOP_WITHIN = 40_000

export type StartOutcome = { kind: 'running'; app: App } | { kind: 'refused'; detail: string }

/** A controller whose parts are all there. */
interface Built {
  deps: Deps
  /** Absent until the loop runs. */
  reloading?: ReturnType<typeof watchFiles>
  memory: Memory
  parts: Parts
  loop: Loop
  hand: Hand
  /** Absent where the settings name no Graphite. */
  pushing?: ReturnType<typeof pushToGraphite>
  /** Tells operators; absent until the loop runs. */
  desk?: Desk
}

/**
 * Builds a controller from its settings and starts its loop. This is the one place where all parts meet. It listens first, since
 * a port that is in use is no reason to change anything.
 */
export async function startApp(
  settings: Settings,
  policies: readonly Policy[],
  context: Context,
): Promise<StartOutcome> {
  const outside = outsideOf(context)
  const metrics = createMetrics()
  let built: Built | undefined
  const live = createLive()
  const log = createLog(settings.log.level, settings.name)
  const listening = await serve(settings, metrics, () => built, live, outside, log)
  if (listening.kind === 'failed') {
    const pid = await holderOf(settings, outside)
    return { kind: 'refused', detail: pid === undefined ? listening.detail : sayHeld(settings, pid) }
  }
  const { server } = listening
  const opened = await openParts(settings, outside, log, () => targetsToScrape(built?.memory.looked))
  if (opened.kind === 'refused') {
    await server.close()
    return opened
  }
  const held = holdPolicies(policies)
  const parts = { ...opened.parts, history: live.overheard(opened.parts.history) }
  built = await build(settings, held, parts, metrics, log, live, outside)
  built.reloading = watchFiles(settings, held, built, metrics, log, context)
  built.desk = await startNotifying(settings, built, {
    ...{ address: server.address, metrics, log, live, outside },
  })
  const { graphite } = settings.telemetry
  if (graphite !== undefined) built.pushing = pushToGraphite(graphite, { ...outside, ...metrics, log })
  const { epoch } = parts.store
  log.info({ address: server.address, epoch, policies: policies.length }, 'Controller started')
  return { kind: 'running', app: appOf(built, server, log) }
}

const sayHeld = ({ stateDir }: Settings, pid: number): string =>
  `${stateDir} is in use by process ${pid}: stop it first (kill ${pid}), or give this controller a state folder and a port of its own`

async function build(
  settings: Settings,
  held: HeldPolicies,
  parts: Parts,
  metrics: Metrics,
  log: Logger,
  live: Live,
  outside: Outside,
): Promise<Built> {
  const deps = depsOf(settings, held, parts, metrics, log, outside)
  const memory = await remember(deps)
  metrics.opened(parts.store.epoch, memory.revision)
  metrics.build('0.1.0', process.versions.node)
  const loaded = (): void => metrics.policiesLoaded(namesOf(held), outside.now())
  loaded()
  const tokenless = await makeToken(settings, outside)
  if (tokenless !== undefined) log.warn({ detail: tokenless }, 'No token: nothing can be changed by HTTP')
  const loop = startLoop(settings.tick, deps, memory, metrics, log, {
    before() {
      if (held.advance()) loaded()
    },
    after: live.changed,
  })
  return { deps, memory, parts, loop, hand: createHand(deps, memory, loop.nudge) }
}

const namesOf = (held: HeldPolicies): string[] => held.current().map(({ workload }) => workload)

/** Policies that change on disk come into force with the next tick; SIGHUP has them looked at now. */
function watchFiles(
  settings: Settings,
  held: HeldPolicies,
  { deps, memory, parts }: Built,
  metrics: Metrics,
  log: Logger,
  context: Context,
) {
  const reloading = startReloading({
    ...settingsDeps(context),
    ...{ settings, held },
    log: { info: log.info.bind(log), warn: (fields, message) => deps.observer.warned(message, fields) },
    outside: outsideOf(context),
    running: () => runningIn(memory.state),
    reloaded: metrics.policiesReloaded,
    happened: parts.history.happened,
    failed: (error) => log.error({ err: error }, 'Looking for changed files failed'),
  })
  const unhook = context.onHangup(() => void reloading.now())
  const stop = (): void => {
    unhook()
    reloading.stop()
  }
  return { ...reloading, stop }
}

function depsOf(
  settings: Settings,
  held: HeldPolicies,
  parts: Parts,
  metrics: Metrics,
  log: Logger,
  outside: Outside,
): Deps {
  const observer = createObserver(metrics, log, outside.now)
  const { now, elapsed, random, token } = outside
  const { store, history, sources, providers, publishers } = parts
  const within = (ms: number): AbortSignal => AbortSignal.timeout(ms)
  return {
    ...{ now, elapsed, random, token, store, history, sources, providers, publishers, observer },
    controller: settings.name,
    pools: [...settings.pools.values()].map(({ pool }) => pool),
    policies: held.current,
    listers: listersOf(providers),
    prober: createProber({ ...{ now, random, sources, within, fetch }, ...observer }),
    askToDrain: createAskToDrain(fetch),
    within,
    failpoint: failpointOf(outside),
  }
}

/** CAPUCHIN_FAILPOINT=name[:n] ends the process, as by kill -9, the n-th time it gets there: for tests of recovery. */
function failpointOf({ env, die }: Outside): (name: Failpoint) => void {
  const [wanted, times = '1'] = (env['CAPUCHIN_FAILPOINT'] ?? '').split(':')
  let left = Number(times)
  return (name) => {
    if (name !== wanted) return
    left--
    if (left === 0) die()
  }
}

function appOf(
  { loop, parts, deps, memory, reloading, pushing, desk }: Built,
  server: Server,
  log: Logger,
): App {
  let stopping: Promise<'stopped' | 'stuck'> | undefined
  const stopAll = async (): Promise<'stopped'> => {
    reloading?.stop()
    await loop.stop()
    await desk?.close()
    memory.operations.close()
    await deps.prober.close()
    await pushing?.close()
    await server.close()
    await parts.close()
    log.info({}, 'Controller stopped; its hosts go on')
    return 'stopped'
  }
  // Its timer does not keep a process alive that has nothing else to wait for.
  const late = (): Promise<'stuck'> =>
    new Promise((resolve) => {
      deps.within(STOP_WITHIN).addEventListener('abort', () => resolve('stuck'), { once: true })
    })
  return {
    address: server.address,
    ended: loop.ended,
    stop() {
      stopping ??= Promise.race([stopAll(), late()])
      return stopping
    },
  }
}
