import type { RuleNumbers } from './decision.ts'
import type { WorkloadRecord } from './waits.ts'

/** Fewer instances that were granted by way of trial at `at` (epoch ms). */
export interface TrialRecord {
  from: number
  to: number
  at: number
}

/**
 * Records which rules went in by way of trial at `now`, from `size` to what was granted. It outlives restarts, since one that failed is
 * not to be repeated soon. Of rules that are gone nothing is kept.
 */
export function recordTrials(
  record: WorkloadRecord,
  rules: readonly Pick<RuleNumbers, 'name' | 'proposal'>[],
  { size, granted }: { size: number; granted: number },
  now: number,
): WorkloadRecord {
  const { trials: former = {}, ...rest } = record
  const trials: Record<string, TrialRecord> = {}
  for (const { name, proposal } of rules) {
    const old = Object.hasOwn(former, name) ? former[name] : undefined
    if (proposal.trial === true && granted < size) trials[name] = { from: size, to: granted, at: now }
    else if (old !== undefined) trials[name] = old
  }
  return Object.keys(trials).length === 0 ? rest : { ...rest, trials }
}
