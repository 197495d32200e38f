import { holdAmong } from '../decision/halt.ts'
import { inForce } from '../decision/overrides.ts'
import type { Pool } from '../decision/policy.ts'
import { type PoolAlarm, poolAlarms } from '../decision/pool-alarms.ts'
import type { Looked } from '../loop/look.ts'
import type { PoolStatus } from './status.ts'

/** The status of a pool with what somebody should know of it at once. */
export function ringing(
  status: PoolStatus,
  pool: Pool,
  {
    draft,
    seen,
    now,
    conclusion,
    overrides,
  }: Pick<Looked, 'draft' | 'seen' | 'now' | 'conclusion' | 'overrides'>,
): PoolStatus {
  const { name } = pool
  const isOurs = (one: { pool: string }): boolean => one.pool === name
  const backoff = draft.backoffs.get(name)
  const alarms = poolAlarms({
    ...{ pool, now, backoff, supply: draft.supply.get(name) },
    held: holdAmong(inForce(overrides, now), name),
    records: [...draft.hosts.values()].filter(isOurs),
    intents: [...draft.intents.values()].filter(isOurs),
    decisions: conclusion.decisions.filter(isOurs),
    ...seen.get(name),
  })
  const until = backoff !== undefined && backoff.until > now ? { pausedUntil: backoff.until } : {}
  return { ...status, ...(alarms.length > 0 && { alarms }), ...until }
}

/** What is said beside the hosts: what is told in a line of its own elsewhere is not said twice. */
export const saidWithPool = ({ alarms = [] }: PoolStatus): readonly PoolAlarm[] =>
  alarms.filter(({ kind }) => kind !== 'paused' && kind !== 'blind')

/** What a monitoring system should be told. That a pool orders nothing, it is told by how long that lasts. */
export const toldOf = ({ pool, alarms = [] }: PoolStatus): string[] =>
  alarms.filter(({ kind }) => kind !== 'paused').map(({ text }) => `pool ${pool}: ${text}`)
