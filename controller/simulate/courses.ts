import type { Policy, Pool, Rule } from '../decision/policy.ts'
import { scaleOf } from '../decision/rules.ts'
import { hint } from '../policy/nearest.ts'
import type { Fault } from '../policy/problem.ts'
import type { Course } from './scenario.ts'
import type { Series } from './series.ts'

type Asking = Rule & { query: NonNullable<Rule['query']> }

/** What each rule of the policy measures, and what of the series does not go with the policy. `inherited`: those of the file. */
export function coursesOf(
  own: Readonly<Record<string, Series>>,
  inherited: Readonly<Record<string, Series>>,
  policy: Policy,
  pool: Pool,
): { courses: Course[]; faults: Fault[] } {
  const asking = policy.rules.filter((rule): rule is Asking => rule.query !== undefined)
  const faults = unknownRules(own, asking)
  const courses: Course[] = []
  for (const rule of asking) {
    const series = own[rule.name] ?? inherited[rule.name]
    if (series === undefined) continue
    const path = rule.name in own ? ['series', rule.name] : []
    faults.push(...mismatches(rule, series, courses).map((message) => ({ path, message })))
    const factor = series.unit === 'share' ? 1 / scaleOf(rule, policy, pool) : 1
    courses.push({ rule, source: rule.query.source, query: rule.query.text, series, factor })
  }
  // A series under a wrong name is probably the one that seems to be missing.
  for (const rule of faults.length > 0 ? [] : asking) {
    if (courses.some((course) => isSameQuery(course, rule))) continue
    const message = `has no series for the rule "${rule.name}": say what it measures, such as "${exampleFor(rule)}", or missing`
    faults.push({ path: ['series'], message })
  }
  return { courses, faults }
}

function unknownRules(series: Readonly<Record<string, unknown>>, rules: readonly Rule[]): Fault[] {
  const names = rules.map(({ name }) => name)
  return Object.keys(series).flatMap((name) => {
    if (names.includes(name)) return []
    const near = hint(name, names) || `; there is ${names.join(', ') || 'none'}`
    return [{ path: ['series', name], message: `there is no rule "${name}" that measures something${near}` }]
  })
}

function mismatches(rule: Asking, series: Series, before: readonly Course[]): string[] {
  const faults: string[] = []
  const twin = before.find((course) => isSameQuery(course, rule))
  if (twin !== undefined)
    faults.push(`the rule "${twin.rule.name}" asks the same query: give one series for both`)
  if (series.isShared && rule.per === 'workload')
    faults.push('is shared, but the query of this rule is a total already (per: workload): leave share out')
  if (rule.unit === 'cores' && series.unit === 'plain')
    faults.push(
      `needs a unit, since the rule judges cores: ${exampleFor(rule)} of what an instance owns, or 0.5 cores`,
    )
  if (rule.unit !== 'cores' && series.unit !== 'plain')
    faults.push('has a unit, but this rule judges plain numbers: leave it out')
  return faults
}

const isSameQuery = ({ source, query, rule: { per } }: Course, rule: Asking): boolean =>
  source === rule.query.source && query === rule.query.text && per === rule.per

const exampleFor = ({ unit }: Rule): string => (unit === 'cores' ? '50%' : '200')
