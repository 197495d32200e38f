import type { Spot } from './board.ts'
import type { Settled } from './decide.ts'
import type { Decision } from './decision.ts'
import { type Draft, nextNumber, recordsOf, remanifest, say } from './draft.ts'
import { remove, startDrain } from './drains.ts'
import type { Entry, HostRecord, Instance } from './fleet.ts'
import type { Claim, Grant } from './grants.ts'
import type { Guards } from './guards.ts'
import { type Placed, victim } from './place.ts'
import { type Policy, type Pool, portOf } from './policy.ts'
import { order } from './spares.ts'

/** Writes all placements into the draft, ordering each opened host with the first instance that goes to it. */
export function placeAll(draft: Draft, pool: Pool, grants: readonly Grant<Claim>[]): void {
  const ordered = new Map<Spot, string>()
  for (const { claim, placed } of grants) {
    for (const one of placed) {
      const { spot } = one
      const host =
        spot.opened === undefined ? spot.host : (ordered.get(spot) ?? order(draft, pool, spot).name)
      ordered.set(spot, host)
      const record = draft.hosts.get(host)
      if (record !== undefined) placeOne(draft, pool, claim.policy, record, one)
    }
  }
}

function placeOne(
  draft: Draft,
  pool: Pool,
  policy: Policy,
  record: HostRecord,
  { spot, slots }: Placed,
): void {
  const { workload, run } = policy
  const id = `${workload}-${nextNumber(draft)}`
  const port = portOf(pool, record.index, slots[0] ?? 0)
  const entry: Entry = { id, workload, slots, port, run, token: draft.token(), placedAt: draft.now }
  remanifest(draft, record, [...record.entries, entry])
  const kind = spot.opened !== undefined ? 'new' : spot.running ? 'running' : 'booting'
  const where = slots.length === 1 ? `slot ${slots[0]}` : `slots ${slots.join(', ')}`
  say(draft, 'place', record, `${id} goes to ${kind} host ${record.name}, ${where}`, entry)
}

/** The dead leave their manifests at once, unless promise 7 distrusts what made them look dead. */
export function healDead(draft: Draft, settled: readonly Settled[]): void {
  for (const { one, instances } of settled) {
    if (one.distrust !== undefined) continue
    for (const { state, host, id, detail } of instances)
      if (state === 'dead') remove(draft, host, new Map([[id, detail]]))
  }
}

/** Starts to drain what is alive beyond the granted sizes, never more than a share of a workload in one tick. */
export function shrinkAll(
  draft: Draft,
  pool: Pool,
  settled: readonly Settled[],
  decisions: readonly Decision[],
  { mostAtOnce, isFirm }: Guards,
): void {
  const staying = stayingSlots(draft, pool)
  for (const [i, { one, alive }] of settled.entries()) {
    const decision = decisions[i]
    if (decision === undefined || isFirm(one)) continue
    const surplus = alive.length - decision.granted
    const most = Math.min(surplus, mostAtOnce(one.policy, alive.length))
    if (most > 0) shrink(draft, one.policy, alive, most, staying, reasonOf(decision))
  }
}

const reasonOf = ({ granted, size }: Decision): string =>
  granted < size ? `scale-in to ${granted}` : `it is beyond the size of ${granted}`

function shrink(
  draft: Draft,
  policy: Policy,
  alive: readonly Instance[],
  most: number,
  staying: Map<string, number>,
  why: string,
): void {
  let candidates = alive
  for (let gone = 0; gone < most; gone++) {
    const next = victim(policy, candidates, staying)
    if (next === undefined) return
    startDrain(draft, next, why)
    candidates = candidates.filter(({ id }) => id !== next.id)
    staying.set(next.host, (staying.get(next.host) ?? 0) - next.slots.length)
  }
}

/** How many slots of each host are held by instances that stay. */
function stayingSlots(draft: Draft, pool: Pool): Map<string, number> {
  const used = new Map<string, number>()
  for (const { name, entries } of recordsOf(draft, pool.name)) {
    let slots = 0
    for (const entry of entries) if (entry.drain === undefined) slots += entry.slots.length
    used.set(name, slots)
  }
  return used
}
