import { condemn, type Draft, put, recordsOf, say } from './draft.ts'
import { type Entry, type HostRecord, type ListedHost, reachOf } from './fleet.ts'
import { type Frozen, isHostFrozen, keepHost, nothingFrozen } from './freeze.ts'
import type { Pool } from './policy.ts'
import { isGone } from './view.ts'
import { plural } from './words.ts'

/**
 * A host with our labels that the store does not know is taken over with what it runs. One whose manifest cannot be read is not: it
 * would be taken for empty, and filled twice.
 */
export function adopt(draft: Draft, pool: Pool, listed: ListedHost, frozen: Frozen = nothingFrozen): void {
  const { name, state, alive = [] } = listed
  if (!isOurs(draft, pool, listed) || listed.manifest === undefined) return
  const others = recordsOf(draft, pool.name)
  const record = put(draft, recordFrom(listed, pool, draft.now))
  const { entries, index } = record
  // Ids of later orders must not repeat those that exist, nor those of processes that have not ended yet.
  draft.counter = Math.max(draft.counter, ...[name, ...entries.map(({ id }) => id), ...alive].map(numberIn))
  const whom = plural(entries.length, 'instance')
  say(draft, 'adopt-host', record, `${name} carries our labels and is adopted with ${whom}`)
  const giveUp = isHostFrozen(frozen, record) ? keepHost : condemn
  if (isGone(state)) giveUp(draft, record, `its provider reports it ${state}`)
  const rival = others.find((other) => other.index === index)
  if (pool.sharedAddress && rival !== undefined) giveUp(draft, record, `its ports are those of ${rival.name}`)
}

/** It carries the labels of this controller and pool, and is not on its way out. */
export const isOurs = ({ controller }: Draft, { name }: Pool, { labels, state }: ListedHost): boolean =>
  labels['controller'] === controller && labels['pool'] === name && state !== 'deleting'

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

/** The counter inside an id such as ingest-12 or capuchin-local-7. A number that no counter can have come to is none. */
function numberIn(id: string): number {
  const number = whole(id.slice(id.lastIndexOf('-') + 1), 0)
  return number < Number.MAX_SAFE_INTEGER / 2 ? number : 0
}
