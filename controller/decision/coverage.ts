/** How many instances were ready from `at` to `until` (epoch ms). */
export interface ReadySpan {
  at: number
  until: number
  ready: number
}

/** Who is to be found in a reading: each ready instance by all the names that raw data may know it under. */
export interface Expected {
  ready: readonly (readonly string[])[]
  /** Ready counts over the window, oldest first; what came before the first is taken to be the present count. */
  spans: readonly ReadySpan[]
}

/** A stretch of time, epoch ms. */
export interface Stretch {
  from: number
  to: number
}

export const width = ({ from, to }: Stretch): number => to - from

/** A stretch for which a sample vouches, with the number of instances behind the sample. */
export interface Covered extends Stretch {
  value: number
  present: number
}

interface Ready extends Stretch {
  ready: number
}

/** A count holds until the next tick. Over a longer silence nothing is known, and the present count stands in. */
const BRIDGE = 60_000

/** How many ought to be in the readings when, newest first, without gaps from `from` to `to`. */
function readyOver({ ready, spans }: Expected, from: number, to: number): Ready[] {
  const stretches: Ready[] = []
  let end = to
  const add = (start: number, count: number): void => {
    if (start < end) stretches.push({ from: start, to: end, ready: count })
    end = Math.min(end, start)
  }
  for (const span of spans.toReversed()) {
    if (span.at >= end) continue
    if (end - span.until > BRIDGE) add(Math.max(span.until, from), ready.length)
    add(Math.max(span.at, from), span.ready)
    if (end <= from) break
  }
  add(from, ready.length)
  return stretches
}

/**
 * Share (0..1) of the ready instance-seconds of a window that are in the readings. Instances that are there beyond the ready
 * ones, being on their way in or out, make up neither for those that are absent at another time nor for holes.
 */
export function instanceCoverage(covered: readonly Covered[], expected: Expected, window: Stretch): number {
  const stretches = readyOver(expected, window.from, window.to)
  let ought = 0
  let found = 0
  for (const stretch of stretches) {
    ought += stretch.ready * width(stretch)
    for (const part of covered) found += Math.min(part.present, stretch.ready) * overlap(part, stretch)
  }
  const byTime = timeCoverage(covered, window)
  return ought === 0 ? byTime : Math.min(byTime, found / ought)
}

export function timeCoverage(covered: readonly Covered[], window: Stretch): number {
  return covered.reduce((sum, part) => sum + width(part), 0) / width(window)
}

const overlap = (a: Stretch, b: Stretch): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from))
