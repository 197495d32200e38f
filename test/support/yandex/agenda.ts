/** What is to happen at a time. Nothing happens by itself: whoever looks at the clock calls `catchUp`. */
export interface Agenda {
  /** At `time` (epoch ms) at the earliest; one at infinity never comes. */
  at(time: number, act: (at: number) => void): void
  /** Carries out what has come due until `now`, in the order of time, each as of its own time. */
  catchUp(now: number): void
}

interface Due {
  at: number
  act(at: number): void
}

export function agenda(): Agenda {
  const coming: Due[] = []
  const at: Agenda['at'] = (time, act) => {
    if (!Number.isFinite(time)) return
    coming.splice(placeOf(coming, time), 0, { at: time, act })
  }
  const catchUp = (now: number) => {
    for (let next = coming.at(-1); next !== undefined && next.at <= now; next = coming.at(-1)) {
      coming.pop()
      next.act(next.at)
    }
  }
  return { at, catchUp }
}

/** The next one is last. What was noted earlier for the same time comes first, so it lies behind. */
function placeOf(coming: readonly Due[], time: number): number {
  let low = 0
  let high = coming.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((coming[middle]?.at ?? 0) > time) low = middle + 1
    else high = middle
  }
  return low
}
