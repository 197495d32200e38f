import type { Decision } from '../decision/decision.ts'
import type { Step } from '../decision/draft.ts'
import type { Deps } from './deps.ts'
import type { Looked } from './look.ts'

/** Writes down what was decided and what was begun, into history, metrics and log. Nothing here can fail the tick. */
export function record(deps: Deps, { now, conclusion }: Looked, saved: boolean): void {
  for (const decision of conclusion.decisions) {
    const told = saved ? decision : unsaved(decision)
    deps.history.decided(told)
    deps.observer.decided(told)
  }
  if (!saved) return
  for (const step of conclusion.steps) {
    deps.history.happened(outcomeOf(step, now))
    deps.observer.stepped(step)
  }
}

/** A plan that could not be made durable was not carried out; its decision says so instead of claiming a change. */
function unsaved(decision: Decision): Decision {
  const why = 'the state could not be saved, so nothing was done'
  const { workload, size, alarms } = decision
  return {
    ...decision,
    granted: size,
    reason: 'error',
    sentence: `${workload} stays at ${size}: ${why}`,
    alarms: [...alarms, why],
  }
}

function outcomeOf({ kind, subject, pool, workload, sentence }: Step, at: number) {
  const about = workload === undefined ? {} : { workload }
  return { at, step: kind, subject, pool, ...about, result: 'started' as const, sentence }
}
