import { isAsked, type NumbersQuery, newest, type Tick } from './tick.ts'

/** The newest ticks, in this process. */
export interface MemoryRing {
  push(tick: Tick): void
  numbers(query: NumbersQuery): readonly Tick[]
}

/** Keeps the newest `most` ticks of all workloads together. */
export function memoryRing(most: number): MemoryRing {
  const kept: Tick[] = []
  let pushed = 0
  return {
    push(tick) {
      kept[pushed % most] = tick
      pushed++
    },
    numbers: (query) =>
      newest(
        kept.filter((tick) => isAsked(tick, query)),
        query,
      ),
  }
}
