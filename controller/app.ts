import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './commands/command.ts'
import type { Policy } from './decision/policy.ts'
import type { Deps, Failpoint, LookDeps } from './loop/deps.ts'
import { createAskToDrain } from './loop/drain.ts'
import { look } from './loop/look.ts'
import { type Memory, remember } from './loop/memory.ts'
import { createProber } from './loop/probe.ts'
import { type Loop, startLoop } from './loop/run.ts'
import { targetsToScrape } from './loop/targets.ts'
import type { Outside } from './outside.ts'
import { openParts, type Parts } from './parts.ts'
import type { Settings } from './settings.ts'
import { createLog, type Logger } from './telemetry/log.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createObserver } from './telemetry/observer.ts'
import { planOf } from './web/plan.ts'
import { listen, type Server } from './web/server.ts'
import { statusOf } from './web/snapshot.ts'

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

export function outsideOf(context: Context): Outside {
  const { now, random, env, cwd, files, execPath, pid } = context
  return {
    ...{ now, random, env, cwd, files, execPath, pid, fs },
    elapsed: () => performance.now(),
    sleep: (ms) => sleep(ms),
    every(ms, run) {
      const timer = setInterval(run, ms)
      timer.unref()
      return () => clearInterval(timer)
    },
    token: () => randomBytes(24).toString('base64url'),
    die: () => process.kill(process.pid, 'SIGKILL'),
  }
}

/** Builds a controller from its settings and starts its loop. This is the one place where all parts meet. */
export async function startApp(
  settings: Settings,
  policies: readonly Policy[],
  context: Context,
): Promise<StartOutcome> {
  const outside = outsideOf(context)
  const log = createLog(settings.log.level, settings.name)
  let memory: Memory | undefined
  const opened = await openParts(settings, outside, log, () => targetsToScrape(memory?.looked))
  if (opened.kind === 'refused') return opened
  const { parts } = opened
  const metrics = createMetrics()
  const deps = depsOf(settings, policies, parts, metrics, log, outside)
  const known = await remember(deps)
  memory = known
  const listening = await serve(settings, deps, known, parts, metrics, () => loop?.illness())
  if (listening.kind === 'failed') {
    await parts.close()
    return { kind: 'refused', detail: listening.detail }
  }
  metrics.opened(parts.store.epoch, known.revision)
  metrics.build('0.1.0', process.versions.node)
  metrics.policiesLoaded(
    policies.map(({ workload }) => workload),
    outside.now(),
  )
  const loop: Loop | undefined = startLoop(settings.tick, deps, known, metrics, log)
  const { server } = listening
  log.info(
    { address: server.address, epoch: parts.store.epoch, policies: policies.length },
    'Controller started',
  )
  return { kind: 'running', app: appOf(loop, server, parts, deps, known) }
}

function depsOf(
  settings: Settings,
  policies: readonly Policy[],
  parts: Parts,
  metrics: Metrics,
  log: Logger,
  outside: Outside,
): Deps {
  const observer = createObserver(metrics, log, outside.now)
  const { now, elapsed, random, token } = outside
  const { store, history, sources, providers, publishers } = parts
  return {
    ...{ now, elapsed, random, token, store, history, sources, providers, publishers, observer },
    controller: settings.name,
    pools: [...settings.pools.values()].map(({ pool }) => pool),
    policies: () => policies,
    listers: providers,
    prober: createProber({ now, random, fetch, probed: observer.probed }),
    askToDrain: createAskToDrain(fetch),
    within: (ms) => AbortSignal.timeout(ms),
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

function serve(
  settings: Settings,
  deps: Deps,
  memory: Memory,
  parts: Parts,
  metrics: Metrics,
  illness: () => string | undefined,
) {
  const shown = {
    illness,
    status: () => statusOf(deps, memory, settings.tick),
    plan: async () => planOf(await look(deps, memory.state, () => {}, false)),
    metrics: metrics.render,
    history: parts.history.read,
  }
  const { host, port } = settings.server.listen
  return listen(shown, host, port)
}

function appOf({ ended, stop }: Loop, server: Server, parts: Parts, deps: LookDeps, memory: Memory): App {
  let stopping: Promise<'stopped' | 'stuck'> | undefined
  const stopAll = async (): Promise<'stopped'> => {
    await stop()
    memory.operations.close()
    await deps.prober.close()
    await server.close()
    await parts.close()
    return 'stopped'
  }
  // Its timer does not keep a process alive that has nothing else to wait for.
  const late = (): Promise<'stuck'> =>
    new Promise((resolve) => {
      deps.within(STOP_WITHIN).addEventListener('abort', () => resolve('stuck'), { once: true })
    })
  return {
    address: server.address,
    ended,
    stop() {
      stopping ??= Promise.race([stopAll(), late()])
      return stopping
    },
  }
}
