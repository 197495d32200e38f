import type { Condition } from './notice.ts'

/** A condition with the time (epoch ms) from which on it lasts. */
export interface Standing extends Condition {
  since: number
}

interface Tracked extends Standing {
  /** Since when it is not to be seen any more; it may come back. */
  goneSince?: number
}

/** What lasts, over many looks. */
export interface Tracker {
  /**
   * Takes in what is to be seen at `now` (epoch ms), and answers what is over. Unless `isWhole` it says nothing of what is not in it.
   * What is gone for `settle` ms is over: what comes and goes with each tick is one that lasts.
   */
  look(conditions: readonly Condition[], now: number, settle: number, isWhole: boolean): Standing[]
  /** What lasts, and has lasted as long as it has to. */
  standing(now: number): Standing[]
  /** All that is to be remembered. */
  all(): Standing[]
}

export function createTracker(known: readonly Standing[]): Tracker {
  const tracked = new Map<string, Tracked>(known.map((one) => [one.key, one]))

  function take(condition: Condition, now: number): void {
    const since = tracked.get(condition.key)?.since
    // A clock that was set back must not make it older than it is.
    tracked.set(condition.key, { ...condition, since: Math.min(since ?? now, now) })
  }

  function leave(seen: ReadonlySet<string>, now: number, settle: number): Standing[] {
    const over: Standing[] = []
    for (const one of [...tracked.values()]) {
      if (seen.has(one.key)) continue
      const { goneSince = now, ...rest } = one
      if (now - goneSince < settle) {
        tracked.set(one.key, { ...rest, goneSince: Math.min(goneSince, now) })
        continue
      }
      tracked.delete(one.key)
      if (hasLasted(rest, goneSince)) over.push(rest)
    }
    return over
  }

  const plain = ({ goneSince: _gone, ...rest }: Tracked): Standing => rest

  return {
    look(conditions, now, settle, isWhole) {
      for (const condition of conditions) take(condition, now)
      return isWhole ? leave(new Set(conditions.map(({ key }) => key)), now, settle) : []
    },
    standing: (now) => [...tracked.values()].filter((one) => hasLasted(one, now)).map(plain),
    all: () => [...tracked.values()].map(plain),
  }
}

const hasLasted = ({ since, after = 0 }: Standing, now: number): boolean => now - since >= after
