import { setTimeout } from 'node:timers/promises'

/**
 * The time that the round after the one of `previous` counts for, when it begins at `now` (epoch ms). Rounds count for evenly spaced
 * times although they begin a little late, so that no step of a window is empty because of that.
 */
export function roundAfter(previous: number, now: number, interval: number): number {
  const due = previous + interval
  const onTime = now >= due - interval / 10 && now < due + interval
  return onTime ? due : now
}

/** One round after the other until it is closed, each on time or as soon as the one before has ended. */
export async function roundsUntil(
  closed: AbortSignal,
  round: (at: number) => Promise<void>,
  interval: number,
  now: () => number,
): Promise<void> {
  let at = now()
  while (!closed.aborted) {
    await round(at)
    await pause(Math.min(interval, at + interval - now()), closed)
    at = roundAfter(at, now(), interval)
  }
}

/** Waits `ms`, or until it is closed. It does not keep the process alive. */
export async function pause(ms: number, closed: AbortSignal): Promise<void> {
  try {
    await setTimeout(Math.max(0, ms), undefined, { signal: closed, ref: false })
  } catch (error) {
    if (!closed.aborted) throw error
  }
}
