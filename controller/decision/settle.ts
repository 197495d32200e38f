import { condemn, type Draft, intend, put, say } from './draft.ts'
import type { Intent } from './state.ts'
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

/** Doubles from `first` to at most `most`; `jitter` in 0..1 spreads it over the upper half. */
const backOff = (first: number, most: number, failures: number, jitter: number): number =>
  Math.min(most, first * 2 ** Math.min(failures, 20)) * (0.5 + jitter / 2)

/** Takes the outcome of an operation into the draft. Nothing is forgotten on an unknown outcome: the same call is made again. */
export function settle(draft: Draft, ended: Ended, jitter: number): void {
  const intent = draft.intents.get(ended.key)
  if (intent === undefined) return
  if (ended.result === 'done') done(draft, ended, intent)
  else if (ended.result === 'refused' && intent.kind === 'create-host')
    refusedOrder(draft, ended, intent, jitter)
  else retry(draft, ended, intent, jitter)
}

function retry(draft: Draft, ended: Ended, intent: Intent, jitter: number): void {
  const notBefore = draft.now + backOff(RETRY_FIRST, RETRY_MOST, intent.attempts, jitter)
  const failed = { ...intent, attempts: intent.attempts + 1, notBefore, lastError: ended.detail }
  draft.intents.set(ended.key, failed)
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
  }
  draft.intents.delete(ended.key)
  // The manifest may have moved on while the host was being told the former one.
  if (record.revision > ended.revision && record.deleting === undefined) intend(draft, 'set-manifest', record)
}

/** An order that was refused for certain leaves no host behind: it is undone, and the pool is not asked again for a while. */
function refusedOrder(draft: Draft, ended: Ended, intent: Intent, jitter: number): void {
  const record = draft.hosts.get(intent.host)
  // It is listed: an earlier attempt has made it, and this answer is older than that.
  if (record?.seenAt !== undefined) {
    draft.intents.delete(ended.key)
    return
  }
  const failures = (draft.backoffs.get(intent.pool)?.failures ?? 0) + 1
  const wait = backOff(BACKOFF_FIRST, BACKOFF_MOST, failures - 1, jitter)
  const why = `${ended.code ?? 'refused'}: ${ended.detail}`
  draft.backoffs.set(intent.pool, { until: draft.now + wait, failures, why })
  if (record === undefined) {
    draft.intents.delete(ended.key)
    return
  }
  say(draft, 'hold', record, `pool ${record.pool} orders nothing for ${duration(wait)}: ${why}`)
  // An earlier attempt whose answer was lost may still have made the host, so it is deleted rather than forgotten.
  condemn(draft, record, `its order was refused (${why})`)
}
