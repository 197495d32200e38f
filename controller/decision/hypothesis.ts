import type { Amount } from '../strategies/strategy.ts'
import type { Decision, RuleNumbers } from './decision.ts'
import type { Policy, Rule } from './policy.ts'
import { propose } from './rules.ts'
import type { WorkloadRecord } from './waits.ts'
import type { Integral } from './window.ts'

/** The proposal that a rule makes at a load; undefined where it cannot be asked. */
export type Judge = ((load: number) => RuleNumbers['proposal']) | undefined

/** A rule of a decision as its policy has it now; undefined where that is not how it was judged. */
export function judgeOf(numbers: RuleNumbers, decision: Decision, policy: Policy | undefined): Judge {
  const ask = askerOf(numbers, decision, policy)
  return ask && ((load) => guarded(() => ask(load)))
}

/** A strategy that fails says nothing, as it does in a tick. */
function guarded(ask: () => RuleNumbers['proposal']): RuleNumbers['proposal'] {
  try {
    return ask()
  } catch (error) {
    return { kind: 'silent', why: `its strategy failed: ${error}` }
  }
}

function askerOf(numbers: RuleNumbers, decision: Decision, policy: Policy | undefined): Judge {
  const rule = policy?.rules.find(({ name }) => name === numbers.name)
  if (policy === undefined || rule === undefined || !isAsJudged(rule, numbers)) return undefined
  const { at, granted: size } = decision
  const rates = rememberedIn(numbers, at)
  const bearing = { policy, record: { size, rates }, counted: countedAfter(decision, numbers), now: at }
  const { coverage = 1, newest = at } = numbers
  if (rule.query === undefined) return () => propose(rule, undefined, bearing).proposal
  return (load) => {
    const series = { from: at - YEAR, to: at, parts: [{ from: at - YEAR, to: at, load }], coverage: 1 }
    const known = {
      kind: 'whole' as const,
      load,
      coverage,
      newest,
      last: load,
      series,
      ...asidesOf(numbers),
    }
    return propose(rule, known, bearing).proposal
  }
}

/** What else was asked stays as it is while other loads are asked about. */
function asidesOf({ asides, newest = 0 }: RuleNumbers): { asides?: Readonly<Record<string, Integral>> } {
  if (asides === undefined) return {}
  const same = Object.entries(asides).map(([name, aside]) => [name, integralOf(aside, newest)] as const)
  return { asides: Object.fromEntries(same) }
}

function integralOf(aside: Amount, newest: number): Integral {
  if (aside.kind === 'missing') return { kind: 'missing', reason: 'no-data', detail: aside.detail }
  return { kind: 'whole', load: aside.amount, coverage: 1, newest }
}

/** What an instance was held to be able to do is what it is held to be able to do at another load. */
function rememberedIn({ name, proposal: { rate } }: RuleNumbers, at: number): WorkloadRecord['rates'] & {} {
  if (rate === undefined) return {}
  const { each, atLeast } = rate
  return { [name]: { each, at, ...(atLeast === true && { atLeast }) } }
}

/** For strategies that look back: the load as if it had been the same for as long as they look. */
const YEAR = 31_536_000_000

const isAsJudged = ({ strategy: { type, band } }: Rule, numbers: RuleNumbers): boolean =>
  type === numbers.strategy && band.above === numbers.band.above && band.below === numbers.band.below

/** The instances that share the load once what was granted is there. */
export function countedAfter({ counts, size, granted }: Decision, { load, level }: RuleNumbers): number {
  const present = counts.ready + counts.starting
  const judged = load === undefined || level === undefined || level === 0 ? present : Math.round(load / level)
  return Math.max(0, judged + granted - size)
}
