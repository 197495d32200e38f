import { processes, residentBytes, type Stat, statOf, TICKS_PER_SECOND } from '../proc.ts'

/** CPU seconds since the host began, and resident bytes now, of its supervisor and all its instances together. */
export interface Usage {
  cpuSeconds: number
  memoryBytes: number
}

/** `pid`: of the supervisor. `leaders`: pids of the instances, each of which leads a session. The counter never falls. */
export function usageMeter(pid: number, leaders: () => readonly number[]): () => Usage {
  let highest = 0
  return () => {
    const sessions = new Set(leaders())
    const mine = processes().filter((stat) => sessions.has(stat.session))
    const self = statOf(pid)
    // The time of an instance that has ended is in `reapedTicks` of the supervisor, and so is what it had waited for itself.
    const ticks = [...mine, ...(self === undefined ? [] : [self])].reduce(
      (sum, stat) => sum + ticksOf(stat),
      0,
    )
    // What an instance leaves behind without waiting for it is lost on its end, and must not look like a restarted counter.
    highest = Math.max(highest, ticks / TICKS_PER_SECOND)
    const memoryBytes = [pid, ...mine.map((stat) => stat.pid)].reduce(
      (sum, one) => sum + residentBytes(one),
      0,
    )
    return { cpuSeconds: highest, memoryBytes }
  }
}

const ticksOf = ({ ticks, reapedTicks }: Stat): number => ticks + reapedTicks
