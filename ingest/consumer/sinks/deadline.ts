/** Why an action was stopped. */
export type Stopped = 'late' | 'aborted'

/** A time that is given to an action. */
export type Deadline = {
  /** Aborted when the time is over, or together with the outer signal. */
  signal: AbortSignal
  /** Why it was aborted; undefined as long as it is not. */
  stopped(): Stopped | undefined
}

/** Runs an action that heeds a signal, for `within` milliseconds at most and no longer than until `outer` is aborted. */
export const withDeadline = async <T>(
  within: number,
  outer: AbortSignal,
  run: (deadline: Deadline) => Promise<T>,
): Promise<T> => {
  const inner = new AbortController()
  let stopped: Stopped | undefined
  const stop = (why: Stopped) => {
    stopped ??= why
    inner.abort()
  }
  const onAbort = () => stop('aborted')
  const timer = setTimeout(() => stop('late'), within)
  outer.addEventListener('abort', onAbort, { once: true })
  if (outer.aborted) onAbort()
  try {
    return await run({ signal: inner.signal, stopped: () => stopped })
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', onAbort)
  }
}
