/** What has to be undone, last first, whatever happened in between. */
export interface Cleanup {
  /** `what` names the act for the case that it fails. */
  later(what: string, undo: () => Promise<void> | void): void
  /** Undoes everything once; never throws. Answers what could not be undone. */
  run(): Promise<string[]>
}

export function createCleanup(): Cleanup {
  const acts: { what: string; undo: () => Promise<void> | void }[] = []
  return {
    later: (what, undo) => void acts.push({ what, undo }),
    async run() {
      const failed: string[] = []
      for (let act = acts.pop(); act !== undefined; act = acts.pop()) {
        try {
          await act.undo()
        } catch (error) {
          failed.push(`${act.what}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
      return failed
    },
  }
}
