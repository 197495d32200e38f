import { readDocument } from './document.ts'
import { extraFaults } from './extras.ts'
import { type Glimpse, type GlimpsedRule, glimpse } from './glimpse.ts'
import { validate } from './issues.ts'
import type { Fault, Path, Problem } from './problem.ts'
import { itemFaults } from './schedule.ts'
import { PolicyText } from './schema.ts'

/** A policy file as far as it tells by itself, without the settings. */
export interface Draft {
  file: string
  /** Present when the file can be understood as a whole. */
  text?: PolicyText
  glimpse: Glimpse
  problems: readonly Problem[]
  problem(path: Path, message: string): Problem
}

/** Pure: YAML text to a draft, with every problem that the file has by itself. */
export function parsePolicy(text: string, file: string): Draft {
  const outcome = readDocument(text, file)
  if (outcome.kind === 'broken') return unread(file, outcome.problems)
  const { value, problem } = outcome.document
  if (value === null || value === undefined) return unread(file, [problem([], 'is empty: no workload in it')])
  const { data, faults } = validate(PolicyText, value)
  const seen = glimpse(value)
  const across = [
    ...sameNames(seen.rules),
    ...strategyFaults(seen),
    ...extraFaults(seen),
    ...itemFaults(seen.schedule, seen.size),
  ]
  const all = [...faults, ...across]
  const problems = all.map(({ path, message }) => problem(path, message))
  const draft = { file, glimpse: seen, problems, problem }
  return data === undefined ? draft : { ...draft, text: data }
}

/** A file that cannot be looked into has no places, so whatever else is found about it stands at its beginning. */
export function unread(file: string, problems: readonly Problem[]): Draft {
  const problem = (_path: Path, message: string): Problem => ({ file, line: 1, path: '', message })
  return { file, glimpse: { steps: {}, starts: [], rules: [], schedule: [] }, problems, problem }
}

function sameNames(rules: readonly GlimpsedRule[]): Fault[] {
  return rules.flatMap(({ name }, at) => {
    const first = rules.findIndex((rule) => rule.name === name)
    if (name === undefined || first === at) return []
    return [{ path: ['rules', at, 'name'], message: `"${name}" is the name of rules[${first}] already` }]
  })
}

/** What cannot work about a strategy shows against the size that its rule has to judge. */
function strategyFaults({ size, steps, hold, rules }: Glimpse): Fault[] {
  if (size === undefined || hold === undefined) return []
  return rules.flatMap(({ strategy, unit, window }, at) => {
    if (strategy === undefined || unit === undefined || window === undefined) return []
    const limits = { ...size, outStep: steps.out ?? 1, inStep: steps.in ?? 1, unit, window, hold }
    const faults = strategy.configured.faults(limits)
    return faults.map((message) => ({ path: ['rules', at, strategy.key], message }))
  })
}
