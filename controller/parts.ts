import { join, resolve } from 'node:path'
import type { History } from './history/history.ts'
import { HistorySettings } from './history/index.ts'
import type { Outside } from './outside.ts'
import type { HostLister, Provider, ProviderDeps, ProviderLog } from './providers/provider.ts'
import { openFolderPublishers } from './publishers/index.ts'
import type { Publisher } from './publishers/publisher.ts'
import { sayStrangers } from './saved.ts'
import type { Settings } from './settings.ts'
import { keptAt, recalledAt } from './sources/kept.ts'
import type { Kept, Recalled, Source, Target } from './sources/source.ts'
import type { Store } from './store/store.ts'

/** What a controller is made of besides its logic. */
export interface Parts {
  store: Store
  history: History
  providers: ReadonlyMap<string, Provider>
  sources: ReadonlyMap<string, Source>
  publishers: readonly Publisher[]
  close(): Promise<void>
}

export type PartsOutcome = { kind: 'open'; parts: Parts } | { kind: 'refused'; detail: string }

/** Opens everything that the settings name; on a refusal nothing stays open. `targets`: whom sources scrape. */
export async function openParts(
  settings: Settings,
  outside: Outside,
  log: ProviderLog,
  targets: () => readonly Target[],
): Promise<PartsOutcome> {
  const opened = await settings.store.open(outside)
  if (opened.kind === 'refused') return { kind: 'refused', detail: opened.detail }
  const { store } = opened
  const strangers = sayStrangers((await store.load()).state, settings)
  if (strangers !== undefined) {
    await store.close()
    return { kind: 'refused', detail: strangers }
  }
  const history = await openHistory(settings, outside)
  if (history.kind === 'refused') {
    await store.close()
    return history
  }
  const providers = openProviders(settings, outside, log)
  const sources = openSources(settings, outside, targets, (path) => keptAt(outside.fs, path))
  const publishers = openFolderPublishers(settings.publish.dir, outside)
  const close = async (): Promise<void> => {
    for (const source of sources.values()) await source.close()
    await history.history.close()
    await store.close()
  }
  return { kind: 'open', parts: { store, history: history.history, providers, sources, publishers, close } }
}

/** The history lies beside the state; a store that forgets has one that does. */
function openHistory({ store, stateDir }: Settings, outside: Outside) {
  const where =
    store.type === 'memory' ? { type: 'memory' } : { type: 'file', dir: join(stateDir, 'history') }
  return HistorySettings.parse(where).open(outside)
}

export function openProviders(settings: Settings, outside: Outside, log: ProviderLog): Map<string, Provider> {
  const { now, random, env, execPath, pause: sleep } = outside
  const common = {
    now,
    random,
    env,
    execPath,
    log,
    sleep,
    fetch,
    controller: settings.name,
    workDir: outside.cwd,
  }
  const deps: ProviderDeps = {
    ...common,
    dir: settings.stateDir,
    folder: settings.folder,
    readFile: async (path) => outside.files.read(path),
    pools: [...settings.pools.keys()],
  }
  return new Map([...settings.pools].map(([name, { pool, open }]) => [name, open(pool, deps)]))
}

/** Providers without the half that changes things. */
export function listersOf(providers: ReadonlyMap<string, Provider>): Map<string, HostLister> {
  return new Map(
    [...providers].map(([name, { list, headroom, logs }]) => [
      name,
      { list, ...(headroom !== undefined && { headroom }), ...(logs !== undefined && { logs }) },
    ]),
  )
}

/** `keep`: where sources keep what they must not forget. Who only looks reads what the controller has kept, and writes nothing. */
export function openSources(
  { sources, folder, stateDir, store }: Settings,
  { now, random, files, fs }: Outside,
  targets: () => readonly Target[],
  keep: (path: string) => Kept | Recalled = (path) => recalledAt(fs, path),
): Map<string, Source> {
  const readFile = (path: string): string => files.read(resolve(folder, path))
  const deps = { now, random, fetch, readFile, targets }
  return new Map(
    [...sources].map(([name, { open }]) => {
      // A store that forgets has sources that do.
      const kept = store.type === 'memory' ? {} : { kept: keep(join(stateDir, `source-${name}.json`)) }
      return [name, open({ ...deps, ...kept })]
    }),
  )
}
