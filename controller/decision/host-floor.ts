import type { Override } from './overrides.ts'
import type { Pool } from './policy.ts'
import { plural } from './words.ts'

/** The pool with as many hosts at least as operators ask for, never more than hosts.max; and who asks for them, where it counts. */
export function raiseFloor(pool: Pool, overrides: readonly Override[]): { pool: Pool; floor?: string } {
  let raised = pool
  let floor: string | undefined
  for (const { act, by, why } of overrides) {
    if (act.kind !== 'hosts' || act.pool !== pool.name) continue
    const min = Math.min(act.hosts, pool.hosts.max)
    if (min <= raised.hosts.min) continue
    raised = { ...pool, hosts: { ...pool.hosts, min } }
    floor = `${by} wants at least ${plural(act.hosts, 'host')} (${why})`
  }
  return { pool: raised, ...(floor !== undefined && { floor }) }
}
