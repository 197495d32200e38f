import { expect, test } from 'vitest'
import { readAnswer } from '../../../../bench/ingest/load/answer.ts'
import { createHistogram } from '../../../../bench/ingest/load/histogram.ts'
import { acknowledgedBy, createLedger } from '../../../../bench/ingest/load/ledger.ts'
import { parseStat } from '../../../../bench/ingest/load/processor.ts'
import { writeRequests } from '../../../../bench/ingest/load/requests.ts'
import { scheduleOf } from '../../../../bench/ingest/load/schedule.ts'
import type { Outcome } from '../../../../bench/ingest/load/wire.ts'

test('quantiles are at most 2 % too high, and never too low', () => {
  const histogram = createHistogram()
  for (let n = 1; n <= 10_000; n++) histogram.add(n / 10)
  const { count, mean, p50, p99, p999, max } = histogram.read() ?? {}
  expect([count, max]).toEqual([10_000, 1_000])
  expect(mean).toBeCloseTo(500, 0)
  for (const [found = 0, exact] of [
    [p50, 500],
    [p99, 990],
    [p999, 999],
  ] as const) {
    expect(found).toBeGreaterThanOrEqual(exact)
    expect(found).toBeLessThanOrEqual(exact * 1.02)
  }
})

test('no values have no quantiles', () => {
  expect(createHistogram().read()).toBeUndefined()
})

test('an open loop is due at even times, whatever was sent', () => {
  const { dueBy, timeOf, first, end } = scheduleOf(1_000, 2_000, 3_000)
  expect([0, 0.5, 1, 10, 2_000, 9_999_999].map(dueBy)).toEqual([1, 1, 2, 11, 2_001, 5_000])
  expect([first, end, timeOf(first), timeOf(end)]).toEqual([2_000, 5_000, 2_000, 5_000])
})

const text = (value: string): Buffer => Buffer.from(value)

test.each([
  [
    'a whole one',
    'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\n{}',
    { status: 200, body: 44, end: 46 },
  ],
  ['with another case', 'HTTP/1.1 503 Busy\r\ncontent-length:0\r\n\r\n', { status: 503, body: 39, end: 39 }],
  ['a body that is not all there', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}', 'partial'],
  ['a head that is not all there', 'HTTP/1.1 200 OK\r\nConte', 'partial'],
  ['no length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'unreadable'],
  ['no HTTP', 'hello there, whoever\r\nContent-Length: 5\r\n\r\n12345', 'unreadable'],
])('an answer: %s', (_, bytes, expected) => {
  expect(readAnswer(text(bytes))).toEqual(expected)
})

const answered = (status: number, body: string): Outcome => ({ kind: 'answered', status, body: text(body) })

test.each<[string, Outcome, number, number]>([
  ['a single event by its 200', answered(200, '{}'), 1, 1],
  ['no event by a 500', answered(500, "Can't post to kafka"), 1, 0],
  [
    'a batch by what it says',
    answered(200, '{"status":"ok","stored":100,"refused":0,"results":[]}'),
    100,
    100,
  ],
  ['a part of a batch', answered(503, '{"status":"partial","stored":40,"refused":60,"results":[]}'), 100, 40],
  ['nothing of a batch by an answer of another kind', answered(200, '{"results":[]}'), 100, 0],
  ['nothing without an answer', { kind: 'failed', why: 'ECONNRESET' }, 100, 0],
])('acknowledged: %s', (_, outcome, events, expected) => {
  expect(acknowledgedBy(outcome, events)).toBe(expected)
})

test('what was refused in so many words is not stored; after 500 or no answer nobody can be sure', () => {
  const ledger = createLedger(
    1,
    () => 5,
    () => true,
  )
  for (const status of [200, 400, 503, 500]) ledger.settled(answered(status, ''), 0, true)
  ledger.settled({ kind: 'failed', why: 'ECONNRESET' }, 0, false)
  expect(ledger.counts()).toEqual({ acknowledged: 1, refused: 2, unsure: 2 })
  expect(ledger.stretch()).toMatchObject({ events: 1, failed: 3, latency: { count: 4, max: 5 } })
})

test('processor time and memory of a process with any name', () => {
  const before = ['S', ...Array.from({ length: 10 }, (_, n) => n)]
  const line = `12 (a (b) c) ${[...before, 7, 3, 0, 0, 20, 0, 1, 0, 99, 1_000, 5].join(' ')} 0`
  expect(parseStat(line)).toEqual({ cpu: 100, rss: 5 * 4_096 })
})

test('a request has the length of its body, and says when it is the last of its connection', () => {
  const batch = writeRequests('h', 1, { kind: 'batch', events: 3 }, 'close')
  const [head = '', body = ''] = batch.next().toString().split('\r\n\r\n')
  expect(batch.events).toBe(3)
  expect(head).toMatch(/^POST \/post\/batch HTTP\/1.1\r\n/)
  expect(head).toContain(`Content-Length: ${body.length}\r\nConnection: close`)
  expect(
    body
      .trim()
      .split('\n')
      .map((line) => typeof JSON.parse(line)),
  ).toEqual(['object', 'object', 'object'])
})
