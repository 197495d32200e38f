import type { StoreState } from '../decision/state.ts'
import type { BillEntry, HistoryEntry } from '../history/history.ts'
import { openBills } from '../loop/bill.ts'
import { hint } from '../policy/nearest.ts'
import { type Cost, type CostQuestion, costOf } from './cost.ts'
import type { PastReader } from './explain.ts'
import { stampOf } from './times.ts'

/** What costs are added up from: the bills of the history, and those under way. */
export interface CostGround {
  past: Pick<PastReader, 'read'>
  ledger: NonNullable<StoreState['ledger']>
  /** Epoch ms. */
  now: number
}

/** `isCut`: there were more bills than are read at once, so that the oldest are not in it. */
export type CostAnswer = { kind: 'cost'; cost: Cost; isCut: boolean } | { kind: 'unknown'; detail: string }

/** A year of one pool. */
export const MOST_BILLS = 10_000

/** Adds up what was spent. */
export async function answerCost(
  question: CostQuestion,
  { past, ledger, now }: CostGround,
): Promise<CostAnswer> {
  const { from, to } = question
  const entries = await past.read({ kind: 'bill', from, to, limit: MOST_BILLS })
  const bills = fullest(entries, ledger, now)
  const stranger = strangerIn(question, bills)
  if (stranger !== undefined) return { kind: 'unknown', detail: stranger }
  return { kind: 'cost', cost: costOf(bills, question), isCut: bills.length === MOST_BILLS }
}

/** A process that was killed has not told the last minutes to its history, but the state has them. Bills only ever grow. */
function fullest(
  entries: readonly HistoryEntry[],
  ledger: NonNullable<StoreState['ledger']>,
  now: number,
): BillEntry[] {
  const bills = new Map<string, BillEntry>()
  for (const entry of entries) if (entry.kind === 'bill') bills.set(entry.id, entry)
  for (const open of openBills(ledger, now))
    if (open.hostMs > (bills.get(open.id)?.hostMs ?? 0))
      bills.set(open.id, { kind: 'bill', version: 1, ...open })
  return [...bills.values()]
}

/** A workload on which nothing was spent, where something was on others, most probably is a slip of the pen. */
function strangerIn(
  { workload, from, to, zone }: CostQuestion,
  bills: readonly BillEntry[],
): string | undefined {
  const names = new Set(bills.flatMap(({ workloads }) => Object.keys(workloads)))
  if (workload === undefined || names.has(workload) || bills.length === 0) return undefined
  const time = `from ${stampOf(from, zone)} to ${stampOf(to, zone)} (${zone})`
  return `nothing was spent on a workload "${workload}"${hint(workload, names)} ${time}`
}
