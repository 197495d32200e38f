import type { Policy } from '../decision/policy.ts'
import type { Problem } from './problem.ts'

/** What reading the policies comes to: all of them, or everything that is wrong. */
export type PolicyLoad =
  | { kind: 'loaded'; policies: readonly Policy[] }
  | { kind: 'refused'; problems: readonly Problem[] }

/** The policies in force. */
export interface HeldPolicies {
  current(): readonly Policy[]
  /** Reads again. Only a set that is sound as a whole comes into force; otherwise the last good one stays. */
  reload(): PolicyLoad
}

export function holdPolicies(first: readonly Policy[], load: () => PolicyLoad): HeldPolicies {
  let policies = first
  return {
    current: () => policies,
    reload() {
      const outcome = load()
      if (outcome.kind === 'loaded') policies = outcome.policies
      return outcome
    },
  }
}
