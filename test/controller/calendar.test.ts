import { describe, expect, test } from 'vitest'
import { calendar, zones } from '../../controller/calendar.ts'
import { type ScheduleItem, scheduledAt } from '../../controller/decision/schedule.ts'

const at = (text: string): number => Date.parse(text)
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().replace('.000', '')

function startAfter(cron: string, zone: string): (time: number) => number | undefined {
  const outcome = calendar(cron, zone)
  if (outcome.kind === 'broken') throw new Error(outcome.detail)
  return outcome.clockwork.startAfter
}

describe('a cron expression in a time zone', () => {
  test.for([
    {
      name: 'a Friday evening in Moscow',
      cron: '0 18 * * 5',
      zone: 'Europe/Moscow',
      after: '2026-11-22T00:00:00Z',
      next: '2026-11-27T15:00:00Z',
    },
    {
      name: 'a time that the change to summer time skips fires at the next one that exists',
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      after: '2026-03-28T12:00:00Z',
      next: '2026-03-29T01:00:00Z',
    },
    {
      name: 'a time that the change back repeats fires the first time',
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      after: '2026-10-24T22:00:00Z',
      next: '2026-10-25T00:30:00Z',
    },
    {
      name: 'and not a second time an hour later',
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      after: '2026-10-25T00:30:00Z',
      next: '2026-10-26T01:30:00Z',
    },
    {
      name: 'noon stays noon across the change',
      cron: '0 12 * * *',
      zone: 'America/New_York',
      after: '2026-03-08T00:00:00Z',
      next: '2026-03-08T16:00:00Z',
    },
    {
      name: 'the leap day comes every four years',
      cron: '0 0 29 2 *',
      zone: 'UTC',
      after: '2026-11-22T00:00:00Z',
      next: '2028-02-29T00:00:00Z',
    },
    {
      name: 'the year changes',
      cron: '0 0 1 1 *',
      zone: 'Pacific/Auckland',
      after: '2026-12-31T10:59:59Z',
      next: '2026-12-31T11:00:00Z',
    },
    {
      name: 'half past six in a zone with half hours',
      cron: '30 6 * * *',
      zone: 'Asia/Kolkata',
      after: '2026-01-01T00:00:00Z',
      next: '2026-01-01T01:00:00Z',
    },
  ])('$name', ({ cron, zone, after, next }) => {
    expect(iso(startAfter(cron, zone)(at(after)))).toBe(next)
  })

  test.for([
    { cron: '0 18 * * 5', zone: 'Europe/Moskow', part: 'zone' },
    { cron: '0 18 * *', zone: 'UTC', part: 'cron' },
    { cron: '0 18 * * 8', zone: 'UTC', part: 'cron' },
    { cron: '61 18 * * 5', zone: 'UTC', part: 'cron' },
    { cron: '0 0 30 2 *', zone: 'UTC', part: 'cron' },
  ])('$cron in $zone is refused for its $part', ({ cron, zone, part }) => {
    expect(calendar(cron, zone)).toMatchObject({ kind: 'broken', part })
  })

  test('the zones that can be meant are known', () => {
    expect(zones()).toEqual(expect.arrayContaining(['UTC', 'Europe/Moscow', 'America/New_York']))
  })

  test('what was asked before does not matter', () => {
    const asked = startAfter('0 */3 * * *', 'Europe/Berlin')
    const times = Array.from(
      { length: 500 },
      (_, i) => at('2026-03-28T00:00:00Z') + ((i * 7_919) % 500) * 600_000,
    )
    for (const time of times) expect(asked(time)).toBe(startAfter('0 */3 * * *', 'Europe/Berlin')(time))
  })
})

describe('what a schedule says', () => {
  const HOUR = 3_600_000
  const item = (
    name: string,
    cron: string,
    length: number,
    what: Partial<ScheduleItem>,
    zone = 'UTC',
  ): ScheduleItem => ({
    ...{ name, cron, zone, length },
    startAfter: startAfter(cron, zone),
    ...what,
  })
  const said = (items: readonly ScheduleItem[], time: string) => scheduledAt(items, at(time))
  const evening = item('evening', '0 18 * * *', 6 * HOUR, { min: 6 })

  test('nothing before it begins, and when it will', () => {
    expect(said([evening], '2026-05-01T17:59:59Z')).toEqual({
      next: { at: at('2026-05-01T18:00:00Z'), item: 'evening', what: 'begins' },
    })
  })
  test('a floor from its start, to the millisecond', () => {
    const until = at('2026-05-02T00:00:00Z')
    expect(said([evening], '2026-05-01T18:00:00Z')).toEqual({
      floor: { size: 6, item: 'evening', until, zone: 'UTC' },
      next: { at: until, item: 'evening', what: 'ends' },
    })
  })
  test('no floor any more at its end', () => {
    expect(said([evening], '2026-05-02T00:00:00Z').floor).toBeUndefined()
  })
  test('longer than its period it is in force without a gap', () => {
    const always = item('always', '0 * * * *', 2 * HOUR, { min: 3 })
    expect(said([always], '2026-05-01T17:30:00Z').floor?.size).toBe(3)
    expect(said([always], '2026-05-01T17:30:00Z').next).toBeUndefined()
  })
  test('beginning every minute for a year it is told as fast as any other', () => {
    let asked = 0
    const plain = item('ever', '* * * * *', 365 * 24 * HOUR, { min: 3 })
    const counting: ScheduleItem = {
      ...plain,
      startAfter(time) {
        asked++
        return plain.startAfter(time)
      },
    }
    expect(said([counting], '2026-05-01T17:30:10Z').floor).toMatchObject({
      until: at('2027-05-01T17:30:00Z'),
    })
    expect(asked).toBeLessThan(100)
  })
  test('of several floors the highest, of several ceilings the lowest', () => {
    const items = [
      evening,
      item('sale', '0 19 * * *', HOUR, { min: 9 }),
      item('thrift', '0 18 * * *', 3 * HOUR, { max: 12 }),
      item('more thrift', '0 18 * * *', 3 * HOUR, { max: 10 }),
    ]
    const now = said(items, '2026-05-01T19:30:00Z')
    expect([now.floor?.item, now.ceiling?.item]).toEqual(['sale', 'more thrift'])
  })
  test('of several pins the one that began last, and of those that began together the one that stands last', () => {
    const items = [
      item('late', '0 19 * * *', HOUR, { pin: 4 }),
      item('early', '0 18 * * *', 3 * HOUR, { pin: 5 }),
      item('later', '0 19 * * *', HOUR, { pin: 7 }),
    ]
    expect(said(items, '2026-05-01T19:30:00Z').pin?.item).toBe('later')
    expect(said(items, '2026-05-01T18:30:00Z').pin?.item).toBe('early')
  })
  test('a night across the change to summer time keeps its length', () => {
    const night = item('night', '0 22 * * *', 8 * HOUR, { max: 2 }, 'Europe/Berlin')
    expect(iso(said([night], '2026-03-29T00:30:00Z').ceiling?.until)).toBe('2026-03-29T05:00:00Z')
  })
})
