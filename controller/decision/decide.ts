import { applyClamps, type Clamp, type Situation } from './clamps.ts'
import type { ClampRecord, Decision, RuleNumbers } from './decision.ts'
import type { Counts } from './fleet.ts'
import type { Policy, Pool, Rule } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import type { WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'
import { figure } from './words.ts'

/** All that a decision about one workload rests on. */
export interface Case {
  policy: Policy
  pool: Pool
  now: number
  record: WorkloadRecord
  counts: Counts
  /** One per rule of the policy, in its order; absent for rules that measure nothing. */
  integrals: readonly (Integral | undefined)[]
  clockBehind?: number
  distrust?: string
}

/** The cores of its host that an instance owns. */
export function shareOfCores(policy: Policy, pool: Pool): number {
  return (pool.cores * policy.run.slots) / pool.slots
}

/** What raw values are multiplied by so that a rule's band applies: cores become % of the instance's share. */
export function scaleOf(rule: Rule, policy: Policy, pool: Pool): number {
  return rule.unit === 'cores' ? 100 / shareOfCores(policy, pool) : 1
}

/** A rule's numbers and its proposal. A rule that cannot speak is silent; it is never taken for zero. */
export function propose(
  rule: Rule,
  integral: Integral | undefined,
  { policy, record, counts }: Case,
): RuleNumbers {
  const { strategy, name, unit } = rule
  const base = { name, strategy: strategy.type, unit: unit === 'cores' ? '%' : '', band: strategy.band }
  if (integral?.kind === 'missing') {
    const detail = `${integral.reason}: ${integral.detail}`
    return { ...base, reading: 'missing', detail, proposal: { kind: 'silent', why: detail } }
  }
  const counted = counts.ready + counts.starting
  const limits = { ...policy.size, outStep: policy.out.step, inStep: policy.in.step }
  const proposal = strategy.propose({ load: integral?.load ?? 0, counted, size: record.size, ...limits })
  if (integral === undefined) return { ...base, reading: 'none', proposal }
  const { load, coverage, newest } = integral
  const numbers = { load, coverage, newest, ...(counted > 0 && { level: load / counted }) }
  if (integral.kind === 'whole') return { ...base, ...numbers, reading: 'whole', proposal }
  return { ...base, ...numbers, reading: 'partial', detail: integral.detail, proposal }
}

/**
 * Combines proposals. Out: the largest proposal. In: only if every rule that speaks proposes it, to the largest of the
 * proposed sizes. What the silent ones forbid is the missing guard's to say.
 */
export function combine(rules: readonly RuleNumbers[], size: number): number {
  let out = size
  let into = 0
  let inside = false
  for (const { proposal } of rules) {
    if (proposal.kind === 'out') out = Math.max(out, proposal.size ?? size)
    if (proposal.kind === 'in') into = Math.max(into, proposal.size ?? size)
    if (proposal.kind === 'stay') inside = true
  }
  if (out > size) return out
  const speaking = rules.some(({ proposal }) => proposal.kind === 'in')
  return speaking && !inside ? Math.min(into, size) : size
}

/** The decision of one workload, grants still to come. `list`: the clamps to apply, in order. */
export function decide(one: Case, list: readonly Clamp[]): Decision {
  const { policy, record, now, counts } = one
  const rules = policy.rules.map((rule, i) => propose(rule, one.integrals[i], one))
  const combined = combine(rules, record.size)
  // A size above a lowered max is a request to go in, whatever the rules say.
  const wanted = record.size > policy.size.max ? Math.min(combined, policy.size.max) : combined
  const situation = situationOf(one, rules)
  const { size: granted, records } = applyClamps(wanted, situation, list)
  const bare = {
    workload: policy.workload,
    pool: policy.pool,
    at: now,
    ...policy.size,
    size: record.size,
    wanted: combined,
    granted,
    counts,
    rules,
    clamps: records,
    next: nextChanges(policy, record, now),
  }
  return { ...bare, reason: reasonOf(bare), sentence: '', alarms: alarmsOf(bare, one) }
}

export function situationOf(one: Case, rules: readonly RuleNumbers[]): Situation {
  const { policy, record, now } = one
  const guards = {
    ...(one.clockBehind !== undefined && { clockBehind: one.clockBehind }),
    ...(one.distrust !== undefined && { distrust: one.distrust }),
  }
  return { policy, record, now, rules, ...guards }
}

type Bare = Omit<Decision, 'reason' | 'sentence' | 'alarms'>

/** The code that says most about the outcome: the last clamp that bound, else what the rules said. */
export function reasonOf({ size, granted, clamps, rules, wanted, min, max }: Bare): ReasonCode {
  const last = clamps.at(-1)
  if (granted > size) return size < min && granted <= min ? 'below-min' : 'out-by-rule'
  if (granted < size)
    return last?.reason === 'pool-full' ? 'pool-full' : size > max ? 'above-max' : 'in-by-rule'
  if (last?.reason !== undefined) return last.reason
  if (wanted !== size) return 'inside-band'
  return quietReason(rules)
}

/** Why nothing was proposed, or why what was proposed did not carry. */
function quietReason(rules: readonly RuleNumbers[]): ReasonCode {
  if (rules.length === 0) return 'no-rules'
  const kinds = new Set(rules.map(({ proposal }) => proposal.kind))
  if (kinds.has('silent')) return 'missing'
  if (kinds.has('in')) return kinds.has('stay') ? 'rule-blocks-in' : 'at-min'
  if (rules.some(({ reading }) => reading === 'partial')) return 'partial'
  return rules.every(({ strategy }) => strategy === 'fixed') ? 'fixed' : 'inside-band'
}

function nextChanges(
  { out, in: into }: Policy,
  { lastOut, lastIn }: WorkloadRecord,
  now: number,
): Decision['next'] {
  const changes = [lastOut, lastIn].filter((at) => at !== undefined)
  if (changes.length === 0) return {}
  const last = Math.max(...changes)
  const nextIn = Math.max(last + into.wait, (lastOut ?? Number.NEGATIVE_INFINITY) + into.hold)
  return { ...(last + out.wait > now && { out: last + out.wait }), ...(nextIn > now && { in: nextIn }) }
}

function alarmsOf({ clamps, rules }: Bare, one: Case): string[] {
  const alarms: string[] = []
  const hot = rules.find(({ proposal }) => proposal.kind === 'out')
  if (hot !== undefined && one.record.size >= one.policy.size.max) {
    alarms.push(`at max (${one.policy.size.max}) and still hot: ${hot.proposal.why}`)
  }
  for (const rule of rules) {
    if (rule.reading === 'missing') alarms.push(`no reading for ${rule.name}: ${rule.detail}`)
  }
  if (one.distrust !== undefined) alarms.push(one.distrust)
  const clock = clamps.find(({ reason }) => reason === 'clock-behind')
  if (clock?.why !== undefined) alarms.push(clock.why)
  return alarms
}

/** The one sentence that says what was decided and why. */
export function sentenceOf(decision: Decision): string {
  const { workload, size, granted } = decision
  const moved = granted === size ? `${workload} stays at ${size}` : `${workload} ${size} -> ${granted}`
  const why = granted === size ? whyNot(decision) : whyMoved(decision)
  return `${moved}: ${why}`
}

function whyMoved({ size, granted, rules, clamps, reason, min, max }: Decision): string {
  if (reason === 'below-min') return `min is ${min}`
  if (reason === 'above-max') return `max was lowered to ${max}${bound(clamps)}`
  if (reason === 'pool-full') return clamps.at(-1)?.why ?? 'the pool is full'
  const kind = granted > size ? 'out' : 'in'
  const said = rules.filter(({ proposal }) => proposal.kind === kind).map(said1)
  return `${said.join(' and ')}${bound(clamps)}`
}

const said1 = ({ name, proposal }: RuleNumbers): string => `${name} ${proposal.why}`

function bound(clamps: readonly ClampRecord[]): string {
  const binding = clamps.filter(({ why }) => why !== undefined)
  if (binding.length === 0) return ''
  return ` (${binding.map(({ after, why }) => `held to ${after}: ${why}`).join('; ')})`
}

function whyNot({ size, wanted, rules, clamps, reason }: Decision): string {
  const last = clamps.at(-1)
  if (last?.why !== undefined && wanted !== size) return `the rules ask for ${wanted}, but ${last.why}`
  if (last?.why !== undefined) return last.why
  if (rules.length === 0) return 'no rules; it is kept between min and max'
  if (reason === 'rule-blocks-in') return blocked(rules)
  return rules.map(said1).join('; ')
}

function blocked(rules: readonly RuleNumbers[]): string {
  const blocking = rules.filter(({ proposal }) => proposal.kind === 'stay').map(said1)
  return `${blocking.join('; ')}, which blocks the scale-in that others propose`
}

/** "ready 3, starting 1", naming only what there is. */
export function countsInWords(counts: Counts): string {
  const named = Object.entries(counts).filter(([, amount]) => amount > 0)
  return named.length === 0 ? 'none' : named.map(([state, amount]) => `${state} ${figure(amount)}`).join(', ')
}
