import type { Answered } from './ask.ts'

/**
 * How a panel changes when something happens: its value becomes larger or smaller than it was at any time just before (larger by a
 * factor, for values that wobble); a line appears that was not there; it comes, or grows if it was there; it goes;
 * or there are more lines than before.
 */
export type Change = 'grows' | 'falls' | 'appears' | 'comes' | 'goes' | 'more' | { grows: number }

/** Looks at what a query answers around the moment (epoch seconds) of an event; answers what is not as it should be. */
export function flawOf(change: Change, answered: readonly Answered[], moment: number): string | undefined {
  const before = totals(answered, (at) => at < moment)
  const after = totals(answered, (at) => at >= moment)
  if (change === 'appears') return appears(before, after)
  if (change === 'comes' && before.length === 0) return appears(before, after)
  if (change === 'goes') return goes(answered, before, moment)
  if (change === 'more') return more(answered, moment)
  const [was, is] = [extreme(before, change), extreme(after, change)]
  const factor = typeof change === 'object' ? change.grows : 1
  const holds = change === 'falls' ? is < was : is > factor * was
  return before.length > 0 && after.length > 0 && holds ? undefined : `from ${tell(before)} to ${tell(after)}`
}

function appears(before: readonly number[], after: readonly number[]): string | undefined {
  if (before.length > 0) return `was there before: ${tell(before)}`
  return after.length > 0 ? undefined : 'did not come'
}

/** So long (in seconds) a line has to be away. */
const GONE = 2

/** The last looks find nothing. */
function goes(answered: readonly Answered[], before: readonly number[], moment: number): string | undefined {
  if (before.length === 0) return 'was not there before'
  const last = Math.max(...answered.flatMap(({ points }) => points.map(([at]) => at)))
  const now = Date.now() / 1000
  return now > moment + GONE && last < now - GONE ? undefined : 'is still there'
}

function more(answered: readonly Answered[], moment: number): string | undefined {
  const count = (isMeant: (at: number) => boolean): number =>
    answered.filter(({ points }) => points.some(([at]) => isMeant(at))).length
  const [was, all] = [count((at) => at < moment), answered.length]
  return was > 0 && all > was ? undefined : `${was} lines before, ${all} in all`
}

/** The sum of all lines at each moment that is meant. */
function totals(answered: readonly Answered[], isMeant: (at: number) => boolean): number[] {
  const sums = new Map<number, number>()
  for (const { points } of answered)
    for (const [at, value] of points) if (isMeant(at)) sums.set(at, (sums.get(at) ?? 0) + value)
  return [...sums.values()]
}

const extreme = (values: readonly number[], change: Change): number =>
  change === 'falls' ? Math.min(...values) : Math.max(...values)

const tell = (values: readonly number[]): string =>
  values.length === 0 ? 'nothing' : `${Math.min(...values)}..${Math.max(...values)}`
