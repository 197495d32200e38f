import { join } from 'node:path'
import { readFileHistory, readFileNumbers } from '../history/file.ts'
import type { HistoryEntry, HistoryQuery } from '../history/history.ts'
import type { NumbersQuery, Tick } from '../history/ring/tick.ts'
import type { Settings } from '../settings.ts'
import type { FileSystem } from '../store/file-system.ts'
import { urlOf } from './remote.ts'

/** The history of these settings, whether a controller runs or not. */
export interface Past {
  read(query: HistoryQuery): Promise<readonly HistoryEntry[]>
  numbers(query: NumbersQuery): Promise<readonly Tick[]>
}

/** How long a controller that hangs is waited for, in ms, before its files are asked instead. */
const DEADLINE = 2_000

/**
 * Asks the controller that runs, since it knows what it has not written yet; where none answers, the files that it left. A history
 * that was kept in memory ends with its controller.
 */
export function openPast(settings: Settings, fs: FileSystem): Past {
  const dir = join(settings.stateDir, 'history')
  const url = urlOf(settings)
  let isSilent = false

  async function asked<T>(
    path: string,
    query: object,
    own: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const answer = isSilent ? undefined : await ask<T>(`${url}${path}?${parameters(query)}`)
    if (answer !== undefined) return answer
    isSilent = true
    return await own()
  }

  return {
    read: (query) => asked<HistoryEntry>('/api/v1/history', query, () => readFileHistory(dir, fs, query)),
    numbers: (query) => asked<Tick>('/api/v1/numbers', query, () => readFileNumbers(dir, fs, query)),
  }
}

const parameters = (query: object): string =>
  new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString()

/** Undefined when nobody answers, or somebody else than a controller. */
async function ask<T>(url: string): Promise<readonly T[] | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE) })
    const value: unknown = answer.ok ? await answer.json() : undefined
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
