/** Tells those who watch that there is something new to be seen: a tick has ended, or a word of the operator was taken in. */
export interface Live {
  changed(): void
  /** Calls `run` at each change until the answered function is called. `run` may not fail. */
  onChange(run: () => void): () => void
}

export function createLive(): Live {
  const watchers = new Set<() => void>()
  return {
    changed() {
      for (const run of [...watchers]) run()
    },
    onChange(run) {
      watchers.add(run)
      return () => void watchers.delete(run)
    },
  }
}
