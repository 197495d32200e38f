import type { IncomingMessage } from 'node:http'
import { type Answer, closing, JSON_TYPE, refusal } from '../shared/answer.ts'
import type { Lifecycle } from '../shared/lifecycle.ts'
import type { Bodies, Unread } from './body.ts'
import { isEvent } from './event.ts'
import type { ErrorType, Metrics } from './metrics.ts'
import type { Exchange, Route } from './server.ts'
import type { Appended, Sink } from './sink.ts'

/** What `/post` works with. `now` is a monotonic clock in milliseconds; the sink is missing while it is being opened. */
export type PostDeps = {
  bodies: Bodies
  sink: () => Sink | undefined
  lifecycle: Lifecycle
  metrics: Metrics
  now: () => number
}

type Outcome = { answer: Answer; error?: ErrorType }

const retryLater = (text: string): Outcome => ({
  answer: refusal(503, text, { 'Retry-After': '1' }),
  error: 'refused',
})

const WRONG_METHOD: Outcome = {
  answer: refusal(405, 'Method Not Allowed', { Allow: 'POST' }),
  error: 'refused',
}
const NOT_SERVING: Outcome = {
  ...retryLater('Not serving'),
  answer: closing(retryLater('Not serving').answer),
}
const NOT_JSON: Outcome = { answer: refusal(400, "Can't parse json"), error: 'json' }
const NOT_STORED: Outcome = { answer: refusal(500, "Can't post to kafka"), error: 'kafka' }
const TOO_LARGE: Outcome = { answer: refusal(413, 'Request body too large'), error: 'body' }
const FULL: Outcome = retryLater('Too many events wait already')

/** Nothing more can be read on a connection whose body was not read to its end. */
const UNREAD: Record<Unread, Outcome> = {
  'too-large': { answer: closing(refusal(413, 'Request body too large')), error: 'body' },
  'broken-off': { answer: closing(refusal(400, "Can't read body")), error: 'body' },
  'too-slow': { answer: closing(refusal(408, "Can't read body")), error: 'body' },
  'no-room': { ...FULL, answer: closing(FULL.answer) },
}

/** `/post`: one event in, its place out. Counts and times every request, whatever becomes of it. */
export const createPost = ({ bodies, sink, lifecycle, metrics, now }: PostDeps): Route => {
  const post = async (exchange: Exchange): Promise<Outcome> => {
    if (exchange.request.method !== 'POST') return WRONG_METHOD
    const open = sink()
    if (!lifecycle.accepts() || open === undefined) return NOT_SERVING
    const end = lifecycle.begin()
    try {
      return await store(exchange.request, open)
    } finally {
      // Neither a client that left before its event was stored nor an answer that is not yet out may be overlooked.
      void exchange.closed.then(end)
    }
  }

  const store = async (request: IncomingMessage, open: Sink): Promise<Outcome> => {
    const body = await bodies.read(request)
    if (body.kind !== 'read') return UNREAD[body.kind]
    const outcome = isEvent(body.bytes) ? acknowledge(await open.append(body.bytes)) : NOT_JSON
    bodies.release(body.bytes)
    return outcome
  }

  return async (exchange) => {
    const start = now()
    metrics.arrived()
    const { answer, error } = await post(exchange)
    if (error !== undefined) metrics.failed(error)
    metrics.answered((now() - start) / 1000)
    return answer
  }
}

const acknowledge = (appended: Appended): Outcome => {
  if (appended.kind === 'full') return FULL
  if (appended.kind === 'too-large') return TOO_LARGE
  if (appended.kind === 'failed') return NOT_STORED
  const { partition, offset } = appended
  // The capital letter is the seed's, whose clients read it.
  return { answer: ok(`{"status":"ok","partition":${partition},"Offset":${offset}}\n`) }
}

const ok = (text: string): Answer => ({ status: 200, contentType: JSON_TYPE, text })
