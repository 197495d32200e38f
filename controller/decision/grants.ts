import { type Board, compare, type Placed, place } from './place.ts'
import type { Policy } from './policy.ts'
import { plural } from './words.ts'

/** What a workload asks of its pool. `have`: instances alive; `wanted`: the size that its decision asks for. */
export interface Claim {
  policy: Policy
  have: number
  size: number
  wanted: number
}

/** What it gets. `placed`: where the new ones go. `why` is there when it gets less than it asked for. */
export interface Grant {
  claim: Claim
  granted: number
  placed: Placed[]
  why?: string
}

interface Bid extends Grant {
  stuck: boolean
}

const total = ({ claim, placed }: Bid): number => claim.have + placed.length
const isShort = (bid: Bid): boolean => !bid.stuck && total(bid) < bid.claim.wanted
const isBelowMin = (bid: Bid): boolean => total(bid) < bid.claim.policy.size.min
const shortage = (bid: Bid): number => (bid.claim.wanted - total(bid)) / bid.claim.wanted

/** Below min first, then priority, then the largest relative shortage, then the name. */
function order(a: Bid, b: Bid): number {
  return (
    Number(isBelowMin(b)) - Number(isBelowMin(a)) ||
    b.claim.policy.priority - a.claim.policy.priority ||
    shortage(b) - shortage(a) ||
    compare(a.claim.policy.workload, b.claim.policy.workload)
  )
}

/**
 * Shares out free slots, one instance at a time, by really placing it on the board. While a minimum cannot be met nobody
 * grows beyond its own, and whoever is above its min owes slots to it.
 */
export function grant(board: Board, claims: readonly Claim[]): Grant[] {
  const bids = claims.map((claim): Bid => ({ claim, granted: claim.wanted, placed: [], stuck: false }))
  for (;;) {
    const [next] = bids.filter(isShort).sort(order)
    if (next === undefined) break
    serve(board, next, bids)
  }
  for (const bid of bids) settle(bid)
  for (const bid of bids.filter((one) => one.stuck && isBelowMin(one))) collect(bid, bids)
  return bids.map(({ stuck: _stuck, ...rest }) => rest)
}

function serve(board: Board, bid: Bid, bids: readonly Bid[]): void {
  const reserved = isBelowMin(bid) ? undefined : bids.find((one) => one.stuck && isBelowMin(one))
  if (reserved !== undefined) {
    bid.stuck = true
    bid.why = `free slots of pool ${board.pool.name} are kept for the min of ${reserved.claim.policy.workload}`
    return
  }
  const placed = place(board, bid.claim.policy)
  if (placed !== undefined) {
    bid.placed.push(placed)
    return
  }
  bid.stuck = true
  bid.why = board.mayOpen
    ? fullSentence(board)
    : `pool ${board.pool.name} has no free slot and may not order hosts now`
}

const fullSentence = ({ pool }: Board): string =>
  `pool ${pool.name} is full (${plural(pool.hosts.max, 'host')} at most, ${plural(pool.slots, 'slot')} each)`

/** A size granted before is not taken back because a replacement finds no slot at the moment; growth is. */
function settle(bid: Bid): void {
  if (!bid.stuck) return
  const { claim } = bid
  bid.granted = Math.min(claim.wanted, Math.max(claim.size, total(bid), claim.policy.size.min))
}

/** Whoever is above its min gives back what an unmet minimum lacks: lowest priority first, then the largest surplus. */
function collect(needy: Bid, bids: readonly Bid[]): void {
  let lacking = (needy.claim.policy.size.min - total(needy)) * needy.claim.policy.run.slots
  const surplus = ({ claim, granted }: Bid): number => Math.min(claim.have, granted) - claim.policy.size.min
  while (lacking > 0) {
    const [donor] = bids
      .filter((bid) => bid !== needy && surplus(bid) > 0)
      .sort(
        (a, b) =>
          a.claim.policy.priority - b.claim.policy.priority ||
          surplus(b) - surplus(a) ||
          compare(a.claim.policy.workload, b.claim.policy.workload),
      )
    if (donor === undefined) return
    donor.granted = Math.min(donor.claim.have, donor.granted) - 1
    donor.why = `pool ${needy.claim.policy.pool} lacks slots for the min of ${needy.claim.policy.workload}`
    lacking -= donor.claim.policy.run.slots
  }
}
