import { schedule } from 'node-cron'

/** A loop that ticks by the clock and never overlaps itself. */
export interface Schedule {
  /** Epoch ms of the end of the last tick that ran through. */
  lastTickAt(): number
  overruns(): number
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
 * Runs `tick` once at once and then by cron. A tick that takes longer than its interval makes the ones that it overruns be
 * skipped and counted. `failed` is told when a tick throws; the schedule goes on.
 */
export function startSchedule(
  expression: string,
  now: () => number,
  tick: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Schedule {
  let under: Promise<void> | undefined
  let lastTickAt = now()
  let overruns = 0

  async function run(): Promise<void> {
    try {
      await tick()
      lastTickAt = now()
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
    })
  }

  begin()
  const task = schedule(expression, begin)
  async function stop(): Promise<void> {
    await task.destroy()
    await under
  }
  return { lastTickAt: () => lastTickAt, overruns: () => overruns, stop }
}
