import { type MissingReason, missing, type Reading, type Survey, unsurveyed } from '../decision/reading.ts'

/** What an error says, in one line; never the whole object, which may hold headers. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'an error without a message'

/**
 * The reading that `work` comes to; when `signal` aborts first, missing with reason `timeout` and `late` as its detail. Work that
 * throws is missing too, since a source may not throw.
 */
export const settle = (work: () => Promise<Reading>, signal: AbortSignal, late: string): Promise<Reading> =>
  settled(work, signal, late, missing)

/** The same for a survey. */
export const settleSurvey = (
  work: () => Promise<Survey>,
  signal: AbortSignal,
  late: string,
): Promise<Survey> => settled(work, signal, late, unsurveyed)

async function settled<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  late: string,
  without: (reason: MissingReason, detail: string) => T,
): Promise<T> {
  const tooLate = without('timeout', late)
  if (signal.aborted) return tooLate
  const { promise: aborted, resolve } = Promise.withResolvers<T>()
  const abort = (): void => resolve(tooLate)
  signal.addEventListener('abort', abort, { once: true })
  const reading = await Promise.race([guarded(work, without), aborted])
  signal.removeEventListener('abort', abort)
  return reading
}

async function guarded<T>(
  work: () => Promise<T>,
  without: (reason: MissingReason, detail: string) => T,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    return without('bad-answer', messageOf(error))
  }
}
