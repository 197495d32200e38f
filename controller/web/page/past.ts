import type { Shown } from '../reads.ts'
import type { Hours } from './hours.ts'
import { BILLS, EVENTS, monthOf, type Newspaper } from './news.ts'

type Known = Pick<Shown, 'history' | 'numbers'>

const HOUR = 3_600_000

/**
 * Reads what was before this controller was looked at, once: the numbers of the last hour of each workload, one after the other so
 * that nothing else waits for it; the decisions and steps of that hour; the bills of the month. What cannot be read is left out.
 */
export async function recall(
  shown: Known,
  workloads: readonly string[],
  now: number,
  hours: Hours,
  news: Newspaper,
): Promise<void> {
  const from = now - HOUR
  const [steps, decisions, bills] = [
    await shown.history({ kind: 'outcome', from, limit: EVENTS }),
    await shown.history({ kind: 'decision', from }),
    await shown.history({ kind: 'bill', from: monthOf(now), limit: BILLS }),
  ]
  news.fill([...(steps ?? []), ...(decisions ?? [])], bills ?? [])
  for (const workload of workloads) hours.add((await shown.numbers({ workload, from, to: now })) ?? [])
}
