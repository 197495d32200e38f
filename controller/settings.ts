import { machineCalendar } from './calendar.ts'
import type { Policy } from './decision/policy.ts'
import type { PolicyLoad } from './policy/held.ts'
import { type LoadOptions, loadPolicies } from './policy/load.ts'
import type { Problem } from './policy/problem.ts'
import { readSettings, type Settings, type SettingsDeps } from './settings/read.ts'

export type { Settings, SettingsDeps } from './settings/read.ts'

export type Configuration =
  | { kind: 'loaded'; settings: Settings; policies: readonly Policy[]; disabled: readonly string[] }
  | { kind: 'refused'; problems: readonly Problem[] }

/**
 * Reads the settings file at `path` (absolute) and all policies that it points to. All problems of all files are told at once;
 * with a single one nothing is loaded. Never throws.
 */
export function loadConfiguration(path: string, deps: SettingsDeps): Configuration {
  const { settings, policies, problems, ...world } = readSettings(path, deps)
  if (policies === undefined) return { kind: 'refused', problems }
  const loaded = loadPolicies(policies, { ...world, calendar: machineCalendar }, deps.files, deps)
  if (loaded.kind === 'refused') return { kind: 'refused', problems: [...problems, ...loaded.problems] }
  if (settings === undefined) return { kind: 'refused', problems }
  const { policies: those, disabled = [] } = loaded
  return { kind: 'loaded', settings, policies: those, disabled }
}

export type SettingsLoad =
  | { kind: 'loaded'; settings: Settings }
  | { kind: 'refused'; problems: readonly Problem[] }

/** Reads the settings file at `path` (absolute) alone, for what has to work also while a policy is wrong. Never throws. */
export function loadSettings(path: string, deps: SettingsDeps): SettingsLoad {
  const { settings, problems } = readSettings(path, deps)
  return settings === undefined ? { kind: 'refused', problems } : { kind: 'loaded', settings }
}

/** Reads the policies again, against settings that are in force. Never throws. */
export function reloadPolicies(settings: Settings, deps: SettingsDeps & LoadOptions): PolicyLoad {
  const world = { ...settings, calendar: machineCalendar }
  return loadPolicies(settings.policies, world, deps.files, deps)
}
