import type { Crowd } from './crowd.ts'
import { type Series, segmentAt, truthAt } from './series.ts'

/** A queue that instances work off. Times in ms, amounts a second but for `waits`. */
export interface QueueSpec {
  /** What comes in, shared by all partitions alike. */
  production: Series
  /** What one instance works off, as long as there is something to do for it. */
  each: Series
  /** What all of them together work off at most, whatever they could do. */
  limit: number
  partitions: number
  /** What waits at the beginning. */
  waits: number
  /** How long nothing is worked off after instances have come or gone. */
  rebalance: number
  /** What an instance is remembered to manage from before the beginning; absent: nobody knows. */
  remembered?: number
}

/** What can be asked of a queue, by the names of what the rule asks; `lag` is the rule's own query. */
export const queueParts = ['lag', 'production', 'consumption', 'partitions', 'rebalancing'] as const

export type QueuePart = (typeof queueParts)[number]

/** A queue as the source would show it. */
export interface VirtualQueue {
  /** The value at `time` (ms since the beginning); rates are means over the `over` ms before it. */
  at(part: QueuePart, time: number, over: number): number
}

const STEP = 1_000

/** The queue after each second. Sums are since the beginning. */
interface Trail {
  lag: number[]
  produced: number[]
  consumed: number[]
  rebalancing: number[]
}

/**
 * A queue that fills and empties by those who were ready when: it is played up to the time that is asked for, since who is ready then
 * is known by then. Each partition is worked off by one instance, so that those beyond the partitions have nothing to do.
 */
export function createQueue(spec: QueueSpec, crowd: Crowd, start: number): VirtualQueue {
  const { partitions, waits } = spec
  const lags = Array.from({ length: partitions }, () => waits / partitions)
  const trail: Trail = { lag: [waits], produced: [0], consumed: [0], rebalancing: [0] }
  let members: string | undefined
  let calmFrom = 0

  function second(time: number): void {
    const ready = crowd.at(start + time)
    const names = ready.join()
    if (names !== (members ?? names)) calmFrom = time + spec.rebalance
    members = names
    const isRebalancing = time < calmFrom
    const made = rateAt(spec.production, time) * (STEP / 1000)
    for (let p = 0; p < partitions; p++) lags[p] = (lags[p] ?? 0) + made / partitions
    const done = isRebalancing ? 0 : workOff(lags, ready.length, spec, time)
    trail.lag.push(lags.reduce((sum, lag) => sum + lag, 0))
    trail.produced.push((trail.produced.at(-1) ?? 0) + made)
    trail.consumed.push((trail.consumed.at(-1) ?? 0) + done)
    trail.rebalancing.push(isRebalancing && ready.length > 0 ? 1 : 0)
  }

  /** What was before the beginning has been as it is then: they kept up, or did what they could. */
  function before(part: QueuePart): number {
    const made = rateAt(spec.production, 0)
    const able = Math.min(spec.limit, rateAt(spec.each, 0) * Math.min(partitions, crowd.at(start).length))
    if (part === 'consumption') return waits > 0 ? able : Math.min(able, made)
    return part === 'production' ? made : waits
  }

  return {
    at(part, time, over) {
      if (part === 'partitions') return partitions
      for (let next = trail.lag.length; next * STEP <= time; next++) second(next * STEP)
      if (part === 'rebalancing') return valueAt(trail.rebalancing, time)
      if (time <= 0) return before(part)
      if (part === 'lag') return valueAt(trail.lag, time)
      const sums = part === 'production' ? trail.produced : trail.consumed
      const from = Math.max(0, time - over)
      const known = valueAt(sums, time) - valueAt(sums, from)
      const earlier = (over - (time - from)) / 1000
      return (known + earlier * before(part)) / (over / 1000)
    },
  }
}

const valueAt = (trail: readonly number[], time: number): number =>
  trail[Math.max(0, Math.floor(time / STEP))] ?? trail.at(-1) ?? 0

function rateAt(series: Series, time: number): number {
  const segment = segmentAt(series, time - 1)
  return segment === undefined ? 0 : (truthAt(segment, time) ?? 0)
}

/** Takes from partitions what those who have them manage in a step, dealt out in turn; answers how much that is. */
function workOff(lags: number[], ready: number, { each, limit }: QueueSpec, time: number): number {
  if (ready === 0) return 0
  const waiting = new Array<number>(ready).fill(0)
  for (const [p, lag] of lags.entries()) waiting[p % ready] = (waiting[p % ready] ?? 0) + lag
  const most = rateAt(each, time) * (STEP / 1000)
  const shares = waiting.map((sum) => (sum === 0 ? 0 : Math.min(1, most / sum)))
  const could = waiting.reduce((sum, lag, i) => sum + lag * (shares[i] ?? 0), 0)
  const less = could === 0 ? 0 : Math.min(1, (limit * (STEP / 1000)) / could)
  for (const [p, lag] of lags.entries()) lags[p] = lag * (1 - (shares[p % ready] ?? 0) * less)
  return could * less
}
