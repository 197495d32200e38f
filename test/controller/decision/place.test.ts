import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boardOf, open, type Spot } from '../../../controller/decision/board.ts'
import type { Instance } from '../../../controller/decision/fleet.ts'
import { limits, refusal } from '../../../controller/decision/limits.ts'
import { minimaFit } from '../../../controller/decision/minima.ts'
import { place, spreadOf, victim } from '../../../controller/decision/place.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import { aHost, anEntry, anInstance, aPolicy, aPool, aRun, NOW } from './builders.ts'
import { type Fleet, fleetOf, listedAs, someFleet, somePolicies, somePool } from './fleets.ts'

const board = ({ pool, records, instances, listing }: Fleet, closed?: string) =>
  boardOf(pool, records, instances, listing, { limits, ...(closed !== undefined && { closed }) })

/** A host in a zone with so many of some workload on it, from slot 0 on. */
const host = (name: string, zone: string, ...workloads: string[]) =>
  aHost({
    name,
    zone,
    index: Number(name.slice(1)),
    entries: workloads.map((workload, slot) =>
      anEntry({ id: `${workload}-${name}${slot}`, workload, slots: [slot] }),
    ),
  })

const where = (spot: Spot | undefined) => spot && [spot.opened === undefined ? spot.host : 'new', spot.zone]

interface Row {
  name: string
  hosts: ReturnType<typeof aHost>[]
  pool?: Partial<Pool>
  policy?: Partial<Policy>
  /** Host and zone of each instance in turn; undefined where none fits. */
  goes: (string[] | undefined)[]
  closed?: string
}

describe('an instance goes', () => {
  test.for<Row>([
    { name: 'to a new host where there is none', hosts: [], goes: [['new', 'a']] },
    {
      name: 'for its first two, to distinct hosts in distinct zones',
      hosts: [host('h0', 'a'), host('h1', 'b')],
      goes: [
        ['h0', 'a'],
        ['h1', 'b'],
        ['h0', 'a'],
      ],
    },
    {
      name: 'for its second, to another zone even if a host has to be opened for it',
      hosts: [host('h0', 'a', 'ingest'), host('h1', 'a')],
      goes: [['new', 'b']],
    },
    {
      name: 'for its second, to another host where the pool has one zone, and opens none needlessly',
      hosts: [host('h0', 'a', 'ingest'), host('h1', 'a')],
      pool: { zones: ['a'] },
      goes: [['h1', 'a']],
    },
    {
      name: 'for its second, to another host where no zone can be opened',
      hosts: [host('h0', 'a', 'ingest'), host('h1', 'a')],
      pool: { hosts: { min: 0, max: 2 } },
      goes: [['h1', 'a']],
    },
    {
      name: 'for its second, to the same host where nothing else is to be had',
      hosts: [host('h0', 'a', 'ingest')],
      pool: { hosts: { min: 0, max: 1 } },
      goes: [['h0', 'a'], ['h0', 'a'], undefined],
    },
    {
      name: 'with a min of one, to the fullest host at once',
      hosts: [host('h0', 'a'), host('h1', 'b', 'web', 'web')],
      policy: { size: { min: 1, max: 5 } },
      goes: [
        ['h1', 'b'],
        ['h0', 'a'],
      ],
    },
    {
      name: 'among equally full hosts to the zone with fewer of its kind',
      hosts: [
        host('h0', 'a', 'ingest'),
        host('h1', 'b', 'ingest'),
        host('h2', 'a', 'ingest'),
        host('h3', 'b', 'web'),
      ],
      goes: [['h1', 'b']],
    },
    {
      name: 'to the fullest that fits where it needs two slots',
      hosts: [host('h0', 'a', 'web', 'web'), host('h1', 'b', 'web'), host('h2', 'a')],
      policy: { run: aRun({ slots: 2 }), size: { min: 0, max: 9 } },
      goes: [
        ['h1', 'b'],
        ['h2', 'a'],
        ['new', 'b'],
      ],
    },
    {
      name: 'to a running host rather than to one that boots',
      hosts: [(({ runningAt: _boots, ...rest }) => rest)(host('h0', 'a', 'web')), host('h1', 'b')],
      policy: { size: { min: 1, max: 9 } },
      goes: [['h1', 'b']],
    },
    {
      name: 'nowhere while the pool may order nothing and is full',
      hosts: [host('h0', 'a', 'web', 'web', 'web')],
      closed: 'orders no hosts for 15s (quota)',
      goes: [undefined],
    },
    {
      name: 'nowhere, opening nothing, where it is larger than a host',
      hosts: [],
      policy: { run: aRun({ slots: 4 }) },
      goes: [undefined],
    },
  ])('$name', ({ hosts, pool, policy, goes, closed }) => {
    const scratch = board(fleetOf(aPool(pool), [], hosts), closed)
    const spots = goes.map(() => where(place(scratch, aPolicy(policy))?.spot))
    expect(spots).toEqual(goes)
    const opened = [...scratch.spots.values()].filter((spot) => spot.opened !== undefined)
    expect(opened.length).toBe(goes.filter((to) => to?.[0] === 'new').length)
  })

  test.for([
    { name: 'that is being deleted', change: { deleting: { since: NOW, why: 'empty' } }, listed: {} },
    { name: 'that has stopped', change: {}, listed: { state: 'stopped' as const } },
    { name: 'with a process that no record explains', change: {}, listed: { alive: ['ghost-7'] } },
  ])('never to a host $name', ({ change, listed }) => {
    const record = aHost({ name: 'h0', ...change })
    const listing = new Map([['h0', listedAs(record, listed)]])
    const scratch = boardOf(aPool({ hosts: { min: 0, max: 1 } }), [record], [], listing)
    expect(place(scratch, aPolicy())).toBeUndefined()
  })

  test('never to a slot whose process is still leaving', () => {
    const { id, workload, port, run } = anEntry()
    const leaving = [{ id, workload, slots: [0, 2], port, run, since: NOW }]
    const record = aHost({ leaving })
    const scratch = boardOf(aPool(), [record], [], new Map([['h1', listedAs(record)]]))
    expect(place(scratch, aPolicy())?.slots).toEqual([1])
  })

  test('never to a host that has vanished from the listing, but to one that was ordered and is not listed yet', () => {
    const vanished = aHost({ name: 'h0' })
    const { seenAt: _seen, runningAt: _runs, ...fresh } = aHost({ name: 'h1', index: 1 })
    const scratch = boardOf(aPool(), [vanished, fresh], [], new Map())
    expect(place(scratch, aPolicy())?.spot.host).toBe('h1')
  })
})

describe('properties of placement', () => {
  const places = (fleet: Fleet, times = 6) => {
    const scratch = board(fleet)
    const placed = fleet.policies.flatMap((policy) =>
      Array.from({ length: times }, () => {
        const homes = [...(scratch.spreads.get(policy.workload)?.homes.keys() ?? [])]
        const one = place(scratch, policy)
        return one && { policy, homes, ...one }
      }).filter((one) => one !== undefined),
    )
    return { scratch, placed }
  }

  test('no host is overfilled and no slot is taken twice', () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        const { placed } = places(fleet)
        const taken = new Map(
          fleet.records.map(({ name, entries }) => [name, entries.flatMap(({ slots }) => slots)]),
        )
        for (const { spot, slots, policy } of placed) {
          expect(slots.length).toBe(policy.run.slots)
          taken.set(spot.host, [...(taken.get(spot.host) ?? []), ...slots])
        }
        for (const slots of taken.values()) {
          expect(new Set(slots).size).toBe(slots.length)
          for (const slot of slots) expect(slot).toBeLessThan(fleet.pool.slots)
        }
      }),
    )
  })

  test('there are never more hosts than hosts.max, and their indexes differ', () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        const { scratch } = places(fleet)
        expect(scratch.spots.size).toBeLessThanOrEqual(Math.max(fleet.pool.hosts.max, fleet.records.length))
        const indexes = [...scratch.spots.values()].map(({ index }) => index)
        expect(new Set(indexes).size).toBe(indexes.length)
      }),
    )
  })

  test('the first min(2, min) share a host only where no other has room and none may be opened', () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        const { pool } = fleet
        const scratch = board(fleet)
        for (const policy of fleet.policies) {
          const spread = scratch.spreads.get(policy.workload)
          const homes = new Set(spread?.homes.keys())
          const zones = new Set(spread?.zones.keys())
          if (homes.size >= spreadOf(policy)) continue
          const room = [...scratch.open].filter(({ free }) => free.length >= policy.run.slots)
          const mayOpen = refusal(scratch.bounds, 'growth') === undefined && policy.run.slots <= pool.slots
          const placed = place(scratch, policy)
          if (placed === undefined) continue
          const elsewhere = room.filter((spot) => !homes.has(spot.host))
          if (elsewhere.length > 0 || mayOpen) expect(homes.has(placed.spot.host)).toBe(false)
          const otherZone = elsewhere.some(({ zone }) => !zones.has(zone))
          const mayOpenThere = mayOpen && pool.zones.some((zone) => !zones.has(zone))
          if (otherZone || mayOpenThere) expect(zones.has(placed.spot.zone)).toBe(false)
        }
      }),
    )
  })

  test('something is refused only where nothing fits', () => {
    fc.assert(
      fc.property(someFleet, (fleet) => {
        const scratch = board(fleet)
        for (const policy of fleet.policies) {
          const room = [...scratch.open].some(({ free }) => free.length >= policy.run.slots)
          const mayOpen =
            refusal(scratch.bounds, 'growth') === undefined && policy.run.slots <= fleet.pool.slots
          expect(place(scratch, policy) !== undefined).toBe(room || mayOpen)
        }
      }),
    )
  })

  test('the order of hosts in the store does not matter', () => {
    const outcome = (fleet: Fleet) =>
      places(fleet).placed.map(({ spot, slots }) => [spot.host, spot.zone, slots])
    fc.assert(
      fc.property(someFleet, (fleet) => {
        expect(outcome({ ...fleet, records: fleet.records.toReversed() })).toEqual(outcome(fleet))
      }),
    )
  })
})

describe('who goes', () => {
  const at = (id: string, spot: string, zone: string, given: Partial<Instance> = {}) =>
    anInstance({ id, host: spot, zone, ...given })
  test.for<{ name: string; alive: Instance[]; staying?: [string, number][]; goes: string }>([
    {
      name: 'one that is not ready before one that is',
      alive: [at('i-1', 'h0', 'a'), at('i-2', 'h1', 'b'), at('i-3', 'h1', 'b', { state: 'starting' })],
      goes: 'i-3',
    },
    {
      name: 'the one on the emptiest host',
      alive: [at('i-1', 'h0', 'a'), at('i-2', 'h1', 'b'), at('i-3', 'h2', 'a')],
      staying: [
        ['h0', 3],
        ['h1', 2],
        ['h2', 1],
      ],
      goes: 'i-3',
    },
    {
      name: 'not the only one in its zone, though its host is the emptiest',
      alive: [at('i-1', 'h0', 'a'), at('i-2', 'h1', 'b'), at('i-3', 'h2', 'a')],
      staying: [
        ['h0', 3],
        ['h1', 1],
        ['h2', 2],
      ],
      goes: 'i-3',
    },
    {
      name: 'not the only one on its host where that leaves but one host',
      alive: [at('i-1', 'h0', 'a'), at('i-2', 'h0', 'a'), at('i-3', 'h1', 'b', { state: 'starting' })],
      goes: 'i-2',
    },
    {
      name: 'not the only one on its host, also where there is but one zone',
      alive: [at('i-1', 'h0', 'a'), at('i-2', 'h0', 'a'), at('i-3', 'h1', 'a', { state: 'starting' })],
      goes: 'i-2',
    },
    {
      name: 'among equals the one in the fuller zone, then the newest',
      alive: [
        at('i-1', 'h0', 'a'),
        at('i-2', 'h1', 'b'),
        at('i-3', 'h2', 'a', { placedAt: NOW }),
        at('i-4', 'h3', 'a'),
        at('i-5', 'h4', 'b'),
      ],
      goes: 'i-3',
    },
  ])('$name', ({ alive, staying = [], goes }) => {
    expect(victim(aPolicy(), alive, new Map(staying))?.id).toBe(goes)
    expect(victim(aPolicy(), alive.toReversed(), new Map(staying))?.id).toBe(goes)
  })

  test('nobody, where there is nobody', () => {
    expect(victim(aPolicy(), [], new Map())).toBeUndefined()
  })
})

describe('do the minima fit', () => {
  test('what is said to fit is placed on an empty pool, and what is not is not', () => {
    fc.assert(
      fc.property(somePool, somePolicies, (pool, policies) => {
        const slots = policies.reduce((sum, { size, run }) => sum + size.min * run.slots, 0)
        const said = minimaFit(pool, policies)
        if (slots > pool.slots * pool.hosts.max) expect(said).toMatch(/^the minima do not fit pool edge/)
        if (slots === 0) expect(said).toBeUndefined()
        const single = policies.every(({ run }) => run.slots === 1)
        if (single && slots <= pool.slots * pool.hosts.max) expect(said).toBeUndefined()
        expect(minimaFit(pool, policies.toReversed()) === undefined).toBe(said === undefined)
      }),
    )
  })

  test('it names who gets how many of how many, and the remedy', () => {
    const policies = [
      aPolicy({ size: { min: 4, max: 9 } }),
      aPolicy({ workload: 'web', size: { min: 3, max: 9 } }),
    ]
    expect(minimaFit(aPool({ hosts: { min: 0, max: 2 } }), policies)).toBe(
      'the minima do not fit pool edge (2 x 3 slots): ingest gets 3 of 4; raise hosts.max or lower a min',
    )
  })
})

test('opened hosts are spread over the zones', () => {
  const scratch = boardOf(aPool({ zones: ['a', 'b', 'c'] }), [aHost({ zone: 'a' })], [], new Map())
  expect([1, 2, 3].map(() => open(scratch, 'spare', 'spare')?.zone)).toEqual(['b', 'c', 'a'])
})
