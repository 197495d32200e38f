import type { IncomingMessage } from 'node:http'
import type { Lifecycle } from '../shared/lifecycle.ts'
import type { Bodies } from './body.ts'
import type { Metrics } from './metrics.ts'
import { NOT_SERVING, type Outcome, UNREAD, WRONG_METHOD } from './outcome.ts'
import type { Exchange, Route } from './server.ts'
import type { Sink } from './sink.ts'

/** What posts work with. `now` is a monotonic clock in milliseconds; the sink is missing while it is being opened. */
export type PostDeps = {
  bodies: Bodies
  sink: () => Sink | undefined
  lifecycle: Lifecycle
  metrics: Metrics
  now: () => number
}

/** What a path does with a body that was read in whole. The bytes are held until it has settled. */
export type Store = (body: Buffer, sink: Sink, request: IncomingMessage) => Promise<Outcome>

/**
 * A path that takes posts: admits them while the gateway serves, and reads bodies of at most `maxBytes`. Counts and
 * times every request, whatever becomes of it.
 */
export const admitting = (deps: PostDeps, maxBytes: number, store: Store): Route => {
  const { bodies, sink, lifecycle, metrics, now } = deps

  const readAndStore = async ({ request, whenClosed }: Exchange, open: Sink): Promise<Outcome> => {
    const end = lifecycle.begin()
    try {
      const body = await bodies.read(request, maxBytes)
      if (body.kind !== 'read') return UNREAD[body.kind]
      const outcome = await store(body.bytes, open, request)
      bodies.release(body.bytes)
      return outcome
    } finally {
      // Neither a client that left before its event was stored nor an answer that is not yet out may be overlooked.
      whenClosed(end)
    }
  }

  const admit = (exchange: Exchange): Outcome | Promise<Outcome> => {
    if (exchange.request.method !== 'POST') return WRONG_METHOD
    const open = sink()
    return lifecycle.accepts() && open !== undefined ? readAndStore(exchange, open) : NOT_SERVING
  }

  return async (exchange) => {
    const start = now()
    metrics.arrived()
    const { answer, error } = await admit(exchange)
    if (error !== undefined) metrics.failed(error)
    metrics.answered((now() - start) / 1000)
    return answer
  }
}
