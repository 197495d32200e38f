import { width } from '../decision/coverage.ts'
import type { Part, Series } from '../decision/series.ts'

/** The mean over (from, to]; undefined where too little of it is known. */
export type Mean = (from: number, to: number) => number | undefined

/** What of a stretch has to be known for its mean to count. */
const LEAST_KNOWN = 0.8

/** Sums up to the end of a part. */
interface Sums {
  area: number
  time: number
}

/** The means of a series over any stretch of it, each without a walk over its parts. */
export function meansOf({ parts }: Series): Mean {
  const sums: Sums[] = [{ area: 0, time: 0 }]
  for (const [i, part] of parts.entries()) {
    const { area = 0, time = 0 } = sums[i] ?? {}
    sums.push({ area: area + part.load * width(part), time: time + width(part) })
  }
  return (from, to) => {
    const [first, last] = [sumsAt(parts, sums, from), sumsAt(parts, sums, to)]
    const time = last.time - first.time
    return time < LEAST_KNOWN * (to - from) || time <= 0 ? undefined : (last.area - first.area) / time
  }
}

/** The sums of all that is before a time. */
function sumsAt(parts: readonly Part[], sums: readonly Sums[], at: number): Sums {
  let [low, high] = [0, parts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((parts[middle]?.to ?? at) <= at) low = middle + 1
    else high = middle
  }
  const { area = 0, time = 0 } = sums[low] ?? {}
  const part = parts[low]
  if (part === undefined || part.from >= at) return { area, time }
  return { area: area + part.load * (at - part.from), time: time + at - part.from }
}
