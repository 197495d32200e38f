import { z } from 'zod'
import { type Configured, type StrategyName, strategies, strategyNames } from '../strategies/index.ts'
import { duration, span } from './duration.ts'
import { MOST } from './fields.ts'
import type { Fault } from './problem.ts'

const OnMissing = z.strictObject({
  floor: z.int().min(1).max(MOST).describe('instances that it asks for at least; it never asks for fewer'),
  after: duration.prefault('1m').describe('how long it has to be without a reading'),
})

const Activate = z.strictObject({
  above: z.number().min(0).default(0).describe('newest value, or mean, over which the workload is woken'),
  size: z.int().min(1).max(MOST).default(1).describe('instances that it is woken to'),
})

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
    onMissing: OnMissing.optional().describe('what the rule asks for while it has no reading'),
    activate: Activate.optional().describe('the value wakes a workload of size 0, for a size.min of 0'),
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
  if (more.length > 0) return [{ path: [], message: `has to have exactly one strategy: one of ${names}` }]
  if (strategy === undefined && rule.activate === undefined)
    return [{ path: [], message: `needs a strategy: one of ${names}` }]
  const measures = strategy?.measures ?? 'value'
  if (measures === 'nothing') return idle(rule)
  return [...unmeasured(rule, measures), ...needless(rule, measures, strategy === undefined)]
}

type Measured = Exclude<Configured['measures'], 'nothing'>

/** What a strategy that judges a load, a total or a value lacks for it. */
function unmeasured({ source, query, per, unit }: RuleText, measures: Measured): Fault[] {
  const faults: Fault[] = []
  if (source === undefined)
    faults.push({ path: ['source'], message: 'is missing: the name of a source in the settings' })
  if (query === undefined) faults.push({ path: ['query'], message: 'is missing: what to ask the source' })
  if (per === undefined && unit === 'plain' && measures === 'load') {
    faults.push({
      path: ['per'],
      message: 'is missing: workload if the query is a total, instance if it is a mean',
    })
  }
  if (per === 'workload' && unit === 'cores' && measures === 'load') {
    faults.push({
      path: ['per'],
      message: 'has to be instance where the unit is cores, which are those of one instance',
    })
  }
  return faults
}

/** What contradicts the value that a veto or a signal is, or would never apply. `isSignal`: the rule is that alone. */
function needless(rule: RuleText, measures: Measured, isSignal: boolean): Fault[] {
  const { per, unit, onMissing, activate } = rule
  const isMean = per === 'instance' || unit === 'cores'
  const faults: Fault[] = []
  const value =
    "is held against the query's own value, so per has to be workload, or left out, and the unit plain"
  if (measures === 'value' && !isSignal && isMean) faults.push({ path: ['veto'], message: value })
  if (measures === 'total' && isMean)
    faults.push({
      path: [per === 'instance' ? 'per' : 'unit'],
      message:
        'does not go with backlog: its query is a total of the workload, so per has to be workload, or left out, and the unit plain',
    })
  if (activate !== undefined && isMean)
    faults.push({
      path: ['activate'],
      message: `${value}: a mean over instances cannot be had while there are none`,
    })
  if (measures !== 'value' || isSignal) return faults
  const none = 'would never apply: a veto asks for no size'
  if (onMissing !== undefined) faults.push({ path: ['onMissing'], message: none })
  if (activate !== undefined) faults.push({ path: ['activate'], message: none })
  return faults
}

function idle({ source, query, onMissing, activate }: RuleText): Fault[] {
  const unused = { source, query, onMissing, activate }
  return Object.entries(unused).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ path: [key], message: 'is never asked: the strategy of this rule measures nothing' }],
  )
}
