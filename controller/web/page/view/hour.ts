import type { TickRule } from '../../../history/ring/tick.ts'

/** What is known of a workload in the last hour, by columns of equal width, oldest first. What is absent was not to be had. */
export interface Hour {
  /** When the first column begins, and how wide each is, in ms. */
  from: number
  width: number
  sizes: readonly (Sizes | undefined)[]
  rules: readonly RuleHour[]
}

/** As of the newest tick of the column. */
export interface Sizes {
  min: number
  max: number
  size: number
  ready: number
}

/** The mean of each column of what is held against the band. */
export interface RuleHour extends Pick<TickRule, 'name' | 'strategy' | 'unit' | 'band'> {
  levels: readonly (number | undefined)[]
}

const HOUR = 3_600_000

/** No more of it than the last hour, the column that is still open included. */
export function newest({ from, width, sizes, rules }: Hour): Hour {
  const columns = Math.max(1, Math.floor(HOUR / width))
  const first = Math.max(0, sizes.length - columns)
  return {
    from: from + first * width,
    width,
    sizes: sizes.slice(first),
    rules: rules.map((rule) => ({ ...rule, levels: rule.levels.slice(first) })),
  }
}

/**
 * The same in columns that are `times` as wide, each of which begins at a whole multiple of its width, and without the last one while
 * it is still open: so nothing of it changes until another one is over.
 */
export function coarser({ from, width, sizes, rules }: Hour, times: number): Hour {
  const first = Math.ceil(from / width / times) * times - from / width
  const groups = <T>(all: readonly T[]): T[][] => groupsOf(all, first, times)
  return {
    from: from + first * width,
    width: width * times,
    sizes: groups(sizes).map((group) => group.findLast((one) => one !== undefined)),
    rules: rules.map((rule) => ({ ...rule, levels: groups(rule.levels).map(mean) })),
  }
}

/** The last column is open as well, and with it the group that it is in. */
function groupsOf<T>(all: readonly T[], first: number, times: number): T[][] {
  const found: T[][] = []
  for (let i = first; i + times < all.length; i += times) found.push(all.slice(i, i + times))
  return found
}

function mean(levels: readonly (number | undefined)[]): number | undefined {
  const known = levels.filter((level) => level !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, level) => sum + level, 0) / known.length
}
