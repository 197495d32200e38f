import { basename, dirname, join } from 'node:path'
import type { Policy } from '../decision/policy.ts'
import { type Files, loadPolicies, sayUnreadable } from '../policy/load.ts'
import { hint } from '../policy/nearest.ts'
import { inOrder, type Problem } from '../policy/problem.ts'
import type { World } from '../policy/world.ts'
import { bindScenarios, parseScenarios, type ScenarioFile } from './parse.ts'
import type { Scenario } from './scenario.ts'

/** What scenarios are read with. `world`: what policies are held against. `tick`: that of the settings, ms. */
export interface SuiteDeps {
  files: Files
  world: World
  tick: number
  /** How problems name a path. */
  shown(path: string): string
}

/** Scenarios that can be played, all that is wrong with the others, and policies that have none. */
export interface Suite {
  scenarios: readonly Scenario[]
  problems: readonly Problem[]
  hints: readonly string[]
}

/** Reads the scenarios of folders and files (absolute paths); a policy stands for the file beside it. Never throws. */
export function loadSuite(paths: readonly string[], deps: SuiteDeps): Suite {
  const scenarios: Scenario[] = []
  const problems: Problem[] = []
  const hints: string[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    const found = findTests(path, deps)
    problems.push(...found.problems)
    hints.push(...found.hints)
    for (const test of found.tests) {
      if (seen.has(test)) continue
      seen.add(test)
      const read = readTest(test, deps)
      scenarios.push(...read.scenarios)
      problems.push(...read.problems)
    }
  }
  return { scenarios, problems: inOrder(problems), hints }
}

interface Found {
  tests: string[]
  problems: Problem[]
  hints: string[]
}

const TEST = /\.test\.ya?ml$/
const YAML = /\.ya?ml$/

function findTests(path: string, deps: SuiteDeps): Found {
  const { files, shown } = deps
  if (TEST.test(path)) return { tests: [path], problems: [], hints: [] }
  if (YAML.test(path)) return beside(dirname(path), [basename(path)], deps)
  const wrong = (message: string): Found => ({
    tests: [],
    problems: [{ file: shown(path), path: '', message }],
    hints: [],
  })
  try {
    const found = inFolder(path, files.list(path), deps)
    return found ?? wrong('holds no policy and no scenarios')
  } catch (error) {
    return wrong(sayUnreadable(error))
  }
}

/** What is in a folder and in the folders below it; a name with a dot in it is none. */
function inFolder(folder: string, names: readonly string[], deps: SuiteDeps): Found | undefined {
  const own = names.filter((name) => YAML.test(name) && !name.startsWith('.'))
  const all = own.length === 0 ? [] : [beside(folder, own, deps)]
  for (const name of names.filter((one) => !one.includes('.')).toSorted()) {
    const path = join(folder, name)
    all.push(...[inFolder(path, safeList(path, deps.files), deps)].filter((one) => one !== undefined))
  }
  if (all.length === 0) return undefined
  return {
    tests: all.flatMap(({ tests }) => tests),
    problems: all.flatMap(({ problems }) => problems),
    hints: all.flatMap(({ hints }) => hints),
  }
}

/** The scenario files of a folder that go with these names; what has none is told. */
function beside(folder: string, names: readonly string[], { files, shown }: SuiteDeps): Found {
  const there = new Set(safeList(folder, files))
  const tests = new Set(names.filter((name) => TEST.test(name)))
  const hints: string[] = []
  for (const name of names.filter((one) => !TEST.test(one))) {
    const own = name.replace(YAML, '.test.yaml')
    const test = [own, own.replace(YAML, '.yml')].find((one) => there.has(one))
    if (test !== undefined) tests.add(test)
    else hints.push(`${shown(join(folder, name))} has no scenarios: write ${shown(join(folder, own))}`)
  }
  return { tests: [...tests].toSorted().map((name) => join(folder, name)), problems: [], hints }
}

function safeList(folder: string, files: Files): readonly string[] {
  try {
    return files.list(folder)
  } catch {
    return []
  }
}

function readTest(
  path: string,
  deps: SuiteDeps,
): { scenarios: readonly Scenario[]; problems: readonly Problem[] } {
  const file = deps.shown(path)
  try {
    const outcome = parseScenarios(deps.files.read(path), file)
    if (outcome.kind === 'broken') return { scenarios: [], problems: outcome.problems }
    return bindToPolicy(path, outcome.file, deps)
  } catch (error) {
    return { scenarios: [], problems: [{ file, path: '', message: sayUnreadable(error) }] }
  }
}

function bindToPolicy(path: string, test: ScenarioFile, deps: SuiteDeps) {
  const loaded = policyFor(path, test, deps)
  if (loaded.kind === 'refused') return { scenarios: [], problems: loaded.problems }
  const { policy } = loaded
  const pool = deps.world.pools.get(policy.pool)?.pool
  if (pool === undefined)
    return { scenarios: [], problems: [test.problem([], `there is no pool ${policy.pool}`)] }
  return bindScenarios(test, { policy, pool, tick: deps.tick })
}

type Loaded = { kind: 'loaded'; policy: Policy } | { kind: 'refused'; problems: readonly Problem[] }

/** The policy of that name beside a scenario file, read alone, so that another one that is wrong does not matter. */
function policyFor(
  path: string,
  { text, problem }: ScenarioFile,
  { files, world, shown }: SuiteDeps,
): Loaded {
  const folder = dirname(path)
  const wanted = text.policy ?? basename(path).replace(TEST, '')
  const names = safeList(folder, files).filter((name) => YAML.test(name) && !TEST.test(name))
  const name = names.find((one) => one.replace(YAML, '') === wanted)
  if (name === undefined) {
    const known = names.map((one) => one.replace(YAML, ''))
    const message = `there is no policy "${wanted}" beside it${hint(wanted, known) || `; there is ${known.join(', ') || 'none'}`}`
    return { kind: 'refused', problems: [problem(text.policy === undefined ? [] : ['policy'], message)] }
  }
  const alone: Files = { list: () => [name], read: files.read }
  const outcome = loadPolicies(folder, world, alone, { shown, wanted: () => true })
  if (outcome.kind === 'refused') return outcome
  const [policy] = outcome.policies
  return policy === undefined
    ? { kind: 'refused', problems: [problem([], 'its policy is empty')] }
    : { kind: 'loaded', policy }
}
