/** Told when the store stops and starts to work, for metrics and the log. */
export type RecoveryObserver = { failed(why: string): void; recovered(): void }

/** Remembers whether the store works, and looks again while it does not. */
export type Recovery = {
  /** The outcome of a write or probe: why it failed, or undefined. */
  note(why: string | undefined): void
  failure(): string | undefined
  stop(): void
}

/**
 * An instance whose store failed reports not ready and so gets no traffic; it has to find out by itself that the store
 * works again. `probe` is called every `every` milliseconds while it fails, and answers through `note`.
 */
export const createRecovery = (probe: () => void, every: number, observer: RecoveryObserver): Recovery => {
  let failure: string | undefined
  let timer: NodeJS.Timeout | undefined
  return {
    note: (why) => {
      if (why !== undefined && failure === undefined) observer.failed(why)
      if (why === undefined && failure !== undefined) observer.recovered()
      failure = why
      clearTimeout(timer)
      timer = why === undefined ? undefined : setTimeout(probe, every)
    },
    failure: () => failure,
    stop: () => clearTimeout(timer),
  }
}
