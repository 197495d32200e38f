import type { ClampRecord, RuleNumbers } from './decision.ts'
import type { Policy, Rate } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import { extremes, type WorkloadRecord } from './waits.ts'
import { duration } from './words.ts'

/** What clamps look at. */
export interface Situation {
  policy: Policy
  record: WorkloadRecord
  now: number
  rules: readonly RuleNumbers[]
  /** Wall clock minus that of the last record, when it is negative. */
  clockBehind?: number
  /** Promise 7 holds deletions. */
  distrust?: string
}

export interface Clamped {
  size: number
  reason: ReasonCode
  why: string
  /** Epoch ms until which the clamp binds, where it is known. */
  until?: number
}

/** A clamp looks at a size and either lets it pass (undefined) or puts another in its place, with the reason. */
export interface Clamp {
  name: string
  apply(size: number, situation: Situation): Clamped | undefined
}

const lastChange = ({ lastOut, lastIn }: WorkloadRecord): number | undefined => {
  if (lastOut === undefined) return lastIn
  return lastIn === undefined ? lastOut : Math.max(lastOut, lastIn)
}

/** Promise 1: no scale-in by metrics without covered, fresh, whole readings. A lowered max needs no metrics. */
export const missingGuard: Clamp = {
  name: 'missing',
  apply(size, { policy, record, rules }) {
    const floor = Math.min(record.size, policy.size.max)
    const flawed = rules.find(({ reading }) => reading === 'missing' || reading === 'partial')
    if (size >= floor || flawed === undefined) return undefined
    const reason = flawed.reading === 'missing' ? 'missing' : 'partial'
    return { size: floor, reason, why: `${flawed.name} is ${flawed.reading} (${flawed.detail})` }
  },
}

/** Rule 11: with the wall clock behind the last record no wait can be trusted, so nothing goes in. */
export const clockGuard: Clamp = {
  name: 'clock',
  apply(size, { record, clockBehind }) {
    if (size >= record.size || clockBehind === undefined) return undefined
    return {
      size: record.size,
      reason: 'clock-behind',
      why: `the clock is ${duration(clockBehind)} behind the last record`,
    }
  },
}

/** Promise 7: deletions stop while many look dead at once. */
export const distrustGuard: Clamp = {
  name: 'distrust',
  apply(size, { record, distrust }) {
    if (size >= record.size || distrust === undefined) return undefined
    return { size: record.size, reason: 'distrust', why: distrust }
  },
}

/** `out.wait` after any change before the next out. */
export const outWait: Clamp = {
  name: 'out.wait',
  apply(size, { policy, record, now }) {
    const changed = lastChange(record)
    if (size <= record.size || changed === undefined || now >= changed + policy.out.wait) return undefined
    const until = changed + policy.out.wait
    return { size: record.size, reason: 'wait-out', why: waiting(policy.out.wait, changed, now), until }
  },
}

/** `in.wait` after any change before the next in. */
export const inWait: Clamp = {
  name: 'in.wait',
  apply(size, { policy, record, now }) {
    const changed = lastChange(record)
    if (size >= record.size || changed === undefined || now >= changed + policy.in.wait) return undefined
    const until = changed + policy.in.wait
    return { size: record.size, reason: 'wait-in', why: waiting(policy.in.wait, changed, now), until }
  },
}

/** `in.hold` after an out before any in. */
export const inHold: Clamp = {
  name: 'in.hold',
  apply(size, { policy, record, now }) {
    const { lastOut } = record
    if (size >= record.size || lastOut === undefined || now >= lastOut + policy.in.hold) return undefined
    const until = lastOut + policy.in.hold
    return { size: record.size, reason: 'hold-in', why: holding(policy.in.hold, lastOut, now), until }
  },
}

/** At most `out.step` more or `in.step` less than the last granted size. */
export const step: Clamp = {
  name: 'step',
  apply(size, { policy, record }) {
    if (size > record.size + policy.out.step) {
      return {
        size: record.size + policy.out.step,
        reason: 'step',
        why: `steps out are of ${policy.out.step}`,
      }
    }
    if (size < record.size - policy.in.step) {
      return { size: record.size - policy.in.step, reason: 'step', why: `steps in are of ${policy.in.step}` }
    }
    return undefined
  },
}

/** At most a share of the workload's instances (at least 1) goes in one tick. */
export const sharePerTick: Clamp = {
  name: 'share',
  apply(size, { policy, record }) {
    const most = Math.max(1, Math.floor(policy.in.sharePerTick * record.size))
    if (size >= record.size - most) return undefined
    return { size: record.size - most, reason: 'share-per-tick', why: `at most ${most} may go in one tick` }
  },
}

/** The trailing hour's peak and trough bound how far the size may have moved. */
export const ratePerHour: Clamp = {
  name: 'rate',
  apply(size, { policy, record, now }) {
    const { peak, trough } = extremes(record, now)
    const floor = Math.min(record.size, peak - allowance(policy.in.perHour, peak))
    const ceiling = Math.max(record.size, trough + allowance(policy.out.perHour, trough))
    if (size < floor) {
      return {
        size: floor,
        reason: 'rate-per-hour',
        why: `from ${peak} it may go to ${floor} within an hour`,
      }
    }
    if (size <= ceiling) return undefined
    return {
      size: ceiling,
      reason: 'rate-per-hour',
      why: `from ${trough} it may go to ${ceiling} within an hour`,
    }
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

/**
 * The fixed order. Override and schedule have their places between the guards and the waits; grants follow min/max, in the plan.
 */
export const clamps: readonly Clamp[] = [
  missingGuard,
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

/** What a grant smaller than the present size has to keep to. */
export const shrinkClamps: readonly Clamp[] = [
  clockGuard,
  distrustGuard,
  step,
  sharePerTick,
  ratePerHour,
  minMax,
]

/** Applies clamps in their order and keeps a record of each one that changed the size. */
export function applyClamps(
  wanted: number,
  situation: Situation,
  list: readonly Clamp[],
): { size: number; records: ClampRecord[] } {
  const records: ClampRecord[] = []
  let size = wanted
  for (const clamp of list) {
    const clamped = clamp.apply(size, situation)
    if (clamped === undefined || clamped.size === size) continue
    const { size: after, ...rest } = clamped
    records.push({ clamp: clamp.name, before: size, after, ...rest })
    size = after
  }
  return { size, records }
}

const waiting = (wait: number, changed: number, now: number): string =>
  `the last change was ${duration(now - changed)} ago and it waits ${duration(wait)}`
const holding = (hold: number, lastOut: number, now: number): string =>
  `it went out ${duration(now - lastOut)} ago and holds for ${duration(hold)}`
