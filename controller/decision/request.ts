import type { ClampRecord, Judged } from './decision.ts'
import type { ReasonCode } from './reason.ts'

/** Who asks for a size whatever the rules say: hand, calendar, a lowered max, a pool that cannot give all. */
const asking: ReadonlySet<ReasonCode> = new Set([
  'pinned',
  'overridden',
  'scheduled',
  'above-max',
  'pool-full',
])

/**
 * The clamp that moves the size, or would if nothing after it held it: the last one that asks, and asks for more change than the
 * rules do. A pin asks for its size whatever they want.
 */
export function requestOf({ size, granted, clamps }: Pick<Judged, 'size' | 'granted' | 'clamps'>) {
  return clamps.findLast(({ reason, before, after }: ClampRecord): boolean => {
    if (!asking.has(reason) || after === size) return false
    const isOut = after > size
    if (granted !== size && isOut !== granted > size) return false
    return reason === 'pinned' || (isOut ? after > before : after < before)
  })
}
