import { resolve } from 'node:path'
import { machineCalendar } from '../calendar.ts'
import { plural } from '../decision/words.ts'
import { outsideOf } from '../outside.ts'
import { hint } from '../policy/nearest.ts'
import { sayProblem } from '../policy/problem.ts'
import { judge } from '../simulate/judge.ts'
import { junitOf } from '../simulate/junit.ts'
import { loadSuite, type Suite } from '../simulate/load.ts'
import { play } from '../simulate/play.ts'
import { failureLines, headline, jsonOf, timeline, type Verdict } from '../simulate/report.ts'
import type { Scenario } from '../simulate/scenario.ts'
import { atomicWrite } from '../store/atomic-write.ts'
import { explainFault } from '../store/file-system.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { printRefusal, settingsOnly, shownFrom } from './configuration.ts'

export const test = command({
  name: 'test',
  summary: 'Plays the scenarios beside policies in virtual time, and tells where they come out otherwise.',
  operands: '[PATH...]',
  options: {
    ...configOption,
    only: { type: 'string', value: 'NAME', text: 'only scenarios with this in their name' },
    verbose: { type: 'boolean', short: 'v', text: 'print what happens in each scenario' },
    junit: { type: 'string', value: 'FILE', text: 'write the outcome as JUnit XML' },
  },
  exits: {
    [exits.ok]: 'all scenarios come out as expected',
    [exits.failed]: 'some do not, or cannot be played',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const { only, junit, verbose = false } = values
    const json = values.json === true
    const suite = suiteOf(values.config, positionals, context)
    const tell = json ? () => {} : printer(verbose, context)
    const verdicts = await playAll(suite.scenarios, only, tell)
    if (only !== undefined && verdicts.length === 0 && suite.scenarios.length > 0) {
      printRefusal('test', `no scenario has "${only}" in its name${hintOf(only, suite)}`, json, context)
      return exits.usage
    }
    const failed = suite.problems.length > 0 || verdicts.some(({ failures }) => failures.length > 0)
    if (json) context.out(JSON.stringify(jsonOf(verdicts, suite), null, 2))
    else close(verdicts, suite, context)
    const fault =
      junit === undefined ? undefined : await write(junit, junitOf(verdicts, suite.problems), context)
    if (fault !== undefined) context.err(`capuchin test: ${fault}`)
    return failed || fault !== undefined ? exits.failed : exits.ok
  },
})

/** The scenarios of the paths that are given, or else of the settings' policies. */
function suiteOf(config: string, given: readonly string[], context: Context): Suite {
  const outcome = settingsOnly(config, context)
  if (outcome.kind === 'refused') return { scenarios: [], problems: outcome.problems, hints: [] }
  const { settings } = outcome
  const paths = given.length === 0 ? [settings.policies] : given.map((path) => resolve(context.cwd, path))
  const { files } = context
  const world = { ...settings, calendar: machineCalendar }
  return loadSuite(paths, { files, world, tick: settings.tick, shown: shownFrom(context.cwd) })
}

async function playAll(
  scenarios: readonly Scenario[],
  only: string | undefined,
  tell: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const scenario of scenarios) {
    if (only !== undefined && !scenario.name.includes(only)) continue
    const played = await play(scenario)
    const verdict = { scenario, played, failures: judge(scenario, played) }
    verdicts.push(verdict)
    tell(verdict)
  }
  return verdicts
}

/** Prints the verdicts one after the other, those of a file under its name. */
function printer(verbose: boolean, { out }: Context): (verdict: Verdict) => void {
  let file = ''
  return (verdict) => {
    const { place } = verdict.scenario
    if (place.file !== file) out(place.file)
    file = place.file
    out(headline(verdict))
    for (const line of verbose ? timeline(verdict) : []) out(line)
    for (const line of failureLines(verdict)) out(line)
  }
}

function close(verdicts: readonly Verdict[], { problems, hints }: Suite, context: Context): void {
  for (const problem of problems) context.err(sayProblem(problem))
  for (const missing of hints) context.err(missing)
  const failed = verdicts.filter(({ failures }) => failures.length > 0).length
  const passed = verdicts.length - failed
  const faults = problems.length === 0 ? '' : `, ${plural(problems.length, 'problem')} in the files`
  context.out(`${plural(verdicts.length, 'scenario')}: ${passed} as expected, ${failed} otherwise${faults}`)
}

/** The scenario whose name is near, or those that there are. */
function hintOf(only: string, { scenarios }: Suite): string {
  const names = [...new Set(scenarios.map(({ name }) => name))]
  return hint(only, names) || `; there is ${names.map((name) => JSON.stringify(name)).join(', ')}`
}

async function write(file: string, text: string, context: Context): Promise<string | undefined> {
  const path = resolve(context.cwd, file)
  try {
    await atomicWrite(outsideOf(context).fs, path, text, 0o644)
    return undefined
  } catch (error) {
    return explainFault(error, file)
  }
}
