import type { EventLoopUtilization } from 'node:perf_hooks'

/** A reading is as old as this at most, in milliseconds: asking is not free, and one turn of the loop says nothing. */
const EVERY = 20

/** The share of its time, 0 to 1, in which the event loop had something to do of late. `read` is Node's own counter. */
export const createUtilisation = (
  read: (since?: EventLoopUtilization) => EventLoopUtilization,
  now: () => number,
): (() => number) => {
  let start = read()
  let next = now() + EVERY
  let recent = 0
  return () => {
    const time = now()
    if (time < next) return recent
    next = time + EVERY
    recent = (recent + read(start).utilization) / 2
    start = read()
    return recent
  }
}
