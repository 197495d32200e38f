import { z } from 'zod'
import { type Configured, type StrategyName, strategies, strategyNames } from '../strategies/index.ts'
import { span } from './duration.ts'
import { laterKey } from './later.ts'
import type { Fault } from './problem.ts'

/** One metric of a policy with its window; the strategy that judges it is named by its key, `integral: { ... }`. */
export const Rule = z
  .strictObject({
    name: z.string().min(1).max(60).describe('what logs and charts call the rule'),
    source: z.string().min(1).optional().describe('name of a source in the settings'),
    query: z.string().min(1).optional().describe('what to ask the source'),
    interval: span.optional().describe('spacing of the raw samples; by default that of the source'),
    per: z
      .enum(['workload', 'instance'])
      .optional()
      .describe('workload: the query is a total; instance: it is a mean over instances'),
    unit: z
      .enum(['plain', 'cores'])
      .default('plain')
      .describe("cores: cores used by an instance, judged in % of the share of its host's that it owns"),
    window: span.prefault('5m').describe('time over which the mean is taken'),
    coverage: z.number().min(1).max(100).default(80).describe('% of the window that samples have to cover'),
    veto: laterKey,
    activate: laterKey,
    onMissing: laterKey,
    target: laterKey,
    backlog: laterKey,
    ...z.object(strategies).partial().shape,
  })
  .superRefine((rule, { addIssue }) => {
    for (const { path, message } of faultsOf(rule)) addIssue({ code: 'custom', path: [...path], message })
  })

export type RuleText = z.output<typeof Rule>

/** The strategies that a rule names; a sound one names exactly one. */
export function chosenIn(rule: { readonly [name in StrategyName]?: Configured | undefined }): Configured[] {
  return strategyNames.flatMap((name) => rule[name] ?? [])
}

function faultsOf(rule: RuleText): Fault[] {
  const [strategy, ...more] = chosenIn(rule)
  const names = strategyNames.join(', ')
  if (strategy === undefined) return [{ path: [], message: `needs a strategy: one of ${names}` }]
  if (more.length > 0) return [{ path: [], message: `has to have exactly one strategy: one of ${names}` }]
  return strategy.measures ? unmeasured(rule) : idle(rule)
}

/** What a strategy that judges a load lacks for it. */
function unmeasured({ source, query, per, unit }: RuleText): Fault[] {
  const faults: Fault[] = []
  if (source === undefined)
    faults.push({ path: ['source'], message: 'is missing: the name of a source in the settings' })
  if (query === undefined) faults.push({ path: ['query'], message: 'is missing: what to ask the source' })
  if (per === undefined && unit === 'plain') {
    faults.push({
      path: ['per'],
      message: 'is missing: workload if the query is a total, instance if it is a mean',
    })
  }
  if (per === 'workload' && unit === 'cores') {
    faults.push({
      path: ['per'],
      message: 'has to be instance where the unit is cores, which are those of one instance',
    })
  }
  return faults
}

function idle({ source, query }: RuleText): Fault[] {
  const unused = { source, query }
  return Object.entries(unused).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ path: [key], message: 'is never asked: the strategy of this rule measures nothing' }],
  )
}
