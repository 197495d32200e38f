import { addTally, emptyTally, HOUR, type Tally } from '../decision/tally.ts'
import type { BillEntry } from '../history/history.ts'
import { dayOf } from './times.ts'

export const periods = ['hour', 'day', 'total'] as const
export type By = (typeof periods)[number]

/** What was asked: whole hours that overlap a stretch of time (epoch ms), by clocks of a zone. */
export interface CostQuestion {
  from: number
  to: number
  by: By
  zone: string
  workload?: string
}

/** What was spent, in hours and money. Money is absent where nothing had a price; `unpricedHours` of hosts had none. */
export interface Cost {
  from: number
  to: number
  by: By
  workload?: string
  periods: readonly PeriodCost[]
  total: PeriodCost
}

/** `from` and `to`: the first and the last hour of it that has been billed. */
export interface PeriodCost {
  from: number
  to: number
  pools: readonly PoolCost[]
}

export interface PoolCost {
  pool: string
  hostHours: number
  /** Of all its hosts, whoever held them. */
  slotHours: number
  unpricedHours: number
  money?: number
  idle: { slotHours: number; money?: number }
  workloads: readonly WorkloadCost[]
}

export interface WorkloadCost {
  workload: string
  instanceHours: number
  slotHours: number
  money?: number
}

/** Adds bills up. Those of hours outside of the question are left out. */
export function costOf(bills: readonly BillEntry[], question: CostQuestion): Cost {
  const { from, to, by, workload } = question
  const asked = bills.filter((bill) => bill.to > from && bill.from < to).toSorted((a, b) => a.from - b.from)
  const grouped = Map.groupBy(asked, (bill) => keyOf(bill, question))
  return {
    ...{ from, to, by },
    ...(workload !== undefined && { workload }),
    periods: [...grouped.values()].map((those) => periodOf(those, question)),
    total: periodOf(asked, question),
  }
}

function keyOf({ from }: BillEntry, { by, zone }: CostQuestion): string {
  if (by === 'total') return ''
  return by === 'day' ? dayOf(from, zone) : String(from)
}

function periodOf(bills: readonly BillEntry[], { from, to, workload }: CostQuestion): PeriodCost {
  const byPool = new Map<string, Tally>()
  for (const bill of bills) {
    const sum = byPool.get(bill.pool) ?? emptyTally()
    byPool.set(bill.pool, sum)
    addTally(sum, bill)
  }
  const pools = [...byPool].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([pool, sum]) => poolOf(pool, sum))
  const began = Math.min(...bills.map((bill) => bill.from))
  const ended = Math.max(...bills.map((bill) => bill.to))
  return {
    from: bills.length === 0 ? from : began,
    to: bills.length === 0 ? to : ended,
    pools: workload === undefined ? pools : pools.flatMap((pool) => narrowed(pool, workload)),
  }
}

function poolOf(pool: string, { hostMs, unpricedMs, money, idle, workloads }: Tally): PoolCost {
  const worth = (amount: number) => (unpricedMs < hostMs ? { money: amount } : {})
  const slotMs = Object.values(workloads).reduce((sum, share) => sum + share.slotMs, idle.slotMs)
  const shares = Object.entries(workloads).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    pool,
    hostHours: hostMs / HOUR,
    slotHours: slotMs / HOUR,
    unpricedHours: unpricedMs / HOUR,
    ...worth(money),
    idle: { slotHours: idle.slotMs / HOUR, ...worth(idle.money) },
    workloads: shares.map(([workload, share]) => ({
      workload,
      instanceHours: share.instanceMs / HOUR,
      slotHours: share.slotMs / HOUR,
      ...worth(share.money),
    })),
  }
}

/** Only the pools in which a workload has a share, with that share. */
function narrowed(pool: PoolCost, workload: string): PoolCost[] {
  const workloads = pool.workloads.filter((one) => one.workload === workload)
  return workloads.length === 0 ? [] : [{ ...pool, workloads }]
}
