/** So many messages may follow each other at once; after that one every so many ms. */
const BURST = 5
const EVERY = 10_000

/** How fast messages may follow each other, by a clock (ms) that only runs forward. */
export interface Pace {
  may(now: number): boolean
  spend(now: number): void
}

export function createPace(): Pace {
  let left = BURST
  let at = 0
  const refill = (now: number): void => {
    left = Math.min(BURST, left + (now - at) / EVERY)
    at = now
  }
  return {
    may(now) {
      refill(now)
      return left >= 1
    },
    spend(now) {
      refill(now)
      left = Math.max(0, left - 1)
    },
  }
}

const FIRST_WAIT = 1_000
const LONGEST_WAIT = 60_000

/** How long (ms) to wait after so many failures in a row: twice as long each time, at most a minute, and half of it by chance. */
export function waitAfter(failures: number, random: number): number {
  const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(20, failures - 1))
  return most / 2 + (most / 2) * random
}
