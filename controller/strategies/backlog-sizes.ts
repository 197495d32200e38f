/** How a queue is shared out: a partition is worked off by one thread of one instance at a time. */
export interface Lanes {
  /** Absent: anything may be shared by any number. */
  partitions: number | undefined
  threads: number
}

/** Rounding of sums must not ask for one more. */
const ROUNDING = 1e-9

/**
 * How many instances' worth of work `size` instances do while all partitions get the same: the thread with the most of them is what
 * holds the group up. Twelve partitions: 4 do the work of 4, 5 do no more than that, 6 that of 6.
 */
export function strengthOf(size: number, { partitions, threads }: Lanes): number {
  if (partitions === undefined) return size
  if (size <= 0) return 0
  const most = Math.ceil(partitions / (size * threads))
  return partitions / (most * threads)
}

/** The most instances that have something to do: so many partitions there are for their threads. */
export const limitOf = ({ partitions, threads }: Lanes): number =>
  partitions === undefined ? Number.POSITIVE_INFINITY : Math.ceil(partitions / threads)

/** The fewest instances that do the work of `strength`; undefined where no number of them does. */
export function sizeFor(strength: number, lanes: Lanes): number | undefined {
  const { partitions, threads } = lanes
  const wanted = strength - ROUNDING * Math.max(1, strength)
  if (wanted <= 0) return 0
  if (partitions === undefined) return Math.ceil(wanted)
  // So many partitions may a thread have at the most.
  const most = Math.floor(partitions / (wanted * threads))
  return most < 1 ? undefined : Math.ceil(partitions / most / threads)
}

/** The fewest instances that lower the share of the busiest thread as much as `size` do. */
export function usefulFrom(size: number, lanes: Lanes): number {
  const { partitions, threads } = lanes
  if (partitions === undefined || size <= 0) return size
  return Math.ceil(partitions / Math.ceil(partitions / (size * threads)) / threads)
}

/** `size`, or the next one from there that lowers the share of the busiest thread; the limit where none does. */
export function nextUseful(size: number, lanes: Lanes): number {
  const { partitions, threads } = lanes
  if (partitions === undefined || usefulFrom(size, lanes) === size) return size
  const most = Math.ceil(partitions / (size * threads))
  return most === 1 ? limitOf(lanes) : Math.ceil(partitions / (most - 1) / threads)
}
