import type { HourTally } from '../decision/ledger.ts'
import type { StoreState } from '../decision/state.ts'
import { HOUR } from '../decision/tally.ts'
import type { BillEntry, History } from '../history/history.ts'

/** Writes down the hours of all pools to which something was added since a time. The ids make what is told twice one bill. */
export function tellBills(
  { history }: { history: Pick<History, 'billed'> },
  ledger: NonNullable<StoreState['ledger']>,
  now: number,
  since: number,
): void {
  for (const [pool, { hours }] of Object.entries(ledger))
    for (const hour of hours) if (hour.changedAt >= since) history.billed(billOf(pool, hour, now))
}

function billOf(
  pool: string,
  { openedAt, changedAt: _changed, ...hour }: HourTally,
  at: number,
): Omit<BillEntry, 'kind' | 'version'> {
  return { id: `bill-${pool}-${hour.from}-${openedAt}`, at, pool, ...hour, to: hour.from + HOUR }
}
