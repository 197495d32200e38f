import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cronOf, type Schedule, startSchedule } from '../../../controller/loop/schedule.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const NOON = Date.UTC(2026, 0, 5, 12)

test.for([
  { tick: SECOND, cron: '*/1 * * * * *' },
  { tick: 15 * SECOND, cron: '*/15 * * * * *' },
  { tick: 30 * SECOND, cron: '*/30 * * * * *' },
  { tick: MINUTE, cron: '0 */1 * * * *' },
  { tick: 5 * MINUTE, cron: '0 */5 * * * *' },
  { tick: 60 * MINUTE, cron: '0 */60 * * * *' },
  { tick: 0, cron: undefined },
  { tick: 500, cron: undefined },
  { tick: 1_500, cron: undefined },
  { tick: 7 * SECOND, cron: undefined },
  { tick: 45 * SECOND, cron: undefined },
  { tick: 90 * SECOND, cron: undefined },
  { tick: 7 * MINUTE, cron: undefined },
  { tick: 2 * HOUR, cron: undefined },
])('$tick ms by cron are $cron', ({ tick, cron }) => {
  expect(cronOf(tick)).toBe(cron)
})

describe('a schedule', () => {
  let schedule: Schedule | undefined
  let elapsed = 0

  beforeEach(() => {
    vi.useFakeTimers({ now: NOON })
    elapsed = 0
  })
  afterEach(async () => {
    const stopped = schedule?.stop()
    await vi.advanceTimersByTimeAsync(MINUTE)
    await stopped
    vi.useRealTimers()
  })

  /** Time passes on the clock that only runs forward too. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) {
      elapsed += 100
      await vi.advanceTimersByTimeAsync(100)
    }
  }

  const begin = (tick: () => Promise<unknown>, failed: (error: unknown) => void = () => {}): Schedule => {
    schedule = startSchedule(SECOND, () => elapsed, tick, failed)
    return schedule
  }

  test('ticks at once and then every interval', async () => {
    const at: number[] = []
    begin(async () => at.push(Date.now() - NOON))
    expect(at).toEqual([0])
    await pass(3 * SECOND)
    expect(at).toEqual([0, 1_000, 2_000, 3_000])
  })

  test('does not overlap itself; what a tick overruns is left out and counted', async () => {
    let under = 0
    let most = 0
    let ticks = 0
    const { overruns } = begin(async () => {
      ticks++
      under++
      most = Math.max(most, under)
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      under--
    })
    await pass(6 * SECOND)
    expect({ most, ticks, overruns: overruns() }).toEqual({ most: 1, ticks: 3, overruns: 4 })
  })

  test('goes on when a tick throws, which is told and does not count as one that ended', async () => {
    const errors: unknown[] = []
    let ticks = 0
    const { lastTickAt } = begin(
      async () => {
        ticks++
        if (ticks > 2) throw new Error(`tick ${ticks}`)
      },
      (error) => errors.push(error),
    )
    await pass(4 * SECOND)
    expect(ticks).toBe(5)
    expect(errors.map(String)).toEqual(['Error: tick 3', 'Error: tick 4', 'Error: tick 5'])
    expect(lastTickAt()).toBe(SECOND)
  })

  test('on stopping waits for the tick under way, and begins none any more', async () => {
    let ended = 0
    const { stop } = begin(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      ended++
    })
    const stopped = stop()
    await pass(200)
    expect(ended).toBe(0)
    await pass(100)
    await stopped
    await pass(5 * SECOND)
    expect(ended).toBe(1)
  })

  test('a nudge ticks at once; during a tick, once more right after it, however often it was asked for', async () => {
    const at: number[] = []
    const { nudge, overruns } = begin(async () => {
      at.push(Date.now() - NOON)
      await new Promise((resolve) => setTimeout(resolve, 300))
    })
    await pass(500)
    nudge()
    await pass(100)
    nudge()
    nudge()
    await pass(2_400)
    expect(at).toEqual([0, 500, 800, 2_000, 3_000])
    expect(overruns()).toBe(1)
  })

  test('after the stop a nudge does nothing', async () => {
    let ticks = 0
    const { nudge, stop } = begin(async () => ticks++)
    await pass(100)
    await stop()
    nudge()
    await pass(5 * SECOND)
    expect(ticks).toBe(1)
  })

  test.for([
    { name: 'set back by an hour', by: -HOUR },
    { name: 'set forward by an hour', by: HOUR },
    { name: 'set back by a day', by: -24 * HOUR },
  ])('goes on within a few beats when the clock is $name', async ({ by }) => {
    let ticks = 0
    begin(async () => ticks++)
    await pass(3 * SECOND)
    const before = ticks
    vi.setSystemTime(Date.now() + by)
    await pass(10 * SECOND)
    expect(ticks - before).toBeGreaterThanOrEqual(8)
  })
})
