import type { Direction } from '../strategies/strategy.ts'
import type { Decision, RuleNumbers } from './decision.ts'
import { countedAfter, type Judge, judgeOf } from './hypothesis.ts'
import { laidOver } from './laid-over.ts'
import type { Policy } from './policy.ts'
import { boundOf, type Judgement } from './turning-point.ts'

/**
 * What a rule would have to see for a direction. `bound` is the turning point of its level, as its own strategy judges it if the load
 * stayed there; `change` is by what share of the load that is away from now (0.09: 9 % more).
 */
export type Condition =
  | { rule: string; unit: string; kind: 'bound'; bound: number; now: number; change?: number }
  | { rule: string; unit: string; kind: 'met' | 'never' | 'unknown'; why: string }

/** What stands between now and a step in one direction. */
export interface Way {
  direction: Direction
  /** Why there is none, such as the max. */
  closed?: string
  /** Why it goes there whatever the rules say: hand or calendar ask for it. */
  asked?: string
  /** Going out takes one of them, going in takes all. */
  conditions: readonly Condition[]
  /** Vetoes that forbid it now, and where they would cease to. */
  vetoes: readonly Condition[]
  /** Epoch ms; absent when no wait is under way. */
  notBefore?: { at: number; why: string }
  /** Other clamps that hold it at present, with their ends (epoch ms) where those are known. */
  held: readonly { clamp: string; why: string; until?: number }[]
}

/**
 * What would have to change for the next step after a decision. Each rule is asked itself, with other loads, as it stands in the
 * policy; where it does not stand there as it was judged, nothing is claimed. `lastOut`: when it last went out (epoch ms), if
 * that is known. Pure.
 */
export function nextSteps(
  decision: Decision,
  policy: Policy | undefined,
  lastOut?: number,
): { out: Way; in: Way } {
  return { out: way('out', decision, policy, lastOut), in: way('in', decision, policy, lastOut) }
}

function way(
  direction: Direction,
  decision: Decision,
  policy: Policy | undefined,
  lastOut: number | undefined,
): Way {
  const laid = policy === undefined ? undefined : laidOver(direction, decision, policy)
  const closed = closedBy(direction, decision) ?? (laid?.kind === 'closed' ? laid.why : undefined)
  const wait = waitOf(direction, decision, policy, lastOut)
  const rules = decision.rules.map((numbers) => ({ numbers, judge: judgeOf(numbers, decision, policy) }))
  const isVeto = ({ numbers }: { numbers: RuleNumbers }): boolean =>
    numbers.proposal.kind === 'forbid' || numbers.proposal.kind === 'allow'
  return {
    direction,
    ...(closed !== undefined && { closed }),
    ...(laid?.kind === 'asked' && { asked: laid.why }),
    conditions: rules
      .filter((rule) => !isVeto(rule))
      .map(({ numbers, judge }) => conditionOf(direction, numbers, judge, decision)),
    vetoes: rules
      .filter(({ numbers }) => numbers.proposal.forbids?.includes(direction) === true)
      .map(({ numbers, judge }) => releaseOf(direction, numbers, judge)),
    ...(wait !== undefined && { notBefore: wait }),
    held: heldBy(direction, decision),
  }
}

function closedBy(direction: Direction, { granted, min, max }: Decision): string | undefined {
  if (direction === 'out' && granted >= max) return `max is ${max}`
  if (direction === 'in' && granted <= min) return `min is ${min}`
  return undefined
}

/** Which wait binds: the clamp that says so, else the one whose length fits. */
function waitOf(
  direction: Direction,
  { next, clamps }: Decision,
  policy: Policy | undefined,
  lastOut: number | undefined,
): Way['notBefore'] {
  const at = next[direction]
  if (at === undefined) return undefined
  const named = clamps.find(({ until }) => until === at)
  if (named !== undefined) return { at, why: named.clamp }
  if (direction === 'out') return { at, why: 'out.wait' }
  const hold = policy?.in.hold
  if (hold === undefined || lastOut === undefined) return { at, why: 'in.wait or in.hold' }
  return { at, why: at === lastOut + hold ? 'in.hold' : 'in.wait' }
}

/** Vetoes and the wait are told apart from the rest. */
function heldBy(direction: Direction, { clamps, next }: Decision): Way['held'] {
  const isAgainst = (before: number, after: number): boolean =>
    direction === 'out' ? after < before : after > before
  return clamps
    .filter(({ before, after, until, reason }) => {
      const isTold = reason === 'veto' || (until !== undefined && until === next[direction])
      return isAgainst(before, after) && !isTold
    })
    .map(({ clamp, why, until }) => ({ clamp, why, ...(until !== undefined && { until }) }))
}

function conditionOf(
  direction: Direction,
  numbers: RuleNumbers,
  judge: Judge,
  decision: Decision,
): Condition {
  const about = { rule: numbers.name, unit: numbers.unit }
  const { reading, detail, load } = numbers
  if (reading === 'missing' || (reading === 'partial' && direction === 'in'))
    return { ...about, kind: 'unknown', why: `its reading is ${reading} (${detail})` }
  if (judge === undefined) return { ...about, kind: 'unknown', why: 'the policy judges it otherwise by now' }
  const judgement: Judgement = (at) => judge(at).kind === direction
  return pointOf(
    about,
    judgement,
    load,
    countedAfter(decision, numbers),
    direction,
    () => judge(load ?? 0).why,
  )
}

/** Where a veto would cease to forbid. Its own value is judged, and not a share of it. */
function releaseOf(direction: Direction, numbers: RuleNumbers, judge: Judge): Condition {
  const about = { rule: numbers.name, unit: numbers.unit }
  const { load, proposal } = numbers
  if (judge === undefined || load === undefined) return { ...about, kind: 'unknown', why: proposal.why }
  const forbids: Judgement = (at) => judge(at).forbids?.includes(direction) === true
  const bound = boundOf((at) => !forbids(at), load, 'in') ?? boundOf((at) => !forbids(at), load, 'out')
  return bound === undefined
    ? { ...about, kind: 'never', why: proposal.why }
    : { ...about, kind: 'bound', bound, now: load }
}

function pointOf(
  about: Pick<Condition, 'rule' | 'unit'>,
  judgement: Judgement,
  load: number | undefined,
  counted: number,
  direction: Direction,
  why: () => string,
): Condition {
  const from = load ?? 0
  if (judgement(from)) return { ...about, kind: 'met', why: why() }
  const bound = boundOf(judgement, from, direction)
  if (bound === undefined || load === undefined || counted === 0)
    return { ...about, kind: 'never', why: why() }
  const change = load === 0 ? {} : { change: bound / load - 1 }
  return { ...about, kind: 'bound', bound: bound / counted, now: load / counted, ...change }
}
