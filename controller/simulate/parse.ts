import { readDocument } from '../policy/document.ts'
import { validate } from '../policy/issues.ts'
import type { Fault, Path, Problem } from '../policy/problem.ts'
import { bindScenario, type Setting } from './bind.ts'
import { strangeSeries } from './courses.ts'
import type { Place, Scenario } from './scenario.ts'
import { ScenarioText } from './schema.ts'

/** A scenario file that can be understood by itself, before it is held against its policy. */
export interface ScenarioFile {
  file: string
  text: ScenarioText
  problem(path: Path, message: string): Problem
}

export type FileOutcome =
  | { kind: 'file'; file: ScenarioFile }
  | { kind: 'broken'; problems: readonly Problem[] }

/** Pure: YAML text to a scenario file, or every problem that it has by itself. */
export function parseScenarios(text: string, file: string): FileOutcome {
  const outcome = readDocument(text, file)
  if (outcome.kind === 'broken') return outcome
  const { value, problem } = outcome.document
  if (value === null || value === undefined)
    return { kind: 'broken', problems: [problem([], 'is empty: no scenarios in it')] }
  const { data, faults } = validate(ScenarioText, value)
  if (data === undefined)
    return { kind: 'broken', problems: faults.map(({ path, message }) => problem(path, message)) }
  const twice = sameNames(data)
  if (twice.length > 0)
    return { kind: 'broken', problems: twice.map(({ path, message }) => problem(path, message)) }
  return { kind: 'file', file: { file, text: data, problem } }
}

function sameNames({ scenarios }: ScenarioText): Fault[] {
  return scenarios.flatMap(({ name }, at) => {
    const first = scenarios.findIndex((one) => one.name === name)
    if (first === at) return []
    return [
      { path: ['scenarios', at, 'name'], message: `"${name}" is the name of scenarios[${first}] already` },
    ]
  })
}

/** The scenarios of a file for their policy, or every problem that there is between the two. */
export function bindScenarios(
  { text, problem }: ScenarioFile,
  setting: Setting,
): { scenarios: Scenario[]; problems: Problem[] } {
  const scenarios: Scenario[] = []
  const strange = strangeSeries(text.series, setting.policy)
  const problems = strange.map(({ path, message }) => problem(path, message))
  for (const [i, entry] of text.scenarios.entries()) {
    const placeOf = (path: Path): Place => placed(problem(['scenarios', i, ...path], ''))
    const outcome = bindScenario(entry, text, setting, placeOf)
    if (outcome.kind === 'scenario') scenarios.push(outcome.scenario)
    else
      problems.push(...outcome.faults.map(({ path, message }) => problem(['scenarios', i, ...path], message)))
  }
  return { scenarios, problems }
}

const placed = ({ file, line, path }: Problem): Place => ({ file, path, ...(line !== undefined && { line }) })
