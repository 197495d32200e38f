import type { Settled } from './decide.ts'
import type { Instance, ListedHost } from './fleet.ts'
import type { Frozen } from './freeze.ts'
import type { Headroom, Room } from './headroom.ts'
import type { Override } from './overrides.ts'
import type { Pool } from './policy.ts'

/** Of what a plan of one pool is made. */
export interface PoolPlan {
  /** With as many hosts at least as operators ask for. */
  pool: Pool
  listing: ReadonlyMap<string, ListedHost>
  /** What can be had of the provider at the moment. */
  headroom?: Headroom
  /** After failures: how many hosts may be tried. */
  trial?: Room
  settled: readonly Settled[]
  instances: readonly Instance[]
  /** Why no host may go, and nothing may move: somebody is distrusted, or the clock is behind. */
  hold?: string
  /** Why there are to be at least `pool.hosts.min` hosts, where operators ask for it. */
  floor?: string
  /** Those in force now, oldest first. */
  overrides: readonly Override[]
  frozen: Frozen
  /** Ms since the last record; 0 where the clock was set back. */
  elapsed: number
}
