import type { HistoryEntry } from '../controller/history/history.ts'
import type { Consumed, Stored } from './count.ts'
import type { Latency, LoadDone } from './load/protocol.ts'
import type { Pace } from './pace.ts'

/** What happened, as `--report` writes it. Times are epoch ms, durations and latencies ms. */
export interface Report {
  /** Events that were sent; however often one was tried again, it counts once. */
  sent: number
  acknowledged: number
  /** Events on disk, each once; with Kafka on that of the consumers. */
  stored: number
  /** With Kafka: events that the consumers have stored, each once. */
  consumed?: number
  /** Acknowledged, but not on disk. */
  lost: number
  /** Some of the lost ones. */
  lostEvents: readonly string[]
  /** Stored more than once: sent again because an acknowledgement got lost, or `readAgain`. */
  duplicates: number
  /** With Kafka: of the duplicates, those that a consumer had stored and not committed yet when another took its partition over. */
  readAgain?: number
  retries: number
  failures: readonly string[]
  /** From the intended send time on; absent when nothing was acknowledged. */
  latency?: Latency
  minInstances: number
  maxInstances: number
  finalInstances: number
  maxHosts: number
  /** With Kafka. */
  consumers?: { min: number; max: number; final: number }
  /** With VMs of a fake cloud. */
  cloud?: ReportedCloud
  duration: number
  decisions: readonly ReportedDecision[]
}

/** VMs by the fake cloud's own books. Money is that of the pool's price. */
export interface ReportedCloud {
  /** That were ever made. */
  ordered: number
  /** That existed at once, at most. */
  most: number
  /** That are still there after everything was taken down. */
  left: readonly string[]
  /** What the cloud charges for all of them. */
  bill: number
  /** What the controller had written down, and what the cloud charges for the same time; absent where it did not tell. */
  books?: { own: number; cloud: number }
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
  stored: Stored | Consumed
  run: string
  sizes: Sizes
  /** With Kafka. */
  consumers?: Sizes
  /** With VMs of a fake cloud. */
  cloud?: ReportedCloud
  duration: number
  history: readonly HistoryEntry[]
}

const NAMED = 20

export function reportOf({ load, stored, run, sizes, consumers, cloud, duration, history }: Facts): Report {
  const missing = lostNumbers(load, stored)
  return {
    sent: load.sent,
    acknowledged: load.acknowledged,
    stored: stored.numbers.size,
    ...('readAgain' in stored && { consumed: stored.numbers.size, readAgain: stored.readAgain }),
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
    ...(consumers && { consumers: { min: consumers.min, max: consumers.max, final: consumers.last } }),
    ...(cloud && { cloud }),
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
export function faultsOf(report: Report, { size, consumer }: Pick<Pace, 'size' | 'consumer'>): string[] {
  const { minInstances, maxInstances, finalInstances, sent, acknowledged, lost, lostEvents } = report
  const faults = faultsOfSize(
    { min: minInstances, max: maxInstances, final: finalInstances },
    { of: 'it', are: 'instances', min: size.min },
  )
  if (consumer !== undefined && report.consumers !== undefined)
    faults.push(
      ...faultsOfSize(report.consumers, { of: 'the consumer', are: 'consumers', min: consumer.size.min }),
    )
  if (acknowledged < sent) faults.push(`${sent - acknowledged} events were never acknowledged`)
  const where = consumer === undefined ? 'on disk' : 'in the files of the consumers'
  if (lost > 0) faults.push(`${lost} acknowledged events are not ${where}: ${lostEvents.join(', ')}`)
  if (report.cloud !== undefined) faults.push(...faultsOfCloud(report.cloud))
  return faults
}

/** What a few VMs cost in two seconds: begins and ends are told to the second at best. */
const TOLERANCE = 0.005

function faultsOfCloud({ left, books }: ReportedCloud): string[] {
  const faults: string[] = []
  if (left.length > 0) faults.push(`${left.join(', ')} stayed in the cloud, and would go on to cost money`)
  if (books !== undefined && Math.abs(books.own - books.cloud) > TOLERANCE)
    faults.push(`the controller counted ${books.own}, and the cloud charges ${books.cloud} for the same time`)
  return faults
}

function faultsOfSize(
  seen: { min: number; max: number; final: number },
  { of, are, min }: { of: string; are: string; min: number },
): string[] {
  const faults: string[] = []
  if (seen.max < min + GROWTH)
    faults.push(`${of} did not scale out: ${seen.max} ${are} at most, ${min + GROWTH} were expected`)
  if (seen.min < min) faults.push(`${of} went down to ${seen.min}, below its min of ${min}`)
  if (seen.final !== min)
    faults.push(`${of} did not come back to min: ${seen.final} ${are} instead of ${min}`)
  return faults
}
