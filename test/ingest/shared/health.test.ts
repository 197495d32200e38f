import { expect, test } from 'vitest'
import { readiness } from '../../../ingest/shared/health.ts'

test.for([
  { name: 'ready serves', state: 'ready', failure: undefined, status: 200, body: { state: 'ready' } },
  {
    name: 'starting does not',
    state: 'starting',
    failure: undefined,
    status: 503,
    body: { state: 'starting' },
  },
  {
    name: 'draining does not',
    state: 'draining',
    failure: undefined,
    status: 503,
    body: { state: 'draining' },
  },
  { name: 'drained does not', state: 'drained', failure: undefined, status: 503, body: { state: 'drained' } },
  {
    name: 'ready with a store that fails does not, and says why',
    state: 'ready',
    failure: 'disk full',
    status: 503,
    body: { state: 'failing', reason: 'disk full' },
  },
  {
    name: 'a drained instance is drained, whatever its store does',
    state: 'drained',
    failure: 'disk full',
    status: 503,
    body: { state: 'drained' },
  },
] as const)('$name', ({ state, failure, status, body }) => {
  const answer = readiness(state, failure)
  expect([answer.status, JSON.parse(answer.text)]).toEqual([status, body])
})
