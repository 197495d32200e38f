/** Which requests of an open loop are due when. Request `n` (from 0) is meant for `n / rate` seconds after the beginning. */
export interface Schedule {
  /** How many are due at `at` ms after the beginning. */
  dueBy(at: number): number
  /** When request `n` is due, ms after the beginning. */
  timeOf(n: number): number
  /** The number of the first request of the measured stretch, and of the first one after it. */
  first: number
  end: number
}

/** `rate` is requests a second; durations in ms. */
export function scheduleOf(rate: number, warmUp: number, measured: number): Schedule {
  const every = 1_000 / rate
  const before = (at: number): number => Math.ceil(at / every - 1e-9)
  const end = before(warmUp + measured)
  return {
    dueBy: (at) => Math.min(end, Math.floor(at / every + 1e-9) + 1),
    timeOf: (n) => n * every,
    first: before(warmUp),
    end,
  }
}
