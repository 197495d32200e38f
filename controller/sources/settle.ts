import { missing, type Reading } from '../decision/reading.ts'

/** What an error says, in one line; never the whole object, which may hold headers. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'an error without a message'

/**
 * The reading that `work` comes to; when `signal` aborts first, missing with reason `timeout` and `late` as its detail. Work that
 * throws is missing too, since a source may not throw.
 */
export async function settle(
  work: () => Promise<Reading>,
  signal: AbortSignal,
  late: string,
): Promise<Reading> {
  const tooLate = missing('timeout', late)
  if (signal.aborted) return tooLate
  const { promise: aborted, resolve } = Promise.withResolvers<Reading>()
  const abort = (): void => resolve(tooLate)
  signal.addEventListener('abort', abort, { once: true })
  const reading = await Promise.race([guarded(work), aborted])
  signal.removeEventListener('abort', abort)
  return reading
}

async function guarded(work: () => Promise<Reading>): Promise<Reading> {
  try {
    return await work()
  } catch (error) {
    return missing('bad-answer', messageOf(error))
  }
}
