import type { BillEntry } from '../../../history/history.ts'
import type { PoolStatus } from '../../status.ts'
import { type Html, html } from './html.ts'
import { idOf } from './names.ts'
import { type List, plainItem } from './part.ts'

/** What a pool costs, in the operator's money. `month`: since the month began, as far as bills tell. */
export interface MoneyRow {
  pool: string
  hosts: number
  perHour: number
  mostPerHour?: number
  month?: { money: number; idle: number }
}

/** Pools that have a price. `bills`: of the month, undefined while they are not known yet. */
export function moneyRows(pools: readonly PoolStatus[], bills: readonly BillEntry[] | undefined): MoneyRow[] {
  return pools.flatMap(({ pool, spending }) => {
    if (spending === undefined) return []
    const { hosts, perHour, maxCostPerHour: most } = spending
    const month = bills && monthOf(bills.filter((bill) => bill.pool === pool))
    return [
      { pool, hosts, perHour, ...(most !== undefined && { mostPerHour: most }), ...(month && { month }) },
    ]
  })
}

function monthOf(bills: readonly BillEntry[]): NonNullable<MoneyRow['month']> {
  const sum = { money: 0, idle: 0 }
  for (const { money, idle } of bills) {
    sum.money += money
    sum.idle += idle.money
  }
  return sum
}

export function moneyList(rows: readonly MoneyRow[]): List {
  const total = rows.length > 1 ? [totalOf(rows)] : []
  return { id: 'money', items: [...rows, ...total].map(moneyItem) }
}

function totalOf(rows: readonly MoneyRow[]): MoneyRow {
  const sum: MoneyRow = { pool: '', hosts: 0, perHour: 0 }
  const months = rows.flatMap(({ month }) => month ?? [])
  for (const { hosts, perHour } of rows) {
    sum.hosts += hosts
    sum.perHour += perHour
  }
  if (months.length < rows.length) return sum
  const month = { money: 0, idle: 0 }
  for (const { money, idle } of months) {
    month.money += money
    month.idle += idle
  }
  return { ...sum, month }
}

const unknown: Html = html`<span class="dim">not known yet</span>`

function moneyItem({ pool, hosts, perHour, mostPerHour, month }: MoneyRow) {
  const id = idOf('m', pool)
  const most = mostPerHour === undefined ? '' : ` of ${mostPerHour.toFixed(2)}`
  return plainItem(
    id,
    html`<tr id="${id}"><th scope="row">${pool === '' ? 'all' : pool}</th><td>${hosts}</td><td>${perHour.toFixed(2)}${most}</td><td>${
      month === undefined ? unknown : month.money.toFixed(2)
    }</td><td>${month === undefined ? unknown : month.idle.toFixed(2)}</td></tr>`,
  )
}
