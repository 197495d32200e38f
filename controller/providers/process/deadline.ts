import { setTimeout as sleep } from 'node:timers/promises'

export type Timed<T> = { kind: 'ended'; value: T } | { kind: 'late'; detail: string }

/**
 * Waits for `work` until the caller's signal or `limit` ms. The work itself goes on: what is late may still happen, and every
 * call can be made again. A rejection of the work is the caller's as long as it waits.
 */
export async function within<T>(
  limit: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<Timed<T>> {
  if (signal.aborted) return { kind: 'late', detail: 'the time was over before it began' }
  const done = new AbortController()
  const over = AbortSignal.any([signal, done.signal])
  const ended = work().then((value): Timed<T> => ({ kind: 'ended', value }))
  try {
    return await Promise.race([ended, lateAfter(limit, over)])
  } finally {
    done.abort()
    // When it was late its failure concerns nobody any more.
    ended.catch(() => undefined)
  }
}

async function lateAfter(limit: number, over: AbortSignal): Promise<{ kind: 'late'; detail: string }> {
  try {
    await sleep(limit, undefined, { signal: over })
    return { kind: 'late', detail: `it took longer than ${limit} ms` }
  } catch {
    return { kind: 'late', detail: 'the caller stopped waiting' }
  }
}

/** Sleeps, and ends early without complaint when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
