import { type Board, boardOf } from './board.ts'
import { type Claim, type Grant, grant } from './grants.ts'
import type { Policy, Pool } from './policy.ts'
import { plural } from './words.ts'

/** Says why the minima of the policies do not fit an empty pool, found by running grants and placement; undefined when they do. */
export function minimaFit(pool: Pool, policies: readonly Policy[]): string | undefined {
  const { grants } = granted(pool, policies)
  const short = grants.find(({ isShort }) => isShort)
  if (short === undefined) return undefined
  const { workload, size } = short.claim.policy
  const room = `${pool.hosts.max} x ${plural(pool.slots, 'slot')}`
  return `the minima do not fit pool ${pool.name} (${room}): ${workload} gets ${short.placed.length} of ${size.min}; raise hosts.max or lower a min`
}

/** How many hosts the minima of the policies take in an empty pool, or the pool's own if that is more. */
export function minimaHosts(pool: Pool, policies: readonly Policy[]): number {
  return Math.max(pool.hosts.min, granted(pool, policies).board.staying)
}

function granted(pool: Pool, policies: readonly Policy[]): { board: Board; grants: Grant<Claim>[] } {
  const board = boardOf(pool, [], [], new Map())
  return { board, grants: grant(board, policies.map(claimOf)) }
}

function claimOf(policy: Policy): Claim {
  const { min } = policy.size
  return { policy, have: 0, size: 0, wanted: min, lacking: min, firm: false }
}
