import { describe, expect, test } from 'vitest'
import { machineCalendar } from '../../../controller/calendar.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import type { ScheduleItem } from '../../../controller/decision/schedule.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, createWorld } from '../../support/world.ts'

// Schedules through the real tick: what a policy's items do to the size, at changes of the clocks and of the calendar.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = (text: string): number => Date.parse(text)

function item(
  name: string,
  cron: string,
  zone: string,
  length: number,
  what: Partial<ScheduleItem>,
): ScheduleItem {
  const outcome = machineCalendar.read(cron, zone)
  if (outcome.kind === 'broken') throw new Error(outcome.detail)
  return { name, cron, zone, length, startAfter: outcome.clockwork.startAfter, ...what }
}

/** Without rules, so that only the calendar moves it; quick, so that a test need not wait. */
const policyOf = (schedule: readonly ScheduleItem[], given: Partial<Policy> = {}): Policy =>
  aPolicy('ingest', {
    size: { min: 2, max: 12 },
    rules: [],
    out: { step: 2, wait: MINUTE, perHour: { count: 4, share: 2 } },
    in: { step: 1, wait: 5 * MINUTE, hold: MINUTE, perHour: { count: 1, share: 0.5 }, sharePerTick: 0.25 },
    schedule,
    ...given,
  })

/** Ticks every minute from `start` on; answers the size granted at each of the times asked for. */
async function sizesAt(
  policy: Policy,
  start: string,
  times: readonly string[],
  load: (t: number) => number | undefined = () => 100,
): Promise<number[]> {
  const world = createWorld({ policies: [policy], load: values(load), tickEvery: MINUTE })
  world.clock.now = at(start)
  const controller = await world.start()
  const found: number[] = []
  for (const time of times) {
    let granted = 0
    while (world.clock.now < at(time)) granted = (await controller.tick())[0]?.granted ?? 0
    found.push(granted)
  }
  return found
}

describe('a floor by the calendar', () => {
  const night = (zone: string): ScheduleItem => item('night', '30 2 * * *', zone, HOUR, { min: 4 })
  test.for<{ name: string; items: readonly ScheduleItem[]; start: string; times: string[]; sizes: number[] }>(
    [
      {
        name: 'raises by step and wait from its start, and lets go by in.wait, hold and rate after its end',
        items: [item('friday evening', '0 18 * * 5', 'Europe/Moscow', 2 * HOUR, { min: 6 })],
        start: '2026-11-27T14:50:00Z',
        times: [
          '2026-11-27T14:59:00Z',
          '2026-11-27T15:00:00Z',
          '2026-11-27T15:01:00Z',
          '2026-11-27T16:59:00Z',
          '2026-11-27T17:00:00Z',
        ],
        sizes: [2, 4, 6, 6, 6],
      },
      {
        name: 'at a time that the change to summer time skips it begins at the next one that exists',
        items: [night('Europe/Berlin')],
        start: '2026-03-29T00:40:00Z',
        times: ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'],
        sizes: [2, 4],
      },
      {
        name: 'at a time that the change back repeats it begins once, and ends an hour later',
        items: [night('Europe/Berlin')],
        start: '2026-10-25T00:20:00Z',
        times: ['2026-10-25T00:29:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:29:00Z'],
        sizes: [2, 4, 4],
      },
      {
        name: 'comes on a leap day',
        items: [item('leap', '0 0 29 2 *', 'UTC', HOUR, { min: 4 })],
        start: '2028-02-28T23:50:00Z',
        times: ['2028-02-28T23:59:00Z', '2028-02-29T00:00:00Z'],
        sizes: [2, 4],
      },
      {
        name: 'does not come on the last of February in another year',
        items: [item('leap', '0 0 29 2 *', 'UTC', HOUR, { min: 4 })],
        start: '2026-02-28T23:50:00Z',
        times: ['2026-03-01T00:10:00Z'],
        sizes: [2],
      },
      {
        name: 'reaches over the change of the year',
        items: [item('new year', '0 23 31 12 *', 'UTC', 2 * HOUR, { min: 4 })],
        start: '2026-12-31T22:50:00Z',
        times: ['2026-12-31T22:59:00Z', '2026-12-31T23:00:00Z', '2027-01-01T00:30:00Z'],
        sizes: [2, 4, 4],
      },
    ],
  )('$name', async ({ items, start, times, sizes }) => {
    expect(await sizesAt(policyOf(items), start, times)).toEqual(sizes)
  })

  test('its end is no jump: one at a time, five minutes apart, no more than half in an hour', async () => {
    const policy = policyOf([
      item('hour', '0 12 * * *', 'UTC', HOUR, { min: 8 }),
      item('thrift', '0 13 * * *', 'UTC', 10 * HOUR, { max: 2 }),
    ])
    const after = [0, 5, 10, 15, 20, 59].map((minute) =>
      new Date(at('2026-11-27T13:00:00Z') + minute * MINUTE).toISOString(),
    )
    expect(await sizesAt(policy, '2026-11-27T11:50:00Z', after)).toEqual([7, 6, 5, 4, 4, 4])
  })
})

test('while the metrics are gone pin, floor and ceiling bind, and their end moves nothing', async () => {
  const schedule = [
    item('sale', '0 12 * * *', 'UTC', 30 * MINUTE, { pin: 5 }),
    item('thrift', '0 13 * * *', 'UTC', HOUR, { max: 4 }),
  ]
  const policy = policyOf(schedule, { rules: aPolicy('ingest').rules })
  const times = [
    '2026-11-27T12:10:00Z',
    '2026-11-27T12:59:00Z',
    '2026-11-27T13:01:00Z',
    '2026-11-27T15:00:00Z',
  ]
  expect(await sizesAt(policy, '2026-11-27T11:50:00Z', times, () => undefined)).toEqual([5, 5, 4, 4])
})
