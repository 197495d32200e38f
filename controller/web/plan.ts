import type { Decision } from '../decision/decision.ts'
import type { Step } from '../decision/draft.ts'
import type { Looked } from '../loop/look.ts'

/** What a tick would do now. */
export interface Plan {
  at: number
  decisions: readonly Decision[]
  steps: readonly Step[]
}

export function planOf({ now, conclusion }: Looked): Plan {
  const { decisions, steps } = conclusion
  return { at: now, decisions, steps }
}

/** The plan as an operator reads it: why, then what. */
export function planLines({ decisions, steps }: Plan): string[] {
  const why = decisions.map(({ sentence }) => sentence)
  if (steps.length === 0) return [...why, '', 'Nothing to do.']
  return [...why, '', 'It would do this now:', ...steps.map(({ sentence }) => `  ${sentence}`)]
}
