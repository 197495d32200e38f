/** How far each owned partition of the topic is behind. All offsets are positions: the offset of the next event. */
export type LagBook = {
  /** The partitions that are owned from here on. What was committed is forgotten, as others may have gone on meanwhile. */
  assign(partitions: readonly number[]): void
  owned(): readonly number[]
  /** Events before this position have been committed. A position before a known one is not taken. */
  committed(partition: number, position: number): void
  /** The log of the partition reaches up to here. */
  end(partition: number, position: number): void
  /** Owned partitions of which it is not known what was committed. */
  unknown(): readonly number[]
  /** Events that are in the log and not committed, for those owned partitions of which both are known. */
  lags(): readonly { partition: number; lag: number }[]
}

export const createLagBook = (): LagBook => {
  let owned: readonly number[] = []
  const positions = new Map<number, number>()
  const ends = new Map<number, number>()

  const raise = (map: Map<number, number>, partition: number, position: number) => {
    if (!owned.includes(partition)) return
    if (position > (map.get(partition) ?? -1)) map.set(partition, position)
  }

  const lagOf = (partition: number) => {
    const position = positions.get(partition)
    const end = ends.get(partition)
    if (position === undefined || end === undefined) return []
    return [{ partition, lag: Math.max(0, end - position) }]
  }

  return {
    assign: (partitions) => {
      owned = [...partitions].sort((a, b) => a - b)
      positions.clear()
      for (const partition of ends.keys()) if (!owned.includes(partition)) ends.delete(partition)
    },
    owned: () => owned,
    committed: (partition, position) => raise(positions, partition, position),
    end: (partition, position) => raise(ends, partition, position),
    unknown: () => owned.filter((partition) => !positions.has(partition)),
    lags: () => owned.flatMap(lagOf),
  }
}
