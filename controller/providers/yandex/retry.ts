import type { FailureCode } from './api.ts'

/** Tries of one call, the first one included. */
export const mostTries = 4

const first = { transient: 400, limit: 2_000 }
const longest = 10_000

/**
 * Ms to wait after so many failed tries; undefined when the call is not to be tried again, because asking again would change nothing
 * or it was asked often enough. Between half and the whole of a doubling pause, so that those who failed together come back apart.
 * `random`: uniform in [0, 1).
 */
export function pauseAfter(tries: number, code: FailureCode, random: () => number): number | undefined {
  if (tries >= mostTries) return undefined
  if (code !== 'transient' && code !== 'limit') return undefined
  const whole = Math.min(longest, first[code] * 2 ** (tries - 1))
  return Math.round((whole * (1 + random())) / 2)
}
