import { schedule } from 'node-cron'

/** A loop that ticks by the clock and never overlaps itself. */
export interface Schedule {
  /** When the last tick that ran through ended, by the clock `elapsed`. */
  lastTickAt(): number
  /** Ticks that were left out because an earlier one took too long. */
  overruns(): number
  /** Ticks at once, or as soon as the tick under way has ended. */
  nudge(): void
  /** Ends the schedule and waits for the tick under way. */
  stop(): Promise<void>
}

const MINUTE = 60_000

/** The cron expression of a tick length in ms: a whole divisor of a minute, or of an hour in minutes; else undefined. */
export function cronOf(tick: number): string | undefined {
  if (tick >= 1_000 && tick < MINUTE && MINUTE % tick === 0 && tick % 1_000 === 0)
    return `*/${tick / 1_000} * * * * *`
  const minutes = tick / MINUTE
  if (tick % MINUTE !== 0 || minutes < 1 || 60 % minutes !== 0) return undefined
  return `0 */${minutes} * * * *`
}

/**
 * Runs `tick` once at once and then by cron, every `interval` ms. A tick that takes longer than its interval makes the ones that
 * it overruns be skipped and counted. `failed` is told when a tick throws; the schedule goes on. `elapsed`: ms by a clock that
 * only runs forward.
 */
export function startSchedule(
  interval: number,
  elapsed: () => number,
  tick: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Schedule {
  let under: Promise<void> | undefined
  let lastTickAt = elapsed()
  let overruns = 0
  let nudged = false
  let stopped = false

  async function run(): Promise<void> {
    try {
      await tick()
      lastTickAt = elapsed()
    } catch (error) {
      failed(error)
    }
  }

  function begin(): void {
    if (under !== undefined) {
      overruns++
      return
    }
    under = run().finally(() => {
      under = undefined
      if (nudged) nudge()
    })
  }

  function nudge(): void {
    nudged = under !== undefined
    if (!nudged && !stopped) begin()
  }

  const beat = startBeat(interval, elapsed, begin, () => overruns++)
  async function stop(): Promise<void> {
    stopped = true
    await beat.stop()
    await under
  }
  return { lastTickAt: () => lastTickAt, overruns: () => overruns, nudge, stop }
}

/**
 * Calls `begin` at once and then by cron, which waits for times of day: when the wall clock is set back, the next one may be an hour
 * away. A beat that has not come for two intervals therefore begins cron anew. `missed`: of a beat that cron had to leave out.
 */
function startBeat(
  interval: number,
  elapsed: () => number,
  begin: () => void,
  missed: () => void,
): { stop(): Promise<void> } {
  let lastBeat = elapsed()
  const beat = (): void => {
    lastBeat = elapsed()
    begin()
  }
  const expression = cronOf(interval) ?? '*/15 * * * * *'
  const byCron = () => {
    const task = schedule(expression, beat)
    task.on('execution:missed', missed)
    return task
  }
  beat()
  let task = byCron()
  const keeper = setInterval(() => {
    if (elapsed() - lastBeat < 2 * interval) return
    void task.destroy()
    task = byCron()
    beat()
  }, interval)
  keeper.unref()
  return {
    async stop() {
      clearInterval(keeper)
      await task.destroy()
    },
  }
}
