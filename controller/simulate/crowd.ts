/** Who was ready when, so that samples of the past know by how many a load was shared. Times are epoch ms. */
export interface Crowd {
  note(at: number, ready: readonly string[]): void
  /** The ready instances at a time; before the first note those of the first. */
  at(time: number): readonly string[]
}

export function createCrowd(): Crowd {
  const notes: { at: number; ready: readonly string[] }[] = []
  // Samples are asked for one after the other, so the next one is mostly where the last one was.
  let last = 0
  const holds = (i: number, time: number): boolean => {
    const from = notes[i]?.at ?? Number.POSITIVE_INFINITY
    return from <= time && time < (notes[i + 1]?.at ?? Number.POSITIVE_INFINITY)
  }
  return {
    note(at, ready) {
      const former = notes.at(-1)
      if (former === undefined || former.ready.join() !== ready.join()) notes.push({ at, ready })
    },
    at(time) {
      if (!holds(last, time))
        last = Math.max(
          0,
          notes.findLastIndex(({ at }) => at <= time),
        )
      return notes[last]?.ready ?? []
    },
  }
}
