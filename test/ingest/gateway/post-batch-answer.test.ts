import { expect, test } from 'vitest'
import { answerBatch } from '../../../ingest/gateway/post-batch-answer.ts'
import type { Fault } from '../../../ingest/gateway/post-batch-split.ts'
import type { Appended } from '../../../ingest/gateway/sink.ts'

const at = (offset: number): Appended => ({ kind: 'stored', partition: 2, offset })
const FULL: Appended = { kind: 'full' }
const FAILED: Appended = { kind: 'failed', why: 'gone' }
const LARGE: Appended = { kind: 'too-large' }

/** A batch whose events met this: the sink's outcome, or the fault for which the sink never saw it. */
const answer = (...met: readonly (Appended | Fault)[]) => {
  const appended = met.filter((one) => typeof one !== 'string')
  const faults = new Map(met.flatMap((one, place) => (typeof one === 'string' ? [[place, one]] : [])))
  return answerBatch({ events: appended.map(() => Buffer.from('{}')), faults }, appended)
}

test.for([
  { name: 'all stored', met: [at(7), at(9)], status: 200, word: 'ok', stored: 2, refused: 0 },
  {
    name: 'one broken',
    met: [at(7), 'json'],
    status: 400,
    word: 'partial',
    stored: 1,
    refused: 1,
    error: 'json',
  },
  {
    name: 'all broken',
    met: ['json', 'json'],
    status: 400,
    word: 'failed',
    stored: 0,
    refused: 2,
    error: 'json',
  },
  {
    name: 'one too long',
    met: ['body', at(7)],
    status: 400,
    word: 'partial',
    stored: 1,
    refused: 1,
    error: 'body',
  },
  {
    name: 'one too long for the store',
    met: [LARGE, at(7)],
    status: 400,
    word: 'partial',
    stored: 1,
    refused: 1,
    error: 'body',
  },
  {
    name: 'no room for all',
    met: [FULL, FULL],
    status: 503,
    word: 'failed',
    stored: 0,
    refused: 2,
    error: 'refused',
  },
  {
    name: 'no room for the last',
    met: [at(7), FULL],
    status: 503,
    word: 'partial',
    stored: 1,
    refused: 1,
    error: 'refused',
  },
  {
    name: 'no room, and one broken',
    met: ['json', FULL],
    status: 503,
    word: 'failed',
    stored: 0,
    refused: 2,
    error: 'refused',
  },
  {
    name: 'one perhaps not safe',
    met: [at(7), FAILED, FULL, 'json'],
    status: 500,
    word: 'partial',
    stored: 1,
    refused: 3,
    error: 'kafka',
  },
] as const)(
  '$name: the status is no success unless all is stored',
  ({ met, status, word, stored, refused, ...rest }) => {
    const { answer: given, error } = answer(...met)
    expect(given.status).toBe(status)
    expect(JSON.parse(given.text)).toMatchObject({ status: word, stored, refused })
    expect(error).toBe('error' in rest ? rest.error : undefined)
    expect(given.headers?.['Retry-After']).toBe(status === 503 ? '1' : undefined)
  },
)

test('results stand in the order of the events, whatever became of each', () => {
  const { answer: given, failures } = answer('json', at(4), FULL, 'body', at(5), FAILED, LARGE)
  expect(given.text).toBe(
    '{"status":"partial","stored":2,"refused":5,"results":[{"error":"json"},{"partition":2,"Offset":4},' +
      '{"error":"refused"},{"error":"body"},{"partition":2,"Offset":5},{"error":"kafka"},{"error":"body"}]}\n',
  )
  expect([...failures]).toEqual([
    ['json', 1],
    ['refused', 1],
    ['body', 2],
    ['kafka', 1],
  ])
})
