import type { HistoryEntry } from '../controller/history/history.ts'
import type { Status } from '../controller/web/status.ts'

/** What the controller says of itself, asked every second. */
export interface Watch {
  /** The last answer; undefined before the first. */
  status(): Status | undefined
  /** All of the history since the watch began, asked now; undefined when there was no answer. */
  history(): Promise<readonly HistoryEntry[] | undefined>
  stop(): void
}

export interface WatchDeps {
  /** Where the controller serves, without a slash at the end. */
  url: string
  /** Epoch ms; nothing before it is asked for. */
  from: number
  fetch: typeof fetch
  seen(status: Status): void
  /** Entries of the history that are new, or have grown. */
  told(entries: readonly HistoryEntry[]): void
}

const EVERY = 1_000
const DEADLINE = 2_000
/** Entries may be written a little after the time that they carry. */
const OVERLAP = 10_000
const MOST_ENTRIES = 10_000

/** Reads status and history once a second, one read at a time. An answer that does not come is waited for no longer than 2 s. */
export function startWatch({ url, from, fetch: ask, seen, told }: WatchDeps): Watch {
  let last: Status | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  async function read<T>(path: string): Promise<T | undefined> {
    try {
      const answer = await ask(`${url}${path}`, { signal: AbortSignal.timeout(DEADLINE) })
      if (answer.ok) return (await answer.json()) as T
      await answer.body?.cancel()
    } catch {
      // The next look may find it well; whether the controller lives is seen elsewhere.
    }
    return undefined
  }

  const history = (since: number) =>
    read<readonly HistoryEntry[]>(`/api/v1/history?from=${Math.max(from, since)}&limit=${MOST_ENTRIES}`)

  async function look(): Promise<void> {
    const status = await read<Status>('/api/v1/status')
    if (status !== undefined) {
      const entries = await history((last?.at ?? 0) - OVERLAP)
      last = status
      if (stopped) return
      if (entries !== undefined) told(entries)
      seen(status)
    }
    if (!stopped) timer = setTimeout(() => void look(), EVERY)
  }

  void look()
  return {
    status: () => last,
    history: () => history(from),
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
