import { once } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Calls back on changes in the folder; undefined where watching is not to be had, such as beyond the system's limit. */
export function watchOrNot(dir: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, changed)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
