import type { Stretch } from '../decision/coverage.ts'
import type { Drain } from './backlog-config.ts'
import type { Seen } from './strategy.ts'

/** A group that is sharing out its partitions, or has not settled down since. `lasts`: for how long so far, ms. */
export interface Unrest {
  lasts: number
  /** It has gone on for so long that it is not waited out any more. */
  isEndless: boolean
}

/** Samples are so far apart at the most that what lies between them is one and the same. */
const BRIDGE = 60_000

/**
 * Whether the group is at rest now: instances that come or go make it share out its partitions anew, which takes a while, and it may
 * say so itself. Unrest without a pause in it is one; where nothing is known of the past it has only just begun.
 */
export function unrestOf(drain: Drain, seen: Seen): Unrest | undefined {
  const now = seen.series?.to ?? seen.ready?.to
  if (now === undefined || isToldOnly(seen))
    return rebalances(seen) ? { lasts: 0, isEndless: false } : undefined
  const spells = [...changes(drain, seen), ...told(drain, seen.asides)].toSorted((a, b) => b.to - a.to)
  let since = now
  let isUnsettled = false
  for (const { from, to } of spells) {
    // At the beginning only what reaches until now counts, and then what reaches to the unrest that is known.
    if (to < since || from >= since) continue
    isUnsettled = true
    since = Math.min(since, from)
  }
  if (!isUnsettled) return undefined
  const lasts = now - since
  return { lasts, isEndless: lasts > drain.rebalancing.atMost }
}

/** It is said how it is now, without a course: then it has just begun. */
function isToldOnly({ asides }: Seen): boolean {
  const told = asides?.['rebalancing']
  return told !== undefined && told.kind !== 'missing' && told.series === undefined
}

function rebalances({ asides }: Seen): boolean {
  const told = asides?.['rebalancing']
  return told !== undefined && told.kind !== 'missing' && told.amount > 0
}

/** After each change of how many are ready. */
function changes({ rebalancing: { settle } }: Drain, { ready }: Seen): Stretch[] {
  const parts = ready?.parts ?? []
  return parts.flatMap((part, i) => {
    const before = parts[i - 1]
    const isChange = before !== undefined && before.load !== part.load && part.from - before.to <= BRIDGE
    return isChange ? [{ from: part.from, to: part.from + settle }] : []
  })
}

/** While the group says so, and until it has settled down. */
export function told({ rebalancing: { settle } }: Drain, asides: Seen['asides']): Stretch[] {
  const said = asides?.['rebalancing']
  if (said === undefined || said.kind === 'missing') return []
  return (said.series?.parts ?? []).flatMap(({ from, to, load }) =>
    load > 0 ? [{ from, to: to + settle }] : [],
  )
}
