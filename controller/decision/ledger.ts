import type { HostRecord, ListedHost } from './fleet.ts'
import type { Pool } from './policy.ts'
import { type Intent, intentKey } from './state.ts'
import { addStretch, byHour, emptyTally, HOUR, type Stretch, type Tally } from './tally.ts'

/** An hour of a pool that may still change. `openedAt` tells it from an earlier account of the same hour that was closed. */
export interface HourTally extends Tally {
  from: number
  openedAt: number
  changedAt: number
}

/**
 * How far a host has been accounted for, epoch ms. `stoppedAt`: it was found not to run, and is not paid for since then. `over`: its
 * deletion is done, so that nothing more will be due.
 */
export interface HostAccount {
  until: number
  stoppedAt?: number
  over?: true
}

/** What is kept of the money of a pool: since when, how much in all, the hours that may still change, and each host's account. */
export interface PoolLedger {
  since: number
  total: Tally
  hours: HourTally[]
  hosts: Record<string, HostAccount>
}

/** What a tick knows of the hosts of a pool before it has concluded anything from their listing. */
export interface Accountable {
  pool: Pool
  records: readonly HostRecord[]
  listing: ReadonlyMap<string, ListedHost>
  intents: ReadonlyMap<string, Intent>
  now: number
}

/** An hour is closed when it is past and nothing has been added to it for so long. */
const CLOSED_AFTER = HOUR
/** Hosts that are gone for certain are remembered while a listing that lags may still name them, others in case they come back. */
const OVER_KEPT = HOUR
const LOST_KEPT = 30 * 24 * HOUR

/**
 * Accounts for every paid host up to now, or up to its end where that is known. Nothing that is written down is ever taken back:
 * while a deletion is under way nothing is accounted beyond its beginning. Slots count as they were held since the last tick. Pure;
 * answers a new ledger.
 */
export function account(former: PoolLedger | undefined, seen: Accountable): PoolLedger {
  const { pool, records, now } = seen
  const ledger = reopened(former, now)
  for (const record of records) {
    const { name } = record
    const before = markOf(own(ledger.hosts, name), seen.listing.get(name), now)
    if (before === undefined) continue
    const deletion = seen.intents.get(intentKey('delete-host', name))
    const { to, over } = endOf(before, record, seen.listing.get(name), deletion, now)
    if (to > before.until && before.over !== true)
      book(ledger, { from: before.until, to, ...holdingOf(record, pool) }, now)
    ledger.hosts[name] = { ...before, until: Math.max(before.until, to), ...(over && { over }) }
  }
  return ledger
}

/** A copy that may be changed, without what is closed and forgotten by now. */
function reopened(former: PoolLedger | undefined, now: number): PoolLedger {
  if (former === undefined) return { since: now, total: emptyTally(), hours: [], hosts: {} }
  const { hours, hosts, ...rest } = structuredClone(former)
  const isOpen = ({ from, changedAt }: HourTally): boolean =>
    now < from + HOUR || now - changedAt < CLOSED_AFTER
  const isKept = ([, { until, over }]: [string, HostAccount]): boolean =>
    now - until < (over === true ? OVER_KEPT : LOST_KEPT)
  return {
    ...rest,
    hours: hours.filter(isOpen),
    hosts: Object.fromEntries(Object.entries(hosts).filter(isKept)),
  }
}

const own = (hosts: PoolLedger['hosts'], name: string): HostAccount | undefined =>
  Object.hasOwn(hosts, name) ? hosts[name] : undefined

/** One that is started again tells until when it was paid before, as long as it is not paid anew. */
const isPaid = ({ state, paidFrom, paidUntil }: ListedHost): boolean =>
  state === 'running' || (state === 'booting' && paidFrom !== undefined && paidUntil === undefined)

/** The account with what a listing says of it: that payment begins, begins anew, or has stopped. Absent: nothing is due yet. */
function markOf(former: HostAccount | undefined, listed: ListedHost | undefined, now: number) {
  if (listed === undefined || listed.state === 'deleting') return former
  const { paidFrom, paidUntil } = listed
  if (isPaid(listed)) {
    const begun = whole(paidFrom ?? now)
    if (former === undefined) return { until: begun }
    const { stoppedAt, ...runs } = former
    // Who does not say since when it is paid has gone on since the last tick, unless it had stopped.
    const isAnew = paidFrom !== undefined || stoppedAt !== undefined
    return isAnew ? { ...runs, until: Math.max(runs.until, begun) } : runs
  }
  if (paidFrom !== undefined && paidUntil !== undefined)
    return { ...former, until: Math.max(former?.until ?? 0, whole(paidFrom)), stoppedAt: whole(paidUntil) }
  if (former === undefined || former.stoppedAt !== undefined) return former
  return { ...former, stoppedAt: whole(paidUntil ?? now) }
}

/** Up to when the host can be accounted for now, and whether that was its end. */
function endOf(
  { stoppedAt = Number.POSITIVE_INFINITY }: HostAccount,
  { deleting, missingSince = Number.POSITIVE_INFINITY }: HostRecord,
  listed: ListedHost | undefined,
  deletion: Intent | undefined,
  now: number,
): { to: number; over?: true } {
  const last = Math.min(now, stoppedAt)
  if (deletion?.carriedOutAt !== undefined)
    return { to: whole(Math.min(deletion.carriedOutAt, stoppedAt)), over: true }
  if (deletion?.doneAt !== undefined)
    return { to: whole(Math.min(deletion.doneAt, missingSince, last)), over: true }
  if (deleting !== undefined) return { to: whole(Math.min(deleting.since, missingSince, last)) }
  if (listed?.state === 'deleting') return { to: Number.NEGATIVE_INFINITY }
  return { to: whole(listed === undefined ? Math.min(missingSince, last) : last) }
}

const whole = Math.round

/** Who holds the slots of a host, those included that are on their way out, and what it costs. */
function holdingOf(
  { slots, entries, leaving }: HostRecord,
  { pricePerHour }: Pool,
): Omit<Stretch, 'from' | 'to'> {
  const held = new Map<string, { slots: number; instances: number }>()
  for (const { workload, slots: taken } of [...entries, ...leaving]) {
    const { slots: before, instances } = held.get(workload) ?? { slots: 0, instances: 0 }
    held.set(workload, { slots: before + taken.length, instances: instances + 1 })
  }
  return { slots, held, ...(pricePerHour !== undefined && { price: pricePerHour }) }
}

function book({ total, hours }: PoolLedger, stretch: Stretch, now: number): void {
  for (const { hour, part } of byHour(stretch)) {
    let tally = hours.find(({ from }) => from === hour)
    if (tally === undefined) {
      tally = { ...emptyTally(), from: hour, openedAt: now, changedAt: now }
      hours.push(tally)
    }
    tally.changedAt = now
    addStretch(tally, part)
    addStretch(total, part)
  }
}

/** How many hosts of a pool are paid for at the moment, as far as listings have told. `names`: the hosts that are recorded. */
export function paidHosts(ledger: PoolLedger | undefined, names: Iterable<string>): number {
  let paid = 0
  for (const name of names) {
    const one = own(ledger?.hosts ?? {}, name)
    if (one !== undefined && one.stoppedAt === undefined && one.over !== true) paid++
  }
  return paid
}
