import { withAlarms } from '../decision/alarm-names.ts'
import type { Decision } from '../decision/decision.ts'
import type { Step } from '../decision/draft.ts'
import { lapsedEntry } from '../overrides/entries.ts'
import type { Deps } from './deps.ts'
import { tell } from './hand.ts'
import type { Looked } from './look.ts'

/**
 * Writes down what was decided and what was begun, into history, metrics and log. Nothing here can fail the tick. `undone`: why
 * nothing was begun. Answers the decisions as they are told.
 */
export function record(
  deps: Deps,
  { now, conclusion, lapsed }: Looked,
  undone: string | undefined,
): Decision[] {
  const told = conclusion.decisions.map((one) => (undone === undefined ? one : notDone(one, undone)))
  for (const decision of told) {
    deps.history.decided(decision)
    deps.observer.decided(decision)
  }
  if (undone !== undefined) return told
  for (const { override, why } of lapsed) tell(deps, lapsedEntry(override, why, now))
  for (const step of conclusion.steps) {
    deps.history.happened(outcomeOf(step, now))
    deps.observer.stepped(step)
  }
  return told
}

/** A plan that was not carried out: its decision says so instead of claiming a change. */
function notDone(decision: Decision, undone: string): Decision {
  const why = `${undone}, so nothing was done`
  const { workload, size } = decision
  const told: Decision = {
    ...decision,
    granted: size,
    reason: 'error',
    sentence: `${workload} stays at ${size}: ${why}`,
  }
  return withAlarms(told, { kind: 'not-saved', about: '', text: why })
}

function outcomeOf({ kind, subject, pool, workload, sentence }: Step, at: number) {
  const about = workload === undefined ? {} : { workload }
  return { at, step: kind, subject, pool, ...about, result: 'started' as const, sentence }
}
