import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolLedger } from '../../controller/decision/ledger.ts'
import { readState } from '../../controller/store/state-file.ts'
import type { CloudPace } from '../pace.ts'
import type { ReportedCloud } from '../report.ts'
import { poolOf } from '../setup/pool-files.ts'
import { type CloudState, hoursOf, type Paid } from './protocol.ts'

/** What the controller has written down of its pool's cost; undefined where it has not. */
export async function ledgerIn(folder: string, cloud: CloudPace): Promise<PoolLedger | undefined> {
  const read = await readState(fs, join(folder, 'state'))
  return read.kind === 'saved' ? read.saved.state.ledger?.[poolOf({ cloud }).name] : undefined
}

/** `end`: the cloud after everything was taken down. */
export function billed(end: CloudState, price: number, ledger: PoolLedger | undefined): ReportedCloud {
  const { ordered, most, vms, bill, at } = end
  const cost = (paid: readonly Paid[]): number => rounded(hoursOf(paid, at) * price)
  return {
    ...{ ordered, most, left: vms.map(({ name }) => name), bill: cost(bill) },
    ...(ledger && { books: { own: rounded(ledger.total.money), cloud: cost(accounted(bill, ledger)) } }),
  }
}

/** The part of the bill that the controller can know of: its last tick comes before the end of its last hosts. */
const accounted = (bill: readonly Paid[], { hosts }: PoolLedger): Paid[] =>
  bill.flatMap(({ name, from, until = Number.POSITIVE_INFINITY }) => {
    const account = hosts[name]
    return account === undefined ? [] : [{ name, from, until: Math.min(until, account.until) }]
  })

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
