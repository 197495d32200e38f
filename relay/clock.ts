/** The time, as the composition root gives it. */
export interface Clock {
  /** Epoch ms, for what is written down. A clock on the wall may jump. */
  wall(): number
  /** Monotonic ms, for durations. */
  now(): number
  /** Calls `run` once after so many ms, unless the answered function is called before. */
  later(ms: number, run: () => void): () => void
}

/** One thing at a time that is due later. */
export interface Alarm {
  /** Replaces what was set before. */
  set(ms: number, run: () => void): void
  clear(): void
}

export const createAlarm = (clock: Clock): Alarm => {
  let cancel = () => {}
  const clear = () => {
    cancel()
    cancel = () => {}
  }
  return {
    clear,
    set(ms, run) {
      clear()
      cancel = clock.later(Math.max(0, ms), run)
    },
  }
}
