/** Lets so many lines pass in a second, measured by `now` in ms. */
export interface Pace {
  /** How long to wait, in ms, until the next lines may pass; 0 for now. */
  wait(now: number): number
  /** So many have passed. */
  passed(lines: number): void
}

/** Half a second's worth may pass at once; what passes in one piece beyond that is waited for afterwards. */
export const createPace = (linesPerSecond: number): Pace => {
  const most = Math.max(1, linesPerSecond / 2)
  let credit = most
  let since: number | undefined
  return {
    wait(now) {
      credit = Math.min(most, credit + ((now - (since ?? now)) / 1_000) * linesPerSecond)
      since = now
      return credit > 0 ? 0 : Math.ceil(((1 - credit) / linesPerSecond) * 1_000)
    },
    passed(lines) {
      credit -= lines
    },
  }
}
