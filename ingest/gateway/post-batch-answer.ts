import { JSON_TYPE } from '../shared/answer.ts'
import type { ErrorType } from './metrics.ts'
import type { Outcome } from './outcome.ts'
import type { Batch } from './post-batch-split.ts'
import type { Appended } from './sink.ts'

/** What became of a batch: the answer to its client, and how many of its events failed of what. */
export type BatchOutcome = Outcome & { failures: ReadonlyMap<ErrorType, number> }

/**
 * The failures of events and the status that each gives to the whole answer; the first one that occurs decides. Those
 * that sending again may heal come first. None is a success, not even when all other events are stored: a client
 * that looks at the status alone must never take for stored what is not.
 */
const STATUSES = [
  { error: 'kafka', status: 500, headers: {} },
  { error: 'refused', status: 503, headers: { 'Retry-After': '1' } },
  { error: 'body', status: 400, headers: {} },
  { error: 'json', status: 400, headers: {} },
] as const

/** The answer to a batch, with one result for each of its events in their order. */
export const answerBatch = ({ events, faults }: Batch, appended: readonly Appended[]): BatchOutcome => {
  const failures = new Map<ErrorType, number>()
  const results: string[] = []
  const total = events.length + faults.size
  let next = 0
  for (let place = 0; place < total; place += 1) {
    const fault = faults.get(place)
    const outcome = fault === undefined ? appended[next++] : undefined
    const error = fault ?? errorOf(outcome)
    results.push(outcome?.kind === 'stored' ? placeOf(outcome) : `{"error":"${error}"}`)
    if (error !== undefined) failures.set(error, (failures.get(error) ?? 0) + 1)
  }
  return { ...summarise(results, failures), failures }
}

const errorOf = (outcome: Appended | undefined): ErrorType | undefined => {
  if (outcome?.kind === 'stored') return undefined
  if (outcome?.kind === 'full') return 'refused'
  return outcome?.kind === 'too-large' ? 'body' : 'kafka'
}

// The capital letter is the one of /post.
const placeOf = ({ partition, offset }: { partition: number; offset: number }): string =>
  `{"partition":${partition},"Offset":${offset}}`

const summarise = (results: readonly string[], failures: ReadonlyMap<ErrorType, number>): Outcome => {
  let refused = 0
  for (const count of failures.values()) refused += count
  const stored = results.length - refused
  const word = refused === 0 ? 'ok' : stored === 0 ? 'failed' : 'partial'
  const text = `{"status":"${word}","stored":${stored},"refused":${refused},"results":[${results.join(',')}]}\n`
  const worst = STATUSES.find(({ error }) => failures.has(error))
  if (worst === undefined) return { answer: { status: 200, contentType: JSON_TYPE, text } }
  const { status, headers, error } = worst
  return { answer: { status, contentType: JSON_TYPE, text, headers }, error }
}
