import { expect, test } from 'vitest'
import { readTime, shortly, stampOf } from '../../../controller/web/times.ts'

const zone = 'Europe/Berlin'
/** 14:30 in Berlin. */
const now = Date.UTC(2026, 10, 22, 13, 30)
const clock = { now, zone }

test.for<{ text: string; is: string }>([
  { text: 'now', is: '2026-11-22T13:30:00.000Z' },
  { text: '14:02', is: '2026-11-22T13:02:00.000Z' },
  { text: '14:02:30', is: '2026-11-22T13:02:30.000Z' },
  { text: '9:05', is: '2026-11-22T08:05:00.000Z' },
  { text: '-2h', is: '2026-11-22T11:30:00.000Z' },
  { text: '1h30m ago', is: '2026-11-22T12:00:00.000Z' },
  { text: '2026-11-21', is: '2026-11-20T23:00:00.000Z' },
  { text: '2026-07-01 14:02', is: '2026-07-01T12:02:00.000Z' },
  { text: '2026-07-01T14:02:03', is: '2026-07-01T12:02:03.000Z' },
  { text: '2026-11-22T13:02:30Z', is: '2026-11-22T13:02:30.000Z' },
  { text: '2026-11-22T13:02:30.250z', is: '2026-11-22T13:02:30.250Z' },
  { text: '2026-11-22T16:02+03:00', is: '2026-11-22T13:02:00.000Z' },
  { text: '2026-11-22 16:02 +0300', is: '2026-11-22T13:02:00.000Z' },
  // When clocks are put back, it is 02:30 twice: the first time counts.
  { text: '2026-10-25 02:30', is: '2026-10-25T00:30:00.000Z' },
  { text: '2026-10-25 03:30', is: '2026-10-25T02:30:00.000Z' },
])('$text is $is', ({ text, is }) => {
  const outcome = readTime(text, clock)
  expect(outcome.kind === 'time' ? new Date(outcome.at).toISOString() : outcome).toBe(is)
})

test.for<{ text: string; says: RegExp }>([
  { text: 'yesterday', says: /^"yesterday" is no time: say 14:02 or 14:02:30 \(today\), 2026/ },
  { text: '', says: /is no time/ },
  { text: '25:00', says: /is no time/ },
  { text: '-2x', says: /is no time/ },
  { text: '10 ago', says: /is no time/ },
  { text: '2026-02-30', says: /is no time/ },
  { text: '2026-11-22T13:02+99:00', says: /is no time/ },
  {
    text: '23:00',
    says: /^23:00 is still to come today, it is only 14:30:00 \(Europe\/Berlin\): for yesterday say "2026-11-21 23:00"$/,
  },
  {
    text: '2026-03-29 02:30',
    says: /^clocks in Europe\/Berlin never showed 2026-03-29 02:30, since they were put forward then$/,
  },
])('"$text" is refused with the reason', ({ text, says }) => {
  expect(readTime(text, clock)).toEqual({ kind: 'wrong', message: expect.stringMatching(says) })
})

test('times of today are told without the date', () => {
  expect([shortly(now - 3_600_000, clock), shortly(now - 86_400_000, clock)]).toEqual([
    '13:30:00',
    '2026-11-21 14:30:00',
  ])
  expect(stampOf(now, 'UTC')).toBe('2026-11-22 13:30:00')
})
