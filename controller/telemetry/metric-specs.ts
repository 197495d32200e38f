/** How a metric of the list is written down; what it is called and its labels stay known to the compiler. */
export const gauge = <const N extends string, const L extends readonly string[]>(
  name: N,
  labels: L,
  help: string,
) => ({
  name,
  type: 'gauge' as const,
  labels,
  help,
})

export const counter = <const N extends string, const L extends readonly string[]>(
  name: N,
  labels: L,
  help: string,
) => ({ name, type: 'counter' as const, labels, help })

export const histogram = <const N extends string, const L extends readonly string[]>(
  name: N,
  labels: L,
  help: string,
  buckets: readonly number[],
) => ({ name, type: 'histogram' as const, labels, help, buckets })

/** Seconds, from what this machine answers to what a cloud takes. */
export const seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
