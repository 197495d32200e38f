import type { Decision, RuleNumbers } from '../../decision/decision.ts'

/** One rule in one tick. Absent numbers were not to be had; they are never zero. Numbers have seven digits. */
export interface TickRule {
  name: string
  strategy: string
  unit: string
  band: { above?: number; below?: number }
  load?: number
  level?: number
  coverage?: number
}

/** What is held against the band: the level, but of a veto the value of its query. */
export const judged = ({ strategy, load, level }: TickRule): number | undefined =>
  strategy === 'veto' ? load : level

/** The numbers of one workload in one tick. `size` is what was granted. */
export interface Tick {
  workload: string
  at: number
  min: number
  max: number
  size: number
  wanted: number
  ready: number
  starting: number
  rules: readonly TickRule[]
}

/** Times are epoch ms, both included. */
export interface NumbersQuery {
  workload: string
  from: number
  to: number
  /** Newest so many ticks; the default is 10,000. */
  limit?: number
}

export const TICKS = 10_000

export function tickOf({ workload, at, min, max, granted, wanted, counts, rules }: Decision): Tick {
  const { ready, starting } = counts
  return { workload, at, min, max, size: granted, wanted, ready, starting, rules: rules.map(tickRuleOf) }
}

function tickRuleOf({ name, strategy, unit, band, load, level, coverage }: RuleNumbers): TickRule {
  return {
    ...about({ name, strategy, unit, band }),
    ...(load !== undefined && { load }),
    ...(level !== undefined && { level }),
    ...(coverage !== undefined && { coverage }),
  }
}

/** What a chart needs of a rule besides its numbers. */
function about({ name, strategy, unit, band }: TickRule): TickRule {
  const { above, below } = band
  const drawn = { ...(above !== undefined && { above }), ...(below !== undefined && { below }) }
  return { name, strategy, unit, band: drawn }
}

/** The newest of what was found, oldest first. */
export function newest(ticks: readonly Tick[], { limit = TICKS }: NumbersQuery): readonly Tick[] {
  const sorted = ticks.toSorted((a, b) => a.at - b.at)
  return limit < sorted.length ? sorted.slice(-limit) : sorted
}

export const isAsked = (tick: Tick, { workload, from, to }: NumbersQuery): boolean =>
  tick.workload === workload && tick.at >= from && tick.at <= to
