import { JSON_TYPE } from '../shared/answer.ts'
import { admitting, type PostDeps } from './admission.ts'
import { isEvent } from './event.ts'
import type { Metrics } from './metrics.ts'
import { FULL, NOT_JSON, NOT_STORED, type Outcome, TOO_LARGE } from './outcome.ts'
import type { Route } from './server.ts'
import type { Appended, Sink } from './sink.ts'

/** `/post`: one event of at most `maxBytes` in, its place out. */
export const createPost = (deps: PostDeps, maxBytes: number): Route =>
  admitting(deps, maxBytes, storing(deps.metrics))

/** Stores one event. */
export const storing =
  (metrics: Metrics) =>
  async (body: Buffer, sink: Sink): Promise<Outcome> => {
    metrics.received(1)
    const outcome = isEvent(body) ? acknowledge(await sink.append(body)) : NOT_JSON
    if (outcome.error !== undefined) metrics.lost(outcome.error, 1)
    return outcome
  }

const acknowledge = (appended: Appended): Outcome => {
  if (appended.kind === 'full') return FULL
  if (appended.kind === 'too-large') return TOO_LARGE
  if (appended.kind === 'failed') return NOT_STORED
  const { partition, offset } = appended
  // The capital letter is the seed's, whose clients read it.
  const text = `{"status":"ok","partition":${partition},"Offset":${offset}}\n`
  return { answer: { status: 200, contentType: JSON_TYPE, text } }
}
