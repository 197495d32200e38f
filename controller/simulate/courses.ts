import type { Policy, Pool, Query, Rule } from '../decision/policy.ts'
import { scaleOf } from '../decision/rules.ts'
import { hint } from '../policy/nearest.ts'
import type { Fault } from '../policy/problem.ts'
import { type QueueSpec, queueParts } from './queue.ts'
import type { Course } from './scenario.ts'
import type { Series } from './series.ts'

/** A query of the policy. `name`: that of its rule, and for what the rule asks beside it such as `NAME.backlog`. */
interface Asking {
  name: string
  rule: Rule
  query: Query
  per: Rule['per']
  unit: Rule['unit']
}

/** What each query of the policy gives, and what of the series does not go with the policy. `inherited`: those of the file. */
export function coursesOf(
  own: Readonly<Record<string, Series>>,
  inherited: Readonly<Record<string, Series>>,
  queues: ReadonlyMap<string, QueueSpec>,
  policy: Policy,
  pool: Pool,
): { courses: Course[]; faults: Fault[] } {
  const asking = policy.rules.flatMap(askingOf)
  const faults = unknownNames(own, asking)
  const courses: Course[] = []
  for (const one of asking) {
    const { name, per, query, rule } = one
    const series = own[name] ?? inherited[name]
    const queued = series === undefined ? queuedBy(one, queues) : undefined
    if (queued !== undefined) courses.push({ name, per, source: query.source, query: query.text, ...queued })
    if (series === undefined) continue
    const path = name in own ? ['series', name] : []
    faults.push(...mismatches(one, series, courses).map((message) => ({ path, message })))
    const factor = series.unit === 'share' ? 1 / scaleOf(rule, policy, pool) : 1
    courses.push({ name, per, source: query.source, query: query.text, series, factor })
  }
  // A series under a wrong name is probably the one that seems to be missing.
  for (const one of faults.length > 0 ? [] : asking) {
    if (courses.some((course) => isSameQuery(course, one))) continue
    const message = `has no series for ${one.name}: say what it measures, such as "${exampleFor(one)}", or missing`
    faults.push({ path: ['series'], message })
  }
  return { courses, faults }
}

/** What a queue gives for a query, where the rule has one. What stands among the series goes before it. */
function queuedBy(
  { name, rule }: Asking,
  queues: ReadonlyMap<string, QueueSpec>,
): Pick<Course, 'series' | 'factor' | 'queue'> | undefined {
  const spec = queues.get(rule.name)
  const own = name === rule.name ? 'lag' : name.slice(rule.name.length + 1)
  const part = queueParts.find((one) => one === own)
  if (spec === undefined || part === undefined) return undefined
  const series = part === 'consumption' ? spec.each : spec.production
  return { series, factor: 1, queue: { rule: rule.name, part } }
}

function askingOf(rule: Rule): Asking[] {
  const { name, query, asides = {}, per, unit } = rule
  const asking: Asking[] = query === undefined ? [] : [{ name, rule, query, per, unit }]
  for (const [aside, own] of Object.entries(asides))
    asking.push({ name: `${name}.${aside}`, rule, query: own, per: 'workload', unit: 'plain' })
  return asking
}

/** Series under names that the policy has not. */
export function strangeSeries(series: Readonly<Record<string, unknown>>, { rules }: Policy): Fault[] {
  return unknownNames(series, rules.flatMap(askingOf))
}

function unknownNames(series: Readonly<Record<string, unknown>>, asking: readonly Asking[]): Fault[] {
  const names = asking.map(({ name }) => name)
  return Object.keys(series).flatMap((name) => {
    if (names.includes(name)) return []
    const near = hint(name, names) || `; there is ${names.join(', ') || 'none'}`
    return [{ path: ['series', name], message: `there is no rule "${name}" that measures something${near}` }]
  })
}

function mismatches(asking: Asking, series: Series, before: readonly Course[]): string[] {
  const { per, unit } = asking
  const faults: string[] = []
  const hasValues = series.segments.some(({ shape }) => shape !== undefined)
  const twin = before.find((course) => isSameQuery(course, asking))
  if (twin !== undefined) faults.push(`${twin.name} asks the same query: give one series for both`)
  if (series.isShared && per === 'workload')
    faults.push('is shared, but this query is a total already (per: workload): leave share out')
  if (unit === 'cores' && series.unit === 'plain' && hasValues)
    faults.push(
      `needs a unit, since the rule judges cores: ${exampleFor(asking)} of what an instance owns, or 0.5 cores`,
    )
  if (unit !== 'cores' && series.unit !== 'plain')
    faults.push('has a unit, but this rule judges plain numbers: leave it out')
  return faults
}

const isSameQuery = (course: Course, { query, per }: Asking): boolean =>
  course.source === query.source && course.query === query.text && course.per === per

const exampleFor = ({ unit }: Asking): string => (unit === 'cores' ? '50%' : '200')
