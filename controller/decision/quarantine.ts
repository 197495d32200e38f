/** Does a piece of work that must not bring down the rest. */
export type Quarantine = <T>(work: () => T, failed: (error: string) => T) => T

/** Promise 10: one rule that throws makes itself silent, and keeps nobody else from a decision. */
export const quarantine: Quarantine = (work, failed) => {
  try {
    return work()
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}
