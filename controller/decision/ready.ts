import type { ReadySpan } from './coverage.ts'
import type { Part, Series } from './series.ts'

/** A count holds until the next tick; over a longer silence nothing is known of it. */
const BRIDGE = 60_000

/**
 * How many instances were ready over (from, to], as far as that is known: unlike for coverage the present count never stands in for
 * one that nobody noted, since what an instance manages is worked out from it. `load` of a part is the count.
 */
export function readyOver(spans: readonly ReadySpan[], { from, to }: { from: number; to: number }): Series {
  const parts: Part[] = []
  for (const [i, { at, until, ready }] of spans.entries()) {
    const next = spans[i + 1]?.at ?? Number.POSITIVE_INFINITY
    const end = Math.min(to, next - until > BRIDGE ? until + BRIDGE : next)
    const begin = Math.max(from, at)
    if (begin >= end) continue
    const last = parts.at(-1)
    if (last?.to === begin && last.load === ready) parts.splice(-1, 1, { ...last, to: end })
    else parts.push({ from: begin, to: end, load: ready })
  }
  const known = parts.reduce((sum, part) => sum + part.to - part.from, 0)
  return { from, to, parts, coverage: to > from ? known / (to - from) : 0 }
}
