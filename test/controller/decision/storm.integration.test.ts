import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostAtOnce } from '../../../controller/decision/bounds.ts'
import type { HostRecord } from '../../../controller/decision/fleet.ts'
import type { OverrideAct } from '../../../controller/decision/overrides.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import type { StoreState } from '../../../controller/decision/state.ts'
import { aPolicy, aPool, aRule, aRun, HOUR, MINUTE, SECOND } from './builders.ts'
import { createToy, type Ticked, type Toy } from './toy.ts'

const ticksIn = (ms: number): number => Math.ceil(ms / (15 * SECOND))

/** What happens at a tick: something to the load, an instance, a host, the listing, the clock or the policies. */
const mishap = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('calm' as const), which: fc.nat(9) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'load',
        'die',
        'recover',
        'stop',
        'blind',
        'see',
        'hide',
        'skew',
        'drop',
        'restore',
        'drain-host',
        'freeze',
      ),
      which: fc.nat(9),
    }),
  },
)

const some = fc.record({
  policies: fc.array(
    fc.record({
      min: fc.nat(3),
      room: fc.nat(5),
      slots: fc.constantFrom(1, 1, 2),
      priority: fc.nat(2),
      step: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  hosts: fc.integer({ min: 1, max: 6 }),
  spareSlots: fc.nat(3),
  boot: fc.constantFrom(0, MINUTE, 4 * MINUTE),
  start: fc.constantFrom(0, 20 * SECOND),
  events: fc.array(mishap, { minLength: 60, maxLength: 150 }),
})

function policiesOf(
  drawn: readonly { min: number; room: number; slots: number; priority: number; step: number }[],
) {
  return drawn.map(({ min, room, slots, priority, step }, i) =>
    aPolicy({
      workload: `w${i}`,
      size: { min, max: Math.max(1, min + room) },
      priority,
      run: aRun({ slots }),
      rules: [aRule()],
      out: { step, wait: MINUTE, perHour: { count: 4, share: 2 } },
      in: { step, wait: MINUTE, hold: 2 * MINUTE, perHour: { count: 1, share: 0.5 }, sharePerTick: 0.25 },
    }),
  )
}

/** What must hold at every moment; answers what does not, in words. */
function wrong(
  toy: Toy,
  pool: Pool,
  policies: readonly Policy[],
  before: StoreState,
  { decisions }: Ticked,
): string[] {
  const found: string[] = []
  const records = Object.values(toy.state.hosts)
  for (const record of records) found.push(...doubled(record))
  if (toy.hosts.size > pool.hosts.max) found.push(`${toy.hosts.size} hosts, at most ${pool.hosts.max}`)
  for (const policy of policies) {
    const { workload, size } = policy
    const decision = decisions.find((one) => one.workload === workload)
    if (decision === undefined || decision.sentence === '') found.push(`no decision about ${workload}`)
    else if (decision.reason !== 'blind' && (decision.granted < size.min || decision.granted > size.max))
      found.push(`${workload} has a size of ${decision.granted}`)
    const entries = entriesOf(toy.state, workload)
    const staying = entries.filter(({ drain }) => drain === undefined).length
    if (staying > size.max) found.push(`${staying} instances of ${workload} stay`)
    const known = new Set(entriesOf(before, workload).flatMap(({ id, drain }) => (drain ? [id] : [])))
    const begun = entries.filter(({ id, drain }) => drain !== undefined && !known.has(id)).length
    if (begun > mostAtOnce(policy, entriesOf(before, workload).length))
      found.push(`${begun} of ${workload} drain at once`)
  }
  const ids = records.flatMap(({ entries }) => entries.map(({ id }) => id))
  if (new Set(ids).size < ids.length) found.push('an id is there twice')
  return found
}

function doubled({ name, entries, leaving, slots }: HostRecord): string[] {
  const held = [...entries, ...leaving].flatMap((one) => one.slots)
  const isOut = held.some((slot) => slot < 0 || slot >= slots)
  return new Set(held).size < held.length || isOut ? [`slots of ${name}: ${held}`] : []
}

const entriesOf = ({ hosts }: StoreState, workload: string) =>
  Object.values(hosts)
    .filter(({ deleting }) => deleting === undefined)
    .flatMap(({ entries }) => entries.filter((entry) => entry.workload === workload))

/** An operator's word for the next minutes. */
function say(toy: Toy, act: OverrideAct): void {
  const at = toy.time + toy.skew
  const word = { id: `o${at}`, act, by: 'ann', why: 'a story', at, until: at + 10 * MINUTE }
  toy.state = { ...toy.state, overrides: { ...toy.state.overrides, [word.id]: word } }
}

test('through deaths, lost hosts, drained and frozen ones, blindness, lagging listings, clocks set back and lost policies: never out of bounds, and all well in the end', () => {
  fc.assert(
    fc.property(some, ({ policies: drawn, hosts, spareSlots, boot, start, events }) => {
      const pool = aPool({ hosts: { min: 0, max: hosts }, spareSlots, consolidateAfter: 5 * MINUTE })
      const policies = policiesOf(drawn)
      let load = 100
      let hiddenSince = 0
      const toy = createToy({ policies, pool, boot, start, load: () => load })
      const found: string[] = []
      const watched = (): void => {
        const before = toy.state
        const ticked = toy.tick()
        found.push(...wrong(toy, pool, toy.policies, before, ticked))
      }
      for (const { kind, which } of events) {
        const ids = Object.values(toy.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id))
        const host = [...toy.hosts.values()][which % Math.max(1, toy.hosts.size)]
        if (kind === 'load') load = which * 60
        if (kind === 'die') toy.dead.add(ids[which % Math.max(1, ids.length)] ?? '')
        if (kind === 'recover') toy.dead.clear()
        if (kind === 'stop' && host !== undefined) host.state = 'stopped'
        if (kind === 'blind') toy.blind = 'the provider does not answer'
        if (kind === 'see') toy.blind = undefined
        if (kind === 'skew' && which < 3) toy.skew -= which * 20 * MINUTE
        if (kind === 'drain-host' && host !== undefined) say(toy, { kind, host: host.name })
        if (kind === 'freeze' && host !== undefined) say(toy, { kind, subject: host.name })
        if (kind === 'drop') toy.policies = policies.slice(1)
        if (kind === 'restore') toy.policies = policies
        if (kind === 'hide' && toy.hidden.size === 0) {
          for (const name of [...toy.hosts.keys()].slice(0, which)) toy.hidden.add(name)
          hiddenSince = toy.time
        }
        // A lag of listings that is within what pools are told to expect.
        if (toy.time - hiddenSince > 30 * SECOND) toy.hidden.clear()
        watched()
      }
      expect([...new Set(found)]).toEqual([])

      toy.dead.clear()
      toy.hidden.clear()
      toy.blind = undefined
      toy.policies = policies
      toy.skew = 0
      for (let i = 0; i < ticksIn(3 * HOUR); i++) watched()
      expect([...new Set(found)]).toEqual([])
      const { decisions } = toy.tick()
      for (const { workload, granted, alarms, counts } of decisions) {
        const isShort = alarms.some((alarm) => alarm.startsWith('pool') || alarm.startsWith('free slots'))
        if (!isShort) expect({ workload, ...counts }).toEqual({ ...none, workload, ready: granted })
      }
    }),
    { numRuns: 20 },
  )
})

const none = { ready: 0, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }

test('hosts that are gone from the listing for long, and come back, are adopted, and what is too much drains', () => {
  const policies = [aPolicy({ rules: [], size: { min: 4, max: 6 } })]
  const toy = createToy({ policies, pool: aPool({ hosts: { min: 0, max: 8 } }), load: () => 0 })
  toy.ticks(20)
  for (const name of toy.hosts.keys()) toy.hidden.add(name)
  const lost = new Set(toy.hidden)
  toy.ticks(ticksIn(5 * MINUTE))
  expect(toy.hosts.size).toBe(4)
  expect(Object.keys(toy.state.hosts).filter((name) => lost.has(name))).toEqual([])
  toy.hidden.clear()
  const first = toy.tick()
  expect(first.steps.filter(({ kind }) => kind === 'adopt-host')).toHaveLength(2)
  expect(first.steps.filter(({ kind }) => kind === 'drain')).toHaveLength(2)
  expect(first.steps.filter(({ kind }) => kind === 'delete-host')).toEqual([])
  const last = toy.ticks(ticksIn(10 * MINUTE)).at(-1)
  expect(last?.decisions[0]).toMatchObject({ granted: 4, counts: { ready: 4, draining: 0 } })
  expect(last?.running).toBe(4)
})
