import type { Proposal, Strategy } from '../strategies/strategy.ts'
import type { Policy, Rule } from './policy.ts'
import type { Integral } from './window.ts'
import { compared, figure } from './words.ts'

/** What a signal says of a workload that may sleep: it calls, it is calm, or nobody can tell. */
export type Signal = 'calls' | 'calm' | 'unknown'

type Known = Exclude<Integral, { kind: 'missing' }>

/** What a rule's signal says; undefined for a rule that has none. Of a partial reading only what it shows is believed. */
export function signalOf({ activate }: Rule, known: Known): Signal | undefined {
  if (activate === undefined) return undefined
  if (highest(known) > activate.above) return 'calls'
  return known.kind === 'whole' ? 'calm' : 'unknown'
}

/** The newest value or the mean, whichever is more: a wake-up does not wait for a window, and sleep does. */
const highest = ({ load, last = load }: Known): number => Math.max(load, last)

/** Whether the last instance may go too: something wakes the workload, and all that could is known to be calm. */
export function maySleep({ size, rules }: Policy, integrals: readonly (Integral | undefined)[]): boolean {
  if (size.min > 0) return false
  const signals = rules.flatMap((rule, at) => {
    if (rule.activate === undefined) return []
    const known = integrals[at]
    return known === undefined || known.kind === 'missing' ? ['unknown'] : [signalOf(rule, known)]
  })
  return signals.length > 0 && signals.every((signal) => signal === 'calm')
}

/** The strategy of a rule that is a signal and nothing else: while it calls, the last instance stays; the rest it leaves to others. */
export function signalOnly({ above, size }: NonNullable<Rule['activate']>): Strategy {
  return {
    type: 'activate',
    config: { above, size },
    band: { above },
    propose({ load, maySleep }) {
      if (maySleep === true) return { kind: 'in', size: 0, why: `${figure(load)} does not call for it` }
      return { kind: 'allow', why: `${figure(load)} bears on sleep alone` }
    },
    missing: (detail) => ({ kind: 'allow', why: `is missing (${detail})` }),
    says: () => ({}),
  }
}

/** What a rule with a signal says at size 0. What its strategy asks for at once is not made to wait for a first instance. */
export function waking(rule: Rule, known: Known, signal: Signal, proposal: Proposal): Proposal {
  const { above = 0, size = 1 } = rule.activate ?? {}
  if (signal === 'calls') {
    const [is, bound] = compared(highest(known), above)
    const more = proposal.kind === 'out' ? proposal.size : 0
    return { kind: 'out', size: Math.max(size, more), why: `${is} over ${bound} wakes it` }
  }
  const value = figure(highest(known))
  return { kind: 'stay', why: `${value} is not over ${figure(above)}, so it sleeps` }
}
