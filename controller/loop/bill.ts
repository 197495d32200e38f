import type { HourTally } from '../decision/ledger.ts'
import type { StoreState } from '../decision/state.ts'
import { HOUR } from '../decision/tally.ts'
import type { BillEntry, History } from '../history/history.ts'

type Ledger = NonNullable<StoreState['ledger']>

/** Writes down the hours of all pools to which something was added since a time. The ids make what is told twice one bill. */
export function tellBills(
  { history }: { history: Pick<History, 'billed'> },
  ledger: Ledger,
  now: number,
  since: number,
): void {
  for (const bill of openBills(ledger, now, since)) history.billed(bill)
}

/** The hours that may still change, as bills that are written `at` a time (epoch ms). */
export function openBills(ledger: Ledger, at: number, since = 0): Omit<BillEntry, 'kind' | 'version'>[] {
  return Object.entries(ledger).flatMap(([pool, { hours }]) =>
    hours.filter(({ changedAt }) => changedAt >= since).map((hour) => billOf(pool, hour, at)),
  )
}

function billOf(
  pool: string,
  { openedAt, changedAt: _changed, ...hour }: HourTally,
  at: number,
): Omit<BillEntry, 'kind' | 'version'> {
  return { id: `bill-${pool}-${hour.from}-${openedAt}`, at, pool, ...hour, to: hour.from + HOUR }
}
