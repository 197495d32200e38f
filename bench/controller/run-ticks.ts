import { createWriteStream, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Decision } from '../../controller/decision/decision.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import { diskFiles } from '../../controller/files.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import { createAskToDrain } from '../../controller/loop/drain.ts'
import { remember } from '../../controller/loop/memory.ts'
import { tick } from '../../controller/loop/tick.ts'
import { outsideOf } from '../../controller/outside.ts'
import { listersOf, openParts, type Parts } from '../../controller/parts.ts'
import { loadConfiguration, type Settings } from '../../controller/settings.ts'
import { createLog } from '../../controller/telemetry/log.ts'
import { createMetrics } from '../../controller/telemetry/metrics.ts'
import { createObserver } from '../../controller/telemetry/observer.ts'
import { poolsOf } from '../../controller/web/snapshot.ts'
import { contextIn } from './context.ts'
import { countRequests, cpuSinceStart, phases, started } from './gauges.ts'
import { say } from './words.ts'

/** What surrounds a measured controller, made of what it was opened with. */
export type Surroundings = (opened: {
  parts: Parts
  settings: Settings
  state: StoreState
  /** Epoch ms. */
  now: number
}) => Pick<Deps, 'providers' | 'prober' | 'sources'>

/**
 * Ticks so many times, `every` ms from the begin of one to that of the next, and says of each what it took. Settings, policies, store,
 * history, publishers, metrics and log are real.
 */
export async function runTicks(
  config: string,
  ticks: number,
  every: number,
  around: Surroundings,
): Promise<void> {
  const context = contextIn(dirname(config))
  const outside = outsideOf(context)
  const loaded = loadConfiguration(config, { files: diskFiles, machine: context.machine })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems.slice(0, 3)))
  const { settings, policies } = loaded
  const logFile = createWriteStream(join(dirname(config), 'log.jsonl'), { flags: 'a' })
  const log = createLog('info', settings.name, logFile)
  const opened = await openParts(settings, outside, log, () => [])
  if (opened.kind === 'refused') throw new Error(opened.detail)
  const { parts } = opened
  const { state } = await parts.store.load()
  const metrics = createMetrics()
  const phase = phases(outside.elapsed)
  const requests = countRequests()
  let questions = 0
  const surroundings = around({ parts, settings, state, now: outside.now() })
  const sources = new Map(
    [...surroundings.sources].map(([name, source]) => [
      name,
      {
        ...source,
        async read(...asked: Parameters<typeof source.read>) {
          questions++
          const reading = await source.read(...asked)
          phase.mark('sources-answered')
          return reading
        },
      },
    ]),
  )
  const { store, history, publishers } = parts
  const { now, elapsed, random, token } = outside
  const { providers, prober } = surroundings
  const deps: Deps = {
    ...{ now, elapsed, random, token, store, history, sources, providers, publishers, prober },
    controller: settings.name,
    pools: [...settings.pools.values()].map(({ pool }) => pool),
    policies: () => policies,
    listers: listersOf(providers),
    askToDrain: createAskToDrain(fetch),
    within: (ms) => AbortSignal.timeout(ms),
    failpoint: phase.mark,
    observer: createObserver(metrics, log, now),
  }
  const memory = await remember(deps)
  const rules = policies.reduce((sum, policy) => sum + policy.rules.length, 0)

  function tell(decisions: readonly Decision[], wall: number, { user, system }: NodeJS.CpuUsage): void {
    const readings = decisions.flatMap((decision) => decision.rules)
    const flawed = readings.find(({ reading }) => reading !== 'whole')
    const cpu = { user: user / 1000, system: system / 1000 }
    const counts = { rules, questions, requests: requests.taken(), decisions: decisions.length }
    const whole = readings.filter(({ reading }) => reading === 'whole').length
    const flaw = flawed === undefined ? {} : { flaw: flawed.detail ?? flawed.reading }
    const rss = process.memoryUsage.rss()
    const since = { sinceStart: started(), cpuSinceStart: cpuSinceStart() }
    say({ kind: 'tick', ...since, wall, ...cpu, rss, parts: phase.taken(), ...counts, whole, ...flaw })
  }

  for (let n = 0; n < ticks; n++) {
    const before = process.cpuUsage()
    const began = outside.elapsed()
    questions = 0
    phase.begin()
    const decisions = await tick(deps, memory)
    metrics.ticked('done', outside.elapsed() - began, 0)
    if (memory.looked !== undefined) for (const pool of poolsOf(deps, memory.looked)) metrics.pool(pool)
    tell(decisions, outside.elapsed() - began, process.cpuUsage(before))
    await sleep(Math.max(0, every - (outside.elapsed() - began)))
  }
  const stateBytes = statSync(join(settings.stateDir, 'state.json')).size
  say({ kind: 'end', peakRss: process.resourceUsage().maxRSS * 1024, stateBytes })
  memory.operations.close()
  await parts.close()
}
