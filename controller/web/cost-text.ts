import { plural } from '../decision/words.ts'
import type { Cost, PeriodCost, PoolCost } from './cost.ts'
import { stampOf, type WallClock } from './times.ts'

/** A line of a table: what it is about, then figures, then perhaps a bar. */
interface Row {
  name: string
  cells: readonly string[]
  bar?: string
}

/** What was spent as an operator reads it. */
export function costLines(cost: Cost, clock: WallClock): string[] {
  const { total, by, workload } = cost
  if (total.pools.length === 0)
    return [`nothing was billed from ${when(cost.from, clock)} to ${when(cost.to, clock)}`]
  const head = `from ${when(total.from, clock)} to ${when(total.to, clock)}, in whole hours:`
  const detail = by === 'total' ? totalRows(total, workload) : periodRows(cost, clock)
  return [head, '', ...tableOf(detail), ...notesOf(total, clock)]
}

const when = (at: number, { zone }: WallClock): string => `${stampOf(at, zone).slice(0, 16)} (${zone})`

/** Who has taken what, with a bar for its part of the money, or of the slots where there is no price. */
function totalRows({ pools }: PeriodCost, workload: string | undefined): Row[] {
  const head: Row = { name: '', cells: ['instance-hours', 'slot-hours', 'money'] }
  const rows = pools.flatMap((pool) => [
    ...pool.workloads.map((one): Row => {
      const cells = [fixed(one.instanceHours), fixed(one.slotHours), fixed(one.money)]
      return { name: `${pool.pool}  ${one.workload}`, cells, bar: bar('#', one.slotHours / pool.slotHours) }
    }),
    ...(workload === undefined ? wholeRows(pool) : []),
  ])
  return [head, ...rows]
}

function wholeRows(pool: PoolCost): Row[] {
  const { slotHours, money } = pool.idle
  const idle = { cells: ['', fixed(slotHours), fixed(money)], bar: bar('.', slotHours / pool.slotHours) }
  const whole = { cells: [`${fixed(pool.hostHours)} of hosts`, fixed(pool.slotHours), fixed(pool.money)] }
  return [
    { name: `${pool.pool}  idle`, ...idle },
    { name: `${pool.pool}  total`, ...whole },
  ]
}

function periodRows({ periods, workload }: Cost, clock: WallClock): Row[] {
  const head = workload === undefined ? ['host-hours', 'money', 'idle'] : ['instance-hours', 'money']
  const most = Math.max(...periods.flatMap(({ pools }) => pools.map((pool) => sizeOf(pool, workload))))
  const rows = periods.flatMap(({ from, pools }) =>
    pools.map((pool): Row => {
      const name = `${stampOf(from, clock.zone).slice(0, 16)}  ${pool.pool}`
      return { name, ...(workload === undefined ? poolRow(pool, most) : workloadRow(pool, most)) }
    }),
  )
  return [{ name: '', cells: head }, ...rows]
}

const sizeOf = (pool: PoolCost, workload: string | undefined): number =>
  workload === undefined ? pool.hostHours : (pool.workloads[0]?.instanceHours ?? 0)

function poolRow(pool: PoolCost, most: number): Omit<Row, 'name'> {
  const { hostHours, slotHours, money, idle } = pool
  const unused = (idle.slotHours / slotHours) * (hostHours / most)
  const picture = bar('#', hostHours / most - unused) + bar('.', unused)
  return { cells: [fixed(hostHours), fixed(money), fixed(idle.money)], bar: picture }
}

function workloadRow({ workloads: [one] }: PoolCost, most: number): Omit<Row, 'name'> {
  if (one === undefined) return { cells: [] }
  return { cells: [fixed(one.instanceHours), fixed(one.money)], bar: bar('#', one.instanceHours / most) }
}

const WIDTH = 30
const bar = (mark: string, share: number): string => mark.repeat(Math.round(share * WIDTH))

/** What there is no figure for is told by a dash. */
const fixed = (amount: number | undefined): string => (amount === undefined ? '-' : amount.toFixed(2))

function tableOf(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const columns = Math.max(...rows.map(({ cells }) => cells.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map(({ cells }) => cells[i]?.length ?? 0)),
  )
  return rows.map(({ name, cells, bar: picture = '' }) => {
    const figures = widths.map((most, i) => (cells[i] ?? '').padStart(most))
    return [name.padEnd(width), ...figures, picture].join('  ').trimEnd()
  })
}

function notesOf({ pools, to }: PeriodCost, { now, zone }: WallClock): string[] {
  const unpriced = pools.flatMap(({ pool, hostHours, unpricedHours }) => {
    if (unpricedHours === 0) return []
    if (unpricedHours === hostHours)
      return [`pool ${pool} has no pricePerHour: its hours are counted, its money is not`]
    return [
      `pool ${pool} had no price for ${fixed(unpricedHours)} of its host-hours; they are not in its money`,
    ]
  })
  const open = to > now ? [`the hour until ${stampOf(to, zone).slice(11, 16)} is still under way`] : []
  const notes = [...unpriced, ...open]
  return notes.length === 0 ? [] : ['', ...notes]
}

/** So many bills at most are answered at once. */
export const sayCut = (most: number): string =>
  `only the newest ${plural(most, 'bill')} are counted: ask for a shorter time`
