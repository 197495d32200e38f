import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HostRecord } from '../../../controller/decision/fleet.ts'
import { spreadOf } from '../../../controller/decision/place.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import { aHost, anEntry, aPolicy, aPool, aRun, MINUTE, SECOND } from './builders.ts'
import { createToy, type Ticked, type Toy } from './toy.ts'

interface Drawn {
  pool: Pool
  policies: Policy[]
  records: HostRecord[]
}

/** A pool with room for one more of each workload, and hosts that are filled at random. */
const some: fc.Arbitrary<Drawn> = fc
  .record({
    slots: fc.integer({ min: 2, max: 5 }),
    zones: fc.constantFrom(['a'], ['a', 'b']),
    floor: fc.constantFrom(0, 0, 2),
    spareSlots: fc.constantFrom(0, 0, 1, 3),
    sizes: fc.array(
      fc.record({ slots: fc.constantFrom(1, 1, 1, 2), min: fc.nat(3), room: fc.constantFrom(0, 1, 2, 2) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    hosts: fc.array(fc.array(fc.option(fc.nat(3), { freq: 2 }), { minLength: 1, maxLength: 4 }), {
      minLength: 3,
      maxLength: 7,
    }),
  })
  .map(({ slots, zones, floor, spareSlots, sizes, hosts }) => {
    const runs = sizes.map((one) => aRun({ slots: Math.min(slots, one.slots) }))
    const records = hosts.map((filled, index) => {
      const entries: HostRecord['entries'][number][] = []
      let next = 0
      for (const which of filled) {
        const run = runs[(which ?? 0) % runs.length]
        const held = run === undefined ? 1 : run.slots
        if (next + held > slots) break
        const taken = Array.from({ length: held }, () => next++)
        const workload = `w${(which ?? 0) % runs.length}`
        if (which !== null && run !== undefined)
          entries.push(anEntry({ id: `${workload}-${index}${next}`, workload, run, slots: taken }))
      }
      const zone = zones[index % zones.length] ?? 'a'
      return aHost({ name: `h${index}`, index, slots, zone, entries })
    })
    const policies = sizes.map(({ min, room }, i) => {
      const workload = `w${i}`
      const there = records
        .flatMap(({ entries }) => entries)
        .filter((one) => one.workload === workload).length
      const size = { min: Math.min(min, there), max: Math.max(1, there + room) }
      return aPolicy({ workload, rules: [], size, run: runs[i] ?? aRun() })
    })
    const pool = aPool({
      slots,
      zones,
      spareSlots,
      hosts: { min: floor, max: 8 },
      consolidateAfter: 2 * MINUTE,
    })
    return { pool, policies, records }
  })

interface Footing {
  ready: number
  homes: number
  zones: number
}

/** How a workload stands on what is ready and stays. */
function footing({ state }: Toy, { workload }: Policy): Footing {
  const hosts = Object.values(state.hosts)
  const entries = hosts.flatMap((host) =>
    host.entries
      .filter(
        (entry) => entry.workload === workload && entry.drain === undefined && entry.readyAt !== undefined,
      )
      .map(() => host),
  )
  return {
    ready: entries.length,
    homes: new Set(entries.map(({ name }) => name)).size,
    zones: new Set(entries.map(({ zone }) => zone)).size,
  }
}

/** Slots that may be filled. */
function freeIn(records: readonly HostRecord[]): number {
  let free = 0
  for (const { slots, entries, leaving, closing, deleting } of records) {
    if (closing !== undefined || deleting !== undefined) continue
    free += slots - [...entries, ...leaving].flatMap((one) => one.slots).length
  }
  return free
}

/** What must never be, whatever moves; in words. */
function broken(toy: Toy, { pool, policies }: Drawn): string[] {
  const found: string[] = []
  const records = Object.values(toy.state.hosts)
  for (const { name, entries, leaving, slots } of records) {
    const held = [...entries, ...leaving].flatMap((one) => one.slots)
    if (new Set(held).size < held.length || held.some((slot) => slot >= slots)) found.push(`slots of ${name}`)
  }
  if (toy.hosts.size > pool.hosts.max) found.push(`${toy.hosts.size} hosts`)
  for (const { workload, size } of policies) {
    const staying = records.flatMap(({ entries }) =>
      entries.filter((one) => one.workload === workload && one.drain === undefined),
    )
    if (staying.length > size.max) found.push(`${staying.length} of ${workload} stay`)
  }
  return found
}

/** What consolidation must not do to a fleet whose sizes do not change; in words. */
function worse(
  toy: Toy,
  drawn: Drawn,
  before: readonly Footing[],
  least: number,
  { steps }: Ticked,
): string[] {
  const found = broken(toy, drawn)
  for (const { kind, sentence } of steps) if (kind === 'order-host') found.push(sentence)
  const free = freeIn(Object.values(toy.state.hosts))
  if (free < least) found.push(`${free} slots are free of ${least}`)
  for (const [i, policy] of drawn.policies.entries()) {
    const { workload } = policy
    const now = footing(toy, policy)
    const then = before[i] ?? now
    if (now.ready < then.ready) found.push(`${now.ready} of ${workload} are ready`)
    const most = spreadOf(policy)
    if (now.homes < Math.min(most, then.homes)) found.push(`${workload} is on ${now.homes} hosts`)
    if (now.zones < Math.min(most, then.zones)) found.push(`${workload} is in ${now.zones} zones`)
  }
  return found
}

const ticksIn = (ms: number): number => Math.ceil(ms / (15 * SECOND))

test('random fleets at constant sizes: nothing is lost or above max, spread and spare slots are kept, no host is ordered, and it comes to rest', () => {
  let moves = 0
  let hosts = 0
  fc.assert(
    fc.property(some, (drawn) => {
      const { policies, pool, records } = drawn
      const toy = createToy({ policies, pool, load: () => 0, start: 20 * SECOND, found: records })
      // What the rules want first: hosts.min, spare slots, and empty hosts gone.
      toy.ticks(4)
      const before = policies.map((policy) => footing(toy, policy))
      const least = Math.min(pool.spareSlots, freeIn(Object.values(toy.state.hosts)))
      hosts += toy.hosts.size
      const found: string[] = []
      let last = 0
      for (let i = 1; i <= ticksIn(100 * MINUTE); i++) {
        const ticked = toy.tick()
        found.push(...worse(toy, drawn, before, least, ticked))
        const moved = ticked.steps.filter(({ kind }) => kind === 'move').length
        moves += moved
        if (moved > 0) last = i
        if (moved > 1) found.push(`${moved} move at once`)
        if (i > last + ticksIn(12 * MINUTE)) break
      }
      hosts -= toy.hosts.size
      expect([...new Set(found)]).toEqual([])
      expect(last).toBeLessThan(ticksIn(85 * MINUTE))
    }),
    { numRuns: 30 },
  )
  expect(moves).toBeGreaterThan(0)
  expect(hosts).toBeGreaterThan(0)
})

test('random fleets of which an operator drains a host: it goes, or it is said why not, and nothing is lost or above max meanwhile', () => {
  let gone = 0
  let waits = 0
  fc.assert(
    fc.property(some, fc.nat(6), (drawn, which) => {
      const { policies, pool, records } = drawn
      const host = records[which % records.length]?.name ?? ''
      const toy = createToy({ policies, pool, load: () => 0, start: 20 * SECOND, found: records })
      toy.ticks(2)
      const before = policies.map((policy) => footing(toy, policy).ready)
      const act = { kind: 'drain-host' as const, host }
      const word = { id: 'o1', act, by: 'ann', why: 'kernel', at: toy.time }
      toy.state = { ...toy.state, overrides: { o1: word } }
      const found: string[] = []
      for (let i = 1; i <= ticksIn(60 * MINUTE) && toy.state.hosts[host] !== undefined; i++) {
        toy.tick()
        found.push(...broken(toy, drawn))
        for (const [n, policy] of policies.entries()) {
          const size = before[n] ?? 0
          // At max one goes before its replacement comes, but never the only one.
          const least = size < policy.size.max || size === 1 ? size : size - 1
          const { ready } = footing(toy, policy)
          if (ready < least) found.push(`${ready} of ${policy.workload} are ready, ${least} were to be`)
        }
      }
      expect([...new Set(found)]).toEqual([])
      const left = toy.state.hosts[host]
      if (left === undefined) gone++
      else {
        waits++
        expect(left.closing?.waits ?? left.deleting).toBeDefined()
      }
    }),
    { numRuns: 25 },
  )
  expect(gone).toBeGreaterThan(waits)
})
