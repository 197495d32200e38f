import type { Amount, Measure, Proposal, Seen } from '../strategies/strategy.ts'
import { type Signal, signalOf, waking } from './activate.ts'
import { asleep, blindFloor } from './blind.ts'
import type { RuleNumbers } from './decision.ts'
import type { Policy, Pool, Rule } from './policy.ts'
import { stepSize } from './step.ts'
import type { RateRecord, WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'

/** What a rule is judged by, beside its own integral. `counted`: the instances that share the load, born or ordered. */
export interface Bearing {
  policy: Policy
  record: Pick<WorkloadRecord, 'size' | 'missing' | 'rates' | 'trials'>
  counted: number
  /** Epoch ms. */
  now: number
  /** Nothing calls for the workload, so that its last instance may go as well. */
  maySleep?: boolean
}

/** What raw values are multiplied by so that a rule's band applies: cores become % of the instance's share. */
export function scaleOf(rule: Rule, { run }: Policy, pool: Pool): number {
  return rule.unit === 'cores' ? (100 * pool.slots) / (pool.cores * run.slots) : 1
}

/** A rule's numbers and its proposal. A rule that cannot speak is silent; it is never taken for zero. */
export function propose(rule: Rule, integral: Integral | undefined, bearing: Bearing): RuleNumbers {
  const known = integral ?? (rule.query === undefined ? undefined : unread)
  if (known?.kind === 'missing') return without(rule, known, bearing)
  const { counted } = bearing
  const proposal = rule.strategy.propose(seenBy(known, bearing, rule))
  if (known === undefined) return { ...about(rule), reading: 'none', proposal }
  const { load, coverage, newest, asides } = known
  const signal = signalOf(rule, known)
  const numbers = {
    ...{ load, coverage, newest },
    ...(counted > 0 && { level: load / counted }),
    ...(asides !== undefined && { asides: mapped(asides, amountOf) }),
    ...(signal !== undefined && { signal }),
  }
  const flaw = known.kind === 'partial' ? { detail: known.detail } : {}
  const said = woken(rule, known, signal, bearing, proposal)
  return { ...about(rule), ...numbers, reading: known.kind, ...flaw, proposal: said }
}

/** A workload that sleeps is woken by its signals, and by nothing that needs instances to be measured. */
function woken(
  rule: Rule,
  known: Exclude<Integral, { kind: 'missing' }>,
  signal: Signal | undefined,
  { record }: Bearing,
  proposal: Proposal,
): Proposal {
  if (signal === undefined || record.size > 0) return proposal
  return waking(rule, known, signal, proposal)
}

function seenBy(
  known: Exclude<Integral, { kind: 'missing' }> | undefined,
  { policy, record, counted, now, maySleep }: Bearing,
  { name, coverage }: Rule,
): Seen {
  const { size } = record
  const former = Object.hasOwn(record.rates ?? {}, name) ? record.rates?.[name] : undefined
  const trial = Object.hasOwn(record.trials ?? {}, name) ? record.trials?.[name] : undefined
  const outStep = stepSize(policy.out.step, size, 'out')
  const inStep = stepSize(policy.in.step, size, 'in')
  const seen = { load: known?.load ?? 0, counted, size, ...policy.size, outStep, inStep, coverage }
  return {
    ...seen,
    ...(known?.series !== undefined && { series: known.series }),
    ...(known?.kind === 'partial' && { flaw: known.detail }),
    ...(known?.asides !== undefined && { asides: mapped(known.asides, measureOf) }),
    ...(known?.ready !== undefined && { ready: known.ready }),
    ...(former !== undefined && { remembered: rememberedAs(former, now) }),
    ...(trial !== undefined && {
      tried: { from: trial.from, to: trial.to, age: Math.max(0, now - trial.at) },
    }),
    ...(maySleep === true && { maySleep }),
  }
}

function rememberedAs({ each, at, atLeast }: RateRecord, now: number): NonNullable<Seen['remembered']> {
  return { each, age: Math.max(0, now - at), ...(atLeast === true && { atLeast }) }
}

function amountOf(integral: Integral): Amount {
  if (integral.kind === 'missing')
    return { kind: 'missing', detail: `${integral.reason}: ${integral.detail}` }
  return { kind: integral.kind, amount: integral.load }
}

function measureOf(integral: Integral): Measure {
  const amount = amountOf(integral)
  if (amount.kind === 'missing' || integral.kind === 'missing' || integral.series === undefined) return amount
  return { ...amount, series: integral.series }
}

function mapped<T>(
  asides: Readonly<Record<string, Integral>>,
  as: (integral: Integral) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(asides).map(([name, integral]) => [name, as(integral)]))
}

/** Nobody has asked the rule's source: that is no reading, and no zero. */
const unread = { kind: 'missing', reason: 'no-data', detail: 'its source was not asked' } as const

/** A rule without a reading: it sleeps with its workload, or it is blind and asks for its floor, or it says nothing. */
function without(
  rule: Rule,
  { reason, detail }: Extract<Integral, { kind: 'missing' }>,
  bearing: Bearing,
): RuleNumbers {
  const sleep = asleep(rule, reason, bearing)
  if (sleep !== undefined) return { ...about(rule), reading: 'none', proposal: sleep }
  const numbers = silent(rule, `${reason}: ${detail}`)
  const floor = blindFloor(rule, bearing)
  return floor === undefined ? numbers : { ...numbers, proposal: floor }
}

/** A rule that says nothing, and why; a veto forbids its direction then. */
export function silent(rule: Rule, detail: string): RuleNumbers {
  const proposal = rule.strategy.missing?.(detail) ?? { kind: 'silent' as const, why: detail }
  const signal = rule.activate === undefined ? {} : { signal: 'unknown' as const }
  return { ...about(rule), reading: 'missing', detail, ...signal, proposal }
}

function about({ name, unit, strategy }: Rule): Pick<RuleNumbers, 'name' | 'strategy' | 'unit' | 'band'> {
  return { name, strategy: strategy.type, unit: unit === 'cores' ? '%' : '', band: strategy.band }
}

/** Whether a rule has a say in which size it is to be. A veto only forbids or allows, and a signal alone only wakes. */
export const votes = ({ proposal: { kind } }: RuleNumbers): boolean => kind !== 'forbid' && kind !== 'allow'

/**
 * Combines proposals. Out: the largest. In: only if every rule that speaks proposes it, to the largest of the proposed sizes.
 * What the silent ones forbid is the missing guard's to say, and what vetoes forbid is the clamp's.
 */
export function combine(rules: readonly RuleNumbers[], size: number): number {
  const sizes = (kind: 'out' | 'in'): number[] =>
    rules.flatMap(({ proposal }) => (proposal.kind === kind ? [proposal.size ?? size] : []))
  const out = Math.max(size, ...sizes('out'))
  if (out > size || rules.some(({ proposal }) => proposal.kind === 'stay')) return out
  const into = sizes('in')
  return into.length === 0 ? size : Math.min(size, Math.max(...into))
}
