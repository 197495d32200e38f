import type { Clamp, Clamped, Situation } from './clamp.ts'
import { leastByHand, limited, pauseAmong, pinAmong } from './override-clamp.ts'
import { type Bound, sayBound } from './schedule.ts'

/**
 * The calendar: its pin takes the place of what rules say, its floor raises, its ceiling lowers. The hand beats it: while a pin
 * or a pause is in force it says nothing, and it stays within what was scaled by hand. When an item ends nothing jumps, since all
 * that follows has to keep to step and rate.
 */
export const schedule: Clamp = {
  name: 'schedule',
  apply(size, situation) {
    const { scheduled, now } = situation
    if (scheduled === undefined || isHeld(situation)) return undefined
    const { pin, floor, ceiling } = scheduled
    if (pin !== undefined) return short(clamped(pin, 'pin', now), situation)
    // A floor beats a ceiling below it, so it comes last.
    let bound: Clamped | undefined
    if (ceiling !== undefined && size > ceiling.size) bound = clamped(ceiling, 'ceiling', now)
    if (floor !== undefined && (bound?.size ?? size) < floor.size) bound = clamped(floor, 'floor', now)
    return bound === undefined ? undefined : short(bound, situation)
  },
}

const isHeld = ({ overrides }: Situation): boolean =>
  pauseAmong(overrides) !== undefined || pinAmong(overrides) !== undefined

/** As far as the hand lets it. */
function short(bound: Clamped, { policy, overrides, now }: Situation): Clamped {
  const limit = limited(bound.size, policy, overrides, now)
  return limit === undefined ? bound : { ...bound, size: limit.size, why: `${bound.why}, but ${limit.why}` }
}

function clamped(bound: Bound, kind: 'floor' | 'ceiling' | 'pin', now: number): Clamped {
  return { size: bound.size, reason: 'scheduled', why: sayBound(bound, kind, now), until: bound.until }
}

/** The least size that hand and calendar ask for: growth up to it is no growth by load (docs/decisions/0004). */
export function leastAsked(situation: Situation): number {
  const { scheduled, overrides } = situation
  if (isHeld(situation)) return leastByHand(overrides)
  return Math.max(leastByHand(overrides), scheduled?.pin?.size ?? scheduled?.floor?.size ?? 0)
}
