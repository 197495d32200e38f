import { describe, expect, test } from 'vitest'
import type { Headroom } from '../../../controller/decision/headroom.ts'
import { beforeBegun } from '../../../controller/decision/intended.ts'
import { affordable, openZones, sayFull } from '../../../controller/decision/limits.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import type { Intent } from '../../../controller/decision/state.ts'
import { aHost, aPool, fixedRule, MINUTE, NOW } from './builders.ts'
import { loose } from './mutation-example.ts'
import { fleet, host, look, type Scene, silent, type Told } from './scene.ts'

const two = fleet(['ingest-1', 'ingest-2', 'ingest-3'], ['ingest-4', 'ingest-5', 'ingest-6'])

const wants = (size: number, given: Partial<Policy> = {}): Policy =>
  loose({ rules: [fixedRule(size)], ...given })

const orders = ({ draft }: Told) =>
  [...draft.intents.values()].filter(({ kind, at }) => kind === 'create-host' && at === NOW).length

const backoff = (minutes: number, why = 'capacity: nothing left') => ({
  until: NOW + minutes * MINUTE,
  failures: 1,
  why,
})

const quota = (left: number): Headroom => ({ hosts: { left, why: 'the quota of 12 VMs leaves room for' } })
const calls = (left: number): Headroom => ({ operations: { left, why: 'of 8 operations there is room for' } })

const intent = (kind: Intent['kind'], name: string): [string, Intent] => [
  `${kind}:${name}`,
  { id: name, kind, host: name, pool: 'edge', at: NOW - MINUTE, attempts: 0, notBefore: NOW + MINUTE },
]

const money: Partial<Pool> = { pricePerHour: 3.1, maxCostPerHour: 10 }

interface Row {
  name: string
  scene?: Partial<Scene>
  /** Of ingest; where it has six and is asked for ten, two hosts more would hold them. */
  granted: number
  says?: string
  clamp?: string
  orders?: number
  alarms?: string[]
}

const scene = (given: Partial<Scene> = {}): Scene => ({ hosts: two, policies: [wants(10)], ...given })

describe('growth is bounded by what can be had, and the decision says by what', () => {
  test.for<Row>([
    { name: 'nothing bounds it', granted: 10, orders: 2 },
    {
      name: 'hosts.max',
      scene: { pool: { hosts: { min: 0, max: 3 } } },
      granted: 9,
      clamp: 'pool',
      says: 'held to 9: pool edge has no free slot and all the hosts it may have (3)',
    },
    {
      name: 'a quota that leaves room for one',
      scene: { headroom: quota(1) },
      granted: 9,
      clamp: 'quota',
      says: 'held to 9: pool edge has no free slot and the quota of 12 VMs leaves room for 1 more host',
    },
    {
      name: 'a quota that leaves none',
      scene: { headroom: quota(0) },
      granted: 6,
      clamp: 'quota',
      says: 'ingest stays at 6: by hand fixed at 10, now 6 asks for 10, but pool edge has no free slot and the quota of 12 VMs leaves room for no more hosts',
      orders: 0,
    },
    {
      name: 'money',
      scene: { pool: money },
      granted: 9,
      clamp: 'cost',
      says: 'held to 9: pool edge has no free slot and maxCostPerHour 10 allows 3 hosts at 3.1 an hour',
    },
    {
      name: 'a lowered bound on money: nobody is taken away for it',
      scene: { pool: { ...money, maxCostPerHour: 4 } },
      granted: 6,
      clamp: 'cost',
      says: 'but pool edge has no free slot and maxCostPerHour 4 allows 1 host at 3.1 an hour',
      orders: 0,
    },
    {
      name: 'calls that can begin now: the rest comes with a later tick, and that is no alarm',
      scene: { headroom: calls(1) },
      granted: 9,
      clamp: 'operations',
      says: 'held to 9: pool edge has no free slot and of 8 operations there is room for 1 more change',
      alarms: [],
    },
    {
      name: 'zones without capacity, by the word of the one that is tried again first',
      scene: { state: { supply: { edge: { zones: { a: backoff(9), b: backoff(2) } } } } },
      granted: 6,
      clamp: 'pool',
      says: 'pool edge has no free slot and orders no hosts for 2m, since no zone has capacity (b: capacity: nothing left)',
      orders: 0,
    },
    {
      name: 'one host at a time after a refused order',
      scene: { state: { backoffs: { edge: backoff(-1, 'quota: 12 VMs') } } },
      granted: 9,
      clamp: 'pool',
      says: 'the last order was refused (quota: 12 VMs), so one is tried, which leaves room for 1 more host',
    },
    {
      name: 'not by zones that have waited long enough',
      scene: { state: { supply: { edge: { zones: { a: backoff(0), b: backoff(-2) } } } } },
      granted: 10,
      orders: 2,
    },
  ])('$name', ({ scene: given, granted, says = '', clamp, orders: made = 1, alarms }) => {
    const told = look(scene(given))
    const [decision] = told.decisions
    expect(decision).toMatchObject({ granted })
    expect(decision?.sentence).toContain(says)
    expect(decision?.clamps.map((one) => one.clamp)).toEqual(clamp === undefined ? [] : [clamp])
    expect(orders(told)).toBe(made)
    if (clamp !== undefined) expect(decision?.alarms).toHaveLength(alarms?.length ?? 1)
  })
})

test('a host that is ordered and that no listing names yet takes its part of the quota, one that is listed has it already', () => {
  const {
    seenAt: _s,
    runningAt: _r,
    confirmedAt: _c,
    ...unseen
  } = aHost({
    ...{ name: 'h9', index: 9, orderedAt: NOW - MINUTE },
  })
  const hosts = [...two, unseen]
  const state = { intents: Object.fromEntries([intent('create-host', 'h9')]) }
  const granted = (listed: Scene['listed']) =>
    look(scene({ hosts, headroom: quota(1), state, policies: [wants(12)], ...(listed && { listed }) }))
      .decisions[0]?.granted
  // Three go to the host that is ordered, and three more to a new one where there is room for it.
  expect(granted({ h9: undefined })).toBe(9)
  expect(granted({ h9: { state: 'booting' } })).toBe(12)
})

test('what was begun has been counted by the provider, what was not is counted here', () => {
  const draft = look(
    scene({
      state: { intents: Object.fromEntries([intent('set-manifest', 'h0'), intent('set-manifest', 'h1')]) },
    }),
  ).draft
  const counted = (begun: string[]) =>
    beforeBegun({ ...calls(2), ...quota(3) }, { ...draft, begun: new Set(begun) }, 'edge', new Map())
  expect(counted([])).toMatchObject({ operations: { left: 2 }, hosts: { left: 3 } })
  expect(counted(['set-manifest:h0'])).toMatchObject({ operations: { left: 3 }, hosts: { left: 3 } })
  const [order = ''] = [...draft.intents.keys()].filter((key) => key.startsWith('create-host'))
  expect(counted([order])).toMatchObject({ operations: { left: 3 }, hosts: { left: 4 } })
  expect(beforeBegun(undefined, draft, 'edge', new Map())).toBeUndefined()
})

test('changes that are intended and not done take their part of what can begin', () => {
  const open = Object.fromEntries([intent('set-manifest', 'h0'), intent('set-manifest', 'h1')])
  const made = (left: number) => orders(look(scene({ headroom: calls(left), state: { intents: open } })))
  expect([2, 3, 4].map(made)).toEqual([0, 1, 2])
})

test('calls that cannot begin now take nothing from others, though a min waits for them', () => {
  const web = wants(3, { workload: 'web', size: { min: 1, max: 9 } })
  const policies = [wants(6), web]
  const [ingest, other] = look(scene({ headroom: calls(0), policies })).decisions
  expect([ingest?.granted, other?.granted, other?.alarms]).toEqual([6, 1, []])
  const [donor] = look(scene({ headroom: quota(0), policies })).decisions
  expect(donor?.granted).toBe(5)
})

describe('what a minimum needs is had at any price', () => {
  test('of a workload: its hosts are ordered beyond the bound, and that is an alarm; growth beyond it is not', () => {
    const policies = [wants(12, { size: { min: 9, max: 20 } })]
    const told = look(scene({ policies, pool: { ...money, maxCostPerHour: 4 } }))
    expect(orders(told)).toBe(1)
    expect(told.decisions[0]).toMatchObject({ granted: 9 })
    expect(told.decisions[0]?.alarms).toEqual([
      'pool edge has no free slot and maxCostPerHour 4 allows 1 host at 3.1 an hour',
      'the min of ingest (9) takes more hosts, though maxCostPerHour 4 allows 1 host at 3.1 an hour',
    ])
  })

  test('but not beyond hosts.max', () => {
    const policies = [wants(9, { size: { min: 9, max: 20 } })]
    expect(
      orders(look(scene({ policies, pool: { ...money, maxCostPerHour: 4, hosts: { min: 0, max: 2 } } }))),
    ).toBe(0)
  })

  test('of a pool: hosts.min are ordered without a word', () => {
    const told = look(
      scene({ policies: [wants(6)], pool: { ...money, maxCostPerHour: 4, hosts: { min: 4, max: 8 } } }),
    )
    expect(orders(told)).toBe(2)
    expect(told.decisions[0]?.alarms).toEqual([])
  })
})

describe('spare slots wait without a word', () => {
  test.for<{ name: string; given: Partial<Scene> }>([
    { name: 'for a quota', given: { headroom: quota(0) } },
    { name: 'for money', given: { pool: { ...money, maxCostPerHour: 7, spareSlots: 2 } } },
    { name: 'for calls that cannot begin', given: { headroom: calls(0) } },
  ])('$name', ({ given }) => {
    const scarce = scene({ policies: [wants(6)], pool: { spareSlots: 2 }, ...given })
    const told = look(scarce)
    expect(orders(told)).toBe(0)
    expect(told.decisions.flatMap(({ alarms }) => alarms)).toEqual([])
    expect(orders(look({ ...scarce, headroom: {}, pool: { spareSlots: 2 } }))).toBe(1)
  })
})

describe('zones without capacity', () => {
  const shut = { supply: { edge: { zones: { b: backoff(9) } } } }
  const zonesOf = ({ draft }: Told) => [...draft.hosts.values()].map(({ zone }) => zone)

  test('are left out, and come into their own again', () => {
    expect(zonesOf(look(scene({ state: shut })))).toEqual(['a', 'b', 'a', 'a'])
    expect(zonesOf(look(scene()))).toEqual(['a', 'b', 'a', 'b'])
  })

  test('make no host in the same zone for the sake of a second zone', () => {
    const one = [host(0, ['ingest-1']), host(2, [])]
    const told = look({ hosts: one, policies: [wants(2)], state: shut })
    expect(orders(told)).toBe(0)
    expect(told.staying).toContain('ingest-1@h0')
    expect(orders(look({ hosts: one, policies: [wants(2)] }))).toBe(1)
  })

  test('which ones are open, and why none is', () => {
    const pool = aPool({ zones: ['a', 'b', 'c'] })
    expect(openZones(pool, { b: backoff(1) }, NOW)).toEqual(['a', 'c'])
    expect(sayFull(pool, { b: backoff(1) }, NOW)).toBeUndefined()
    const all = { a: backoff(3), b: backoff(1, 'no cores'), c: backoff(2) }
    expect(sayFull(pool, all, NOW)).toBe('orders no hosts for 1m, since no zone has capacity (b: no cores)')
  })
})

/** Others have drained instances whose replacement was refused then. */
describe('nothing drains for the sake of a place that cannot be had (D16)', () => {
  const full = [host(0, ['ingest-1', 'ingest-2', 'ingest-3']), host(1, ['ingest-4', 'ingest-5', 'ingest-6'])]
  const closing = { since: NOW - MINUTE, for: 'operator' as const, why: 'ann drains h0 (kernel)' }
  const moving = { since: NOW - MINUTE, why: closing.why }
  const leaving = full.map((one, i) =>
    i === 0 ? { ...one, closing, entries: one.entries.map((entry) => ({ ...entry, moving })) } : one,
  )

  test.for<{ name: string; given: Partial<Scene>; why: string }>([
    {
      name: 'a quota',
      given: { headroom: quota(0) },
      why: 'the quota of 12 VMs leaves room for no more hosts',
    },
    {
      name: 'calls',
      given: { headroom: calls(0) },
      why: 'of 8 operations there is room for no more changes',
    },
    {
      name: 'money',
      given: { pool: { ...money, maxCostPerHour: 7 } },
      why: 'maxCostPerHour 7 allows 2 hosts at 3.1 an hour',
    },
    {
      name: 'zones',
      given: { state: { supply: { edge: { zones: { a: backoff(1), b: backoff(1) } } } } },
      why: 'orders no hosts for 1m, since no zone has capacity (a: capacity: nothing left)',
    },
  ])(
    'a host that an operator drains keeps what runs there, and says that it waits for $name',
    ({ given, why }) => {
      const state = {
        workloads: { ingest: { size: 6, sizes: [{ at: NOW - 9 * MINUTE, size: 6 }] } },
        ...given.state,
      }
      for (const max of [6, 20]) {
        const drained = { hosts: leaving, policies: [wants(6, { size: { min: 2, max } })], ...given, state }
        const told = look({ ...drained, overrides: [{ kind: 'drain-host', host: 'h0' }] })
        expect(told.draining).toEqual([])
        expect(told.decisions[0]).toMatchObject({ granted: 6 })
        expect(told.said.join()).toContain(`h0 is not empty yet: pool edge has no`)
        expect(told.said.join()).toContain(why)
      }
    },
  )

  test('a pool in which no host can be ordered is not consolidated', () => {
    const half = fleet(['ingest-1', 'web-1'], ['ingest-2', 'web-2'], ['web-3'])
    const policies = [loose({ rules: [] }), loose({ workload: 'web', rules: [], size: { min: 1, max: 9 } })]
    const calm = { hosts: half, policies, pool: { consolidateAfter: MINUTE } }
    const state = { pools: { edge: { calm: MINUTE } } }
    expect(look({ ...calm, state }).closed).toEqual(['h2'])
    const zones = { a: backoff(1), b: backoff(1) }
    expect(look({ ...calm, state: { ...state, supply: { edge: { zones } } } }).closed).toEqual([])
    // It needs no host and frees one, so that a quota that is used up is no reason against it.
    expect(look({ ...calm, state, headroom: quota(0) }).closed).toEqual(['h2'])
  })

  test('who is dead leaves its place, is replaced as soon as a host can be had, and is not taken off the size', () => {
    const told = look(
      scene({ policies: [wants(6)], hosts: [...full], headroom: quota(0), health: { 'ingest-6': silent } }),
    )
    expect(told.decisions[0]).toMatchObject({ granted: 6 })
    expect(told.decisions[0]?.alarms).toHaveLength(1)
  })
})

test('a bound on money pays for as many hosts as it says, whatever binary fractions make of it', () => {
  const most = (maxCostPerHour: number, pricePerHour: number) =>
    affordable(aPool({ maxCostPerHour, pricePerHour }))
  expect([most(0.3, 0.1), most(10, 3.1), most(1, 3), affordable(aPool())]).toEqual([3, 3, 0, undefined])
})
