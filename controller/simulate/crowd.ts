/** Who was ready when, so that samples of the past know by how many a load was shared. Times are epoch ms. */
export interface Crowd {
  note(at: number, ready: readonly string[]): void
  /** The ready instances at a time; before the first note those of the first. */
  at(time: number): readonly string[]
}

export function createCrowd(): Crowd {
  const notes: { at: number; ready: readonly string[] }[] = []
  return {
    note(at, ready) {
      const former = notes.at(-1)
      if (former === undefined || former.ready.join() !== ready.join()) notes.push({ at, ready })
    },
    at: (time) => (notes.findLast(({ at }) => at <= time) ?? notes[0])?.ready ?? [],
  }
}
