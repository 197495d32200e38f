import { type Draft, put, say } from './draft.ts'
import type { Entry, HostRecord } from './fleet.ts'
import type { StoreState } from './state.ts'

/** Names of the instances and hosts that must not be removed. */
export type Frozen = ReadonlySet<string>

export const nothingFrozen: Frozen = new Set()

/** Whether an instance must not be removed, by its own name or that of its host. */
export const isFrozen = (frozen: Frozen, host: string, id: string): boolean =>
  frozen.has(host) || frozen.has(id)

/** A host stays when it is frozen itself, or holds a frozen instance that is not on its way out already. */
export const isHostFrozen = (frozen: Frozen, { name, entries }: HostRecord): boolean =>
  frozen.has(name) || entries.some(({ id, drain }) => drain === undefined && frozen.has(id))

/** A host that would be given up stays; that is said once. */
export function keepHost(draft: Draft, record: HostRecord, why: string): void {
  if (record.keptSince !== undefined) return
  const lost = 'what ran there is replaced as far as its max allows'
  put(draft, { ...record, keptSince: draft.now })
  say(draft, 'keep-host', record, `${record.name} stays since it is frozen, though ${why}; ${lost}`)
}

/** There is no reason any more to give the host up. */
export function unkeepHost(draft: Draft, record: HostRecord): HostRecord {
  if (record.keptSince === undefined) return record
  const { keptSince: _kept, ...rest } = record
  return put(draft, rest)
}

/** A dead instance keeps its place for those who want to look at it; that is said once. */
export function keepDead(draft: Draft, host: string, id: string, why: string): void {
  const record = draft.hosts.get(host)
  const entry = record?.entries.find((one) => one.id === id)
  if (record === undefined || entry === undefined || entry.keptSince !== undefined) return
  putEntry(draft, record, { ...entry, keptSince: draft.now })
  const what = `${id} is dead (${why}) and frozen: it keeps its place on ${host}`
  say(draft, 'keep', record, `${what}, and is replaced elsewhere as far as max allows`, entry)
}

/** One that came back to life is an instance like others. */
export function forgetKept(draft: Draft, host: string, id: string): void {
  const record = draft.hosts.get(host)
  const entry = record?.entries.find((one) => one.id === id)
  if (record === undefined || entry?.keptSince === undefined) return
  const { keptSince: _kept, ...rest } = entry
  putEntry(draft, record, rest)
}

/** Puts one entry in the place of the one with its id. */
export function putEntry(draft: Draft, record: HostRecord, entry: Entry): HostRecord {
  const entries = record.entries.map((one) => (one.id === entry.id ? entry : one))
  return put(draft, { ...record, entries })
}

/** Whether a freeze of an instance or host can still keep it, and if not, why. */
export type Freezable =
  | { kind: 'yes' }
  | { kind: 'unknown'; detail: string }
  | { kind: 'late'; detail: string }

/** Asked by whoever freezes: what is on its way out already cannot be held. */
export function canFreeze({ hosts }: StoreState, subject: string): Freezable {
  const late = (detail: string): Freezable => ({
    kind: 'late',
    detail: `${detail}: it is too late to freeze it`,
  })
  for (const { name, deleting, entries, leaving } of Object.values(hosts)) {
    const entry = entries.find(({ id }) => id === subject)
    const isGoing = leaving.some(({ id }) => id === subject)
    if (name !== subject && entry === undefined && !isGoing) continue
    if (deleting !== undefined) return late(`host ${name} is being deleted, since ${deleting.why}`)
    if (isGoing) return late(`${subject} is being stopped`)
    if (entry?.drain !== undefined) return late(`${subject} drains already (${entry.drain.why})`)
    return { kind: 'yes' }
  }
  return { kind: 'unknown', detail: `there is no host and no instance named ${subject}` }
}
