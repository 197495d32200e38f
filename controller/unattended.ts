import { join } from 'node:path'
import type { StoreState } from './decision/state.ts'
import { HistorySettings } from './history/index.ts'
import type { Outside } from './outside.ts'
import type { Changed } from './overrides/change.ts'
import type { Entry } from './overrides/entries.ts'
import { holderOf } from './saved.ts'
import type { Settings } from './settings.ts'

export type Written<T> = { kind: 'done'; value: T } | { kind: 'refused'; detail: string }

/** Changes the saved state while no controller runs, under its lock. It binds from the next start on. */
export async function changeSaved<T>(
  settings: Settings,
  outside: Outside,
  change: (state: StoreState) => Changed<T>,
): Promise<Written<T>> {
  const { store, stateDir } = settings
  if (store.type !== 'file')
    return refused(`no controller runs, and its store (${store.type}) keeps nothing that a start would read`)
  const foreign = await sayForeign(stateDir, outside)
  if (foreign !== undefined) return refused(foreign)
  const opened = await store.open(outside)
  if (opened.kind === 'refused') {
    const pid = opened.reason === 'locked' ? await holderOf(settings, outside) : undefined
    return refused(pid === undefined ? opened.detail : sayHeld(stateDir, pid))
  }
  const { revision, state } = await opened.store.load()
  const changed = change(state)
  const outcome = changed.kind === 'changed' ? await opened.store.save(revision, changed.state) : undefined
  if (changed.kind === 'changed' && outcome?.kind === 'saved') await tell(stateDir, outside, changed.entries)
  await opened.store.close()
  if (changed.kind === 'refused') return changed
  if (outcome?.kind === 'saved') return { kind: 'done', value: changed.value }
  return refused(`nothing was changed: ${outcome?.kind === 'failed' ? outcome.detail : outcome?.kind}`)
}

const refused = (detail: string): { kind: 'refused'; detail: string } => ({ kind: 'refused', detail })

const sayHeld = (dir: string, pid: number): string =>
  `process ${pid} holds ${dir} and does not answer, so nothing was changed: if it is starting, try again; if it hangs, end it (kill ${pid})`

/** What another user has written here the controller could not read at its next start. */
async function sayForeign(dir: string, { fs, pid }: Outside): Promise<string | undefined> {
  try {
    const [{ uid: owner }, { uid }] = await Promise.all([fs.stat(dir), fs.stat(`/proc/${pid}`)])
    if (owner === uid) return undefined
    return `${dir} belongs to user ${owner}: run this as that user (sudo -u '#${owner}' ...)`
  } catch {
    // Without a folder there is nothing that belongs to somebody else; what else is wrong with it opening it tells.
    return undefined
  }
}

/** A history that cannot be written is no reason to take back what was saved. */
async function tell(dir: string, outside: Outside, entries: readonly Entry[]): Promise<void> {
  const opened = await HistorySettings.parse({ type: 'file', dir: join(dir, 'history') }).open(outside)
  if (opened.kind !== 'open') return
  for (const entry of entries) opened.history.happened(entry)
  await opened.history.close()
}
