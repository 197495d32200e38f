import { condemn, type Draft, put, recordsOf, say } from './draft.ts'
import { type Entry, type HostRecord, type ListedHost, reachOf } from './fleet.ts'
import { type Frozen, isHostFrozen, keepHost, nothingFrozen } from './freeze.ts'
import type { Pool } from './policy.ts'
import { isGone } from './view.ts'
import { plural } from './words.ts'

/** A host with our labels that the store does not know is taken over with what it runs. */
export function adopt(draft: Draft, pool: Pool, listed: ListedHost, frozen: Frozen = nothingFrozen): void {
  const { labels, name, state } = listed
  if (labels['controller'] !== draft.controller || labels['pool'] !== pool.name || state === 'deleting')
    return
  const others = recordsOf(draft, pool.name)
  const record = put(draft, recordFrom(listed, pool, draft.now))
  const { entries, index } = record
  // Ids of later orders must not repeat those that exist.
  draft.counter = Math.max(draft.counter, numberIn(name), ...entries.map(({ id }) => numberIn(id)))
  const whom = plural(entries.length, 'instance')
  say(draft, 'adopt-host', record, `${name} carries our labels and is adopted with ${whom}`)
  const giveUp = isHostFrozen(frozen, record) ? keepHost : condemn
  if (isGone(state)) giveUp(draft, record, `its provider reports it ${state}`)
  const rival = others.find((other) => other.index === index)
  if (pool.sharedAddress && rival !== undefined) giveUp(draft, record, `its ports are those of ${rival.name}`)
}

function recordFrom(listed: ListedHost, pool: Pool, now: number): HostRecord {
  const { name, zone, labels, manifest, state } = listed
  const entries = (manifest?.instances ?? []).map((instance): Entry => ({ ...instance }))
  return {
    name,
    pool: pool.name,
    index: whole(labels['index'], 0),
    zone,
    slots: whole(labels['slots'], pool.slots),
    intent: labels['intent'] ?? '',
    orderedAt: now,
    confirmedAt: now,
    seenAt: now,
    ...(state === 'running' && { runningAt: now }),
    ...reachOf(listed),
    revision: manifest?.revision ?? 0,
    entries,
    leaving: [],
  }
}

function whole(text: string | undefined, otherwise: number): number {
  const number = Number(text)
  return Number.isInteger(number) && number >= 0 ? number : otherwise
}

/** The counter inside an id such as ingest-12 or capuchin-local-7. */
function numberIn(id: string): number {
  return whole(id.slice(id.lastIndexOf('-') + 1), 0)
}
