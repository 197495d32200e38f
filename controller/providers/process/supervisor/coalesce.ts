/**
 * Runs `work` one at a time. However often it is asked for while it runs, it runs once more afterwards, so the last request is
 * always served and nothing queues up. The answer settles when a run that began after the request has ended.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const run = async () => {
    next = undefined
    await work().finally(() => {
      running = undefined
    })
  }
  const begin = (): Promise<void> => {
    running = run()
    return running
  }
  return () => {
    if (running === undefined) return begin()
    next ??= running.then(begin, begin)
    return next
  }
}
