const REMEMBERED = 5

/**
 * How far the clock of a server is ahead of ours, in ms (negative: behind). A Date header tells the second only, and the answer
 * was made somewhere between `sent` and `received`, so this is the skew that is certain: 0 where the clocks may well agree.
 */
export function skewOf(date: string | undefined, sent: number, received: number): number | undefined {
  const second = Date.parse(date ?? '')
  if (Number.isNaN(second)) return undefined
  const least = second - received
  const most = second + 999 - sent
  if (least > 0) return least
  return Math.min(most, 0)
}

/** The median of the newest skews, so that one slow answer does not count. */
export function skewMedian(): { add(skew: number | undefined): number | undefined } {
  const newest: number[] = []
  return {
    add(skew) {
      if (skew !== undefined) newest.push(skew)
      if (newest.length > REMEMBERED) newest.shift()
      return newest.toSorted((a, b) => a - b)[Math.floor(newest.length / 2)]
    },
  }
}
