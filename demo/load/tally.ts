import type { Latency } from './protocol.ts'

/** Latencies in classes that are 5 % wide, so that any number of them takes the same room. */
export interface Tally {
  add(ms: number): void
  /** Undefined before the first. */
  read(): Latency | undefined
}

const WIDTH = Math.log(1.05)

export function createTally(): Tally {
  const classes: number[] = []
  let count = 0
  let max = 0

  function quantile(share: number): number {
    let left = Math.ceil(share * count)
    for (const [index, size] of classes.entries()) {
      left -= size ?? 0
      if (left <= 0) return Math.min(max, Math.exp(index * WIDTH))
    }
    return max
  }

  return {
    add(ms) {
      const index = Math.ceil(Math.log(Math.max(1, ms)) / WIDTH)
      classes[index] = (classes[index] ?? 0) + 1
      max = Math.max(max, ms)
      count++
    },
    read: () => (count === 0 ? undefined : { p50: quantile(0.5), p99: quantile(0.99), max }),
  }
}
