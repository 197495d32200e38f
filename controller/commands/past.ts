import { join } from 'node:path'
import { readFileHistory, readFileNumbers } from '../history/file.ts'
import type { HistoryEntry } from '../history/history.ts'
import type { Tick } from '../history/ring/tick.ts'
import type { Settings } from '../settings.ts'
import type { FileSystem } from '../store/file-system.ts'
import type { PastReader } from '../web/explain.ts'
import { askFor } from './asking.ts'
import type { Controller, Which } from './remote.ts'

/** What was, whether a controller runs or not. */
export interface Past extends PastReader {
  /** Why what was read is nothing, or not all. */
  trouble(): string | undefined
}

/** How long a controller that hangs is waited for, in ms, before its files are asked instead. */
const DEADLINE = 2_000
/** Where there are no files to ask. */
const PATIENCE = 20_000

/** The past of the controller that is meant. */
export function openPast(which: Extract<Which, { controller: Controller }>, fs: FileSystem): Past {
  return which.kind === 'remote' ? remotePast(which.controller) : localPast(which, fs)
}

/**
 * Asks the controller that runs, since it knows what it has not written yet; where none answers, the files that it left. A history
 * that was kept in memory ends with its controller.
 */
function localPast(
  { controller, settings }: { controller: Controller; settings: Settings },
  fs: FileSystem,
): Past {
  const dir = join(settings.stateDir, 'history')
  let isSilent = false

  async function asked<T>(
    path: string,
    query: object,
    own: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const answer = isSilent ? undefined : await askList<T>(controller, path, query, DEADLINE)
    if (answer?.kind === 'answer') return answer.value
    isSilent = true
    return await own()
  }

  return {
    read: (query) => asked<HistoryEntry>('/api/v1/history', query, () => readFileHistory(dir, fs, query)),
    numbers: (query) => asked<Tick>('/api/v1/numbers', query, () => readFileNumbers(dir, fs, query)),
    trouble: () => undefined,
  }
}

function remotePast(controller: Controller): Past {
  let trouble: string | undefined
  const asked = async <T>(path: string, query: object): Promise<readonly T[]> => {
    const answer = await askList<T>(controller, path, query, PATIENCE)
    if (answer.kind === 'answer') return answer.value
    trouble ??= answer.detail
    return []
  }
  return {
    read: (query) => asked<HistoryEntry>('/api/v1/history', query),
    numbers: (query) => asked<Tick>('/api/v1/numbers', query),
    trouble: () => trouble,
  }
}

const askList = <T>(controller: Controller, path: string, query: object, deadline: number) =>
  askFor<readonly T[]>(controller, `${path}?${parameters(query)}`, Array.isArray, deadline)

/** What is given, as a query. */
export const parameters = (query: object): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  ).toString()
