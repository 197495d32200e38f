import { isAbsolute, relative, resolve } from 'node:path'
import { type Problem, sayProblem } from '../policy/problem.ts'
import { type Configuration, loadConfiguration, type SettingsDeps } from '../settings.ts'
import type { Context } from './command.ts'

/** Reads the settings file that `--config` names, and its policies. Never throws. */
export function configuration(file: string, context: Context): Configuration {
  return loadConfiguration(resolve(context.cwd, file), settingsDeps(context))
}

/** Problems name files as one would type them where the command was started. */
function settingsDeps({ cwd, files, machine }: Context): SettingsDeps {
  return { files, machine, shown: (path) => nearer(relative(cwd, path), path) }
}

const nearer = (below: string, path: string): string =>
  below === '' || below.startsWith('..') || isAbsolute(below) ? path : below

/** One line for each problem on standard error, or all of them as JSON on standard output. */
export function printProblems(
  problems: readonly Problem[],
  json: boolean | undefined,
  context: Context,
): void {
  if (json === true) context.out(JSON.stringify({ ok: false, problems }, null, 2))
  else for (const problem of problems) context.err(sayProblem(problem))
}
