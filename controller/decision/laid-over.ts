import type { Direction } from '../strategies/strategy.ts'
import type { Situation } from './clamp.ts'
import type { Decision } from './decision.ts'
import { override } from './override-clamp.ts'
import type { Policy } from './policy.ts'
import { schedule } from './schedule-clamp.ts'

/** What hand and calendar make of a direction: they go there by themselves, or they let nothing go there. */
export type LaidOver = { kind: 'asked' | 'closed'; why: string }

/** Found by holding sizes beside the granted one against their clamps; undefined where they leave the direction to the rules. */
export function laidOver(direction: Direction, decision: Decision, policy: Policy): LaidOver | undefined {
  const { granted } = decision
  const present = moved(granted, decision, policy)
  const isAway = present.size !== granted
  if (isAway)
    return { kind: present.size > granted === (direction === 'out') ? 'asked' : 'closed', why: present.why }
  const wanted = direction === 'out' ? granted + 1 : granted - 1
  const { size, why } = moved(wanted, decision, policy)
  const isOpen = direction === 'out' ? size > granted : size < granted
  return isOpen ? undefined : { kind: 'closed', why }
}

/** Where hand and calendar put a size. */
function moved(size: number, decision: Decision, policy: Policy): { size: number; why: string } {
  const { granted, at, rules, overrides, scheduled } = decision
  const situation: Situation = {
    policy,
    record: { size: granted, sizes: [] },
    now: at,
    rules,
    ...(overrides !== undefined && { overrides }),
    ...(scheduled !== undefined && { scheduled }),
  }
  let [now, why] = [size, '']
  for (const clamp of [override, schedule]) {
    const clamped = clamp.apply(now, situation)
    if (clamped === undefined) continue
    now = clamped.size
    why = clamped.why
  }
  return { size: now, why }
}
