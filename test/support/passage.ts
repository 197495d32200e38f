import type { Decision } from '../../controller/decision/decision.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Question, Reading } from '../../controller/decision/reading.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import type { Census } from './census.ts'
import { type Ledger, readyAt } from './ledger.ts'
import { type Worth, worthOf } from './naive.ts'

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
  worths: readonly Worth[]
}

/** Undefined when the tick has said nothing of the workload. */
export function passage(moment: Moment, policy: Policy, ledger: Ledger): Passage | undefined {
  const { decisions, after, census: all, now, answers } = moment
  const decision = decisions.find(({ workload }) => workload === policy.workload)
  const census = all.get(policy.workload)
  if (decision === undefined || census === undefined) return undefined
  const former = ledger.sizes.at(-1)?.size ?? decision.size
  const size = after.workloads[policy.workload]?.size ?? former
  const there = { ready: census.names, readyAt: readyAt(ledger, now, census.ready) }
  const worths = policy.rules.map(({ query, coverage }): Worth => {
    const answer = answers.get(query?.text ?? '')
    if (answer === undefined) return { kind: 'missing' }
    return worthOf(answer.question, answer.reading, there, coverage)
  })
  const counted = countedOf(census, former, isDoubted(moment, census))
  return { moment, policy, decision, ledger, census, former, size, counted, worths }
}

function countedOf({ ready, starting, unready, dead, gone }: Census, size: number, doubted: boolean): number {
  const lacking = Math.max(0, size - ready - starting - unready)
  return ready + starting + (doubted ? 0 : Math.min(dead + gone, lacking))
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
export const levelOf = (worth: Worth, counted: number): number | undefined =>
  worth.kind === 'missing' ? undefined : (worth.kind === 'whole' ? worth.load : worth.least) / counted

/** A size that is above a lowered max goes in without metrics; so does one that gives to an unmet min of another. */
export const isForced = ({ former, policy, moment }: Passage): boolean =>
  former > policy.size.max || (!moment.isRoomy && isAnyShort(moment))

export const isAnyShort = ({ policies, census }: Moment): boolean =>
  policies.some(({ workload, size }) => {
    const { ready = 0, starting = 0, unready = 0 } = census.get(workload) ?? {}
    return ready + starting + unready < size.min
  })
