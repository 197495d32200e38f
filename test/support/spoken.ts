import type { Override } from '../../controller/decision/overrides.ts'
import type { Policy } from '../../controller/decision/policy.ts'

/** What operator and calendar ask for at a time: at least, at most, or that nothing changes. */
export interface Asked {
  isPaused: boolean
  floor: number
  ceiling: number
}

/** All words in force taken together, whichever of them comes first; where they contradict each other both are allowed. */
export function askedOf(
  { workload, schedule = [] }: Policy,
  overrides: Readonly<Record<string, Override>>,
  now: number,
): Asked {
  const asked: Asked = { isPaused: false, floor: 0, ceiling: Number.POSITIVE_INFINITY }
  const bound = (floor: number | undefined, ceiling: number | undefined): void => {
    asked.floor = Math.max(asked.floor, floor ?? 0)
    asked.ceiling = Math.min(asked.ceiling, ceiling ?? Number.POSITIVE_INFINITY)
  }
  for (const { act, until = Number.POSITIVE_INFINITY } of Object.values(overrides)) {
    if (now >= until || !('workload' in act) || act.workload !== workload) continue
    if (act.kind === 'pause') asked.isPaused = true
    if (act.kind === 'pin') bound(act.size, act.size)
    if (act.kind === 'at-least') bound(act.size, undefined)
    if (act.kind === 'at-most') bound(undefined, act.size)
  }
  for (const { startAfter, length, min, max, pin } of schedule) {
    const begins = startAfter(0) ?? Number.POSITIVE_INFINITY
    if (now >= begins && now < begins + length) bound(pin ?? min, pin ?? max)
  }
  return asked
}
