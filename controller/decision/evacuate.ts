import { type Draft, put, say } from './draft.ts'
import type { Closing, Entry, HostRecord, Instance } from './fleet.ts'
import { putEntry } from './freeze.ts'
import { compare } from './order.ts'

/** Closes a host for new instances, for good or until it is opened again. */
export function close(draft: Draft, record: HostRecord, closing: Omit<Closing, 'since'>): HostRecord {
  return put(draft, { ...record, closing: { since: draft.now, ...closing } })
}

/** The host takes new instances again, and what was to move stays. */
export function reopen(draft: Draft, record: HostRecord, why: string): void {
  const { closing: _closing, ...rest } = record
  const opened = put(draft, { ...rest, entries: record.entries.map(settled) })
  say(draft, 'open-host', opened, `${record.name} takes new instances again: ${why}`)
}

function settled(entry: Entry): Entry {
  const { moving: _moving, ...rest } = entry
  return rest
}

/** From now on a place elsewhere is sought for the instance, and it goes once its replacement is ready. */
export function move(draft: Draft, host: string, entry: Entry, why: string, sentence: string): void {
  const record = draft.hosts.get(host)
  if (record === undefined) return
  putEntry(draft, record, { ...entry, moving: { since: draft.now, why } })
  say(draft, 'move', record, sentence, entry)
}

/** It stays where it is. */
export function stay(draft: Draft, host: string, entry: Entry): void {
  const record = draft.hosts.get(host)
  if (record !== undefined && entry.moving !== undefined) putEntry(draft, record, settled(entry))
}

/** Those of a host that have not begun to drain, in the order in which they move: what needs most room first, then the oldest. */
export function staying({ entries }: HostRecord): Entry[] {
  return entries
    .filter(({ drain }) => drain === undefined)
    .sort((a, b) => b.slots.length - a.slots.length || a.placedAt - b.placedAt || compare(a.id, b.id))
}

/** Read from the draft, since marks may have been set and taken off in this very tick. */
export function movingAmong({ hosts }: Draft, alive: readonly Instance[]): Map<string, string> {
  const moving = new Map<string, string>()
  for (const { id, host } of alive) {
    const why = hosts.get(host)?.entries.find((entry) => entry.id === id)?.moving?.why
    if (why !== undefined) moving.set(id, why)
  }
  return moving
}
