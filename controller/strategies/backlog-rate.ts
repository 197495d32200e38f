import { type Stretch, width } from '../decision/coverage.ts'
import type { Series } from '../decision/series.ts'
import { type Drain, trifleOf } from './backlog-config.ts'
import { type Lanes, limitOf } from './backlog-sizes.ts'
import type { Rate, Seen } from './strategy.ts'

/** The most that so many instances together managed a second, over one stretch in which there was more to do than that. */
export interface Feat {
  ready: number
  total: number
}

/** What of a stretch has to be known for its mean to count. */
const LEAST_KNOWN = 0.8

/**
 * What groups of each size have managed, as far back as can be seen. Only stretches count in which the same number of instances was
 * ready all the time and lag waited all along: without lag they manage what comes in, which says nothing of what they could.
 * The most of them, since rebalances and starts take from a rate, and nothing adds to it. Nothing managed at all is no feat.
 */
export function featsOf(drain: Drain, { series: lag, asides, ready }: Seen): Feat[] {
  const worked = asides?.['consumption']
  if (worked?.kind !== 'whole' || worked.series === undefined) return []
  if (lag === undefined || ready === undefined) return []
  const best = new Map<number, number>()
  for (const { to } of worked.series.parts) {
    const stretch = { from: to - drain.over, to }
    if (stretch.from < worked.series.from) continue
    const count = constantOver(ready, stretch)
    const total = meanOver(worked.series, stretch)
    const waiting = meanOver(lag, stretch)
    if (count === undefined || total === undefined || waiting === undefined) continue
    const isBusy = waiting > (total * trifleOf(drain)) / 1000
    if (count > 0 && total > 0 && isBusy) best.set(count, Math.max(total, best.get(count) ?? 0))
  }
  return [...best].map(([count, total]) => ({ ready: count, total })).toSorted((a, b) => a.ready - b.ready)
}

/** What one instance manages a second: as measured, else as remembered, else as the policy says; undefined where nobody knows. */
export function rateOf(
  drain: Drain,
  feats: readonly Feat[],
  lanes: Lanes,
  { remembered }: Seen,
): Rate | undefined {
  const { partitions = Number.POSITIVE_INFINITY, threads } = lanes
  // Those beyond the limit are idle, and do not count.
  const each = feats.map(({ ready, total }) => total / Math.min(ready, partitions / threads))
  if (each.length > 0) return { each: Math.max(...each), from: 'measured' }
  if (remembered !== undefined && remembered.age <= drain.memory)
    return { each: remembered.each, from: 'remembered' }
  return drain.rate === undefined ? undefined : { each: drain.rate, from: 'given' }
}

/** Less than this share of what more instances ought to have brought is nothing. */
const GAIN = 1 / 3

/**
 * Fewer instances that managed as much together as those that are ready now: something else is the limit, such as where they write to,
 * or one partition that gets most. Then more of them bring nothing.
 */
export function elsewhere(feats: readonly Feat[], ready: number | undefined, lanes: Lanes): Feat | undefined {
  const limit = limitOf(lanes)
  const now = feats.find((feat) => feat.ready === ready)
  if (now === undefined) return undefined
  return feats.findLast((then) => {
    const more = Math.min(now.ready, limit) / Math.min(then.ready, limit) - 1
    return more > 0 && now.total - then.total < GAIN * more * then.total
  })
}

/** The mean over a stretch; undefined where too little of it is known. */
export function meanOver({ parts }: Series, stretch: Stretch): number | undefined {
  let [area, time] = [0, 0]
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]
    if (part === undefined || part.to <= stretch.from) break
    const length = Math.min(part.to, stretch.to) - Math.max(part.from, stretch.from)
    if (length <= 0) continue
    area += part.load * length
    time += length
  }
  return time < LEAST_KNOWN * width(stretch) || time === 0 ? undefined : area / time
}

/** The value that holds over all of a stretch; undefined where it changes or is not known throughout. */
function constantOver({ parts }: Series, { from, to }: Stretch): number | undefined {
  const part = parts.find((one) => one.from <= from && from < one.to)
  return part !== undefined && part.to >= to ? part.load : undefined
}
