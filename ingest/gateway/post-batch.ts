import { admitting, type PostDeps } from './admission.ts'
import { NO_EVENTS, NOT_JSON, type Outcome, TOO_MANY } from './outcome.ts'
import { answerBatch } from './post-batch-answer.ts'
import { type Batch, type SplitLimits, splitBatch } from './post-batch-split.ts'
import type { Route } from './server.ts'
import type { Sink } from './sink.ts'

/** Bounds of a batch: bytes of its body, its events, and bytes of each. */
export type PostBatchLimits = SplitLimits & { maxBytes: number }

/**
 * `/post/batch`: many events in, a place or an error for each of them out. An event that cannot be stored does not
 * hold up the others; a body whose events cannot be told apart stores nothing.
 */
export const createPostBatch = (deps: PostDeps, limits: PostBatchLimits): Route => {
  const { metrics } = deps

  const store = async (batch: Batch, sink: Sink): Promise<Outcome> => {
    const total = batch.events.length + batch.faults.size
    if (total === 0) return NO_EVENTS
    metrics.received(total)
    const outcome = answerBatch(batch, await appended(batch, sink))
    for (const [error, events] of outcome.failures) metrics.lost(error, events)
    return outcome
  }

  return admitting(deps, limits.maxBytes, async (body, sink, request) => {
    const split = splitBatch(body, request.headers['content-type'], limits)
    if (split.kind === 'broken') return NOT_JSON
    return split.kind === 'too-many' ? TOO_MANY : store(split, sink)
  })
}

/** Without an event that could be stored the sink is not asked at all. */
const appended = async ({ events }: Batch, sink: Sink) => (events.length === 0 ? [] : sink.appendAll(events))
