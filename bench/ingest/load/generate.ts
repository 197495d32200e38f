import { setTimeout as sleep } from 'node:timers/promises'
import { closedLoop } from './closed.ts'
import { createLedger } from './ledger.ts'
import { type LoopDeps, openLoop, type Running } from './open.ts'
import type { Done, Order, Report, Stretch } from './order.ts'
import { type Use, useOf } from './processor.ts'
import { writeRequests } from './requests.ts'
import { scheduleOf } from './schedule.ts'
import { createWires } from './wires.ts'

const TELL_EVERY = 1_000

type Sample = {
  at: number
  cpu: number
  busy: ReturnType<typeof performance.eventLoopUtilization>
  uses: [string, Use][]
}

/** Generates the load that was ordered and answers what became of it. `say` hears how it goes. */
export async function generate(order: Order, say: (report: Report) => void): Promise<Done> {
  const now = (): number => performance.now()
  const requests = writeRequests(order.host, order.port, order.shape, order.connection)
  const wires = createWires(order, now)
  let isMeasured = false
  const ledger = createLedger(requests.events, now, () => isMeasured)
  const began = now()
  const load = begin(order, { wires, requests, ledger, now, began }, () => isMeasured)
  const telling = setInterval(() => {
    say({ kind: 'progress', at: now() - began, acknowledged: ledger.counts().acknowledged })
  }, TELL_EVERY)

  await sleep(order.warmUp)
  const before = sample(order)
  isMeasured = true
  await sleep(Math.max(0, order.warmUp + order.measured - (now() - began)))
  const after = sample(order)
  isMeasured = false
  const { busy, ...differences } = between(before, after)
  const pace = load.end(busy)
  await wires.idle()
  clearInterval(telling)
  wires.close()
  const stretch: Stretch = { ...differences, busy, ...ledger.stretch(), pace }
  return { kind: 'done', ...ledger.counts(), stretch, failures: ledger.failures() }
}

function begin(order: Order, deps: LoopDeps, measured: () => boolean): Running {
  if (order.loop.kind === 'closed') return closedLoop(deps, measured)
  return openLoop(scheduleOf(order.loop.rate, order.warmUp, order.measured), deps)
}

function sample({ watched }: Order): Sample {
  const { user, system } = process.cpuUsage()
  const uses = Object.entries(watched).map(([name, pid]): [string, Use] => [name, useOf(pid)])
  return {
    at: performance.now(),
    cpu: (user + system) / 1_000,
    busy: performance.eventLoopUtilization(),
    uses,
  }
}

function between(before: Sample, after: Sample): Pick<Stretch, 'took' | 'cpu' | 'rss'> & { busy: number } {
  const earlier = new Map(before.uses)
  const cpu = after.uses.map(([name, use]) => [name, use.cpu - (earlier.get(name)?.cpu ?? 0)])
  return {
    took: after.at - before.at,
    cpu: { ...Object.fromEntries(cpu), generator: after.cpu - before.cpu },
    rss: Object.fromEntries(after.uses.map(([name, use]) => [name, use.rss])),
    busy: performance.eventLoopUtilization(after.busy, before.busy).utilization,
  }
}
