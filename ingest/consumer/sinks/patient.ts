import type { ConsumerSink, Written } from '../sink.ts'

const GIVEN_UP = 'given up, as the consumer ends'

/**
 * A sink whose writes are answered for within `within` milliseconds, or as soon as the signal is aborted, though the
 * store cannot be told to give up. What hangs goes on: nothing else is begun before it has come to its end.
 */
export const patient = (sink: ConsumerSink, within: number): ConsumerSink => {
  let underWay: Promise<unknown> | undefined

  const begin = <T>(action: () => Promise<T>, signal: AbortSignal): Promise<T | string> => {
    if (signal.aborted) return Promise.resolve(GIVEN_UP)
    if (underWay !== undefined) return Promise.resolve('an earlier write still hangs')
    const work = action()
    const settled = work.finally(() => {
      underWay = undefined
    })
    underWay = settled
    return firstOf(settled, within, signal)
  }

  const write: ConsumerSink['write'] = async (rows, signal): Promise<Written> => {
    const written = await begin(() => sink.write(rows, signal), signal)
    return typeof written === 'string' ? { kind: 'failed', why: written } : written
  }

  // What still hangs then is left to the end of the process.
  const close = async () => {
    if (underWay !== undefined) await firstOf(underWay, within, new AbortController().signal)
    if (underWay === undefined) await sink.close()
  }

  return { write, probe: (signal) => begin(() => sink.probe(signal), signal), close }
}

const firstOf = <T>(work: Promise<T>, within: number, signal: AbortSignal): Promise<T | string> =>
  new Promise((resolve, reject) => {
    const end = (outcome: T | string) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    const onAbort = () => end(GIVEN_UP)
    const timer = setTimeout(() => end(`the write has not ended within ${within} ms`), within)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(end, reject)
  })
