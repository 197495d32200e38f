import type { Stretch } from '../decision/coverage.ts'
import type { Series } from '../decision/series.ts'
import { type Drain, trifleOf } from './backlog-config.ts'
import { type Mean, meansOf } from './backlog-mean.ts'
import { told } from './backlog-rebalance.ts'
import { type Lanes, limitOf } from './backlog-sizes.ts'
import type { Rate, Seen } from './strategy.ts'

/** The most that so many instances together managed a second, over one stretch. `isFull`: there was more to do than that. */
export interface Feat {
  ready: number
  total: number
  isFull: boolean
}

/** A stretch is looked at in so many parts, so that one in which something begins or ends does not count. */
const PARTS = 3
/** Each of them has at least this share of the mean. */
const STEADY = 0.5

/**
 * What groups of each size have managed, as far back as can be seen. Only stretches count in which the same number of instances was
 * ready and working all the time. Where lag waited all along that is what they are able to; where none did they managed just what came
 * in, and could perhaps do more; so they did while the group shared out its partitions, by its own word. The most of each, since rebalances
 * and starts take from a rate, and nothing adds to it.
 */
export function featsOf(drain: Drain, { series: lag, asides, ready }: Seen): Feat[] {
  const worked = asides?.['consumption']
  if (worked?.kind !== 'whole' || worked.series === undefined) return []
  if (lag === undefined || ready === undefined) return []
  const [work, waits] = [meansOf(worked.series), meansOf(lag)]
  const unrest = told(drain, asides)
  const feats: Feat[] = []
  for (const { to } of worked.series.parts) {
    const stretch = { from: to - drain.over, to }
    if (stretch.from < worked.series.from) continue
    const count = constantOver(ready, stretch, drain.rebalancing.settle)
    const total = steadyOver(work, stretch)
    if (count === undefined || count === 0 || total === undefined) continue
    const isCalm = !unrest.some(({ from, to: until }) => from < stretch.to && until > stretch.from)
    const isFull = isCalm && isBusy(waits, stretch, (total * trifleOf(drain)) / 1000)
    note(feats, { ready: count, total, isFull })
  }
  return feats.toSorted((a, b) => a.ready - b.ready)
}

function note(feats: Feat[], feat: Feat): void {
  const former = feats.find(({ ready, isFull }) => ready === feat.ready && isFull === feat.isFull)
  if (former === undefined) feats.push(feat)
  else former.total = Math.max(former.total, feat.total)
}

/**
 * What one instance manages a second: as measured, else as remembered, else as the policy says, and never less than it has been seen to
 * do. Where only that is known it is a bound from below, which is enough to go in by and not to go out by.
 */
export function rateOf(drain: Drain, feats: readonly Feat[], lanes: Lanes, seen: Seen): Rate | undefined {
  const { partitions = Number.POSITIVE_INFINITY, threads } = lanes
  // Those beyond the limit are idle, and do not count.
  const best = (those: readonly Feat[]): number =>
    Math.max(0, ...those.map(({ ready, total }) => total / Math.min(ready, partitions / threads)))
  const full = best(feats.filter(({ isFull }) => isFull))
  const shown = best(feats)
  if (full > 0) return { each: shown, from: 'measured' }
  const { remembered } = seen
  const old = remembered !== undefined && remembered.age <= drain.memory ? remembered : undefined
  if (old !== undefined && old.atLeast !== true)
    return { each: Math.max(old.each, shown), from: 'remembered' }
  if (drain.rate !== undefined) return { each: Math.max(drain.rate, shown), from: 'given' }
  if (old !== undefined && old.each >= shown) return { each: old.each, from: 'remembered', atLeast: true }
  return shown > 0 ? { each: shown, from: 'measured', atLeast: true } : undefined
}

/** Less than this share of what more instances ought to have brought is nothing. */
const GAIN = 1 / 3

/**
 * Fewer instances that managed as much together as those that are ready now: something else is the limit, such as where they write to,
 * or one partition that gets most. Then more of them bring nothing.
 */
export function elsewhere(all: readonly Feat[], ready: number | undefined, lanes: Lanes): Feat | undefined {
  const limit = limitOf(lanes)
  const feats = all.filter(({ isFull }) => isFull)
  const now = feats.find((feat) => feat.ready === ready)
  if (now === undefined) return undefined
  return feats.findLast((then) => {
    const more = Math.min(now.ready, limit) / Math.min(then.ready, limit) - 1
    return more > 0 && now.total - then.total < GAIN * more * then.total
  })
}

/** The mean over a stretch in which it was much the same all the time. */
function steadyOver(over: Mean, { from, to }: Stretch): number | undefined {
  const mean = over(from, to)
  if (mean === undefined || mean <= 0) return undefined
  return isThroughout(from, to, (begin, end) => (over(begin, end) ?? mean) >= STEADY * mean)
    ? mean
    : undefined
}

/** Whether more than so much waited all the time. */
const isBusy = (lag: Mean, { from, to }: Stretch, trifle: number): boolean =>
  isThroughout(from, to, (begin, end) => (lag(begin, end) ?? 0) > trifle)

/** Whether something is so in each part of a stretch. */
function isThroughout(from: number, to: number, isSo: (from: number, to: number) => boolean): boolean {
  const length = (to - from) / PARTS
  for (let i = 0; i < PARTS; i++) if (!isSo(from + i * length, from + (i + 1) * length)) return false
  return true
}

/** The count that holds over all of a stretch, and had settled before; undefined where it changes or is not known throughout. */
function constantOver({ parts }: Series, { from, to }: Stretch, settle: number): number | undefined {
  const at = parts.findIndex((one) => one.from <= from && from < one.to)
  const part = parts[at]
  if (part === undefined || part.to < to) return undefined
  return at === 0 || part.from + settle <= from ? part.load : undefined
}
