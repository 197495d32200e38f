import { describe, expect, test } from 'vitest'
import { calmGuards } from '../../../controller/decision/calm.ts'
import { emptiableGuards } from '../../../controller/decision/emptiable.ts'
import type { Closing, HostRecord } from '../../../controller/decision/fleet.ts'
import { guards } from '../../../controller/decision/guards.ts'
import type { Intent } from '../../../controller/decision/state.ts'
import { aHost, anEntry, aPolicy, aRun, gone, HOUR, MINUTE, NOW, partial, whole } from './builders.ts'
import { fleet, host, look, type Scene, silent, well } from './scene.ts'

const [first = aHost(), second = aHost(), third = aHost()] = fleet(
  ['ingest-1', 'ingest-2'],
  ['ingest-3', 'ingest-4'],
  ['ingest-5'],
)
const pool = { consolidateAfter: 10 * MINUTE }
const due = { pools: { edge: { calm: 10 * MINUTE } } }

/** h2 is half empty, and the pool has been calm for long enough. */
const calm: Scene = { hosts: [first, second, third], pool, state: due }

const intent: Intent = {
  id: '7',
  kind: 'set-manifest',
  host: 'h0',
  pool: 'edge',
  at: NOW,
  attempts: 0,
  notBefore: NOW + HOUR,
}
const fourth = host(3, ['ingest-7'])
const { runningAt: _runs, ...booting } = host(3, [])
const { readyAt: _ready, ...unborn } = anEntry({ id: 'ingest-1', placedAt: NOW - MINUTE })
const starting: HostRecord = { ...first, entries: [unborn, ...first.entries.slice(1)] }

const onlyCalm = (name: string) => ({ ...guards, calm: calmGuards.filter((one) => one.name === name) })
const noCalm = { ...guards, calm: [] }

describe('a half-empty host is emptied', () => {
  test('when its pool has been calm for long enough, the one that uses fewest slots, and each step says why', () => {
    const { said, moving, closed, draft, decisions } = look(calm)
    expect(said).toEqual([
      'h2 takes nothing new: it uses 1 of 3 slots, and other hosts have room for that',
      'ingest-5 moves from h2, which uses 1 of 3 slots: its 1 instance fits on h0',
      'ingest-101 goes to running host h0, slot 2',
    ])
    expect([moving, closed]).toEqual([['ingest-5'], ['h2']])
    expect(decisions[0]).toMatchObject({ size: 5, granted: 5 })
    expect(draft.pools.get('edge')).toEqual({ calm: 0 })
  })

  test('of those that use as few the youngest, then the first by name', () => {
    const one = (index: number, given: Partial<HostRecord> = {}) =>
      host(index, [`ingest-${index + 2}`], given)
    expect(look({ ...calm, hosts: [first, one(1), one(2), one(3)] }).closed).toEqual(['h1'])
    const young = { orderedAt: NOW - MINUTE }
    expect(look({ ...calm, hosts: [first, one(1), one(2, young), one(3)] }).closed).toEqual(['h2'])
  })

  test('only one at a time', () => {
    const hosts = [
      ...fleet(['ingest-1', 'ingest-2'], ['ingest-3', 'ingest-4']),
      host(2, ['ingest-5']),
      host(3, ['ingest-6']),
    ]
    expect(look({ ...calm, hosts }).closed).toHaveLength(1)
  })

  test('not where the settings turn it off, and what was remembered is forgotten', () => {
    const { said, draft } = look({ ...calm, pool: {} })
    expect(said).toEqual([])
    expect(draft.pools.size).toBe(0)
  })
})

describe('a pool is calm', () => {
  const calmOf = (scene: Partial<Scene>) => look({ ...calm, ...scene }).draft.pools.get('edge')?.calm
  test.for<{ name: string; scene: Partial<Scene>; calm: number | undefined }>([
    { name: 'from the first tick that finds it so', scene: { state: {} }, calm: 0 },
    {
      name: 'for as long as ticks have seen',
      scene: { state: { pools: { edge: { calm: MINUTE } } } },
      calm: MINUTE + 15_000,
    },
    {
      name: 'for at most a quarter of the wait more, when nobody looked for an hour',
      scene: { state: { lastAt: NOW - HOUR, pools: { edge: { calm: MINUTE } } } },
      calm: MINUTE + 150_000,
    },
    {
      name: 'for no time when something stirs',
      scene: { state: { pools: { edge: { calm: MINUTE } }, intents: { 'set-manifest:h0': intent } } },
      calm: undefined,
    },
    { name: 'for no time when it cannot be seen', scene: { blind: true }, calm: undefined },
    {
      name: 'anew after a search that found nothing to empty',
      scene: { hosts: fleet(['ingest-1', 'ingest-2', 'ingest-3'], ['ingest-4', 'ingest-5', 'ingest-6']) },
      calm: 0,
    },
  ])('$name', ({ scene, calm: expected }) => {
    expect(calmOf(scene)).toBe(expected)
  })
})

/** Scenes in which one thing stirs; `why` as it is told when a host is being emptied, absent where that goes on. */
const stirs: { guard: string; name: string; scene: Partial<Scene>; why?: string }[] = [
  {
    guard: 'listed',
    name: 'a host is missing from the listing',
    scene: { hosts: [first, second, third, host(3, ['web-1'])], listed: { h3: undefined } },
    why: 'h3 is not listed',
  },
  {
    guard: 'readings',
    name: 'a reading is missing',
    scene: { policies: [aPolicy()], load: { ingest: gone } },
    why: 'the reading of load of ingest is missing',
  },
  {
    guard: 'readings',
    name: 'a reading is partial',
    scene: { policies: [aPolicy()], load: { ingest: partial(250) } },
    why: 'the reading of load of ingest is partial',
  },
  {
    guard: 'trust',
    name: 'the clock is behind',
    scene: { state: { ...due, lastAt: NOW + HOUR } },
    why: 'the clock is 1h behind the last record',
  },
  {
    guard: 'health',
    name: 'a probe got no answer',
    scene: { health: { 'ingest-1': { kind: 'ready', since: NOW - HOUR, missed: 1 } } },
    why: 'nobody knows how ingest-1 is',
  },
  {
    guard: 'health',
    name: 'an instance was not probed yet',
    scene: { health: { 'ingest-1': { kind: 'unknown' } } },
    why: 'nobody knows how ingest-1 is',
  },
  {
    guard: 'deaths',
    name: 'an instance is dead',
    scene: { health: { 'ingest-1': silent } },
    why: 'ingest-1 is dead',
  },
  {
    guard: 'deaths',
    name: 'a host has stopped',
    scene: { hosts: [first, second, third, fourth], listed: { h3: { state: 'stopped' } } },
    why: 'ingest-7 is lost',
  },
  {
    guard: 'growth',
    name: 'the load asks for growth',
    scene: { policies: [aPolicy()], load: { ingest: whole(500) } },
    why: 'ingest is asked to grow',
  },
  {
    guard: 'orders',
    name: 'the provider refuses hosts, so none is given up',
    scene: { state: { ...due, backoffs: { edge: { until: NOW + MINUTE, failures: 1, why: 'quota' } } } },
    why: 'pool edge orders no hosts for 1m (quota)',
  },
  {
    guard: 'drains',
    name: 'an operator drains a host',
    scene: { hosts: [first, second, third, fourth], overrides: [{ kind: 'drain-host', host: 'h3' }] },
    why: 'h3 is being drained by an operator',
  },
  {
    guard: 'still',
    name: 'an instance starts',
    scene: { hosts: [starting, second, third], health: { 'ingest-1': silent } },
  },
  {
    guard: 'sizes',
    name: 'more run than were granted',
    scene: {
      policies: [aPolicy({ rules: [], in: { ...aPolicy().in, sharePerTick: 0 } })],
      state: { ...due, workloads: { ingest: { size: 4, sizes: [{ at: NOW - HOUR, size: 4 }] } } },
    },
  },
  {
    guard: 'hosts',
    name: 'a host boots',
    scene: { hosts: [first, second, third, booting], listed: { h3: { state: 'booting' } } },
  },
  {
    guard: 'intents',
    name: 'a call is open',
    scene: { state: { ...due, intents: { 'set-manifest:h0': intent } } },
  },
  {
    guard: 'empties',
    name: 'a host is empty and goes by itself',
    scene: { hosts: [first, second, third, host(3, [])] },
  },
]

describe('nothing begins while', () => {
  test.for(stirs)('$name', ({ guard, scene }) => {
    const isBegun = (judgement = guards) => look({ ...calm, ...scene, judgement }).closed.includes('h2')
    expect(isBegun()).toBe(false)
    expect(isBegun(onlyCalm(guard))).toBe(false)
    expect(isBegun(noCalm)).toBe(true)
  })

  test('every guard has its row', () => {
    expect([...new Set(stirs.map(({ guard }) => guard))]).toEqual(calmGuards.map(({ name }) => name))
  })
})

const closing: Closing = {
  since: NOW - MINUTE,
  for: 'consolidation',
  why: 'h2 is emptied since it used 1 of 3 slots',
}
const emptying = (hosts: readonly HostRecord[]): HostRecord[] =>
  hosts.map((one) => {
    const moving = { since: NOW - MINUTE, why: closing.why }
    return one.name === 'h2'
      ? { ...one, closing, entries: one.entries.map((entry) => ({ ...entry, moving })) }
      : one
  })

/** h2 is being emptied: the replacement of ingest-5 starts on h0. */
const underWay: Scene = {
  ...calm,
  hosts: emptying([
    { ...first, entries: [...first.entries, { ...unborn, id: 'ingest-6', slots: [2] }] },
    second,
    third,
  ]),
  health: { 'ingest-6': silent },
}

describe('what is under way', () => {
  const during = ({ hosts = calm.hosts, ...scene }: Partial<Scene>): Scene => {
    const more = hosts.filter(({ name }) => name === 'h3')
    return {
      ...underWay,
      ...scene,
      hosts: [...underWay.hosts, ...more],
      health: { ...underWay.health, ...scene.health },
    }
  }
  test('goes on while the replacement starts', () => {
    const { said, moving, closed } = look(underWay)
    expect({ said, moving, closed }).toEqual({ said: [], moving: ['ingest-5'], closed: ['h2'] })
  })

  test.for(stirs.filter(({ why }) => why !== undefined))(
    'ends at once when $name',
    ({ guard, scene, why }) => {
      const ended = look(during(scene))
      expect(ended.said).toContain(`h2 takes new instances again: ${why}`)
      expect(ended.moving.filter((id) => id === 'ingest-5')).toEqual([])
      expect(ended.closed).not.toContain('h2')
      expect(look({ ...during(scene), judgement: onlyCalm(guard) }).closed).not.toContain('h2')
      expect(look({ ...during(scene), judgement: noCalm }).closed).toContain('h2')
    },
  )

  test('ends when the pool cannot be seen', () => {
    const { said, moving } = look({ ...underWay, blind: true })
    expect(said).toEqual(['h2 takes new instances again: pool edge cannot be seen'])
    expect(moving).toEqual([])
  })

  test('ends when it is turned off', () => {
    const { closed, moving } = look({ ...underWay, pool: {} })
    expect([closed, moving]).toEqual([[], []])
  })

  test('drains the old one once its replacement is ready, and not before', () => {
    const workloads = { ingest: { size: 5, sizes: [{ at: NOW - HOUR, size: 5 }] } }
    const state = { ...due, workloads }
    const { said } = look({ ...underWay, state, health: {} })
    expect(said).toEqual([
      'ingest instance ingest-5 on h2 drains: 5 others are ready, and h2 is emptied since it used 1 of 3 slots',
    ])
    expect(look({ ...underWay, state }).draining).toEqual([])
    const careless = { ...guards, isRelieved: () => true }
    expect(look({ ...underWay, state, judgement: careless }).draining).toEqual(['ingest-5'])
  })

  test('goes on with the next one when all is still, without waiting anew', () => {
    const drained = { ...third, closing, entries: [anEntry({ id: 'ingest-5', slots: [1] })] }
    const { moving, said } = look({ ...calm, hosts: [first, second, drained], state: {} })
    expect(moving).toEqual(['ingest-5'])
    expect(said[0]).toBe('ingest-5 moves from h2, which uses 1 of 3 slots: its 1 instance fits on h0')
  })

  test('with the host empty waits for the usual rule', () => {
    const empty = { ...third, closing, entries: [] }
    const gone = { ...empty, emptySince: NOW - 2 * MINUTE }
    const hosts = [first, second]
    expect(look({ ...calm, hosts: [...hosts, empty] })).toMatchObject({ said: [], deleting: [] })
    expect(look({ ...calm, hosts: [...hosts, gone] }).said).toEqual(['h2 goes: it has been empty for 2m'])
  })
})

const web = aPolicy({ workload: 'web', rules: [], size: { min: 0, max: 4 }, run: aRun({ slots: 2 }) })
const twoSlots = {
  ...third,
  orderedAt: NOW - MINUTE,
  entries: [anEntry({ id: 'web-9', workload: 'web', run: web.run, slots: [0, 1] })],
}
const narrow = [host(0, ['ingest-1', 'web-1']), host(2, ['ingest-2'])]

/** Scenes in which h2 is not to be emptied. */
const spares: { guard: string; name: string; scene: Partial<Scene> }[] = [
  {
    guard: 'steady',
    name: 'something runs there that nobody knows',
    scene: { listed: { h2: { alive: ['ingest-5', 'ghost-7'] } } },
  },
  { guard: 'frozen', name: 'it is frozen', scene: { overrides: [{ kind: 'freeze', subject: 'h2' }] } },
  {
    guard: 'frozen',
    name: 'an instance on it is frozen',
    scene: { overrides: [{ kind: 'freeze', subject: 'ingest-5' }] },
  },
  {
    guard: 'overridden',
    name: 'a workload on it is paused',
    scene: { overrides: [{ kind: 'pause', workload: 'ingest' }] },
  },
  {
    guard: 'overridden',
    name: 'a workload on it is pinned',
    scene: { overrides: [{ kind: 'pin', workload: 'ingest', size: 5 }] },
  },
  {
    guard: 'ruled',
    name: 'no policy names what runs there',
    scene: { hosts: [first, second, host(2, ['web-1'])] },
  },
  {
    guard: 'max',
    name: 'there is no room under max for a replacement beside the old one',
    scene: { policies: [aPolicy({ rules: [], size: { min: 2, max: 5 } })] },
  },
  { guard: 'hosts.min', name: 'hosts.min needs it', scene: { pool: { ...pool, hosts: { min: 3, max: 8 } } } },
  {
    guard: 'hosts.min',
    name: 'an operator asks for as many hosts',
    scene: { overrides: [{ kind: 'hosts', pool: 'edge', hosts: 3 }] },
  },
  { guard: 'spareSlots', name: 'the spare slots need it', scene: { pool: { ...pool, spareSlots: 2 } } },
  {
    guard: 'fits',
    name: 'what runs there fits on no other host that runs',
    scene: { hosts: [first, second, twoSlots], policies: [aPolicy({ rules: [] }), web] },
  },
  {
    guard: 'spread',
    name: 'a workload would be on fewer hosts',
    scene: { hosts: narrow, pool: { ...pool, zones: ['a'], hosts: { min: 0, max: 2 } } },
  },
]

describe('a host is not emptied when', () => {
  test.for(spares)('$name', ({ guard, scene }) => {
    const isBegun = (judgement = guards) => look({ ...calm, ...scene, judgement }).closed.includes('h2')
    const only = emptiableGuards.filter(({ name }) => name === guard)
    expect(isBegun()).toBe(false)
    expect(isBegun({ ...guards, emptiable: only })).toBe(false)
    expect(isBegun({ ...guards, emptiable: [] })).toBe(true)
  })

  test('every guard has its row', () => {
    expect([...new Set(spares.map(({ guard }) => guard))]).toEqual(emptiableGuards.map(({ name }) => name))
  })

  test('and when that comes up while it is emptied, it is opened again', () => {
    const { said, closed } = look({ ...underWay, overrides: [{ kind: 'freeze', subject: 'h2' }] })
    expect(said).toContain('h2 takes new instances again: something on h2 is frozen')
    expect(closed).toEqual([])
  })
})

test('a load that is carried well disturbs nothing', () => {
  expect(look({ ...calm, policies: [aPolicy()], load: { ingest: well(5) } }).closed).toEqual(['h2'])
})
