import type { Policy, Pool, Rule } from '../../decision/policy.ts'
import type { Reading } from '../../decision/reading.ts'
import { readyOver } from '../../decision/ready.ts'
import { propose, scaleOf } from '../../decision/rules.ts'
import type { WorkloadRecord } from '../../decision/waits.ts'
import {
  asideQuestionOf,
  type Expected,
  type Integral,
  integrate,
  questionOf,
} from '../../decision/window.ts'
import type { Source } from '../../sources/source.ts'
import type { RuleFacts } from '../judge/rule.ts'

/** What a rule is asked with. `ready`: the instances that ought to be in its reading, each by its names. `counted`: those that share the load. */
export interface Asking {
  policy: Policy
  pool: Pool
  rule: Rule
  sources: ReadonlyMap<string, Source>
  ready: readonly (readonly string[])[]
  counted: number
  record: Pick<WorkloadRecord, 'size' | 'missing' | 'rates' | 'trials'>
  now: number
}

/** Asks a rule over its window, as a tick does, and judges it by its own strategy. Changes nothing. */
export async function askRule(asking: Asking, signal: AbortSignal): Promise<RuleFacts> {
  const { policy, pool, rule, ready, counted, record, now } = asking
  const common = { workload: policy.workload, rule, now }
  const bearing = { policy, record, counted, now }
  const question = questionOf(rule, now)
  if (question === undefined || rule.query === undefined)
    return { ...common, numbers: propose(rule, undefined, bearing) }
  const expected: Expected = { ready, spans: [] }
  const [reading, asides] = await Promise.all([
    read(asking, rule.query.source, question, signal),
    asidesOf(asking, expected, signal),
  ])
  const within = rule.strategy.reach === undefined ? undefined : { window: rule.window }
  const integral = integrate(question, reading, expected, rule.coverage, scaleOf(rule, policy, pool), within)
  const whole: Integral =
    integral.kind === 'missing' || asides === undefined
      ? integral
      : { ...integral, asides, ready: readyOver(expected.spans, question) }
  return {
    ...common,
    numbers: propose(rule, whole, bearing),
    ...(integral.kind === 'missing' && { reason: integral.reason }),
    ...(reading.kind !== 'missing' && { seen: reading.seen.length }),
  }
}

function read(
  { sources }: Asking,
  name: string,
  question: Parameters<Source['read']>[0],
  signal: AbortSignal,
): Promise<Reading> {
  const source = sources.get(name)
  if (source !== undefined) return source.read(question, signal)
  return Promise.resolve({ kind: 'missing', reason: 'unreachable', detail: `there is no source ${name}` })
}

async function asidesOf(
  asking: Asking,
  expected: Expected,
  signal: AbortSignal,
): Promise<Record<string, Integral> | undefined> {
  const { rule, now } = asking
  if (rule.asides === undefined) return undefined
  const answers = Object.entries(rule.asides).map(async ([name, aside]) => {
    const question = asideQuestionOf(aside, now)
    const within = aside.reach === undefined ? undefined : { window: aside.window }
    const reading = await read(asking, aside.source, question, signal)
    return [name, integrate(question, reading, expected, rule.coverage, 1, within)] as const
  })
  return Object.fromEntries(await Promise.all(answers))
}
