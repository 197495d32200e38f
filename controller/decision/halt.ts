import { inForce, type Override, type Overrides } from './overrides.ts'
import type { Pool } from './policy.ts'

/**
 * A pool while everything is paused: hosts that its minimum or what dies needs are still ordered, and nothing is kept spare, tidied up
 * or removed for being of no use.
 */
export function atRest(pool: Pool, overrides: readonly Override[]): Pool {
  if (!overrides.some(({ act }) => act.kind === 'pause-all')) return pool
  const { consolidateAfter: _never, strays, ...rest } = pool
  const reported = strays === undefined ? {} : { strays: { ...strays, act: 'report' as const } }
  return { ...rest, ...reported, spareSlots: 0, emptyFor: Number.POSITIVE_INFINITY }
}

/** The word by which a pool is held: nothing in it is changed, not even healed. */
export function holdAmong(overrides: readonly Override[], pool: string): Override | undefined {
  return overrides.findLast(({ act }) => act.kind === 'hold-pool' && act.pool === pool)
}

/** Whether calls about a pool have to wait, since it is held. */
export type IsHeld = (overrides: Overrides, pool: string, now: number) => boolean

export const isHeld: IsHeld = (overrides, pool, now) => holdAmong(inForce(overrides, now), pool) !== undefined
