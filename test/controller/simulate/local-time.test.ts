import { describe, expect, test } from 'vitest'
import { clockAt, isZone, timeOf, untilClock } from '../../../controller/simulate/local-time.ts'

describe('the time at which clocks of a zone show something', () => {
  test.each([
    ['2026-01-05 18:00', 'UTC', '2026-01-05T18:00:00Z'],
    ['2026-01-05 18:00', 'Europe/Moscow', '2026-01-05T15:00:00Z'],
    ['2026-07-05 18:00:30', 'Europe/Berlin', '2026-07-05T16:00:30Z'],
    ['2024-02-29 00:00', 'Asia/Kolkata', '2024-02-28T18:30:00Z'],
    ['2026-03-29 03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-12-31 23:59', 'America/St_Johns', '2027-01-01T03:29:00Z'],
  ])('%s in %s is %s', (text, zone, iso) => {
    expect(timeOf(text, zone)).toBe(Date.parse(iso))
    expect(clockAt(Date.parse(iso), zone).slice(0, 5)).toBe(text.slice(11, 16))
  })

  test.each([
    ['2026-02-29 10:00', 'UTC', 'no leap year'],
    ['2026-13-01 10:00', 'UTC', 'no such month'],
    ['2026-01-05 25:00', 'UTC', 'no such hour'],
    ['2026-01-05', 'UTC', 'no time'],
    ['2026-03-29 02:30', 'Europe/Berlin', 'skipped by the change to summer time'],
  ])('%s in %s: %s', (text, zone) => {
    expect(timeOf(text, zone)).toBeUndefined()
  })
})

describe('how long until clocks first show it', () => {
  test.each([
    ['18:30', '2026-01-05 18:00', 'Europe/Moscow', 30],
    ['18:00', '2026-01-05 18:00', 'Europe/Moscow', 0],
    ['17:59', '2026-01-05 18:00', 'Europe/Moscow', 24 * 60 - 1],
    ['00:10', '2026-01-05 23:50', 'UTC', 20],
    ['12:00', '2026-03-29 00:00', 'Europe/Berlin', 11 * 60],
    ['12:00', '2026-10-25 00:00', 'Europe/Berlin', 13 * 60],
  ])('%s from %s in %s', (clock, from, zone, minutes) => {
    expect(untilClock(clock, timeOf(from, zone) ?? Number.NaN, zone)).toBe(minutes * 60_000)
  })
})

test('zones that do not exist are none', () => {
  expect(isZone('Europe/Moskow')).toBe(false)
  expect(isZone('Europe/Moscow')).toBe(true)
})
