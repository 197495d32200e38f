/** The share of the time that flushing may take while consumers keep up. */
const SHARE = 0.2

/** Batches under way that were read in one go, and whether more waits in the log. */
export type Pace = {
  /** A batch was read; `behind`: events of its partition that are in the log and were not read with it. */
  read(events: number, behind: number): void
  /**
   * How long to wait before more is read, in milliseconds, when the last flush took `cost` milliseconds. To be asked once
   * for every batch that was read.
   */
  wait(cost: number): number
}

/**
 * Lets events gather in the log, where they are safe, rather than in memory. A flush that costs little (a file) is
 * repeated soon, so that a lone event does not wait; one that costs much (a database on the other side of a network)
 * is repeated less often, with more in it. Nobody waits longer than `linger`, and nobody waits at all
 * when a full batch is there.
 */
export const createPace = (linger: number, batchEvents: number): Pace => {
  let active = 0
  let events = 0
  let more = false
  return {
    read: (count, behind) => {
      if (active === 0) {
        events = 0
        more = false
      }
      active += 1
      events += count
      more ||= behind > 0
    },
    wait: (cost) => {
      active -= 1
      if (more || events >= batchEvents) return 0
      return Math.min(linger, cost / SHARE - cost)
    },
  }
}
