/** What a wrong token costs: time. Of those who wait there are only so many, from one address and in all. */
export interface Penalty {
  /** Settles when the time is over; at once and `crowded` when too many of that address wait already. */
  serve(address: string): Promise<'served' | 'crowded'>
}

/** In ms. */
const TERM = 1_000

const AT_A_TIME = { address: 5, all: 100 }

/**
 * The right token never waits, whoever else is wrong: what protects it is its length, and this keeps guessing from being loud, cheap
 * and unseen.
 */
export function createPenalty(sleep: (ms: number) => Promise<void>): Penalty {
  const waiting = new Map<string, number>()
  let all = 0

  const add = (address: string, by: number): void => {
    all += by
    const left = (waiting.get(address) ?? 0) + by
    if (left === 0) waiting.delete(address)
    else waiting.set(address, left)
  }

  return {
    async serve(address) {
      if (all >= AT_A_TIME.all || (waiting.get(address) ?? 0) >= AT_A_TIME.address) return 'crowded'
      add(address, 1)
      try {
        await sleep(TERM)
      } finally {
        add(address, -1)
      }
      return 'served'
    },
  }
}
