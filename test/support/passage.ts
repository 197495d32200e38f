import type { Decision } from '../../controller/decision/decision.ts'
import type { Policy, Pool, Rule } from '../../controller/decision/policy.ts'
import type { Question, Reading } from '../../controller/decision/reading.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import type { Census } from './census.ts'
import { type Ledger, readyAt } from './ledger.ts'
import { type Worth, worthOf } from './naive.ts'
import type { Terms } from './some-policy.ts'
import { type Asked, askedOf } from './spoken.ts'

/** One tick as an onlooker sees it: who was there before it, what sources answered, and what it led to. */
export interface Moment {
  now: number
  pool: Pool
  policies: readonly Policy[]
  before: StoreState
  after: StoreState
  decisions: readonly Decision[]
  /** The provider did not answer. */
  isBlind: boolean
  /** The pool has room for all that is ever asked of it. */
  isRoomy: boolean
  /** By text of the query. */
  answers: ReadonlyMap<string, { question: Question; reading: Reading }>
  census: ReadonlyMap<string, Census>
  /** By text of the query. */
  terms: ReadonlyMap<string, Terms>
}

/** A rule, and what its metric was worth: over its window, and over the window by which it goes out. */
export interface Verdict {
  rule: Rule
  terms: Terms
  worth: Worth
  recent: Worth
}

/** What one workload went through in a tick. */
export interface Passage {
  moment: Moment
  policy: Policy
  decision: Decision
  ledger: Ledger
  census: Census
  former: number
  size: number
  /** Ready, starting and those that this tick replaces. */
  counted: number
  verdicts: readonly Verdict[]
  /** What operator and calendar ask for. */
  asked: Asked
}

/** Undefined when the tick has said nothing of the workload. */
export function passage(moment: Moment, policy: Policy, ledger: Ledger): Passage | undefined {
  const { decisions, after, census: all, now } = moment
  const decision = decisions.find(({ workload }) => workload === policy.workload)
  const census = all.get(policy.workload)
  if (decision === undefined || census === undefined) return undefined
  const former = ledger.sizes.at(-1)?.size ?? decision.size
  const size = after.workloads[policy.workload]?.size ?? former
  const counted = countedOf(census, former, isDoubted(moment, census))
  const verdicts = verdictsOf(moment, policy, census, ledger)
  const asked = askedOf(policy, moment.before.overrides, now)
  return { moment, policy, decision, ledger, census, former, size, counted, verdicts, asked }
}

function verdictsOf({ answers, terms: all, now }: Moment, policy: Policy, census: Census, ledger: Ledger) {
  const there = { ready: census.names, readyAt: readyAt(ledger, now, census.ready) }
  return policy.rules.flatMap((rule): Verdict[] => {
    const text = rule.query?.text ?? ''
    const [terms, answer] = [all.get(text), answers.get(text)]
    if (terms === undefined) return []
    const over = (window: number): Worth =>
      answer === undefined
        ? { kind: 'missing' }
        : worthOf(answer.question, answer.reading, there, rule.coverage, window)
    const worth = over(rule.window)
    return [{ rule, terms, worth, recent: terms.kind === 'target' ? over(terms.window) : worth }]
  })
}

/** One that moves and its replacement are there both for a while, and share the load as one. */
function countedOf(census: Census, size: number, doubted: boolean): number {
  const { ready, starting, unready, dead, gone, moving } = census
  const alive = ready + starting + unready
  const replaced = doubted ? 0 : Math.min(dead + gone, Math.max(0, size - alive))
  const twice = Math.min(moving, Math.max(0, alive - size))
  return ready + starting + replaced - twice
}

export function isDoubted({ census: all, pool }: Moment, own: Census): boolean {
  const sum = { dead: 0, of: 0 }
  for (const { dead, ready, unready } of all.values()) {
    sum.dead += dead
    sum.of += dead + ready + unready
  }
  const isMost = (dead: number, of: number): boolean => dead > 1 && dead > pool.distrustShare * of
  return isMost(own.dead, own.dead + own.ready + own.unready) || isMost(sum.dead, sum.of)
}

/** Answers what was not as promised. */
export type Check = (one: Passage) => string[]

export const isFirst = ({ ledger }: Passage): boolean => ledger.sizes.length === 0

/** What the load is at the least: of what is not whole, all that is absent counts as nothing. */
export const loadOf = (worth: Worth, isWhole = worth.kind === 'whole'): number | undefined =>
  worth.kind === 'missing' ? undefined : isWhole ? worth.load : worth.least

/** How many it needs by its rule, or undefined where it asks for no more. `isSure`: also where a dead-band is as wide as here. */
export function needOf({ terms, worth, recent }: Verdict, one: Passage, isSure = false): number | undefined {
  const { counted, former } = one
  if (terms.kind === 'veto') return undefined
  const load = loadOf(recent, worth.kind === 'whole' && !isSure)
  if (load === undefined) return undefined
  if (terms.kind === 'band') return counted > 0 && load / counted > terms.above ? former + 1 : undefined
  const present = counted === 0 ? former : Math.min(counted, former)
  const need = Math.ceil(load / terms.level - 1e-9)
  if (need <= present || (isSure && load / terms.level <= 1.2 * present)) return undefined
  return former + need - present
}

/** Sizes that need no metrics to go in: above a lowered max, by hand or calendar, or for an unmet min of another. */
export const isForced = ({ former, policy, moment, asked }: Passage): boolean =>
  former > policy.size.max || former > asked.ceiling || (!moment.isRoomy && isAnyShort(moment))

export const isAnyShort = ({ policies, census }: Moment): boolean =>
  policies.some(({ workload, size }) => {
    const { ready = 0, starting = 0, unready = 0 } = census.get(workload) ?? {}
    return ready + starting + unready < size.min
  })
