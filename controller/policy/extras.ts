import { sayStep, stepSize } from '../decision/step.ts'
import type { Glimpse, GlimpsedRule } from './glimpse.ts'
import type { Fault } from './problem.ts'

/** What of `onMissing` and `activate` could never apply to a workload of this size. */
export function extraFaults({ size, steps, rules }: Glimpse): Fault[] {
  if (size === undefined) return []
  return rules.flatMap((rule, at) => {
    const faults = [...floorFaults(rule, size), ...activateFaults(rule, size, steps)]
    return faults.map(({ path, message }) => ({ path: ['rules', at, ...path], message }))
  })
}

function floorFaults({ onMissing }: GlimpsedRule, { min, max }: NonNullable<Glimpse['size']>): Fault[] {
  const path = ['onMissing', 'floor']
  const floor = onMissing?.floor
  if (floor === undefined) return []
  if (floor > max) return [{ path, message: `floor (${floor}) is over the workload's max (${max})` }]
  if (floor > min) return []
  return [
    { path, message: `floor (${floor}) is not over the workload's min (${min}), so it would never apply` },
  ]
}

function activateFaults(
  { activate }: GlimpsedRule,
  { min, max }: NonNullable<Glimpse['size']>,
  steps: Glimpse['steps'],
): Fault[] {
  if (activate === undefined) return []
  if (min > 0) {
    const message = `would never apply: size.min is ${min}, and only a workload with a min of 0 sleeps`
    return [{ path: ['activate'], message }]
  }
  const path = ['activate', 'size']
  const { size } = activate
  if (size > max) return [{ path, message: `size (${size}) is over the workload's max (${max})` }]
  const step = steps.out ?? 1
  if (size <= stepSize(step, 0, 'out')) return []
  return [
    {
      path,
      message: `size (${size}) is more than out.step (${sayStep(step)}) allows from 0: raise out.step`,
    },
  ]
}
