import { type Board, freeSlots } from './board.ts'
import { hostsMax, type Purpose, refusal } from './limits.ts'
import { compare, first } from './order.ts'
import { type Placed, place } from './place.ts'
import type { Policy } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import { plural } from './words.ts'

/** What a workload asks of its pool. */
export interface Claim {
  policy: Policy
  /** Instances that hold a place already. */
  have: number
  /** The last granted size. */
  size: number
  /** How many it is to have. */
  wanted: number
  /** How many its min lacks. */
  lacking: number
  /** Nothing may be taken from it now. */
  firm: boolean
}

/**
 * What it gets. `placed`: where the new ones go. `cap`: what its size may be at most; `why` says so, or why it is short, `clamp` and
 * `reason` in codes. `passes`: what it lacks comes with a later tick by itself. `exceeds`: what its min is met in spite of.
 */
export interface Grant<C extends Claim> {
  claim: C
  placed: Placed[]
  isShort: boolean
  cap?: number
  why?: string
  clamp?: string
  reason?: ReasonCode
  passes?: true
  exceeds?: string
}

const total = ({ claim, placed }: Grant<Claim>): number => claim.have + placed.length
const owed = ({ claim, placed }: Grant<Claim>): number => Math.max(0, claim.lacking - placed.length)
const isServed = (bid: Grant<Claim>): boolean => total(bid) >= bid.claim.wanted
const shortage = (bid: Grant<Claim>): number => (bid.claim.wanted - total(bid)) / bid.claim.wanted

/** Below min first, then priority, then the largest relative shortage, then the name. */
function byNeed(a: Grant<Claim>, b: Grant<Claim>): number {
  return (
    Number(owed(b) > 0) - Number(owed(a) > 0) ||
    b.claim.policy.priority - a.claim.policy.priority ||
    shortage(b) - shortage(a) ||
    compare(a.claim.policy.workload, b.claim.policy.workload)
  )
}

/**
 * Shares out free slots, one instance at a time, by really placing it on the board. While a minimum cannot be met nobody
 * grows beyond its own, and whoever is above its min owes slots to it. `freeing`: slots that are about to be free anyway.
 */
export function grant<C extends Claim>(board: Board, claims: readonly C[], freeing = 0): Grant<C>[] {
  const bids = claims.map((claim): Grant<C> => ({ claim, placed: [], isShort: false }))
  const queue = bids.filter((bid) => !isServed(bid)).sort(byNeed)
  let unmet: Grant<C> | undefined
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const no = serve(board, next, unmet)
    if (no !== undefined) refuse(next, no)
    else if (!isServed(next)) enqueue(queue, next)
    if (owed(next) > 0 && next.isShort && next.passes !== true) unmet ??= next
  }
  if (unmet !== undefined) collect(unmet, bids, freeing)
  return bids
}

/** Only the bid that was just served has changed its place in the order, so it alone is put back where it belongs. */
function enqueue<C extends Claim>(queue: Grant<C>[], bid: Grant<C>): void {
  let low = 0
  let high = queue.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = queue[middle]
    if (other !== undefined && byNeed(other, bid) < 0) low = middle + 1
    else high = middle
  }
  queue.splice(low, 0, bid)
}

/** Why an instance finds no place. */
type No = Required<Pick<Grant<Claim>, 'why' | 'clamp' | 'reason'>> & Pick<Grant<Claim>, 'passes'>

/** Places one instance; answers why not, where it cannot. */
function serve(board: Board, bid: Grant<Claim>, unmet: Grant<Claim> | undefined): No | undefined {
  const { policy } = bid.claim
  if (unmet !== undefined && owed(bid) === 0)
    return {
      ...pooled,
      why: `free slots of pool ${board.pool.name} are kept for the min of ${unmet.claim.policy.workload}`,
    }
  const purpose = owed(bid) > 0 ? 'min' : 'growth'
  const placed = place(board, policy, purpose)
  if (placed === undefined) return fullFor(board, policy, purpose)
  bid.placed.push(placed)
  const { exceeds } = placed.spot
  if (purpose === 'min' && exceeds !== undefined) bid.exceeds = exceeds
  return undefined
}

const pooled = { clamp: hostsMax.clamp, reason: hostsMax.reason } as const

function fullFor(board: Board, { run }: Policy, purpose: Purpose): No {
  const none = freeSlots(board) === 0 ? 'no free slot' : `no host with ${plural(run.slots, 'free slot')}`
  const has = `pool ${board.pool.name} has ${none}`
  const bound = refusal(board.bounds, purpose)
  if (bound === undefined)
    return { ...pooled, why: `${has}, and its hosts have ${plural(board.pool.slots, 'slot')} each` }
  const { limit, why } = bound
  const { clamp, reason, passes } = limit
  return { clamp, reason, why: `${has} and ${why}`, ...(passes === true && { passes }) }
}

/** A size granted before is not taken back because a replacement finds no slot at the moment; growth is. */
function refuse(bid: Grant<Claim>, no: No): void {
  const { size, policy } = bid.claim
  Object.assign(bid, no)
  bid.isShort = true
  bid.cap = Math.max(size, total(bid), policy.size.min)
}

/** Whoever is above its min gives back what unmet minima lack: lowest priority first, then the largest surplus. */
function collect(unmet: Grant<Claim>, bids: readonly Grant<Claim>[], freeing: number): void {
  const { workload, pool } = unmet.claim.policy
  let lack = -freeing
  for (const bid of bids)
    if (bid.isShort && bid.passes !== true) lack += owed(bid) * bid.claim.policy.run.slots
  const left = new Map(bids.map((bid) => [bid, surplus(bid)]))
  const donors = bids.filter((bid) => surplus(bid) > 0)
  const byDuty = (a: Grant<Claim>, b: Grant<Claim>): number =>
    a.claim.policy.priority - b.claim.policy.priority ||
    (left.get(b) ?? 0) - (left.get(a) ?? 0) ||
    compare(a.claim.policy.workload, b.claim.policy.workload)
  while (lack > 0) {
    const donor = first(
      donors.filter((bid) => (left.get(bid) ?? 0) > 0),
      byDuty,
    )
    if (donor === undefined) return
    const rest = (left.get(donor) ?? 0) - 1
    left.set(donor, rest)
    donor.cap = donor.claim.policy.size.min + rest
    Object.assign(donor, pooled)
    donor.why = `pool ${pool} lacks slots for the min of ${workload}`
    lack -= donor.claim.policy.run.slots
  }
}

const surplus = ({ claim }: Grant<Claim>): number =>
  claim.firm ? 0 : Math.max(0, Math.min(claim.have, claim.wanted) - claim.policy.size.min)
