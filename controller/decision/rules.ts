import type { RuleNumbers } from './decision.ts'
import type { Policy, Pool, Rule } from './policy.ts'
import type { Integral } from './window.ts'

/** What a rule is judged by, beside its own integral. `counted`: the instances that share the load, born or ordered. */
export interface Bearing {
  policy: Policy
  record: { size: number }
  counted: number
}

/** What raw values are multiplied by so that a rule's band applies: cores become % of the instance's share. */
export function scaleOf(rule: Rule, { run }: Policy, pool: Pool): number {
  return rule.unit === 'cores' ? (100 * pool.slots) / (pool.cores * run.slots) : 1
}

/** A rule's numbers and its proposal. A rule that cannot speak is silent; it is never taken for zero. */
export function propose(rule: Rule, integral: Integral | undefined, bearing: Bearing): RuleNumbers {
  const known = integral ?? (rule.query === undefined ? undefined : unread)
  if (known?.kind === 'missing') return silent(rule, `${known.reason}: ${known.detail}`)
  const { policy, record, counted } = bearing
  const limits = { ...policy.size, outStep: policy.out.step, inStep: policy.in.step }
  const seen = { load: known?.load ?? 0, counted, size: record.size, ...limits }
  const proposal = rule.strategy.propose(seen)
  if (known === undefined) return { ...about(rule), reading: 'none', proposal }
  const { load, coverage, newest } = known
  const numbers = { load, coverage, newest, ...(counted > 0 && { level: load / counted }) }
  const flaw = known.kind === 'partial' ? { detail: known.detail } : {}
  return { ...about(rule), ...numbers, reading: known.kind, ...flaw, proposal }
}

/** Nobody has asked the rule's source: that is no reading, and no zero. */
const unread: Integral = { kind: 'missing', reason: 'no-data', detail: 'its source was not asked' }

/** A rule that says nothing, and why. */
export function silent(rule: Rule, detail: string): RuleNumbers {
  return { ...about(rule), reading: 'missing', detail, proposal: { kind: 'silent', why: detail } }
}

function about({ name, unit, strategy }: Rule): Pick<RuleNumbers, 'name' | 'strategy' | 'unit' | 'band'> {
  return { name, strategy: strategy.type, unit: unit === 'cores' ? '%' : '', band: strategy.band }
}

/**
 * Combines proposals. Out: the largest. In: only if every rule that speaks proposes it, to the largest of the proposed sizes.
 * What the silent ones forbid is the missing guard's to say.
 */
export function combine(rules: readonly RuleNumbers[], size: number): number {
  const sizes = (kind: 'out' | 'in'): number[] =>
    rules.flatMap(({ proposal }) => (proposal.kind === kind ? [proposal.size ?? size] : []))
  const out = Math.max(size, ...sizes('out'))
  if (out > size || rules.some(({ proposal }) => proposal.kind === 'stay')) return out
  const into = sizes('in')
  return into.length === 0 ? size : Math.min(size, Math.max(...into))
}
