import type { Spot } from './board.ts'
import { type Draft, nextNumber, remanifest, say } from './draft.ts'
import { remove } from './drains.ts'
import type { Entry, HostRecord } from './fleet.ts'
import { forgetKept, isFrozen, keepDead } from './freeze.ts'
import type { Claim, Grant } from './grants.ts'
import type { Placed } from './place.ts'
import { type Policy, type Pool, portOf } from './policy.ts'
import type { PoolPlan } from './pool-plan.ts'
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

/**
 * The dead leave their manifests at once, unless promise 7 distrusts what made them look dead, or somebody has frozen them to look
 * at them.
 */
export function healDead(draft: Draft, { settled, frozen }: PoolPlan): void {
  for (const { one, instances } of settled) {
    if (one.distrust !== undefined) continue
    for (const { state, host, id, detail } of instances) {
      if (state !== 'dead') forgetKept(draft, host, id)
      else if (isFrozen(frozen, host, id)) keepDead(draft, host, id, detail)
      else remove(draft, host, new Map([[id, detail]]))
    }
  }
}
