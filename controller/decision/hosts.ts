import { condemn, type Draft, forget, intend, intentKey, put, say } from './draft.ts'
import type { Entry, HostRecord, ListedHost } from './fleet.ts'
import type { Pool } from './policy.ts'
import { duration } from './words.ts'

/** When most of the known hosts vanish from a listing at once, the listing is doubted for this long beyond its usual lag. */
const MASS_DOUBT = 120_000

/** Brings the records of a pool in line with what its provider lists. The list is the truth about which hosts exist. */
export function reconcileHosts(draft: Draft, pool: Pool, listing: ReadonlyMap<string, ListedHost>): void {
  const records = [...draft.hosts.values()].filter((record) => record.pool === pool.name)
  const patience = pool.listLag + (vanishedAtOnce(records, listing, pool.distrustShare) ? MASS_DOUBT : 0)
  for (const record of records) {
    const listed = listing.get(record.name)
    if (listed === undefined) missingHost(draft, pool, record, patience)
    else listedHost(draft, pool, record, listed)
  }
  for (const listed of listing.values()) {
    if (!draft.hosts.has(listed.name)) adopt(draft, pool, listed)
  }
}

function vanishedAtOnce(
  records: readonly HostRecord[],
  listing: ReadonlyMap<string, ListedHost>,
  share: number,
): boolean {
  const known = records.filter(({ seenAt, deleting }) => seenAt !== undefined && deleting === undefined)
  const vanished = known.filter(({ name }) => !listing.has(name)).length
  return vanished > 1 && vanished > share * known.length
}

function missingHost(draft: Draft, pool: Pool, record: HostRecord, patience: number): void {
  const { now } = draft
  const since = record.missingSince ?? now
  const noted = record.missingSince === undefined ? put(draft, { ...record, missingSince: now }) : record
  // Never on the first listing without it: one answer may lag.
  const gone = record.missingSince !== undefined && now - since >= patience
  if (record.deleting !== undefined) {
    const deleted = draft.intents.get(intentKey('delete-host', record.name))?.doneAt !== undefined
    if (gone && deleted) forget(draft, noted, record.deleting.why)
    return
  }
  if (record.seenAt === undefined) {
    if (now - record.orderedAt >= pool.bootWithin)
      condemn(draft, noted, `it did not appear within ${duration(pool.bootWithin)}`)
    return
  }
  if (gone) condemn(draft, noted, `its provider has not listed it for ${duration(now - since)}`)
}

function listedHost(draft: Draft, pool: Pool, record: HostRecord, listed: ListedHost): void {
  const { now } = draft
  let seen = record
  if (record.missingSince !== undefined || record.seenAt === undefined || record.confirmedAt === undefined) {
    const { missingSince: _returned, ...rest } = record
    seen = put(draft, { ...rest, seenAt: record.seenAt ?? now, confirmedAt: record.confirmedAt ?? now })
    draft.intents.delete(intentKey('create-host', record.name))
  }
  if (seen.deleting !== undefined) {
    intend(draft, 'delete-host', seen)
    return
  }
  if (listed.state === 'stopped' || listed.state === 'failed') {
    condemn(draft, seen, `its provider reports it ${listed.state}`)
    return
  }
  if (listed.state === 'running' && seen.runningAt === undefined)
    seen = put(draft, { ...seen, runningAt: now })
  if (seen.runningAt === undefined && now - seen.orderedAt >= pool.bootWithin) {
    condemn(draft, seen, `it did not boot within ${duration(pool.bootWithin)}`)
    return
  }
  if (listed.manifest !== undefined && listed.manifest.revision !== seen.revision)
    align(draft, seen, listed.manifest.revision)
  freeSlots(draft, seen.name, listed)
}

/** Sees to it that the host is told its manifest. One that claims a later revision than ours is outbid. */
function align(draft: Draft, record: HostRecord, told: number): void {
  if (told > record.revision) put(draft, { ...record, revision: told + 1 })
  if (draft.intents.has(intentKey('set-manifest', record.name))) return
  intend(draft, 'set-manifest', record)
}

/** A slot is free when its host has taken a manifest without the instance and its process is gone. */
function freeSlots(draft: Draft, name: string, { manifest, alive }: ListedHost): void {
  const record = draft.hosts.get(name)
  if (record === undefined || record.leaving.length === 0 || manifest === undefined || alive === undefined)
    return
  if (manifest.revision < record.revision) return
  const staying = record.leaving.filter(({ id }) => alive.includes(id))
  if (staying.length === record.leaving.length) return
  put(draft, { ...record, leaving: staying })
}

/** A host with our labels that the store does not know is taken over with what it runs. */
function adopt(draft: Draft, pool: Pool, listed: ListedHost): void {
  const { labels, manifest, name, zone } = listed
  if (labels['controller'] !== draft.controller || labels['pool'] !== pool.name) return
  if (listed.state === 'deleting') return
  const { now } = draft
  const entries = (manifest?.instances ?? []).map((instance): Entry => ({ ...instance }))
  const told = { revision: manifest?.revision ?? 0, entries, leaving: [] }
  const index = Number(labels['index'] ?? 0)
  const slots = Number(labels['slots'] ?? pool.slots)
  const known = {
    orderedAt: now,
    confirmedAt: now,
    seenAt: now,
    ...(listed.state === 'running' && { runningAt: now }),
  }
  const record = {
    name,
    pool: pool.name,
    index,
    zone,
    slots,
    intent: labels['intent'] ?? '',
    ...known,
    ...told,
  }
  draft.counter = Math.max(draft.counter, ...entries.map(({ id }) => numberIn(id)), numberIn(name))
  put(draft, record)
  say(
    draft,
    'adopt-host',
    record,
    `${name} carries our labels and is adopted with ${entries.length} instances`,
  )
  if (listed.state === 'stopped' || listed.state === 'failed')
    condemn(draft, record, `its provider reports it ${listed.state}`)
}

/** The counter inside an id such as ingest-12 or capuchin-local-7; ids of later orders must not repeat it. */
export function numberIn(id: string): number {
  const number = Number(id.slice(id.lastIndexOf('-') + 1))
  return Number.isInteger(number) && number >= 0 ? number : 0
}
