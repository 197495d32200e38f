import { createHistogram } from './histogram.ts'
import type { Counts, Done, Stretch } from './order.ts'
import type { Outcome } from './wire.ts'

/** What became of all requests, and those of the measured stretch apart. */
export interface Ledger {
  /** `begun`: the time from which the latency counts. `measured`: whether the request was meant for the measured stretch. */
  settled(outcome: Outcome, begun: number, measured: boolean): void
  /** A request that was due and never sent: it has waited at least so long, ms. */
  unsent(waited: number): void
  counts(): Counts
  /** Events acknowledged within the stretch, failures and latency of what was meant for it. */
  stretch(): Pick<Stretch, 'events' | 'failed' | 'latency'>
  failures(): Done['failures']
}

/** `within`: whether now lies in the measured stretch. Times are monotonic ms. */
export function createLedger(events: number, now: () => number, within: () => boolean): Ledger {
  const counts = { acknowledged: 0, refused: 0, unsure: 0 }
  const latency = createHistogram()
  const failures = new Map<string, number>()
  let inStretch = 0
  let failed = 0

  function fail(why: string, measured: boolean): void {
    failures.set(why, (failures.get(why) ?? 0) + 1)
    if (measured) failed++
  }

  return {
    settled(outcome, begun, measured) {
      const acknowledged = acknowledgedBy(outcome, events)
      counts.acknowledged += acknowledged
      if (within()) inStretch += acknowledged
      if (measured) latency.add(now() - begun)
      if (acknowledged === events) return
      if (isRefusal(outcome)) counts.refused += events - acknowledged
      else counts.unsure += events - acknowledged
      fail(whyOf(outcome), measured)
    },
    unsent: (waited) => latency.add(waited),
    counts: () => counts,
    stretch: () => ({ events: inStretch, failed, latency: latency.read() }),
    failures: () =>
      [...failures].map(([why, times]) => ({ why, times })).toSorted((a, b) => b.times - a.times),
  }
}

/** An answer to a batch begins with how many of its events were stored, whatever its status. */
const STORED = /^\{"status":"\w+","stored":(\d+)/
const LONGEST_BEGIN = 64

/** A single event is acknowledged by a 200; those of a batch are counted in its answer. */
export function acknowledgedBy(outcome: Outcome, events: number): number {
  if (outcome.kind === 'failed') return 0
  if (events === 1) return outcome.status === 200 ? 1 : 0
  const begin = outcome.body.toString('latin1', 0, Math.min(LONGEST_BEGIN, outcome.body.length))
  return Math.min(events, Number(STORED.exec(begin)?.[1] ?? 0))
}

/** Said in so many words that nothing was stored: 500 says that it may have been. */
const isRefusal = (outcome: Outcome): boolean =>
  outcome.kind === 'answered' && outcome.status !== 200 && outcome.status !== 500

const whyOf = (outcome: Outcome): string => {
  if (outcome.kind === 'failed') return outcome.why
  return outcome.status === 200
    ? 'events of a batch that were not acknowledged'
    : `answered ${outcome.status}`
}
