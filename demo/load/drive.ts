import { dueBy, timeOf } from '../wave.ts'
import { type DeliverDeps, deliver } from './deliver.ts'
import type { LoadDone, LoadOrder, LoadProgress } from './protocol.ts'
import { createTally } from './tally.ts'

/** The load under way. */
export interface Drive {
  progress(): LoadProgress
  /** No new events from now on; settles when all that were sent are acknowledged or given up. */
  stop(): Promise<LoadDone>
}

/** Events under way at once; what is due beyond that waits, and its latency grows, because it counts from the intended time. */
const AT_ONCE = 256
const LOOK_EVERY = 5

/** Sends events at the times that the wave intends, however slow the answers are: an open loop. */
export function drive({ wave, run }: LoadOrder, deps: Omit<DeliverDeps, 'retried'>): Drive {
  const began = deps.now()
  const tally = createTally()
  const acks = createRate(deps.now)
  const reasons = new Map<string, number>()
  const unacknowledged: number[] = []
  const underWay = new Set<Promise<void>>()
  let sent = 0
  let acknowledged = 0
  let retries = 0

  const retried = (why: string): void => {
    retries++
    reasons.set(why, (reasons.get(why) ?? 0) + 1)
  }

  async function send(n: number): Promise<void> {
    const arrived = await deliver(eventOf(run, n), { ...deps, retried })
    if (!arrived) {
      unacknowledged.push(n)
      return
    }
    acknowledged++
    acks.count()
    tally.add(deps.now() - began - timeOf(wave, n))
  }

  function begin(): void {
    const due = dueBy(wave, deps.now() - began)
    while (sent < due && underWay.size < AT_ONCE) {
      const one = send(sent).finally(() => underWay.delete(one))
      underWay.add(one)
      sent++
    }
  }

  const timer = setInterval(begin, LOOK_EVERY)
  const counts = () => ({ sent, acknowledged, retries, latency: tally.read() })
  return {
    progress() {
      const at = deps.now() - began
      const late = dueBy(wave, at) - sent
      return { kind: 'progress', at, ...counts(), rate: acks.read(), late, instances: deps.targets.count() }
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(underWay)
      return { kind: 'done', ...counts(), unacknowledged, failures: mostFrequent(reasons) }
    },
  }
}

const eventOf = (run: string, n: number): string =>
  JSON.stringify({ id: `${run}-${n}`, type: 'level-up', player: n % 977, level: n % 60 })

function mostFrequent(reasons: ReadonlyMap<string, number>): string[] {
  const sorted = [...reasons].toSorted(([, a], [, b]) => b - a)
  return sorted.slice(0, 5).map(([why, times]) => `${why} (${times} times)`)
}

const RATE_OVER = 2_000

/** Events a second over the last two seconds. */
function createRate(now: () => number): { count(): void; read(): number } {
  let recent: number[] = []
  return {
    count: () => recent.push(now()),
    read() {
      const from = now() - RATE_OVER
      recent = recent.filter((at) => at > from)
      return (recent.length * 1000) / RATE_OVER
    },
  }
}
