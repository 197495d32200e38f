import { expect, test } from 'vitest'
import { createBackoff, pause } from '../../../ingest/consumer/backoff.ts'

test('waits double up to the limit, and begin anew after a success', () => {
  const backoff = createBackoff({ first: 100, most: 500 }, () => 0)
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([100, 200, 400, 500, 500])
  backoff.reset()
  expect(backoff.next()).toBe(100)
})

test('chance takes off a half at most', () => {
  expect(createBackoff({ first: 100, most: 500 }, () => 1).next()).toBe(50)
})

test('a wait is over when it is no longer wanted', async () => {
  const wanted = new AbortController()
  const waiting = pause(60_000, wanted.signal)
  wanted.abort()
  await waiting
  await pause(60_000, wanted.signal)
})
