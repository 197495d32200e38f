import { backOff } from './back-off.ts'
import { noteFailure } from './breaker.ts'
import { condemn, type Draft, forget, intend, put, say } from './draft.ts'
import type { HostRecord } from './fleet.ts'
import { type Frozen, isHostFrozen, keepHost, nothingFrozen } from './freeze.ts'
import type { Intent } from './state.ts'
import { isNews, stuckSentence } from './stuck.ts'
import { closeZone, openZone } from './supply.ts'
import { duration } from './words.ts'

/** An operation of a provider that has ended, or was given up. `revision`: of the manifest that was sent. */
export interface Ended {
  key: string
  revision: number
  result: 'done' | 'refused' | 'unknown'
  code?: string
  detail: string
  /** When it was carried out (epoch ms), by the provider's own word. */
  at?: number
}

const RETRY_FIRST = 1_000
export const RETRY_MOST = 60_000
const BACKOFF_FIRST = 15_000
export const BACKOFF_MOST = 600_000

/** A host that was told to start again, and nobody knows whether it heard, is not told again before it was looked at. Ms. */
const RESTART_AGAIN = 30_000

/** Takes the outcome of an operation into the draft. Nothing is forgotten on an unknown outcome: the same call is made again. */
export function settle(draft: Draft, ended: Ended, jitter: number, frozen: Frozen = nothingFrozen): void {
  const intent = draft.intents.get(ended.key)
  if (intent === undefined) return
  const isRefused = ended.result === 'refused'
  if (ended.result === 'done') done(draft, ended, intent)
  else if (isRefused && intent.kind === 'create-host') refusedOrder(draft, ended, intent, jitter)
  else if (isRefused && intent.kind === 'restart-host') refusedRestart(draft, ended, intent, jitter, frozen)
  else retry(draft, ended, intent, jitter)
}

function retry(draft: Draft, ended: Ended, intent: Intent, jitter: number): void {
  const wait =
    intent.kind === 'restart-host' ? RESTART_AGAIN : backOff(RETRY_FIRST, RETRY_MOST, intent.attempts, jitter)
  const failed = { ...intent, attempts: intent.attempts + 1, lastError: ended.detail }
  draft.intents.set(ended.key, { ...failed, notBefore: draft.now + wait })
  const record = draft.hosts.get(intent.host)
  if (record !== undefined && isNews(failed)) say(draft, 'hold', record, stuckSentence(failed, draft.now))
}

function done(draft: Draft, ended: Ended, intent: Intent): void {
  const record = draft.hosts.get(intent.host)
  if (record === undefined) {
    draft.intents.delete(ended.key)
    return
  }
  if (intent.kind === 'delete-host') {
    // What is done once is over since then, however often it is asked for again.
    const { doneAt = draft.now, carriedOutAt = ended.at } = intent
    const over = { ...intent, doneAt, ...(carriedOutAt !== undefined && { carriedOutAt }) }
    draft.intents.set(ended.key, { ...over, notBefore: draft.now + RETRY_MOST })
    return
  }
  if (intent.kind === 'create-host') {
    put(draft, { ...record, confirmedAt: record.confirmedAt ?? draft.now })
    draft.backoffs.delete(record.pool)
    openZone(draft, record.pool, record.zone)
  }
  if (intent.kind === 'restart-host' && record.restart !== undefined)
    put(draft, { ...record, restart: { ...record.restart, doneAt: draft.now } })
  draft.intents.delete(ended.key)
  // The manifest may have moved on while the host was being told the former one.
  if (record.revision > ended.revision && record.deleting === undefined) intend(draft, 'set-manifest', record)
}

/**
 * An order that was refused for certain leaves no host behind: it is undone, and the zone that has no capacity, or else the pool, is not
 * asked again for a while.
 */
function refusedOrder(draft: Draft, ended: Ended, intent: Intent, jitter: number): void {
  const record = draft.hosts.get(intent.host)
  const why = whyRefused(ended)
  // It is listed: an earlier attempt has made it, and this answer is older than that. One that boots may be undone for want of capacity.
  const isMade = record?.runningAt !== undefined || ended.code !== 'capacity'
  if (record?.seenAt !== undefined && isMade) {
    draft.intents.delete(ended.key)
    return
  }
  if (record === undefined) draft.intents.delete(ended.key)
  if (record !== undefined && ended.code === 'capacity') avoidZone(draft, record, why, jitter)
  else avoidPool(draft, intent.pool, record, why, jitter)
  if (record === undefined) return
  // Somebody else's machine has the name, and no earlier attempt may have made ours: there is nothing to delete.
  if (ended.code === 'exists' && intent.attempts === 0)
    forget(draft, record, `its order was refused (${why})`)
  // An earlier attempt whose answer was lost may still have made the host, so it is deleted rather than forgotten.
  else condemn(draft, record, `its order was refused (${why})`)
}

const whyRefused = ({ code, detail }: Ended): string => `${code ?? 'refused'}: ${detail}`

function avoidZone(draft: Draft, record: HostRecord, why: string, jitter: number): void {
  const { pool, zone } = record
  const wait = closeZone(draft, pool, zone, why, jitter)
  if (wait !== undefined)
    say(draft, 'hold', record, `pool ${pool} orders nothing in zone ${zone} for ${duration(wait)}: ${why}`)
}

function avoidPool(
  draft: Draft,
  pool: string,
  record: HostRecord | undefined,
  why: string,
  jitter: number,
): void {
  const failures = (draft.backoffs.get(pool)?.failures ?? 0) + 1
  const wait = backOff(BACKOFF_FIRST, BACKOFF_MOST, failures - 1, jitter)
  draft.backoffs.set(pool, { until: draft.now + wait, failures, why })
  if (record !== undefined)
    say(draft, 'hold', record, `pool ${pool} orders nothing for ${duration(wait)}: ${why}`)
}

/** A host that is not started again is replaced. That there is no room for it says nothing against the next one. */
function refusedRestart(draft: Draft, ended: Ended, intent: Intent, jitter: number, frozen: Frozen): void {
  const record = draft.hosts.get(intent.host)
  if (record === undefined) {
    draft.intents.delete(ended.key)
    return
  }
  const why = whyRefused(ended)
  const outcome = `it could not be started again (${why})`
  if (isHostFrozen(frozen, record)) {
    draft.intents.delete(ended.key)
    keepHost(draft, record, outcome)
    return
  }
  if (ended.code === 'capacity') avoidZone(draft, record, why, jitter)
  else if (ended.code === 'quota') avoidPool(draft, record.pool, record, why, jitter)
  const counts = ended.code !== 'capacity' && ended.code !== 'quota' && ended.code !== 'not-found'
  condemn(draft, counts ? noteFailure(draft, record, outcome) : record, outcome)
}
