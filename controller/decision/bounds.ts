import type { Clamp } from './clamp.ts'
import type { Policy, Rate } from './policy.ts'
import { leastAsked } from './schedule-clamp.ts'
import { sayStepOf, stepSize } from './step.ts'
import { extremes } from './waits.ts'

/** At most `out.step` more or `in.step` less than the last granted size. */
export const step: Clamp = {
  name: 'step',
  apply(size, { policy, record }) {
    const { size: present } = record
    const most = present + stepSize(policy.out.step, present, 'out')
    if (size > most) {
      return { size: most, reason: 'step', why: `out.step is ${sayStepOf(policy.out.step, present)}` }
    }
    const least = present - stepSize(policy.in.step, present, 'in')
    if (size >= least) return undefined
    return { size: least, reason: 'step', why: `in.step is ${sayStepOf(policy.in.step, present)}` }
  },
}

/** How many of so many instances may go in one tick: a share of them, at least one. */
export const mostAtOnce = (policy: Policy, instances: number): number =>
  Math.max(1, Math.floor(policy.in.sharePerTick * instances))

/** At most a share of the workload's instances goes in one tick. */
export const sharePerTick: Clamp = {
  name: 'share',
  apply(size, { policy, record }) {
    const most = mostAtOnce(policy, record.size)
    if (size >= record.size - most) return undefined
    const why = `at most ${most} of ${record.size} may go in one tick`
    return { size: record.size - most, reason: 'share-per-tick', why }
  },
}

/**
 * The trailing hour's peak and trough bound how far the size may move. A trough under the present min, or under what hand or
 * calendar ask for, does not count, since a raise to that is not a growth by load: a night of 2 must not keep an evening with a
 * min of 6 from growing.
 */
export const ratePerHour: Clamp = {
  name: 'rate',
  apply(size, situation) {
    const { policy, record, now } = situation
    const { peak, trough } = extremes(record, now)
    const least = Math.max(trough, policy.size.min, Math.min(leastAsked(situation), policy.size.max))
    const floor = Math.min(record.size, peak - allowance(policy.in.perHour, peak))
    const ceiling = Math.max(record.size, least + allowance(policy.out.perHour, least))
    if (size < floor) {
      const why = `in.perHour allows no less than ${floor} after ${peak} within the hour`
      return { size: floor, reason: 'rate-per-hour', why }
    }
    if (size <= ceiling) return undefined
    const why = `out.perHour allows no more than ${ceiling} after ${least} within the hour`
    return { size: ceiling, reason: 'rate-per-hour', why }
  },
}

export function allowance({ count, share }: Rate, base: number): number {
  return Math.max(count, Math.floor(share * base))
}

/**
 * Promise 3. Raises to min, whatever the waits say, and forbids growth above max. A size that is above a lowered max is not
 * cut at once: the request to go in has to keep to step, share and rate like any other.
 */
export const minMax: Clamp = {
  name: 'min/max',
  apply(size, { policy, record }) {
    const { min, max } = policy.size
    if (size < min)
      return { size: min, reason: record.size < min ? 'below-min' : 'at-min', why: `min is ${min}` }
    const ceiling = Math.max(max, Math.min(size, record.size))
    if (size <= ceiling) return undefined
    return { size: ceiling, reason: 'at-max', why: `max is ${max}` }
  },
}
