import { setTimeout as sleep } from 'node:timers/promises'

/** Waits between attempts, in milliseconds: doubling from `first` to `most`, each shortened by up to a half at random. */
export type BackoffLimits = { first: number; most: number }

export type Backoff = {
  /** How long to wait before the next attempt. */
  next(): number
  /** An attempt has succeeded. */
  reset(): void
}

/** `random` answers numbers from 0 to 1, and keeps consumers that failed together from coming back together. */
export const createBackoff = ({ first, most }: BackoffLimits, random: () => number): Backoff => {
  let delay = first
  return {
    next: () => {
      const wait = delay * (1 - random() / 2)
      delay = Math.min(most, delay * 2)
      return wait
    },
    reset: () => {
      delay = first
    },
  }
}

/** Waits so many milliseconds, or until the signal is aborted. Never rejects. */
export const pause = async (time: number, signal: AbortSignal): Promise<void> => {
  if (time <= 0 || signal.aborted) return
  try {
    await sleep(time, undefined, { signal })
  } catch {
    // Aborted: the wait is over.
  }
}
