import type { Guards } from '../../../controller/decision/conclude.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import { aPolicy } from './builders.ts'

/** A small world, what has to come of it, and the guard without which something else would. */
export interface Example {
  /** The guard's name, as `list: name` where it is one of a list. */
  needs: string
  sentence: string
  outcome(judgement: Guards): unknown
  expected: unknown
}

/** Nothing in it holds anything up, so that it is the guard that shows. */
export const loose = (given: Partial<Policy> = {}): Policy =>
  aPolicy({
    size: { min: 2, max: 20 },
    out: { step: 20, wait: 0, perHour: { count: 99, share: 9 } },
    in: { step: 20, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
    ...given,
  })
