import { maySleep } from './activate.ts'
import { heldAlarms } from './alarm-names.ts'
import { alarmsOf } from './alarms.ts'
import { applyClamps, type Clamp, type Situation } from './clamp.ts'
import type { Decision, Judged, RuleNumbers } from './decision.ts'
import type { Counts, Instance } from './fleet.ts'
import { pauseAmong, pinAmong } from './override-clamp.ts'
import type { Override } from './overrides.ts'
import type { Policy, Pool } from './policy.ts'
import type { Quarantine } from './quarantine.ts'
import type { ReasonCode } from './reason.ts'
import { requestOf } from './request.ts'
import { type Bearing, combine, propose, silent, votes } from './rules.ts'
import type { Scheduled } from './schedule.ts'
import { sentenceOf } from './sentence.ts'
import { recordSize, type WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'

/** All that a decision about one workload rests on. */
export interface Case {
  policy: Policy
  pool: Pool
  now: number
  record: WorkloadRecord
  counts: Counts
  /** The instances that share the load, born or ordered. */
  counted: number
  /** One per rule of the policy, in its order; absent for rules that measure nothing. */
  integrals: readonly (Integral | undefined)[]
  /** By how many ms the wall clock is behind the last record. */
  clockBehind?: number
  /** Why nothing may be deleted, as a sentence. */
  distrust?: string
  /** How many of its instances cannot be judged by their metric, and why, as a sentence. */
  unknown?: string
  /** The operator's words that bind this workload now, oldest first. */
  overrides?: readonly Override[]
  /** What the policy's schedule says now. */
  scheduled?: Scheduled
}

/** A workload on its way through the plan: its case and decision, and its instances. */
export interface Settled {
  one: Case
  decision: Decision
  instances: readonly Instance[]
  alive: readonly Instance[]
}

/** The decision of one workload, grants still to come. `list`: the clamps to apply, in order. */
export function decide(one: Case, list: readonly Clamp[], quarantine: Quarantine): Decision {
  const { policy, record, now, counts } = one
  const bearing: Bearing = { ...one, maySleep: maySleep(policy, one.integrals) }
  const rules = policy.rules.map((rule, i) =>
    quarantine(
      () => propose(rule, one.integrals[i], bearing),
      (error) => silent(rule, `its strategy failed: ${error}`),
    ),
  )
  const wanted = combine(rules, record.size)
  const { size: granted, records: clamps } = applyClamps(wanted, situationOf(one, rules), list)
  const { workload, pool, size } = policy
  const about = { workload, pool, at: now, ...size, size: record.size, ...laidOver(one) }
  return inWords({ ...about, wanted, granted, counts, rules, clamps }, one)
}

function laidOver({ overrides = [], scheduled }: Case): Pick<Decision, 'overrides' | 'scheduled'> {
  return { ...(overrides.length > 0 && { overrides }), ...(scheduled !== undefined && { scheduled }) }
}

export function situationOf(one: Case, rules: readonly RuleNumbers[]): Situation {
  const { policy, record, now, clockBehind, distrust, overrides, scheduled } = one
  return {
    policy,
    record,
    now,
    rules,
    ...(clockBehind !== undefined && { clockBehind }),
    ...(distrust !== undefined && { distrust }),
    ...(overrides !== undefined && { overrides }),
    ...(scheduled !== undefined && { scheduled }),
  }
}

/** The whole decision: what was concluded, with the code, the sentence and the alarms that follow from it. Former alarms go. */
export function inWords(
  { alarmNames: _former, ...judged }: Judged & Pick<Decision, 'alarmNames'>,
  one: Case,
): Decision {
  const reason = reasonOf(judged)
  const plain = sentenceOf(judged, reason)
  const { distrust = '' } = one
  const sentence = plain.includes(distrust) ? plain : `${plain}; ${distrust}`
  return { ...judged, reason, sentence, next: nextChanges(judged, one), ...heldAlarms(alarmsOf(judged, one)) }
}

/** The code that says most about the outcome: what moved the size, else the last clamp that held it, else what the rules said. */
function reasonOf(judged: Judged): ReasonCode {
  const { size, granted, wanted, clamps, min, max } = judged
  if (granted > size && granted === min) return 'below-min'
  if (granted !== size) return movedBy(judged)
  const stillness = stilledBy(judged)
  if (stillness !== undefined) return stillness
  // At a bound the bound is what matters, and not the wait that happens to be under way as well.
  // What hand or calendar ask for is another matter than what the rules do.
  const isByRules = requestOf(judged) === undefined
  if (size === min && wanted < size && isByRules) return 'at-min'
  if (size === max && wanted > size && isByRules) return 'at-max'
  return clamps.at(-1)?.reason ?? quietReason(judged)
}

/** A pin is what moves the size also where the rules would have gone there by themselves. */
function movedBy(judged: Judged): ReasonCode {
  const request = requestOf(judged)
  if (request !== undefined) return request.reason
  if (pinAmong(judged.overrides) !== undefined) return 'pinned'
  if (judged.granted < judged.size) return 'in-by-rule'
  const out = judged.rules.filter(({ proposal }) => proposal.kind === 'out')
  const isBlind = out.length > 0 && out.every(({ reading }) => reading === 'missing')
  return isBlind ? 'blind-floor' : 'out-by-rule'
}

/** The hand that keeps the size where it is, whether or not anything would move it. */
function stilledBy({ overrides, clamps }: Judged): ReasonCode | undefined {
  if (pauseAmong(overrides) !== undefined) return 'paused'
  const last = clamps.at(-1)?.reason ?? 'pinned'
  return pinAmong(overrides) !== undefined && last === 'pinned' ? 'pinned' : undefined
}

/** Why nothing was proposed, or why what was proposed did not carry. */
function quietReason({ rules, size }: Judged): ReasonCode {
  if (rules.length === 0) return 'no-rules'
  const voters = rules.filter((rule) => votes(rule) || (size === 0 && rule.signal !== undefined))
  if (voters.some(({ reading }) => reading === 'missing')) return 'missing'
  if (size === 0 && voters.some(sleeps)) return 'asleep'
  if (voters.some(({ proposal }) => proposal.kind === 'in')) return 'rule-blocks-in'
  if (voters.some(({ reading }) => reading === 'partial')) return 'partial'
  const isFixed = voters.length > 0 && voters.every(({ strategy }) => strategy === 'fixed')
  return isFixed ? 'fixed' : 'inside-band'
}

/** Of a workload of size 0: the rule would wake it, or cannot be measured until something does. */
const sleeps = ({ signal, reading, proposal }: RuleNumbers): boolean =>
  signal !== undefined || (reading === 'none' && proposal.kind === 'silent')

/** The earliest times of the next change, as if what was just granted is remembered. */
function nextChanges({ granted, rules }: Judged, { policy, record, now }: Case): Decision['next'] {
  const { lastOut, lastIn } = recordSize(record, granted, now)
  const never = Number.NEGATIVE_INFINITY
  const last = Math.max(lastOut ?? never, lastIn ?? never)
  const out = last + policy.out.wait
  const into = Math.max(last + policy.in.wait, (lastOut ?? never) + policy.in.hold)
  // Waking does not wait.
  const waits = granted > 0 || rules.every(({ signal }) => signal === undefined)
  return { ...(out > now && waits && { out }), ...(into > now && granted > 0 && { in: into }) }
}
