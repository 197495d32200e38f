import { minMax, ratePerHour, sharePerTick, step } from './bounds.ts'
import type { Clamp } from './clamp.ts'
import {
  clockGuard,
  distrustGuard,
  firstSight,
  inHold,
  inWait,
  loweredMax,
  missingGuard,
  outWait,
} from './holds.ts'
import { override } from './override-clamp.ts'
import { schedule } from './schedule-clamp.ts'
import { veto } from './veto-clamp.ts'

/** The fixed order. Override and schedule follow the guard of the metrics, since they need none; grants follow min/max, in the plan. */
export const clamps: readonly Clamp[] = [
  veto,
  missingGuard,
  loweredMax,
  override,
  schedule,
  firstSight,
  clockGuard,
  distrustGuard,
  outWait,
  inWait,
  inHold,
  step,
  sharePerTick,
  ratePerHour,
  minMax,
]

/**
 * What a grant smaller than the present size has to keep to. It asks nobody below min, and nobody who is not sure of its
 * own instances or of the time (`isFirm`), so those clamps would have nothing to do here.
 */
export const shrinkClamps: readonly Clamp[] = [step, sharePerTick, ratePerHour]
