import { isAbsolute, relative, resolve } from 'node:path'
import { plural } from '../decision/words.ts'
import { type Problem, sayProblem } from '../policy/problem.ts'
import {
  type Configuration,
  loadConfiguration,
  loadSettings,
  type SettingsDeps,
  type SettingsLoad,
} from '../settings.ts'
import type { Context } from './command.ts'

/** Reads the settings file that `--config` names, and its policies. Never throws. */
export function configuration(file: string, context: Context): Configuration {
  return loadConfiguration(resolve(context.cwd, file), settingsDeps(context))
}

/** Reads the settings file alone: a policy that is wrong is no reason to show or stop nothing. Never throws. */
export function settingsOnly(file: string, context: Context): SettingsLoad {
  return loadSettings(resolve(context.cwd, file), settingsDeps(context))
}

/** Problems name files as one would type them where the command was started. */
export function settingsDeps({ cwd, files, machine }: Context): Required<SettingsDeps> {
  return { files, machine, shown: shownFrom(cwd) }
}

/** A path as one would type it in this folder. */
export const shownFrom =
  (cwd: string) =>
  (path: string): string =>
    nearer(relative(cwd, path), path)

const nearer = (below: string, path: string): string =>
  below === '' || below.startsWith('..') || isAbsolute(below) ? path : below

/** One line for each problem on standard error and what comes of them, or all as JSON on standard output. */
export function printProblems(
  problems: readonly Problem[],
  json: boolean | undefined,
  context: Context,
  consequence: string,
): void {
  if (json === true) {
    context.out(JSON.stringify({ ok: false, problems }, null, 2))
    return
  }
  for (const problem of problems) context.err(sayProblem(problem))
  context.err(`${plural(problems.length, 'problem')}: ${consequence}`)
}

/** A refusal for another reason than the files: on standard error, or as JSON on standard output. */
export function printRefusal(
  name: string,
  detail: string,
  json: boolean | undefined,
  context: Context,
): void {
  if (json === true) context.out(JSON.stringify({ ok: false, detail }, null, 2))
  else context.err(`capuchin ${name}: ${detail}`)
}
