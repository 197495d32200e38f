import type { Clamp } from './clamp.ts'
import type { RuleNumbers } from './decision.ts'
import { votes } from './rules.ts'
import type { WorkloadRecord } from './waits.ts'
import { duration } from './words.ts'

/** Promise 1: no scale-in by metrics without covered, fresh, whole readings. */
export const missingGuard: Clamp = {
  name: 'missing',
  apply(size, { record, rules }) {
    // A veto that cannot see forbids its own direction, by a clamp of its own. Missing says more than partial.
    const flawed = flawedAs('missing', rules) ?? flawedAs('partial', rules)
    if (size >= record.size || flawed === undefined) return undefined
    const reason = flawed.reading === 'missing' ? 'missing' : 'partial'
    const why = `nothing goes in while ${flawed.name} is ${reason} (${flawed.detail})`
    return { size: record.size, reason, why }
  },
}

const flawedAs = (kind: RuleNumbers['reading'], rules: readonly RuleNumbers[]): RuleNumbers | undefined =>
  rules.find((rule) => rule.reading === kind && votes(rule))

/** A size above max, since max was lowered, is a request to go in. It needs no metrics, so it follows the guard of them. */
export const loweredMax: Clamp = {
  name: 'lowered max',
  apply(size, { record, policy: { size: limits } }) {
    if (record.size <= limits.max || size <= limits.max) return undefined
    return { size: limits.max, reason: 'above-max', why: `max is only ${limits.max}` }
  },
}

/** Nothing is known of what was before the first sight, so waits and rates cannot be judged: what runs is taken over as it is. */
export const firstSight: Clamp = {
  name: 'first sight',
  apply(size, { record }) {
    if (record.sizes.length > 0 || size === record.size) return undefined
    return { size: record.size, reason: 'first-sight', why: 'it is seen for the first time' }
  },
}

/** Rule 11: with the wall clock behind the last record no wait can be trusted, so nothing goes in. */
export const clockGuard: Clamp = {
  name: 'clock',
  apply(size, { record, clockBehind }) {
    if (size >= record.size || clockBehind === undefined) return undefined
    return { size: record.size, reason: 'clock-behind', why: isBehind(clockBehind) }
  },
}

export const isBehind = (ms: number): string => `the clock is ${duration(ms)} behind the last record`

/** Promise 7: deletions stop while many look dead at once. */
export const distrustGuard: Clamp = {
  name: 'distrust',
  apply(size, { record, distrust }) {
    if (size >= record.size || distrust === undefined) return undefined
    return { size: record.size, reason: 'distrust', why: distrust }
  },
}

/** `out.wait` after any change before the next out. Somebody stands before a workload that sleeps, so waking it does not wait. */
export const outWait: Clamp = {
  name: 'out.wait',
  apply(size, { policy, record, now, rules }) {
    const changed = lastChange(record)
    if (record.size === 0 && rules.some(({ signal }) => signal === 'calls')) return undefined
    if (size <= record.size || changed === undefined || now >= changed + policy.out.wait) return undefined
    const why = `out.wait is ${duration(policy.out.wait)} and the last change was ${duration(now - changed)} ago`
    return { size: record.size, reason: 'wait-out', why, until: changed + policy.out.wait }
  },
}

/** `in.wait` after any change before the next in. */
export const inWait: Clamp = {
  name: 'in.wait',
  apply(size, { policy, record, now }) {
    const changed = lastChange(record)
    if (size >= record.size || changed === undefined || now >= changed + policy.in.wait) return undefined
    const why = `in.wait is ${duration(policy.in.wait)} and the last change was ${duration(now - changed)} ago`
    return { size: record.size, reason: 'wait-in', why, until: changed + policy.in.wait }
  },
}

/** `in.hold` after an out before any in. */
export const inHold: Clamp = {
  name: 'in.hold',
  apply(size, { policy, record: { size: former, lastOut }, now }) {
    if (size >= former || lastOut === undefined || now >= lastOut + policy.in.hold) return undefined
    const why = `in.hold is ${duration(policy.in.hold)} and it went out ${duration(now - lastOut)} ago`
    return { size: former, reason: 'hold-in', why, until: lastOut + policy.in.hold }
  },
}

function lastChange({ lastOut, lastIn }: WorkloadRecord): number | undefined {
  if (lastOut === undefined) return lastIn
  return lastIn === undefined ? lastOut : Math.max(lastOut, lastIn)
}
