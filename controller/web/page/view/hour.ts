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

/** The same in columns that are `times` as wide. */
export function coarser(hour: Hour, times: number): Hour {
  const { from, width, sizes, rules } = hour
  return {
    from,
    width: width * times,
    sizes: groups(sizes, times).map((group) => group.findLast((one) => one !== undefined)),
    rules: rules.map((rule) => ({ ...rule, levels: groups(rule.levels, times).map(mean) })),
  }
}

function groups<T>(all: readonly T[], times: number): T[][] {
  const found: T[][] = []
  for (let i = 0; i < all.length; i += times) found.push(all.slice(i, i + times))
  return found
}

function mean(levels: readonly (number | undefined)[]): number | undefined {
  const known = levels.filter((level) => level !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, level) => sum + level, 0) / known.length
}
