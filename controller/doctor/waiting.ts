import { INTERRUPTED, type Result } from './stage.ts'

export interface WaitingDeps {
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  /** Settles after so many ms, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Ms between two looks. */
  every: number
}

export interface Wait {
  /** Answers what came of it, or nothing yet. */
  look(): Promise<Result | undefined>
  /** Ms. */
  within: number
  /** What came of it where nothing did in time. */
  late(): Result
  stopped: AbortSignal
}

/** Looks until there is a result, the time is over, or somebody asks for the end. */
export async function until(
  { look, within, late, stopped }: Wait,
  { elapsed, sleep, every }: WaitingDeps,
): Promise<Result> {
  const end = elapsed() + within
  while (!stopped.aborted) {
    const found = await look()
    if (found !== undefined) return found
    if (elapsed() >= end) return late()
    await sleep(every, stopped)
  }
  return INTERRUPTED
}
