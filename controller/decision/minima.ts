import { boardOf } from './board.ts'
import { type Claim, grant } from './grants.ts'
import type { Policy, Pool } from './policy.ts'
import { plural } from './words.ts'

/** Says why the minima of the policies do not fit an empty pool, found by running grants and placement; undefined when they do. */
export function minimaFit(pool: Pool, policies: readonly Policy[]): string | undefined {
  const grants = grant(boardOf(pool, [], [], new Map()), policies.map(claimOf))
  const short = grants.find(({ isShort }) => isShort)
  if (short === undefined) return undefined
  const { workload, size } = short.claim.policy
  const room = `${pool.hosts.max} x ${plural(pool.slots, 'slot')}`
  return `the minima do not fit pool ${pool.name} (${room}): ${workload} gets ${short.placed.length} of ${size.min}; raise hosts.max or lower a min`
}

function claimOf(policy: Policy): Claim {
  const { min } = policy.size
  return { policy, have: 0, size: 0, wanted: min, lacking: min, firm: false }
}
