/** Values in classes that are 2 % wide, from 10 microseconds on, so that any number of them takes the same room. In ms. */
export interface Histogram {
  add(ms: number): void
  /** Undefined before the first. */
  read(): Spread | undefined
}

/** Quantiles are the upper ends of their classes: at most 2 % too high, never too low. In ms. */
export interface Spread {
  count: number
  mean: number
  p50: number
  p99: number
  p999: number
  max: number
}

const LEAST = 0.01
const WIDTH = Math.log(1.02)
/** The last class begins at more than an hour. */
const CLASSES = 1_000

export function createHistogram(): Histogram {
  const classes = new Uint32Array(CLASSES)
  let count = 0
  let sum = 0
  let max = 0

  function quantile(share: number): number {
    let left = Math.ceil(share * count)
    for (const [index, size] of classes.entries()) {
      left -= size
      if (left <= 0) return Math.min(max, LEAST * Math.exp(index * WIDTH))
    }
    return max
  }

  return {
    add(ms) {
      const index = ms <= LEAST ? 0 : Math.min(CLASSES - 1, Math.ceil(Math.log(ms / LEAST) / WIDTH))
      classes[index] = (classes[index] ?? 0) + 1
      count++
      sum += ms
      if (ms > max) max = ms
    },
    read() {
      if (count === 0) return undefined
      const [p50, p99, p999] = [quantile(0.5), quantile(0.99), quantile(0.999)]
      return { count, mean: sum / count, p50, p99, p999, max }
    },
  }
}
