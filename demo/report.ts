import type { HistoryEntry } from '../controller/history/history.ts'
import type { Stored } from './count.ts'
import type { Latency, LoadDone } from './load/protocol.ts'

/** What happened, as `--report` writes it. Times are epoch ms, durations and latencies ms. */
export interface Report {
  /** Events that were sent; however often one was tried again, it counts once. */
  sent: number
  acknowledged: number
  /** Events on disk, each once. */
  stored: number
  /** Acknowledged, but not on disk. */
  lost: number
  /** Some of the lost ones. */
  lostEvents: readonly string[]
  /** Stored more than once: sent again because an acknowledgement got lost. */
  duplicates: number
  retries: number
  failures: readonly string[]
  /** From the intended send time on; absent when nothing was acknowledged. */
  latency?: Latency
  minInstances: number
  maxInstances: number
  finalInstances: number
  maxHosts: number
  duration: number
  decisions: readonly ReportedDecision[]
}

export interface ReportedDecision {
  at: number
  workload: string
  from: number
  to: number
  reason: string
  sentence: string
}

/** The smallest size that was granted, the most instances that were ready at once, how many are ready at the end, and most hosts. */
export interface Sizes {
  min: number
  max: number
  last: number
  hosts: number
}

export interface Facts {
  load: LoadDone
  stored: Stored
  run: string
  sizes: Sizes
  duration: number
  history: readonly HistoryEntry[]
}

const NAMED = 20

export function reportOf({ load, stored, run, sizes, duration, history }: Facts): Report {
  const missing = lostNumbers(load, stored)
  return {
    sent: load.sent,
    acknowledged: load.acknowledged,
    stored: stored.numbers.size,
    lost: missing.length,
    lostEvents: missing.slice(0, NAMED).map((n) => `${run}-${n}`),
    duplicates: stored.duplicates,
    retries: load.retries,
    failures: load.failures,
    ...(load.latency !== undefined && { latency: load.latency }),
    minInstances: sizes.min,
    maxInstances: sizes.max,
    finalInstances: sizes.last,
    maxHosts: sizes.hosts,
    duration,
    decisions: history.flatMap(decided),
  }
}

/** Events are numbered from 0 as they are sent, so that those which were acknowledged need not be listed. */
function lostNumbers({ sent, unacknowledged }: LoadDone, { numbers }: Stored): number[] {
  const never = new Set(unacknowledged)
  const lost: number[] = []
  for (let n = 0; n < sent; n++) if (!never.has(n) && !numbers.has(n)) lost.push(n)
  return lost
}

function decided(entry: HistoryEntry): ReportedDecision[] {
  if (entry.kind !== 'decision') return []
  const { workload, size, granted, reason, sentence } = entry.decision
  return [{ at: entry.first, workload, from: size, to: granted, reason, sentence }]
}

/** How far out it has to scale at least. */
const GROWTH = 3

/** What the demo did not show, one sentence each; empty when all is well. */
export function faultsOf(report: Report, min: number): string[] {
  const { minInstances, maxInstances, finalInstances, sent, acknowledged, lost, lostEvents } = report
  const faults: string[] = []
  if (maxInstances < min + GROWTH)
    faults.push(`it did not scale out: ${maxInstances} instances at most, ${min + GROWTH} were expected`)
  if (minInstances < min) faults.push(`it went down to ${minInstances}, below its min of ${min}`)
  if (finalInstances !== min)
    faults.push(`it did not come back to min: ${finalInstances} instances instead of ${min}`)
  if (acknowledged < sent) faults.push(`${sent - acknowledged} events were never acknowledged`)
  if (lost > 0) faults.push(`${lost} acknowledged events are not on disk: ${lostEvents.join(', ')}`)
  return faults
}
