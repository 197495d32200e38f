import { type Answer, TEXT_TYPE } from '../shared/answer.ts'
import { callerOf, drainOnRequest } from '../shared/drain.ts'
import { readiness } from '../shared/health.ts'
import type { Lifecycle } from '../shared/lifecycle.ts'
import type { Metrics } from './metrics.ts'
import type { Route } from './server.ts'

export type RouteDeps = {
  post: Route
  postBatch: Route
  lifecycle: Lifecycle
  metrics: Metrics
  /** Why it cannot serve at present; undefined while all is well. */
  failure: () => string | undefined
  drainToken: string | undefined
}

const ALIVE: Answer = { status: 200, contentType: TEXT_TYPE, text: 'ok\n' }

/** Every path of the gateway. */
export const createRoutes = ({ post, postBatch, lifecycle, metrics, failure, drainToken }: RouteDeps) =>
  new Map<string, Route>([
    ['/post', post],
    ['/post/batch', postBatch],
    ['/status', () => ALIVE],
    ['/ready', () => readiness(lifecycle.state(), failure())],
    ['/drain', ({ request }) => drainOnRequest(lifecycle, drainToken, callerOf(request))],
    [
      '/metrics',
      async () => ({ status: 200, contentType: metrics.contentType, text: await metrics.expose() }),
    ],
  ])
