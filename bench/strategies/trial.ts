import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Question, Reading } from '../../controller/decision/reading.ts'
import { createVirtualWorld } from '../../controller/simulate/world.ts'
import { scripted, values } from '../../controller/sources/scripted.ts'
import type { Trace } from './traces.ts'

/** Events a second that one instance handles at most. */
const CAPACITY = 400
/** An event that waits longer is late, in seconds. */
const LATE = 1
const TICK = 15
const START = Date.UTC(2026, 0, 5)

/** Three slots a host; a host boots for a minute, and an instance starts within ten seconds. */
export const pool: Pool = {
  ...{ name: 'local', provider: 'memory', slots: 3, cores: 2, zones: ['a', 'b'], hosts: { min: 1, max: 5 } },
  ...{ spareSlots: 1, portBase: 8100, sharedAddress: false, bootWithin: 600_000, emptyFor: 120_000 },
  ...{ listLag: 0, distrustShare: 0.45 },
}

/** What became of a trace: `hours` of instances and of hosts, `late`: share of events, `changes` of the size. */
export interface Outcome {
  late: number
  hours: number
  hostHours: number
  changes: number
  /** Instance-hours that would carry the trace at the mean level of 55 % if the size could follow it at once. */
  least: number
}

/** What was handled in each second, as far as time has come, and how busy the instances were (0..1). */
interface Past {
  handled: number[]
  busy: number[]
}

/** Runs the real controller on a trace in virtual time: arrivals queue before the instances that are ready. */
export async function run(policy: Policy, trace: Trace): Promise<Outcome> {
  const past: Past = { handled: [], busy: [] }
  const world = createVirtualWorld({
    pools: [pool],
    policies: [policy],
    weather: { bootDelay: () => 60_000, startDelay: () => 10_000, drainTime: 5_000 },
    start: START,
    tickEvery: TICK * 1000,
    sources: new Map([['main', scripted((question) => answer(question, past, readyIn(world)))]]),
  })
  const controller = await world.start()
  for (let i = 0; i < 20; i++) await controller.tick()
  const sum = { late: 0, all: 0, hours: 0, hostHours: 0, changes: 0, least: 0, queue: 0, size: 0 }
  const begin = world.clock.now
  for (let second = 0; second < trace.length; second++) {
    world.clock.now = begin + second * 1000
    if (second % TICK === 0) {
      const [decision] = await controller.tickNow()
      if (decision !== undefined && decision.granted !== sum.size) sum.changes++
      sum.size = decision?.granted ?? sum.size
    }
    pass(second, trace, readyIn(world).length, past, sum)
    sum.hours += world.cloud.alive().length / 3600
    sum.hostHours += world.cloud.hosts().length / 3600
    sum.least += Math.max(policy.size.min, Math.ceil(trace.at(second) / (0.55 * CAPACITY))) / 3600
  }
  return { ...sum, late: sum.late / sum.all, changes: sum.changes - 1 }
}

/** One second: what waits or comes is handled as far as the ready ones can; the rest waits. */
function pass(
  second: number,
  trace: Trace,
  ready: number,
  past: Past,
  sum: { late: number; all: number; queue: number },
): void {
  const come = trace.at(second)
  const can = ready * CAPACITY
  if (sum.queue > can * LATE) sum.late += come
  sum.all += come
  const handled = Math.min(can, sum.queue + come)
  sum.queue += come - handled
  past.handled.push(handled)
  past.busy.push(can === 0 ? 0 : handled / can)
}

const readyIn = (world: { cloud: { alive(): readonly string[]; health(id: string): { kind: string } } }) =>
  world.cloud.alive().filter((id) => world.cloud.health(id).kind === 'ready')

/** As Prometheus would: rates over the last half minute, and CPU over the last minute. Both see only what was handled. */
function answer(question: Question, past: Past, ready: readonly string[]): Reading {
  const isCpu = question.query.includes('cpu')
  const [series, window] = isCpu ? [past.busy, 60] : [past.handled, 30]
  const begin = question.to + question.interval - past.handled.length * 1000
  const at = (t: number): number | undefined => {
    const end = Math.floor((t - begin) / 1000)
    const part = series.slice(Math.max(0, end - window), Math.max(0, end))
    if (part.length === 0) return past.handled.length === 0 ? 0 : undefined
    const mean = part.reduce((total, value) => total + value, 0) / part.length
    return isCpu ? mean * (pool.cores / pool.slots) : mean
  }
  return values(at, isCpu ? ready : [])(question)
}
