import { describe, expect, test } from 'vitest'
import { conclude } from '../../../controller/decision/conclude.ts'
import { draftOf } from '../../../controller/decision/draft.ts'
import type { Health, HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import type { Known } from '../../../controller/decision/known.ts'
import type { Policy, Pool } from '../../../controller/decision/policy.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, aPolicy, aPool, aRule, fixedRule, HOUR, MINUTE, NOW, whole } from './builders.ts'
import { listedAs } from './fleets.ts'

const ready: Health = { kind: 'ready', since: NOW - HOUR }
const silent: Health = { kind: 'silent', since: NOW, detail: 'no answer in 2000 ms', refused: false }

interface World {
  hosts?: HostRecord[]
  /** What the provider lists of a host; all of it as recorded, where nothing is said. */
  listed?: Record<string, Partial<ListedHost> | undefined>
  strays?: ListedHost[]
  dead?: string[]
  policies?: Policy[]
  pool?: Partial<Pool>
  state?: Partial<StoreState>
  /** Mean load by workload; none is measured where nothing is said. */
  load?: Record<string, number>
}

function look({
  hosts = [],
  listed = {},
  strays = [],
  dead = [],
  policies = [],
  pool,
  state,
  load = {},
}: World) {
  const known: StoreState = {
    ...emptyState,
    ...state,
    hosts: Object.fromEntries(hosts.map((one) => [one.name, one])),
  }
  const shown = hosts.filter(({ name }) => !(name in listed) || listed[name] !== undefined)
  const listing = [...shown.map((one) => listedAs(one, listed[one.name])), ...strays]
  const draft = draftOf(known, 'capuchin', NOW, () => 't')
  const about: Known = {
    state: known,
    now: NOW,
    pools: [aPool(pool)],
    policies,
    seen: new Map([['edge', { listing: new Map(listing.map((one) => [one.name, one])) }]]),
    healthOf: (id) => (dead.includes(id) ? silent : ready),
    integrals: new Map(Object.entries(load).map(([workload, value]) => [workload, [whole(value)]])),
  }
  const { decisions } = conclude(draft, about)
  const said = draft.steps.map(({ sentence }) => sentence)
  const entries = [...draft.hosts.values()].flatMap((host) =>
    host.entries.map((entry) => ({ host: host.name, ...entry })),
  )
  return { draft, decisions, said, entries, intents: [...draft.intents.keys()] }
}

/** A host with so many of a workload on it, numbered from `first`. */
const host = (index: number, first: number, amount: number, given: Partial<HostRecord> = {}): HostRecord =>
  aHost({
    name: `h${index}`,
    index,
    zone: index % 2 === 0 ? 'a' : 'b',
    entries: Array.from({ length: amount }, (_, slot) =>
      anEntry({ id: `ingest-${first + slot}`, slots: [slot], port: 8100 + slot }),
    ),
    ...given,
  })

const known = (size: number, workload = 'ingest'): Partial<StoreState> => ({
  workloads: { [workload]: { size, lastOut: NOW - 3 * HOUR, sizes: [{ at: NOW - 3 * HOUR, size }] } },
})

const idle = (given: Partial<Policy> = {}): Policy => aPolicy({ rules: [], ...given })

test('the first hosts and instances: each step says what is done, in order, and all of it is an intent before a call', () => {
  const { said, intents, decisions } = look({ policies: [idle()] })
  expect(said).toEqual([
    'capuchin-edge-1 is ordered in zone a: no free slot fits',
    'ingest-3 goes to new host capuchin-edge-1, slot 0',
    'capuchin-edge-4 is ordered in zone b: ingest needs a second zone',
    'ingest-6 goes to new host capuchin-edge-4, slot 0',
  ])
  expect(intents).toEqual(['create-host:capuchin-edge-1', 'create-host:capuchin-edge-4'])
  expect(decisions.map(({ sentence }) => sentence)).toEqual(['ingest 0 -> 2: min is 2'])
})

test('an instance that takes several slots says which', () => {
  const policy = idle({ run: { ...aPolicy().run, slots: 2 }, size: { min: 1, max: 2 } })
  const { said } = look({ policies: [policy], hosts: [host(0, 1, 0)] })
  expect(said).toEqual(['ingest-1 goes to running host h0, slots 0, 1'])
})

describe('at first sight', () => {
  test('what is found is taken over: the size is what hosts were told, the dead included', () => {
    const hosts = [host(0, 1, 3), host(1, 4, 3)]
    const { decisions, said } = look({
      hosts,
      policies: [aPolicy()],
      load: { ingest: 100 },
      dead: ['ingest-1'],
    })
    expect(decisions[0]).toMatchObject({ size: 6, granted: 6, reason: 'first-sight' })
    expect(said.filter((line) => line.includes('drains'))).toEqual([])
    expect(said.some((line) => line.includes('ingest-1 leaves h0'))).toBe(true)
  })

  test('what is adopted counts too', () => {
    const stray = listedAs(host(0, 1, 3, { name: 'capuchin-edge-9' }))
    const { decisions, said } = look({ strays: [stray], policies: [aPolicy()], load: { ingest: 30 } })
    expect(decisions[0]).toMatchObject({ size: 3, granted: 3, reason: 'first-sight' })
    expect(said).toEqual(['capuchin-edge-9 carries our labels and is adopted with 3 instances'])
  })
})

describe('what is wanted and what runs', () => {
  test('a surplus drains, a share in a tick, without a change of the size', () => {
    const hosts = [host(0, 1, 3), host(1, 4, 3), host(2, 7, 2)]
    const { said, decisions } = look({ hosts, policies: [idle()], state: known(4) })
    expect(decisions[0]).toMatchObject({ size: 4, granted: 4 })
    expect(said).toEqual([
      'ingest instance ingest-8 on h2 drains: it is beyond the size of 4',
      'ingest instance ingest-7 on h2 drains: it is beyond the size of 4',
    ])
  })

  test('a scale-in drains one, and the decision says why', () => {
    const { said, decisions } = look({
      hosts: [host(0, 1, 2), host(1, 3, 2)],
      policies: [aPolicy()],
      state: known(4),
      load: { ingest: 80 },
    })
    expect(decisions[0]?.sentence).toBe('ingest 4 -> 3: load 20 under 30 (5m mean)')
    expect(said).toEqual(['ingest instance ingest-4 on h1 drains: scale-in to 3'])
  })

  test('healing never goes beyond a lowered max, though the size is still above it', () => {
    const policies = [idle({ size: { min: 2, max: 4 } })]
    const hosts = [host(0, 1, 3), host(1, 4, 3)]
    const { entries, decisions } = look({ hosts, policies, state: known(6), dead: ['ingest-1', 'ingest-2'] })
    expect(decisions[0]).toMatchObject({ size: 6, granted: 5, reason: 'above-max' })
    expect(entries.filter(({ drain }) => drain === undefined)).toHaveLength(4)
  })

  test('instances on a host that has vanished are not replaced before it is given up', () => {
    const hosts = [host(0, 1, 2), host(1, 3, 2)]
    const { said, entries } = look({ hosts, policies: [idle()], state: known(4), listed: { h0: undefined } })
    expect(said).toEqual([])
    expect(entries).toHaveLength(4)
  })
})

describe('in doubt', () => {
  const hosts = [host(0, 1, 2), host(1, 3, 2)]
  const dead = ['ingest-1', 'ingest-3']
  const policy = aPolicy({ size: { min: 3, max: 6 } })

  test('the dead keep their places, and what the min lacks in ready ones is added', () => {
    const { entries, said } = look({
      hosts,
      dead,
      policies: [policy],
      state: known(4),
      load: { ingest: 100 },
    })
    expect(entries).toHaveLength(5)
    expect(said).toEqual(['ingest-1 goes to running host h0, slot 2'])
  })

  test('what the load asks for is added, up to max', () => {
    const { entries, decisions } = look({
      hosts,
      dead,
      policies: [policy],
      state: known(4),
      load: { ingest: 900 },
    })
    expect(decisions[0]).toMatchObject({ granted: 5, reason: 'out-by-rule' })
    expect(entries).toHaveLength(5)
    const atMax = look({
      hosts,
      dead,
      policies: [aPolicy({ size: { min: 3, max: 4 } })],
      state: known(4),
      load: { ingest: 900 },
    })
    expect(atMax.entries).toHaveLength(4)
  })

  test('with a size above a lowered max nothing is added', () => {
    const policies = [aPolicy({ size: { min: 2, max: 4 } })]
    const { entries } = look({ hosts, dead, policies, state: known(6), load: { ingest: 100 } })
    expect(entries).toHaveLength(4)
  })

  test('a size does not grow on paper where the pool is full', () => {
    const full = { hosts: { min: 0, max: 2 }, slots: 2 }
    const small = [host(0, 1, 2, { slots: 2 }), host(1, 3, 2, { slots: 2 })]
    const { decisions, entries } = look({
      hosts: small,
      dead,
      policies: [aPolicy()],
      pool: full,
      state: known(4),
      load: { ingest: 900 },
    })
    expect(decisions[0]).toMatchObject({ granted: 4, reason: 'pool-full' })
    expect(entries).toHaveLength(4)
  })

  test('of one workload another is healed as ever, but no empty host goes', () => {
    const web = anEntry({ id: 'web-9', workload: 'web', slots: [2] })
    const [first, second] = hosts
    const third = host(2, 9, 0, { emptySince: NOW - HOUR })
    const mixed = [
      ...(first ? [{ ...first, entries: [...first.entries, web] }] : []),
      ...(second ? [second] : []),
      third,
    ]
    const workloads = { ...known(4).workloads, ...known(1, 'web').workloads }
    const policies = [idle({ size: { min: 2, max: 6 } }), idle({ workload: 'web', size: { min: 1, max: 2 } })]
    const { said } = look({ hosts: mixed, dead: [...dead, 'web-9'], policies, state: { workloads } })
    expect(said.filter((line) => line.includes('leaves'))).toEqual([])
    const { said: later } = look({ hosts: mixed, dead: ['web-9'], policies, state: { workloads } })
    expect(later).toContain('web-9 leaves h0: no answer: no answer in 2000 ms')
    expect(later.filter((line) => line.includes('goes: it has been empty'))).toEqual([
      'h2 goes: it has been empty for 1h',
    ])
  })
})

describe('a full pool', () => {
  const full = { hosts: { min: 0, max: 1 } }
  test('cuts growth and says so', () => {
    const { decisions } = look({
      hosts: [host(0, 1, 3)],
      policies: [aPolicy()],
      pool: full,
      state: known(3),
      load: { ingest: 300 },
    })
    expect(decisions[0]).toMatchObject({
      granted: 3,
      reason: 'pool-full',
      sentence:
        'ingest stays at 3: load 100 over 70 (5m mean) asks for 4, but pool edge has no free slot and all the hosts it may have (1)',
      alarms: ['pool edge has no free slot and all the hosts it may have (1)'],
    })
  })

  test('does not shrink anybody for an instance that is on its way out anyway', () => {
    const rich = idle({ size: { min: 1, max: 3 } })
    const poor = idle({ workload: 'web', size: { min: 1, max: 1 } })
    const policies = [rich, poor]
    const state = { workloads: { ...known(3).workloads, ...known(1, 'web').workloads } }
    const before = look({ hosts: [host(0, 1, 3)], policies, pool: full, state })
    expect(before.decisions[0]).toMatchObject({
      granted: 2,
      reason: 'pool-full',
      sentence: 'ingest 3 -> 2: pool edge lacks slots for the min of web',
    })
    expect(before.decisions[1]?.alarms).toEqual([
      'pool edge has no free slot and all the hosts it may have (1)',
    ])
    const [first, ...rest] = host(0, 1, 3).entries
    const draining = first
      ? [{ ...first, drain: { since: NOW - MINUTE, why: 'scale-in to 2' } }, ...rest]
      : rest
    const state2 = { workloads: { ...known(2).workloads, ...known(1, 'web').workloads } }
    const after = look({ hosts: [host(0, 1, 3, { entries: draining })], policies, pool: full, state: state2 })
    expect(after.decisions[0]).toMatchObject({ granted: 2, reason: 'no-rules' })
  })

  test('with a host that stopped and is still being deleted, orders no other beyond hosts.max, and says why', () => {
    const going = host(0, 1, 3, { deleting: { since: NOW - MINUTE, why: 'its provider reports it stopped' } })
    const { said, decisions } = look({
      hosts: [going],
      listed: { h0: { state: 'stopped' } },
      policies: [idle({ size: { min: 3, max: 6 } })],
      pool: full,
      state: known(3),
    })
    expect(said).toEqual([])
    expect(decisions[0]?.alarms).toEqual([
      'pool edge has no free slot and all the hosts it may have (1, 1 of them on the way out)',
    ])
    const more = look({
      hosts: [going],
      listed: { h0: { state: 'stopped' } },
      policies: [idle({ size: { min: 3, max: 6 } })],
      state: known(3),
    })
    expect(more.said.filter((line) => line.includes('is ordered'))).toHaveLength(2)
  })
})

describe('empty and spare hosts', () => {
  const empty = (index: number, ago: number, given: Partial<HostRecord> = {}) =>
    host(index, 1, 0, { emptySince: NOW - ago, ...given })

  test.for<{ name: string; hosts: HostRecord[]; pool?: Partial<Pool>; said: string[] }>([
    {
      name: 'one that has been empty for long enough goes, one a tick',
      hosts: [empty(0, 5 * MINUTE), empty(1, 5 * MINUTE)],
      said: ['h0 goes: it has been empty for 5m'],
    },
    { name: 'not one that has been so for less', hosts: [empty(0, MINUTE)], said: [] },
    { name: 'not below hosts.min', hosts: [empty(0, HOUR)], pool: { hosts: { min: 1, max: 4 } }, said: [] },
    {
      name: 'not where its slots are the spare ones',
      hosts: [empty(0, HOUR)],
      pool: { spareSlots: 1 },
      said: [],
    },
    {
      name: 'one whose instance is still leaving is not empty',
      hosts: [
        empty(0, HOUR, {
          leaving: [
            { id: 'ingest-1', workload: 'ingest', slots: [0], port: 8100, run: aPolicy().run, since: NOW },
          ],
        }),
      ],
      said: [],
    },
    {
      name: 'hosts are ordered up to hosts.min, over the zones',
      hosts: [host(0, 1, 1)],
      pool: { hosts: { min: 3, max: 4 } },
      said: [
        'capuchin-edge-1 is ordered in zone b: hosts.min is 3',
        'capuchin-edge-3 is ordered in zone a: hosts.min is 3',
      ],
    },
    {
      name: 'and ahead of need while too few slots are free',
      hosts: [host(0, 1, 2)],
      pool: { spareSlots: 2 },
      said: ['capuchin-edge-1 is ordered in zone b: 2 slots are kept spare'],
    },
    {
      name: 'but not beyond hosts.max',
      hosts: [host(0, 1, 3)],
      pool: { spareSlots: 2, hosts: { min: 0, max: 1 } },
      said: [],
    },
  ])('$name', ({ hosts, pool = {}, said }) => {
    const { said: all } = look({ hosts, pool })
    expect(all.filter((line) => !line.includes('left running'))).toEqual(said)
  })

  test('one with a process that no record explains is not empty', () => {
    const hosts = [empty(0, HOUR), empty(1, MINUTE)]
    const { said } = look({ hosts, listed: { h0: { alive: ['ghost-7'] } } })
    expect(said).toEqual([])
  })

  test('a listing that loses hosts for a moment orders no spares for them', () => {
    const hosts = [host(0, 1, 0), host(1, 1, 0), host(2, 1, 0)]
    const { said } = look({
      hosts,
      listed: { h0: undefined, h1: undefined, h2: undefined },
      pool: { spareSlots: 2 },
    })
    expect(said).toEqual([])
  })

  test('when the clock is behind no host goes for being empty', () => {
    const { said } = look({ hosts: [empty(0, HOUR)], state: { lastAt: NOW + HOUR } })
    expect(said).toEqual([])
  })
})

test('the outcome is the same whatever the order of policies and hosts, and the same again', () => {
  const policies = [
    aPolicy({ workload: 'c', rules: [aRule()] }),
    aPolicy({ workload: 'a', rules: [fixedRule(5)], priority: 1 }),
    idle({ workload: 'b', size: { min: 3, max: 4 } }),
  ]
  const hosts = [host(0, 1, 2), host(1, 3, 1), host(2, 4, 0)]
  const outcome = (turned: boolean) => {
    const { decisions, said, draft } = look({
      policies: turned ? policies.toReversed() : policies,
      hosts: turned ? hosts.toReversed() : hosts,
      pool: { hosts: { min: 0, max: 4 } },
      load: { c: 300 },
    })
    return {
      decisions,
      said,
      hosts: Object.fromEntries(draft.hosts),
      intents: Object.fromEntries(draft.intents),
    }
  }
  expect(outcome(true)).toEqual(outcome(false))
  expect(outcome(false)).toEqual(outcome(false))
})
