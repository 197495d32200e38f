import type { ProviderDeps } from '../provider.ts'

/** One call at a time for each host; others wait for it in `deps.sleep` only. */
export interface Turns {
  /**
   * Carries out the work when nobody else is at the host; answers `late` when the signal aborted before. Urgent work ends what is
   * under way instead of waiting for it, unless that is urgent itself.
   */
  take<T>(
    host: string,
    urgency: 'usual' | 'urgent',
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | 'late'>
  isBusy(host: string): boolean
  /** Hosts that somebody is at. */
  count(): number
}

interface Holder {
  urgency: 'usual' | 'urgent'
  abort: AbortController
  /** Aborts when it is over. */
  over: AbortController
}

const LOOK_EVERY = 30_000

export function openTurns({ sleep }: Pick<ProviderDeps, 'sleep'>): Turns {
  const holders = new Map<string, Holder>()

  /** Whoever is woken looks again, and takes the host in the same breath: several may wait for it. */
  async function enter(
    host: string,
    urgency: Holder['urgency'],
    signal: AbortSignal,
  ): Promise<Holder | undefined> {
    for (;;) {
      if (signal.aborted) return undefined
      const holder = holders.get(host)
      if (holder === undefined) {
        const own = { urgency, abort: new AbortController(), over: new AbortController() }
        holders.set(host, own)
        return own
      }
      if (urgency === 'urgent' && holder.urgency === 'usual') holder.abort.abort()
      await sleep(LOOK_EVERY, AbortSignal.any([signal, holder.over.signal]))
    }
  }

  return {
    async take(host, urgency, signal, work) {
      const own = await enter(host, urgency, signal)
      if (own === undefined) return 'late'
      try {
        return await work(AbortSignal.any([signal, own.abort.signal]))
      } finally {
        holders.delete(host)
        own.over.abort()
      }
    },
    isBusy: (host) => holders.has(host),
    count: () => holders.size,
  }
}
