const FIRST = 500
const MOST = 30_000

/** A child that ran this long (ms) before it ended has not failed in a row. */
export const STEADY = 60_000

/** Milliseconds until the start after so many failures in a row: doubles up to half a minute, spread over its upper half. */
export function backOff(failures: number, random: () => number): number {
  const full = Math.min(MOST, FIRST * 2 ** Math.min(failures - 1, 20))
  return full * (0.5 + random() / 2)
}
