/** Decides when a batch that is not full goes out. Times in milliseconds. */
export type Pace = {
  /** How long so many events wait for more before they go out. `idle`: no batch is under way. */
  wait(now: number, waiting: number, idle: boolean): number
  /** A batch has gone out. */
  flushed(now: number): void
}

/** The CPU of a request to the broker is that of a few events; divided by this many it no longer matters. */
const ENOUGH = 16

/** Above this share of its time in use, CPU is what the process is short of; below, a client's waiting is dearer. */
const SHORT_OF_TIME = 0.7

/**
 * Whatever has come in goes out as soon as no batch is under way, so that a lone client waits for nobody and the others
 * go together with whoever came meanwhile. Only when the event loop (`utilisation`: 0 to 1) is short of time, small
 * batches start at least `linger` apart: clients that open a connection for each event come one by one and would
 * otherwise make batches of one or two. While a batch is under way, the next one also waits for as long.
 */
export const createPace = (linger: number, utilisation: () => number): Pace => {
  let last = Number.NEGATIVE_INFINITY
  return {
    wait: (now, waiting, idle) => {
      if (idle && (waiting >= ENOUGH || utilisation() < SHORT_OF_TIME)) return 0
      return Math.max(0, last + linger - now)
    },
    flushed: (now) => {
      last = now
    },
  }
}
