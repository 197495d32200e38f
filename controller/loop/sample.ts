import type { Instance } from '../decision/fleet.ts'
import { groupBy } from '../decision/order.ts'
import type { Policy, Pool, Rule } from '../decision/policy.ts'
import { missing, type Question, type Reading } from '../decision/reading.ts'
import { readyOver } from '../decision/ready.ts'
import { scaleOf } from '../decision/rules.ts'
import {
  asideQuestionOf,
  type Expected,
  type Integral,
  integrate,
  questionOf,
  reachOf,
} from '../decision/window.ts'
import type { LookDeps } from './deps.ts'

const QUERY_DEADLINE = 10_000

/**
 * Asks the questions of one tick: equal ones once, all at the same time, under one deadline. Sources may ask together what they are
 * asked in one turn of the loop, so nothing is to be awaited before the last question of a tick is asked.
 */
function createAsk(deps: LookDeps): (source: string, question: Question) => Promise<Reading> {
  const asked = new Map<string, Promise<Reading>>()
  const deadline = deps.within(QUERY_DEADLINE)
  return (source, question) => {
    const key = JSON.stringify([source, question])
    const known = asked.get(key)
    if (known !== undefined) return known
    const answer = read(deps, source, question, deadline)
    asked.set(key, answer)
    return answer
  }
}

async function read(
  deps: LookDeps,
  name: string,
  question: Question,
  deadline: AbortSignal,
): Promise<Reading> {
  const source = deps.sources.get(name)
  if (source === undefined) return missing('unreachable', `there is no source ${name}`)
  const began = deps.now()
  const reading = await source.read(question, deadline)
  const skew = reading.kind === 'missing' ? undefined : reading.skew
  const outcome = reading.kind === 'missing' ? reading.reason : reading.kind
  deps.observer.queried(name, outcome, deps.now() - began, skew)
  return reading
}

/** The integrals of all rules of all workloads, by workload, in the order of each policy's rules. */
export async function sample(
  deps: LookDeps,
  instances: readonly Instance[],
  now: number,
): Promise<Map<string, (Integral | undefined)[]>> {
  const ask = createAsk(deps)
  const pools = new Map(deps.pools.map((pool) => [pool.name, pool]))
  const ready = groupBy(
    instances.filter(({ state }) => state === 'ready'),
    ({ workload }) => workload,
  )
  const all = deps.policies().map(async (policy) => {
    const expected = expectedOf(deps, policy, ready.get(policy.workload) ?? [], now)
    const pool = pools.get(policy.pool)
    const integrals = await Promise.all(
      policy.rules.map((rule) => integralOf(rule, policy, pool, expected, ask, now)),
    )
    return [policy.workload, integrals] as const
  })
  return new Map(await Promise.all(all))
}

async function integralOf(
  rule: Rule,
  policy: Policy,
  pool: Pool | undefined,
  expected: Expected,
  ask: (source: string, question: Question) => Promise<Reading>,
  now: number,
): Promise<Integral | undefined> {
  const question = questionOf(rule, now)
  if (question === undefined || rule.query === undefined || pool === undefined) return undefined
  // All at once: a rule with further questions takes no longer than one without.
  const [reading, asides] = await Promise.all([
    ask(rule.query.source, question),
    asidesOf(rule, expected, ask, now),
  ])
  const within = rule.strategy.reach === undefined ? undefined : { window: rule.window }
  const scale = scaleOf(rule, policy, pool)
  const integral = integrate(question, reading, expected, rule.coverage, scale, within)
  if (integral.kind === 'missing' || asides === undefined) return integral
  return { ...integral, asides, ready: readyOver(expected.spans, question) }
}

/** What a rule's further questions come to, each with a reading of its own; undefined for a rule that has none. */
async function asidesOf(
  rule: Rule,
  expected: Expected,
  ask: (source: string, question: Question) => Promise<Reading>,
  now: number,
): Promise<Record<string, Integral> | undefined> {
  if (rule.asides === undefined) return undefined
  const answers = Object.entries(rule.asides).map(async ([name, aside]) => {
    const question = asideQuestionOf(aside, now)
    const within = aside.reach === undefined ? undefined : { window: aside.window }
    const reading = await ask(aside.source, question)
    return [name, integrate(question, reading, expected, rule.coverage, 1, within)] as const
  })
  return Object.fromEntries(await Promise.all(answers))
}

/** Who ought to be in the readings: the ready instances now, and how many were ready when. */
function expectedOf(
  deps: LookDeps,
  { workload, rules }: Policy,
  instances: readonly Instance[],
  now: number,
): Expected {
  const ready = instances.map(({ id, address, port }) =>
    address === undefined ? [id] : [id, `${address}:${port}`],
  )
  const reach = Math.max(0, ...rules.map((rule) => reachOf(rule) + 2 * (rule.query?.interval ?? 0)))
  return { ready, spans: deps.history.readyCounts(workload, now - reach) }
}
