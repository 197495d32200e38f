import { adopt } from './adopt.ts'
import { noteFailure } from './breaker.ts'
import { condemn, type Draft, forget, intend, put, recordsOf } from './draft.ts'
import { correctDrift } from './drift.ts'
import { type Health, type HostRecord, type ListedHost, reachOf } from './fleet.ts'
import { type Frozen, isHostFrozen, keepHost, nothingFrozen, unkeepHost } from './freeze.ts'
import { answers } from './mend.ts'
import type { Pool } from './policy.ts'
import { bootsAgain, bootsSince, isRestarting, restarted, startsAgain, wasInVain } from './restart.ts'
import { intentKey } from './state.ts'
import { openZone } from './supply.ts'
import { isGone } from './view.ts'
import { duration } from './words.ts'

type Listing = ReadonlyMap<string, ListedHost>
type HealthOf = (id: string) => Health

/** Whether a listing that lacks so many of the known hosts is doubted. */
export type Doubt = (vanished: number, known: number, share: number) => boolean

/** When most of the known hosts vanish from a listing at once, it is doubted for this long beyond its usual lag. */
const MASS_DOUBT = 120_000

export const isCollapse: Doubt = (vanished, known, share) => vanished > 1 && vanished > share * known

/** Brings the records of a pool in line with what its provider lists. The list is the truth about which hosts exist. */
export function reconcileHosts(
  draft: Draft,
  pool: Pool,
  listing: Listing,
  healthOf: HealthOf,
  isDoubted: Doubt = isCollapse,
  frozen: Frozen = nothingFrozen,
): void {
  const records = recordsOf(draft, pool.name)
  const known = records.filter(({ seenAt, deleting }) => seenAt !== undefined && deleting === undefined)
  const vanished = known.filter(({ name }) => !listing.has(name))
  const collapsed = isDoubted(vanished.length, known.length, pool.distrustShare)
  for (const record of records) {
    const listed = listing.get(record.name)
    if (listed === undefined) missingHost(draft, pool, record, collapsed, frozen)
    else listedHost(draft, pool, record, listed, healthOf, frozen)
  }
  for (const listed of listing.values()) if (!draft.hosts.has(listed.name)) adopt(draft, pool, listed, frozen)
}

/** A frozen host is not given up, whatever is wrong with it. */
function giveUp(draft: Draft, record: HostRecord, why: string, frozen: Frozen): void {
  if (isHostFrozen(frozen, record)) keepHost(draft, record, why)
  else condemn(draft, record, why)
}

/** A host that came to nothing is given up, and that counts: the next ones may fail likewise. */
function writeOff(draft: Draft, record: HostRecord, why: string, frozen: Frozen): void {
  giveUp(draft, isHostFrozen(frozen, record) ? record : noteFailure(draft, record, why), why, frozen)
}

/** While a pool cannot be seen nobody is missing: how long a listing has lacked a host counts in listings, not in outages. */
export function forgetMissing(draft: Draft, pool: string): void {
  for (const record of recordsOf(draft, pool)) {
    const { missingSince, ...rest } = record
    if (missingSince !== undefined) put(draft, rest)
  }
}

function missingHost(draft: Draft, pool: Pool, record: HostRecord, collapsed: boolean, frozen: Frozen): void {
  const { now } = draft
  const { missingSince: since } = record
  // Never on the first listing without it: one answer may lag.
  if (since === undefined) {
    put(draft, { ...record, missingSince: now })
    return
  }
  const missing = now - since
  if (record.deleting !== undefined) {
    const deleted = draft.intents.get(intentKey('delete-host', record.name))?.doneAt !== undefined
    if (missing >= pool.listLag && deleted) forget(draft, record, record.deleting.why)
    return
  }
  if (record.seenAt === undefined) {
    if (now - record.orderedAt >= pool.bootWithin)
      writeOff(draft, record, `it did not appear within ${duration(pool.bootWithin)}`, frozen)
    return
  }
  const why = `its provider has not listed it for ${duration(missing)}`
  if (!collapsed && missing >= pool.listLag) giveUp(draft, record, why, frozen)
  // Many at once may be a broken listing. They are replaced in the end but not deleted: whoever comes back is adopted.
  if (collapsed && missing >= pool.listLag + MASS_DOUBT && !isHostFrozen(frozen, record))
    forget(draft, record, why)
}

function listedHost(
  draft: Draft,
  pool: Pool,
  record: HostRecord,
  listed: ListedHost,
  healthOf: HealthOf,
  frozen: Frozen,
): void {
  const noted = noteSeen(draft, record, listed, healthOf)
  const seen = listed.state === 'booting' && hasRun(noted) ? bootsAgain(draft, noted) : noted
  if (seen.deleting !== undefined) {
    intend(draft, 'delete-host', seen)
    return
  }
  if (isGone(listed.state) && !isRestarting(seen)) {
    stoppedHost(draft, pool, seen, listed, frozen)
    return
  }
  if (hasEndedAgain(draft, pool, seen, listed)) {
    writeOff(draft, seen, `its provider reports it ${listed.state} after it was started again`, frozen)
    return
  }
  if (isOverdue(draft, pool, seen, healthOf)) {
    const again = isRestarting(seen) ? ' after it was started again' : ''
    writeOff(draft, seen, `it did not boot within ${duration(pool.bootWithin)}${again}`, frozen)
    return
  }
  align(draft, unkeepHost(draft, seen), listed.manifest?.revision)
  correctDrift(draft, seen.name, listed)
  freeSlots(draft, seen.name, listed, healthOf)
}

const hasRun = ({ runningAt, deleting }: HostRecord): boolean =>
  runningAt !== undefined && deleting === undefined

/** It was started again, and has stopped since, by a listing that is not of before; or it cannot be started at all. */
function hasEndedAgain(
  { now }: Draft,
  { listLag }: Pool,
  { restart }: HostRecord,
  { state }: ListedHost,
): boolean {
  if (state === 'failed' || state === 'deleting') return true
  return state === 'stopped' && restart?.doneAt !== undefined && now - restart.doneAt >= listLag
}

/** It ought to run by now. Where something on it answers it does, whatever its listing says. */
const isOverdue = ({ now }: Draft, { bootWithin }: Pool, record: HostRecord, healthOf: HealthOf): boolean =>
  record.runningAt === undefined &&
  now - bootsSince(record) >= bootWithin &&
  !record.entries.some(({ id }) => answers(healthOf(id)))

/** One that can be started again waits for that; one that was, and was of no use since, has come to nothing. */
function stoppedHost(
  draft: Draft,
  pool: Pool,
  record: HostRecord,
  { state }: ListedHost,
  frozen: Frozen,
): void {
  const isFrozen = isHostFrozen(frozen, record)
  if (state === 'stopped' && !isFrozen && startsAgain(pool, record, draft.now)) return
  const why = `its provider reports it ${state}`
  if (wasInVain(record)) writeOff(draft, record, `${why} again`, frozen)
  else giveUp(draft, record, why, frozen)
}

/** A listing that names a host confirms its order, whatever became of the answer to it. */
function noteSeen(draft: Draft, record: HostRecord, listed: ListedHost, healthOf: HealthOf): HostRecord {
  const { now } = draft
  const { missingSince, ...rest } = record
  const isNews = record.seenAt === undefined || record.confirmedAt === undefined || missingSince !== undefined
  const runs = comesUp(draft, record, listed, healthOf)
  const reached = { ...rest, ...reachOf(listed) }
  const moved = reached.address !== record.address || reached.exporter !== record.exporter
  if (!isNews && !runs && !moved) return record
  const { seenAt = now, confirmedAt = now } = record
  const present = runs ? { ...restarted(draft, reached), runningAt: now } : reached
  const seen = put(draft, { ...present, seenAt, confirmedAt })
  if (runs) openZone(draft, record.pool, record.zone)
  if (record.confirmedAt !== undefined) return seen
  // While it boots an attempt may have been cut short half-way: the order is repeated until it is answered.
  if (listed.state !== 'booting') draft.intents.delete(intentKey('create-host', record.name))
  draft.backoffs.delete(record.pool)
  // The order may have carried an earlier manifest, and not every provider can tell which one a host has taken.
  if (listed.manifest === undefined) intend(draft, 'set-manifest', seen)
  return seen
}

/**
 * Whether a host that was booting runs now. One that ran while it was told to start again does so once the call has been made, as far as
 * anybody knows. What was placed there since and answers shows that it has been started: then it is not told again.
 */
function comesUp(
  draft: Draft,
  { name, runningAt, restart, restartedAt = 0, entries }: HostRecord,
  { state }: ListedHost,
  healthOf: HealthOf,
): boolean {
  const key = intentKey('restart-host', name)
  const intent = draft.intents.get(key)
  const isAnswered = entries.some(({ id, placedAt }) => placedAt >= restartedAt && answers(healthOf(id)))
  const isHeard = isAnswered || (state === 'booting' && (intent?.attempts ?? 0) > 0)
  if (isHeard) draft.intents.delete(key)
  if (state !== 'running' || runningAt !== undefined) return false
  return isHeard || restart?.from !== 'running' || intent?.attempts !== 0
}

/** Sees to it that the host is told its manifest. One that claims a later revision than ours is outbid. */
function align(draft: Draft, record: HostRecord, told = record.revision): void {
  if (told === record.revision) return
  if (told > record.revision) put(draft, { ...record, revision: told + 1 })
  intend(draft, 'set-manifest', record)
}

/**
 * A slot is free when its host has taken a manifest without the instance and its process is gone: by the provider's word, or,
 * where that cannot tell, when probes find nobody.
 */
function freeSlots(draft: Draft, name: string, { manifest, alive }: ListedHost, healthOf: HealthOf): void {
  const record = draft.hosts.get(name)
  if (record === undefined || record.leaving.length === 0) return
  const told =
    manifest === undefined
      ? !draft.intents.has(intentKey('set-manifest', name))
      : manifest.revision >= record.revision
  if (!told) return
  const lives = (id: string): boolean =>
    alive === undefined ? healthOf(id).kind !== 'silent' : alive.includes(id)
  const leaving = record.leaving.filter(({ id }) => lives(id))
  if (leaving.length < record.leaving.length) put(draft, { ...record, leaving })
}
