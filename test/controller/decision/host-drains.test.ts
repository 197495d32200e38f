import { describe, expect, test } from 'vitest'
import type { Closing, Entry, HostRecord } from '../../../controller/decision/fleet.ts'
import { guards } from '../../../controller/decision/guards.ts'
import type { StoreState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, aPolicy, HOUR, MINUTE, NOW, whole } from './builders.ts'
import { fleet, host, look, type Scene, silent } from './scene.ts'

const why = 'ann drains h0 (kernel)'
const drain = [{ kind: 'drain-host' as const, host: 'h0' }]
const closing: Closing = { since: NOW - MINUTE, for: 'operator', why }
const moving = { since: NOW - MINUTE, why }

const sized = (size: number): Partial<StoreState> => ({
  workloads: { ingest: { size, sizes: [{ at: NOW - HOUR, size }] } },
})
const idle = (min: number, max: number) => aPolicy({ rules: [], size: { min, max } })

/** Closed already, with some of its instances marked. */
const closed = (record: HostRecord, ...ids: string[]): HostRecord => {
  const marked = (entry: Entry): Entry => (ids.includes(entry.id) ? { ...entry, moving } : entry)
  return { ...record, closing, entries: record.entries.map(marked) }
}

const { readyAt: _ready, ...unborn } = anEntry({ placedAt: NOW - MINUTE })

describe('a host that an operator drains', () => {
  const [first = aHost(), second = aHost(), third = aHost()] = fleet(
    ['ingest-1', 'ingest-2'],
    ['ingest-3'],
    ['ingest-4'],
  )
  const scene: Scene = { hosts: [first, second, third], overrides: drain }

  test('is closed, and a share of each workload on it begins to move, at once', () => {
    const { said, moving: marked, closed: shut, decisions } = look(scene)
    expect(said).toEqual([
      'h0 takes nothing new and what runs there moves away: ann drains h0 (kernel)',
      'ingest-1 moves from h0: ann drains h0 (kernel)',
      'ingest-101 goes to running host h1, slot 1',
    ])
    expect([marked, shut]).toEqual([['ingest-1'], ['h0']])
    expect(decisions[0]).toMatchObject({ size: 4, granted: 4 })
  })

  test('as large a share as may go in a tick', () => {
    const half = aPolicy({ rules: [], in: { ...aPolicy().in, sharePerTick: 0.5 } })
    expect(look({ ...scene, policies: [half] }).moving).toEqual(['ingest-1', 'ingest-2'])
    const none = { ...guards, mostAtOnce: () => 9 }
    expect(look({ ...scene, judgement: none }).moving).toEqual(['ingest-1', 'ingest-2'])
  })

  test('has replacements ordered for where there is no room', () => {
    const full = fleet(['ingest-1'], ['web-1', 'web-2', 'web-3'])
    const policies = [idle(1, 3), aPolicy({ workload: 'web', rules: [], size: { min: 1, max: 3 } })]
    expect(look({ hosts: full, overrides: drain, policies }).said.slice(2)).toEqual([
      'capuchin-edge-101 is ordered in zone a: no free slot fits',
      'ingest-103 goes to new host capuchin-edge-101, slot 0',
    ])
  })

  test('has another host ordered for hosts.min and for the spare slots, since it counts no more', () => {
    const few = { hosts: [host(0, []), second], overrides: drain, policies: [idle(1, 4)] }
    const floor = look({ ...few, pool: { hosts: { min: 2, max: 4 } } })
    expect(floor.said).toContain('capuchin-edge-102 is ordered in zone a: hosts.min is 2')
    const spare = look({ ...few, pool: { spareSlots: 4 } })
    expect(spare.said).toContain('capuchin-edge-102 is ordered in zone a: 4 slots are kept spare')
  })

  test('goes as soon as it is empty', () => {
    const { said } = look({
      hosts: [closed(host(0, [])), second],
      overrides: drain,
      policies: [idle(1, 4)],
    })
    expect(said).toEqual(['h0 goes: it is empty, and ann drains h0 (kernel)'])
  })

  test('that dies meanwhile is healed as ever', () => {
    const { said, deleting, staying } = look({
      ...scene,
      hosts: [closed(first, 'ingest-1'), second, third],
      listed: { h0: { state: 'stopped' } },
      state: sized(4),
    })
    expect(said[0]).toBe('h0 goes: its provider reports it stopped')
    expect(deleting).toEqual(['h0'])
    expect(staying.filter((one) => !one.endsWith('@h0'))).toHaveLength(4)
  })

  test('is opened again when its drain ends, and what was to move stays', () => {
    const {
      said,
      moving: marked,
      closed: shut,
    } = look({
      hosts: [closed(first, 'ingest-1'), second, third],
      state: sized(4),
    })
    expect(said).toEqual(['h0 takes new instances again: nobody drains it any more'])
    expect([marked, shut]).toEqual([[], []])
  })
})

describe('what moves', () => {
  const before = closed(host(0, ['ingest-1', 'ingest-2']), 'ingest-1')
  const hosts = [before, host(1, ['ingest-3']), host(2, ['ingest-4', 'ingest-5'])]
  const scene: Scene = { hosts, overrides: drain, state: sized(4) }

  test('drains when the granted size is ready without it', () => {
    const { said, draining } = look(scene)
    expect(said).toEqual([
      'ingest instance ingest-1 on h0 drains: 4 others are ready, and ann drains h0 (kernel)',
    ])
    expect(draining).toEqual(['ingest-1'])
  })

  test('not while its replacement starts', () => {
    const young = {
      ...host(2, ['ingest-4']),
      entries: [...host(2, ['ingest-4']).entries, { ...unborn, id: 'ingest-5', slots: [1] }],
    }
    const starts: Scene = {
      ...scene,
      hosts: [before, host(1, ['ingest-3']), young],
      health: { 'ingest-5': silent },
    }
    expect(look(starts)).toMatchObject({ draining: [], said: [] })
    expect(look({ ...starts, judgement: { ...guards, isRelieved: () => true } }).draining).toEqual([
      'ingest-1',
    ])
  })

  test('stays when its replacement dies, which is replaced in its turn', () => {
    const { draining, staying } = look({ ...scene, health: { 'ingest-5': silent } })
    expect(draining).toEqual([])
    expect(staying).toContain('ingest-1@h0')
    expect(staying).toHaveLength(5)
  })

  test('drains for a workload that is paused too, since the size stays', () => {
    const paused = [...drain, { kind: 'pause' as const, workload: 'ingest' }]
    expect(look({ ...scene, overrides: paused }).draining).toEqual(['ingest-1'])
  })

  test('goes first when the size shrinks', () => {
    const three = { ...scene, state: sized(4), policies: [idle(2, 3)] }
    expect(look(three).draining).toEqual(['ingest-1'])
  })

  test('does not share the load twice with its replacement', () => {
    const policies = [aPolicy({ size: { min: 1, max: 8 } })]
    const { decisions } = look({ ...scene, policies, load: { ingest: whole(4 * 35) } })
    expect(decisions[0]).toMatchObject({ granted: 4, wanted: 4, rules: [{ level: 35 }] })
  })

  test('is never drained, nor anything more marked, when the clock is behind', () => {
    const late = { ...scene, state: { ...sized(4), lastAt: NOW + HOUR } }
    const { draining, moving: marked, said } = look(late)
    expect([draining, marked]).toEqual([[], ['ingest-1']])
    expect(said).toEqual(['h0 is not empty yet: the clock is 1h behind the last record'])
  })

  test('is never drained, nor anything more marked, in distrust', () => {
    const health = { 'ingest-3': silent, 'ingest-4': silent, 'ingest-5': silent }
    const { draining, moving: marked } = look({ ...scene, health })
    expect([draining, marked]).toEqual([[], ['ingest-1']])
    const naive = { ...guards, isDistrusted: () => false }
    expect(look({ ...scene, health: { 'ingest-3': silent }, judgement: naive }).staying).toContain(
      'ingest-1@h0',
    )
  })

  test('is left alone when the pool cannot be seen', () => {
    const { draining, moving: marked, closed: shut, said } = look({ ...scene, blind: true })
    expect({ draining, marked, shut, said }).toEqual({
      draining: [],
      marked: ['ingest-1'],
      shut: ['h0'],
      said: [],
    })
  })
})

describe('at max', () => {
  const hosts = [closed(host(0, ['ingest-1']), 'ingest-1'), host(1, ['ingest-2']), host(2, ['ingest-3'])]
  const scene: Scene = { hosts, overrides: drain, state: sized(3) }

  test.for<{ name: string; min: number; scene?: Partial<Scene>; said: string[] }>([
    {
      name: 'one drains before its replacement comes',
      min: 1,
      said: [
        'ingest instance ingest-1 on h0 drains: ingest is at its max of 3, so it goes before its replacement comes',
      ],
    },
    {
      name: 'even from min: the hand beats the machine',
      min: 3,
      said: [
        'ingest instance ingest-1 on h0 drains: ingest is at its max of 3, so it goes before its replacement comes',
      ],
    },
    {
      name: 'not while another is not ready',
      min: 1,
      scene: { health: { 'ingest-3': { kind: 'unready', since: NOW, detail: '503', drained: false } } },
      said: ['h0 is not empty yet: not all of ingest are ready'],
    },
    {
      name: 'not before there is room for its replacement, which is ordered',
      min: 1,
      scene: {
        pool: { slots: 1, hosts: { min: 0, max: 8 } },
        hosts: hosts.map((one) => ({ ...one, slots: 1 })),
      },
      said: [
        'capuchin-edge-101 is ordered in zone a: ingest-1 moves from h0 and fits nowhere',
        'h0 is not empty yet: a host for what moves is ordered',
      ],
    },
    {
      name: 'and where none may be ordered, it is said',
      min: 1,
      scene: {
        pool: { slots: 1, hosts: { min: 0, max: 3 } },
        hosts: hosts.map((one) => ({ ...one, slots: 1 })),
      },
      said: [
        'h0 is not empty yet: pool edge has no host with 1 free slot and all the hosts it may have (3, 1 of them on the way out)',
      ],
    },
  ])('$name', ({ min, scene: given = {}, said }) => {
    expect(look({ ...scene, policies: [idle(min, 3)], ...given }).said).toEqual(said)
  })

  test('never the only one: that is said instead', () => {
    const { said, draining } = look({
      hosts: [closed(host(0, ['ingest-1']), 'ingest-1'), host(1, [])],
      overrides: drain,
      policies: [idle(1, 1)],
    })
    expect(draining).toEqual([])
    expect(said).toEqual([
      'h0 is not empty yet: ingest-1 is the only one of ingest and its max of 1 leaves no room for a second: raise max',
    ])
  })
})

describe('what is in the way is said once', () => {
  const said = (scene: Partial<Scene>) =>
    look({ hosts: fleet(['ingest-1'], ['ingest-2']), overrides: drain, ...scene }).said.filter((line) =>
      line.includes('not empty yet'),
    )
  test.for<{ name: string; scene: Partial<Scene>; line: string }>([
    {
      name: 'a frozen instance',
      scene: { overrides: [...drain, { kind: 'freeze', subject: 'ingest-1' }] },
      line: 'ingest-1 is frozen',
    },
    {
      name: 'a frozen host',
      scene: { overrides: [...drain, { kind: 'freeze', subject: 'h0' }] },
      line: 'it is frozen as well, and what is frozen stays',
    },
    {
      name: 'an instance that no policy names',
      scene: { policies: [aPolicy({ workload: 'web', rules: [], size: { min: 0, max: 1 } })] },
      line: 'no policy names ingest, so nobody would replace ingest-1',
    },
    {
      name: 'a pool without room',
      scene: {
        hosts: fleet(['ingest-1'], ['ingest-2', 'web-1', 'web-2']),
        policies: [idle(2, 4), aPolicy({ workload: 'web', rules: [], size: { min: 0, max: 2 } })],
        pool: { hosts: { min: 0, max: 2 } },
      },
      line: 'pool edge has no free slot and all the hosts it may have (2, 1 of them on the way out)',
    },
  ])('$name', ({ scene, line }) => {
    expect(said(scene)).toEqual([`h0 is not empty yet: ${line}`])
    const [first = aHost(), ...rest] = scene.hosts ?? fleet(['ingest-1'], ['ingest-2'])
    const told = { ...first, closing: { ...closing, waits: line } }
    expect(said({ ...scene, hosts: [told, ...rest] })).toEqual([])
  })
})

describe('hosts that an operator adds', () => {
  const words = (hosts: number) => [{ kind: 'hosts' as const, pool: 'edge', hosts }]
  const hosts = fleet(['ingest-1'], ['ingest-2'])
  test('are ordered, up to hosts.max, and it is said for whom', () => {
    const { said } = look({ hosts, overrides: words(9), pool: { hosts: { min: 0, max: 3 } } })
    expect(said).toEqual(['capuchin-edge-101 is ordered in zone a: ann wants at least 9 hosts (kernel)'])
  })

  test('are kept while they are empty, and go by the usual rule afterwards', () => {
    const three = [...hosts, host(2, [], { emptySince: NOW - HOUR })]
    expect(look({ hosts: three, overrides: words(3) }).said).toEqual([])
    expect(look({ hosts: three }).said).toEqual(['h2 goes: it has been empty for 1h'])
  })

  test('of another pool, or fewer than hosts.min, change nothing', () => {
    expect(look({ hosts, overrides: words(1), pool: { hosts: { min: 2, max: 4 } } }).said).toEqual([])
    const other = [{ kind: 'hosts' as const, pool: 'core', hosts: 5 }]
    expect(look({ hosts, overrides: other }).said).toEqual([])
  })
})
