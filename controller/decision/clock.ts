import type { Draft } from './draft.ts'
import { BACKOFF_MOST, RETRY_MOST } from './settle.ts'

/** Times of what has happened. `placedAt` stays, since hosts were told it. */
const past = new Set([
  'orderedAt',
  'confirmedAt',
  'runningAt',
  'seenAt',
  'missingSince',
  'emptySince',
  'readyAt',
  'unruledSince',
  'keptSince',
  'since',
  'unlistedAt',
  'askingSince',
  'askedAt',
  'at',
  'doneAt',
  'restartedAt',
  'provedAt',
  'failedAt',
  'lastAt',
  'toldAt',
])

/** Times until which something waits, and how far ahead they may be. */
const ahead = new Map([
  ['notBefore', RETRY_MOST],
  ['until', BACKOFF_MOST],
])

/**
 * For a clock that was set back: no time in the draft is later than it can be. What waits on such a time waits its usual time
 * from now on, and not until the clock has caught up.
 */
export function rewind(draft: Draft): void {
  rewindAll(draft.hosts, draft.now)
  rewindAll(draft.intents, draft.now)
  rewindAll(draft.backoffs, draft.now)
  rewindAll(draft.supply, draft.now)
}

function rewindAll<T>(records: Map<string, T>, now: number): void {
  for (const [key, record] of records) {
    const copy = structuredClone(record)
    if (rewindOne(copy, now)) records.set(key, copy)
  }
}

/** Changes the times inside a value that are too late; answers whether there were any. */
function rewindOne(value: unknown, now: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  let changed = false
  for (const [key, inner] of Object.entries(value)) {
    const latest = past.has(key) ? now : now + (ahead.get(key) ?? Number.POSITIVE_INFINITY)
    const isLate = typeof inner === 'number' && inner > latest
    if (isLate) Reflect.set(value, key, latest)
    if (rewindOne(inner, now) || isLate) changed = true
  }
  return changed
}
