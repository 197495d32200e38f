import { dirname, join, resolve } from 'node:path'
import { type NotifierSetting, NotifierSettings } from '../notifiers/index.ts'
import { type Document, readDocument } from '../policy/document.ts'
import { validate } from '../policy/issues.ts'
import { type Files, sayUnreadable } from '../policy/load.ts'
import { part } from '../policy/part.ts'
import { type Fault, inOrder, type Problem } from '../policy/problem.ts'
import { type SourceSetting, SourceSettings } from '../sources/index.ts'
import { type Machine, type PoolSetting, readPool } from './pools.ts'
import { portFaults } from './ports.ts'
import { type SettingsText, settingsText } from './schema.ts'

/** capuchin.yaml, read: nothing in it is opened yet. All paths are absolute; durations are ms. */
export interface Settings extends Omit<SettingsText, 'sources' | 'pools' | 'notify'> {
  /** The settings file. */
  file: string
  /** What stands in it, for telling later what has changed. */
  written: unknown
  /** Where the settings file lies: relative paths that sources name count from here. */
  folder: string
  /** Where the store, and hosts of this machine, keep what they keep. */
  stateDir: string
  sources: ReadonlyMap<string, SourceSetting>
  pools: ReadonlyMap<string, PoolSetting>
  notify: ReadonlyMap<string, NotifierSetting>
}

/** What reading settings needs of the world. `shown`: how problems name a path. */
export interface SettingsDeps {
  files: Files
  machine: Machine
  shown?: (path: string) => string
}

/**
 * Settings as far as they can be understood: enough to hold the policies against, even when the file is refused. A name without a
 * value is there and wrong by itself.
 */
export interface SettingsRead {
  settings?: Settings
  sources: ReadonlyMap<string, SourceSetting | undefined>
  pools: ReadonlyMap<string, PoolSetting | undefined>
  /** The folder of the policies, unless the file could not be looked into. */
  policies?: string
  problems: readonly Problem[]
}

/** Reads the settings file at `path` (absolute); never throws. */
export function readSettings(
  path: string,
  { files, machine, shown = (given) => given }: SettingsDeps,
): SettingsRead {
  const file = shown(path)
  try {
    const outcome = readDocument(files.read(path), file)
    if (outcome.kind === 'document') return understand(outcome.document, path, machine)
    return { sources: new Map(), pools: new Map(), problems: outcome.problems }
  } catch (error) {
    const problems = [{ file, path: '', message: sayUnreadable(error) }]
    return { sources: new Map(), pools: new Map(), problems }
  }
}

function understand({ value, problem }: Document, file: string, machine: Machine): SettingsRead {
  const folder = dirname(file)
  const text = validate(settingsText(folder), value ?? {})
  const sources = readEach(part(value, 'sources'), (_name, raw) => validate(SourceSettings, raw))
  const notify = readEach(part(value, 'notify'), (_name, raw) => validate(NotifierSettings, raw))
  const controller = String(part(value, 'name') ?? text.data?.name ?? '')
  const pools = readEach(part(value, 'pools'), (name, raw) => readPool(name, raw, machine, controller))
  const hosts = [...present(pools.found).values()].map(({ pool }) => pool)
  const faults = [
    ...text.faults,
    ...under('sources', sources.faults),
    ...under('pools', pools.faults),
    ...under('notify', notify.faults),
    ...portFaults(hosts, text.data?.server.listen),
  ]
  const read = {
    sources: sources.found,
    pools: pools.found,
    policies: text.data?.policies ?? policiesIn(value, folder),
    problems: inOrder(faults.map(({ path, message }) => problem(path, message))),
  }
  if (text.data === undefined || faults.length > 0) return read
  const named = {
    sources: present(sources.found),
    pools: present(pools.found),
    notify: present(notify.found),
  }
  const about = { file, written: value, ...named }
  return { ...read, settings: settingsOf(text.data, about) }
}

/** Where the policies are, when not all of the file can be understood. */
function policiesIn(value: unknown, folder: string): string {
  const written = part(value, 'policies')
  return resolve(folder, typeof written === 'string' ? written : 'policies')
}

function settingsOf(
  text: SettingsText,
  about: Pick<Settings, 'file' | 'written' | 'sources' | 'pools' | 'notify'>,
): Settings {
  const { config } = text.store
  const folder = dirname(about.file)
  const stateDir = 'dir' in config ? config.dir : join(folder, 'state')
  return { ...text, ...about, folder, stateDir }
}

interface Entries<T> {
  found: Map<string, T | undefined>
  faults: Fault[]
}

/** Looks at the entries of a mapping one by one, so that a wrong one does not hide the others. */
function readEach<T>(
  value: unknown,
  read: (name: string, raw: unknown) => { data?: T; faults: Fault[] },
): Entries<T> {
  const found = new Map<string, T | undefined>()
  const faults: Fault[] = []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { found, faults }
  for (const [name, raw] of Object.entries(value)) {
    const one = read(name, raw)
    found.set(name, one.data)
    faults.push(...under(name, one.faults))
  }
  return { found, faults }
}

const under = (key: string, faults: readonly Fault[]): Fault[] =>
  faults.map(({ path, message }) => ({ path: [key, ...path], message }))

function present<T>(found: ReadonlyMap<string, T | undefined>): Map<string, T> {
  const there = new Map<string, T>()
  for (const [name, value] of found) if (value !== undefined) there.set(name, value)
  return there
}
