import fc from 'fast-check'
import type { Entry, HostRecord, Instance, ListedHost } from '../../../controller/decision/fleet.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import { manifestOf } from '../../../controller/decision/told.ts'
import { instancesOf } from '../../../controller/decision/view.ts'
import { aHost, anEntry, aPolicy, aPool, aRun, NOW } from './builders.ts'

/** A pool with its policies and hosts, some slots of which are taken. */
export interface Fleet {
  pool: Pool
  policies: Policy[]
  records: HostRecord[]
  instances: Instance[]
  listing: Map<string, ListedHost>
}

export const somePool: fc.Arbitrary<Pool> = fc
  .record({
    slots: fc.integer({ min: 1, max: 4 }),
    zones: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c']),
    max: fc.integer({ min: 1, max: 6 }),
    spareSlots: fc.nat(3),
  })
  .map(({ max, ...rest }) => aPool({ ...rest, hosts: { min: 0, max } }))

export const somePolicies: fc.Arbitrary<Policy[]> = fc
  .array(
    fc.record({
      min: fc.nat(3),
      room: fc.nat(4),
      slots: fc.constantFrom(1, 1, 1, 2),
      priority: fc.nat(2),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((some) =>
    some.map(({ min, room, slots, priority }, i) =>
      aPolicy({
        workload: `w${i}`,
        size: { min, max: Math.max(1, min + room) },
        priority,
        run: aRun({ slots }),
      }),
    ),
  )

/** What is on a slot: nothing, or an instance of one of the workloads, perhaps on its way out. */
const held = fc.record({
  workload: fc.option(fc.nat(4), { nil: undefined }),
  drains: fc.boolean(),
})

export const someFleet: fc.Arbitrary<Fleet> = fc
  .record({
    pool: somePool,
    policies: somePolicies,
    hosts: fc.array(fc.record({ zone: fc.nat(2), slots: fc.array(held, { maxLength: 4 }) }), {
      maxLength: 5,
    }),
  })
  .map(({ pool, policies, hosts }) => {
    const records = hosts.slice(0, pool.hosts.max).map(({ zone, slots }, index) =>
      aHost({
        name: `h${index}`,
        index,
        slots: pool.slots,
        zone: pool.zones[zone % pool.zones.length] ?? 'a',
        entries: entriesOf(index, slots, pool, policies),
      }),
    )
    return fleetOf(pool, policies, records)
  })

/** A fleet that is listed as it is recorded, and everything on it ready. */
export function fleetOf(pool: Pool, policies: Policy[], records: HostRecord[]): Fleet {
  const listing = new Map(records.map((record) => [record.name, listedAs(record)]))
  const instances = instancesOf(records, { listing }, () => ({ kind: 'ready', since: NOW }), NOW)
  return { pool, policies, records, instances, listing }
}

function entriesOf(
  index: number,
  slots: readonly { workload: number | undefined; drains: boolean }[],
  pool: Pool,
  policies: readonly Policy[],
): Entry[] {
  const entries: Entry[] = []
  let next = 0
  for (const { workload, drains } of slots) {
    const policy = workload === undefined ? undefined : policies[workload % policies.length]
    const size = policy?.run.slots ?? 1
    if (next + size > pool.slots) break
    const taken = Array.from({ length: size }, (_, i) => next + i)
    next += size
    if (policy === undefined) continue
    const about = { id: `${policy.workload}-${index}${next}`, workload: policy.workload, run: policy.run }
    entries.push(
      anEntry({ ...about, slots: taken, ...(drains && { drain: { since: NOW, why: 'scale-in' } }) }),
    )
  }
  return entries
}

/** The host as its provider would list it, told and doing what is recorded. */
export function listedAs(record: HostRecord, given: Partial<ListedHost> = {}): ListedHost {
  const { name, zone, pool, index, slots, intent, entries, leaving } = record
  const labels = { controller: 'capuchin', pool, index: String(index), slots: String(slots), intent }
  const alive = [...entries, ...leaving].map(({ id }) => id)
  const about = { address: `10.0.0.${index}`, labels, manifest: manifestOf(record, 1), alive }
  return { name, zone, state: 'running', ...about, ...given }
}
