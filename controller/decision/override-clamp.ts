import type { Clamp, Clamped } from './clamp.ts'
import { type Override, type OverrideAct, sayOverride } from './overrides.ts'
import type { Policy } from './policy.ts'

type Of<K extends OverrideAct['kind']> = Override & { act: Extract<OverrideAct, { kind: K }> }

/** The word that a pause stands on, of this workload or of all; the last one where there are several. `overrides`: oldest first. */
export function pauseAmong(overrides: readonly Override[] = []): Override | undefined {
  return overrides.findLast(({ act }) => act.kind === 'pause' || act.kind === 'pause-all')
}

/** The pin that binds: the last one, unless a pause beats it. */
export function pinAmong(overrides: readonly Override[] = []): Of<'pin'> | undefined {
  return pauseAmong(overrides) === undefined ? overrides.findLast(isPin) : undefined
}

const isPin = (one: Override): one is Of<'pin'> => one.act.kind === 'pin'
const isLimit = (one: Override): one is Of<'at-least' | 'at-most'> =>
  one.act.kind === 'at-least' || one.act.kind === 'at-most'

/** Rule 10, promise 11: the hand beats rules and schedule. What it asks for stays within min..max and obeys all clamps after it. */
export const override: Clamp = {
  name: 'override',
  apply(size, { policy, record, overrides, now }) {
    const pause = pauseAmong(overrides)
    if (pause !== undefined) return { size: record.size, reason: 'paused', ...about(pause, now) }
    const pin = pinAmong(overrides)
    if (pin !== undefined) return { size: within(policy, pin.act.size), reason: 'pinned', ...about(pin, now) }
    return limited(size, policy, overrides, now)
  },
}

/** A size between what the hand wants at least and at most; the later word wins where two contradict each other. */
export function limited(
  size: number,
  policy: Policy,
  overrides: readonly Override[] = [],
  now: number,
): Clamped | undefined {
  let bound = size
  let last: Override | undefined
  for (const one of overrides.filter(isLimit)) {
    const limit = within(policy, one.act.size)
    const after = one.act.kind === 'at-least' ? Math.max(bound, limit) : Math.min(bound, limit)
    if (after === bound) continue
    bound = after
    last = one
  }
  return last === undefined ? undefined : { size: bound, reason: 'overridden', ...about(last, now) }
}

function about(one: Override, now: number): { why: string; until?: number } {
  return { why: sayOverride(one, now), ...(one.until !== undefined && { until: one.until }) }
}

/** A policy may have changed since the size was asked for. */
const within = ({ size: { min, max } }: Policy, size: number): number => Math.min(max, Math.max(min, size))

/** The least size that the hand asks for: growth up to it is no growth by load. */
export function leastByHand(overrides: readonly Override[] = []): number {
  const pin = pinAmong(overrides)
  if (pin !== undefined) return pin.act.size
  const limits = overrides.filter(isLimit).filter(({ act }) => act.kind === 'at-least')
  return Math.max(0, ...limits.map(({ act }) => act.size))
}
