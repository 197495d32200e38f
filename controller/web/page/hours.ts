import { judged, type Tick, type TickRule } from '../../history/ring/tick.ts'
import type { Hour, RuleHour, Sizes } from './view/hour.ts'

/** The last hour of every workload, in memory: what charts are drawn from. */
export interface Hours {
  /** Ticks of one workload, oldest first. They may come late, as those do that are read from the disk. */
  add(ticks: readonly Tick[]): void
  /** When the workload last went out (epoch ms), as far as ticks have told. */
  lastOut(workload: string): number | undefined
  of(workload: string, now: number): Hour | undefined
  /** Forgets workloads that had no tick for an hour. */
  tidy(now: number): void
}

const HOUR = 3_600_000
/** A column is at least so wide, in ms; it has room for a tick that comes late. */
const NARROWEST = 30_000

/** More columns than an hour has, so that there is a whole hour of wider ones whenever those begin. */
const SPARE = 2

/** One rule of one workload: the sum and the number of levels in each column. */
interface Sums {
  rule: TickRule
  sum: Float64Array
  count: Uint16Array
}

interface Kept {
  /** The column that each place was last written for. */
  columns: Float64Array
  newest: number
  /** The newest of all, to see when the size rises. */
  last?: Tick
  lastOut?: number
  sizes: (Sizes & { at: number })[]
  rules: Map<string, Sums>
}

/** `tickEvery` in ms. A place in memory is used again an hour later, so what is kept is bounded by how many workloads there are. */
export function createHours(tickEvery: number): Hours {
  const width = Math.max(NARROWEST, 2 * tickEvery)
  const places = Math.max(2, Math.ceil(HOUR / width)) + SPARE
  const all = new Map<string, Kept>()

  function keptOf(workload: string): Kept {
    const known = all.get(workload)
    if (known !== undefined) return known
    const columns = new Float64Array(places).fill(-1)
    const made: Kept = { columns, newest: 0, sizes: [], rules: new Map() }
    all.set(workload, made)
    return made
  }

  return {
    add(ticks) {
      for (const [i, tick] of ticks.entries()) {
        const kept = keptOf(tick.workload)
        noteRise(kept, tick, ticks[i - 1] ?? kept.last)
        const column = Math.floor(tick.at / width)
        const place = column % places
        const before = kept.columns[place] ?? -1
        if (column < before) continue
        if (column > before) clear(kept, place, column)
        if (tick.at >= kept.newest) kept.newest = tick.at
        note(kept, place, tick, places)
      }
    },
    lastOut: (workload) => all.get(workload)?.lastOut,
    of(workload, now) {
      const kept = all.get(workload)
      if (kept === undefined) return undefined
      const last = Math.floor(now / width)
      const columns = Array.from({ length: places }, (_, i) => last - places + 1 + i)
      return hourOf(kept, columns, width)
    },
    tidy(now) {
      for (const [workload, { newest }] of all) if (now - newest > HOUR) all.delete(workload)
    },
  }
}

function noteRise(kept: Kept, tick: Tick, before: Tick | undefined): void {
  const isRise = before !== undefined && before.at < tick.at && tick.size > before.size
  if (isRise && tick.at > (kept.lastOut ?? 0)) kept.lastOut = tick.at
  if (tick.at >= (kept.last?.at ?? 0)) kept.last = tick
}

function clear(kept: Kept, place: number, column: number): void {
  kept.columns[place] = column
  delete kept.sizes[place]
  for (const { sum, count } of kept.rules.values()) {
    sum[place] = 0
    count[place] = 0
  }
}

function note(kept: Kept, place: number, { at, min, max, size, ready, rules }: Tick, places: number): void {
  const known = kept.sizes[place]
  if (known === undefined || known.at <= at) kept.sizes[place] = { at, min, max, size, ready }
  for (const rule of rules) {
    const value = judged(rule)
    const sums = kept.rules.get(rule.name) ?? newSums(rule, places)
    kept.rules.set(rule.name, sums)
    if (at >= kept.newest) sums.rule = rule
    if (value === undefined) continue
    sums.sum[place] = (sums.sum[place] ?? 0) + value
    sums.count[place] = (sums.count[place] ?? 0) + 1
  }
}

const newSums = (rule: TickRule, places: number): Sums => ({
  rule,
  sum: new Float64Array(places),
  count: new Uint16Array(places),
})

function hourOf(kept: Kept, columns: readonly number[], width: number): Hour {
  const places = kept.columns.length
  const isThere = (column: number): boolean => kept.columns[column % places] === column
  return {
    from: (columns[0] ?? 0) * width,
    width,
    sizes: columns.map((column) => (isThere(column) ? kept.sizes[column % places] : undefined)),
    rules: [...kept.rules.values()].map(({ rule, sum, count }): RuleHour => {
      const { name, strategy, unit, band } = rule
      const levels = columns.map((column) => {
        const place = column % places
        const number = count[place] ?? 0
        return isThere(column) && number > 0 ? (sum[place] ?? 0) / number : undefined
      })
      return { name, strategy, unit, band, levels }
    }),
  }
}
