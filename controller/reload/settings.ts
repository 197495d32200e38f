import type { Outside } from '../outside.ts'
import { changesBetween } from '../policy/changes.ts'
import { type Files, sayUnreadable } from '../policy/load.ts'
import type { Machine } from '../settings/pools.ts'
import { readSettings, type Settings } from '../settings/read.ts'
import { inShort, type ReloadLog } from './policies.ts'
import { signatureOfFile } from './signature.ts'
import type { Watched } from './watch.ts'

/** What watching the settings file needs. */
export interface SettingsWatchDeps {
  settings: Settings
  machine: Machine
  shown(path: string): string
  outside: Pick<Outside, 'fs'>
  log: ReloadLog
}

export interface WatchedSettings extends Watched {
  /** How the file on disk differs from what is in force, in one sentence; undefined while it does not. */
  change(): string | undefined
}

/** The settings file: what changes in it is said, and applied by a restart only. */
export function watchedSettings(deps: SettingsWatchDeps): WatchedSettings {
  const { settings, outside, log } = deps
  let change: string | undefined

  function accept(found: string | undefined, asked: boolean): void {
    if (found !== undefined && (asked || found !== change)) log.warn({ detail: found }, 'Settings changed')
    if (found === undefined && change !== undefined) log.info({}, 'Settings on disk are those in force again')
    change = found
  }

  return {
    sign: () => signatureOfFile(outside.fs, settings.file),
    async take(asked) {
      const found = sayChange(await fileOf(settings.file, outside), deps)
      return { accept: () => accept(found, asked) }
    },
    change: () => change,
  }
}

/** Names what has changed, not to what: there may be secrets among it. */
function sayChange(files: Files, { settings, shown, machine }: SettingsWatchDeps): string | undefined {
  const read = readSettings(settings.file, { files, machine, shown })
  if (read.settings === undefined) {
    return `${shown(settings.file)} has changed and would be refused at a restart: ${inShort(read.problems)}`
  }
  const changes = changesBetween(settings.written, read.settings.written)
  if (changes.length === 0) return undefined
  const what = changes.slice(0, MOST).map(({ path }) => path.join('.'))
  const rest = changes.length - what.length
  const more = rest === 0 ? '' : ` and ${rest} more`
  return `${shown(settings.file)} has changed (${what.join(', ')}${more}): restart to apply`
}

const MOST = 10

/** One file, read without holding anything up. */
async function fileOf(path: string, { fs }: SettingsWatchDeps['outside']): Promise<Files> {
  try {
    const text = await fs.readFile(path, 'utf8')
    return { list: () => [], read: () => text }
  } catch (error) {
    return {
      list: () => [],
      read() {
        throw error instanceof Error ? error : new Error(sayUnreadable(error))
      },
    }
  }
}
