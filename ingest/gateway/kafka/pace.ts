/** Decides when a batch that is not full goes out. Times in milliseconds. */
export type Pace = {
  /** How long to wait for more events before the next batch. `idle`: no batch is under way. */
  wait(now: number, idle: boolean): number
  /** A batch of so many events has gone out. */
  flushed(now: number, events: number): void
}

/**
 * Up to this many events a millisecond a batch for each of them costs little. Above, every batch that is not sent saves
 * the CPU of a request to the broker, which is that of two or three events.
 */
const QUIET = 1

/** The rate is a mean over about this time. */
const MEMORY = 50

/**
 * While it is quiet, whatever has come in goes out as soon as nothing is under way, so that a lone client waits for
 * nobody. When it is busy, batches start at least `linger` apart. Clients that open a connection for each
 * event come one by one and would otherwise make batches of one or two.
 */
export const createPace = (linger: number): Pace => {
  let last = Number.NEGATIVE_INFINITY
  let rate = 0
  return {
    wait: (now, idle) => (idle && rate < QUIET ? 0 : Math.max(0, last + linger - now)),
    flushed: (now, events) => {
      const gap = Math.max(now - last, 0.1)
      rate += (events / gap - rate) * Math.min(1, gap / MEMORY)
      last = now
    },
  }
}
