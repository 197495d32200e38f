import { type Answer, JSON_TYPE } from './answer.ts'
import type { State } from './lifecycle.ts'

/**
 * `/ready` of the service contract: 200 when it can serve, 503 otherwise, with the state as JSON. `failure` is why a
 * ready instance cannot serve all the same, as when its disk is full; it then reports the state `failing`. One that
 * starts tells it as well, where that is what it waits for.
 */
export const readiness = (state: State, failure: string | undefined): Answer => {
  if (state === 'starting' && failure !== undefined) return json(503, { state, reason: failure })
  if (state !== 'ready') return json(503, { state })
  return failure === undefined ? json(200, { state }) : json(503, { state: 'failing', reason: failure })
}

const json = (status: number, body: unknown): Answer => ({
  status,
  contentType: JSON_TYPE,
  text: `${JSON.stringify(body)}\n`,
  headers: { 'Cache-Control': 'no-store' },
})
