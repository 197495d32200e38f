import type { Policy } from '../decision/policy.ts'
import type { Problem } from './problem.ts'

/** What reading the policies comes to: all of them, or everything that is wrong. `disabled`: workloads whose policies say so. */
export type PolicyLoad =
  | { kind: 'loaded'; policies: readonly Policy[]; disabled?: readonly string[] }
  | { kind: 'refused'; problems: readonly Problem[] }

/** The policies in force. */
export interface HeldPolicies {
  /** In force, and the same for the whole of a tick. */
  current(): readonly Policy[]
  /** What the next tick goes by. */
  latest(): readonly Policy[]
  /** Takes what was read. Only a set that is sound as a whole comes into force; otherwise the last good one stays. */
  offer(load: PolicyLoad): void
  /** A tick begins: what was offered last comes into force. Answers whether that is another set than before. */
  advance(): boolean
}

export function holdPolicies(first: readonly Policy[]): HeldPolicies {
  let current = first
  let latest = first
  return {
    current: () => current,
    latest: () => latest,
    offer(load) {
      if (load.kind === 'loaded') latest = load.policies
    },
    advance() {
      const isOther = current !== latest
      current = latest
      return isOther
    },
  }
}
