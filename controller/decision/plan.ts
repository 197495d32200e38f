import { applyClamps, type Clamp, shrinkClamps } from './clamps.ts'
import { type Case, reasonOf, sentenceOf, situationOf } from './decide.ts'
import type { Decision } from './decision.ts'
import { condemn, type Draft, intend, nextNumber, put, remanifest, say } from './draft.ts'
import { remove, startDrain } from './drains.ts'
import type { Entry, HostRecord, Instance, ListedHost } from './fleet.ts'
import { type Grant, grant } from './grants.ts'
import { type Board, boardOf, open, type Placed, type Spot, victim } from './place.ts'
import { type Policy, type Pool, portOf } from './policy.ts'
import { isAlive, isLost } from './view.ts'
import { duration, plural } from './words.ts'

/** A workload on its way through the plan: its case and decision, and its instances. */
export interface Settled {
  one: Case
  decision: Decision
  instances: readonly Instance[]
}

/** Of what a plan of one pool is made. */
export interface PoolPlan {
  pool: Pool
  listing: ReadonlyMap<string, ListedHost>
  settled: readonly Settled[]
  instances: readonly Instance[]
  /** Deletions in the whole pool are held (promise 7), with the sentence. */
  distrust?: string
  shrink?: readonly Clamp[]
}

/** Plans one pool for all its workloads together: grants, then placement into slots, then hosts. Answers final decisions. */
export function planPool(draft: Draft, plan: PoolPlan): Decision[] {
  const { pool, settled } = plan
  const records = recordsOf(draft, pool)
  const backoff = draft.backoffs.get(pool.name)
  const mayOpen = backoff === undefined || draft.now >= backoff.until
  const usable = (record: HostRecord): boolean => !isLost(record, plan.listing.get(record.name))
  const board = boardOf(pool, records, plan.instances, mayOpen, usable)
  const grants = grant(board, settled.map(claimOf))
  const decisions = settled.map((one, i) =>
    finish(one, grants[i], plan.shrink ?? shrinkClamps, backoff?.why, mayOpen),
  )
  const opened = new Map<Spot, HostRecord>()
  for (const { claim, placed } of grants)
    for (const spot of placed) placeOne(draft, pool, claim.policy, spot, opened)
  healDead(draft, settled)
  for (const [i, one] of settled.entries())
    shrinkTo(draft, pool, one, decisions[i]?.granted ?? one.decision.granted)
  if (plan.distrust === undefined) dropEmptyHosts(draft, pool)
  orderSpares(draft, board, opened)
  return decisions
}

export function recordsOf(draft: Draft, pool: Pool): HostRecord[] {
  return [...draft.hosts.values()].filter((record) => record.pool === pool.name)
}

const alive = (instances: readonly Instance[]): Instance[] => instances.filter(isAlive)

/**
 * Healing needs no claim of its own: the dead are not alive, so a claim up to the size replaces them. In distrust the dead
 * stay, count against max, and only what lacks to min is added.
 */
function claimOf({ one, decision, instances }: Settled): {
  policy: Policy
  have: number
  size: number
  wanted: number
} {
  const { policy, counts, distrust } = one
  const have = alive(instances).length
  const claim = { policy, have, size: one.record.size, wanted: decision.granted }
  if (distrust === undefined) return claim
  const looksDead = counts.dead
  const serving = counts.ready + counts.starting
  const lacking = Math.max(decision.granted - have - looksDead, policy.size.min - serving, 0)
  const room = Math.max(0, policy.size.max - have - looksDead)
  return { ...claim, wanted: have + Math.min(lacking, room) }
}

/** Puts the grant into the decision as its last clamp and finds the words for it. */
function finish(
  { one, decision }: Settled,
  given: Grant | undefined,
  shrink: readonly Clamp[],
  backoff: string | undefined,
  mayOpen: boolean,
): Decision {
  const short =
    given !== undefined &&
    given.why !== undefined &&
    given.granted < decision.granted &&
    one.distrust === undefined
  const final = short ? cut(one, decision, given, shrink) : decision
  const alarms = [...final.alarms]
  if (given?.why !== undefined && given.claim.have + given.placed.length < given.granted)
    alarms.push(given.why)
  if (!mayOpen && backoff !== undefined && given?.why !== undefined) alarms.push(`orders wait: ${backoff}`)
  const worded = { ...final, alarms }
  return { ...worded, sentence: sentenceOf(worded) }
}

function cut(one: Case, decision: Decision, given: Grant, shrink: readonly Clamp[]): Decision {
  const { size } = one.record
  const record = {
    clamp: 'pool',
    before: decision.granted,
    after: given.granted,
    reason: 'pool-full' as const,
  }
  const why = given.why ?? 'the pool is full'
  const shrunk =
    given.granted < size
      ? applyClamps(given.granted, situationOf(one, decision.rules), shrink)
      : { size: given.granted, records: [] }
  const clamps = [...decision.clamps, { ...record, why }, ...shrunk.records]
  const cutDown = { ...decision, granted: shrunk.size, clamps }
  return { ...cutDown, reason: reasonOf(cutDown) }
}

/** Writes one placement into the draft: into the manifest of a host that exists, or into that of one to be ordered. */
function placeOne(
  draft: Draft,
  pool: Pool,
  policy: Policy,
  placed: Placed,
  opened: Map<Spot, HostRecord>,
): void {
  const { spot, slots } = placed
  const name = spot.opened ? nameOf(draft, pool, spot, opened) : spot.host
  const record = draft.hosts.get(name)
  if (record === undefined) return
  const id = `${policy.workload}-${nextNumber(draft)}`
  const port = portOf(pool, record.index, slots[0] ?? 0)
  const about = {
    workload: policy.workload,
    slots,
    port,
    run: policy.run,
    token: draft.token(),
    placedAt: draft.now,
  }
  const entry: Entry = { id, ...about }
  remanifest(draft, record, [...record.entries, entry])
  const where = spot.opened ? 'new' : spot.running ? 'running' : 'booting'
  say(draft, 'place', record, `${id} goes to ${where} host ${name}, ${slotsInWords(slots)}`, entry)
}

const slotsInWords = (slots: readonly number[]): string =>
  slots.length === 1 ? `slot ${slots[0]}` : `slots ${slots.join(', ')}`

/** The name of the host that stands for an opened spot, ordered with the first instance that goes to it. */
function nameOf(draft: Draft, pool: Pool, spot: Spot, opened: Map<Spot, HostRecord>): string {
  const known = opened.get(spot)
  if (known !== undefined) return known.name
  const record = order(draft, pool, spot)
  opened.set(spot, record)
  return record.name
}

/** Orders a host: a record whose name derives from the intent, and the intent to create it. */
function order(draft: Draft, pool: Pool, { index, zone }: Spot): HostRecord {
  const intent = String(nextNumber(draft))
  const name = `${draft.controller}-${pool.name}-${intent}`
  const fresh = { name, pool: pool.name, index, zone, slots: pool.slots, intent }
  const record = put(draft, { ...fresh, orderedAt: draft.now, revision: 1, entries: [], leaving: [] })
  intend(draft, 'create-host', record)
  return record
}

/** The dead leave their manifests at once, unless promise 7 distrusts what made them look dead. */
function healDead(draft: Draft, settled: readonly Settled[]): void {
  for (const { one, instances } of settled) {
    if (one.distrust !== undefined) continue
    for (const dead of instances.filter(({ state }) => state === 'dead')) {
      remove(draft, dead.host, new Set([dead.id]), () => dead.detail)
    }
  }
}

/** Starts to drain what is alive beyond the granted size, never more than a share of the fleet in one tick. */
function shrinkTo(draft: Draft, pool: Pool, { one, decision, instances }: Settled, granted: number): void {
  if (one.distrust !== undefined || one.clockBehind !== undefined) return
  let candidates = alive(instances)
  const most = Math.max(1, Math.floor(one.policy.in.sharePerTick * candidates.length))
  const surplus = Math.min(candidates.length - granted, most)
  const used = usedSlots(draft, pool)
  for (let gone = 0; gone < surplus; gone++) {
    const next = victim(one.policy, candidates, used)
    if (next === undefined) return
    startDrain(
      draft,
      next,
      granted < decision.size ? `scale-in to ${granted}` : `it is beyond the size of ${granted}`,
    )
    candidates = candidates.filter(({ id }) => id !== next.id)
    used.set(next.host, (used.get(next.host) ?? 0) - next.slots.length)
  }
}

function usedSlots(draft: Draft, pool: Pool): Map<string, number> {
  const used = new Map<string, number>()
  for (const { name, entries, leaving } of recordsOf(draft, pool)) {
    used.set(
      name,
      [...entries, ...leaving].reduce((sum, { slots }) => sum + slots.length, 0),
    )
  }
  return used
}

/** A host that has been empty for a while goes, one a tick, as long as hosts.min and spareSlots are kept without it. */
function dropEmptyHosts(draft: Draft, pool: Pool): void {
  const records = recordsOf(draft, pool).filter(({ deleting }) => deleting === undefined)
  const isEmpty = ({ entries, leaving }: HostRecord): boolean => entries.length + leaving.length === 0
  for (const record of records) noteEmptiness(draft, record, isEmpty(record))
  if (records.length <= pool.hosts.min) return
  const used = usedSlots(draft, pool)
  const free = records.reduce((sum, { name, slots }) => sum + slots - (used.get(name) ?? 0), 0)
  const due = recordsOf(draft, pool)
    .filter((one) => one.deleting === undefined && isEmpty(one) && one.seenAt !== undefined)
    .find(
      ({ emptySince, slots }) =>
        draft.now - (emptySince ?? draft.now) >= pool.emptyFor && free - slots >= pool.spareSlots,
    )
  if (due === undefined) return
  condemn(draft, due, `it has been empty for ${duration(draft.now - (due.emptySince ?? draft.now))}`)
}

function noteEmptiness(draft: Draft, record: HostRecord, empty: boolean): void {
  if (empty && record.emptySince === undefined) put(draft, { ...record, emptySince: draft.now })
  if (empty || record.emptySince === undefined) return
  const { emptySince: _filled, ...rest } = record
  put(draft, rest)
}

/** Orders hosts up to hosts.min, and ahead of need while fewer than spareSlots are free, up to hosts.max. */
function orderSpares(draft: Draft, board: Board, opened: Map<Spot, HostRecord>): void {
  const { pool } = board
  for (const record of opened.values()) announce(draft, record)
  for (;;) {
    const live = recordsOf(draft, pool).filter(({ deleting }) => deleting === undefined).length
    const free = board.spots.reduce((sum, spot) => sum + spot.free.length, 0)
    if (live >= pool.hosts.min && free >= pool.spareSlots) return
    const spot = open(board)
    if (spot === undefined) return
    const why =
      live < pool.hosts.min
        ? `hosts.min is ${pool.hosts.min}`
        : `fewer than ${pool.spareSlots} slots are free`
    const record = order(draft, pool, spot)
    say(draft, 'order-host', record, `${record.name} is ordered in zone ${spot.zone}: ${why}`)
  }
}

function announce(draft: Draft, { name }: HostRecord): void {
  const record = draft.hosts.get(name)
  if (record === undefined) return
  const whom = plural(record.entries.length, 'instance')
  say(draft, 'order-host', record, `${name} is ordered in zone ${record.zone} for ${whom}: no free slot fits`)
}

/** The labels by which a host can be adopted without a store. */
export function labelsOf(record: HostRecord, controller: string, epoch: number): Record<string, string> {
  const { pool, index, slots, intent } = record
  return { controller, pool, index: String(index), slots: String(slots), intent, epoch: String(epoch) }
}
