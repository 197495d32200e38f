import { describe, expect, test } from 'vitest'
import { canFreeze, nothingFrozen } from '../../../controller/decision/freeze.ts'
import { guards } from '../../../controller/decision/guards.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, aPolicy, HOUR, MINUTE, NOW } from './builders.ts'
import { fleet, host, look, type Scene, silent } from './scene.ts'

const freeze = (...subjects: string[]) => subjects.map((subject) => ({ kind: 'freeze' as const, subject }))
const idle = (min: number, max: number) => aPolicy({ rules: [], size: { min, max } })
const thawed = { ...guards, frozen: () => nothingFrozen }

const [first = aHost(), second = aHost()] = fleet(['ingest-1', 'ingest-2'], ['ingest-3', 'ingest-4'])

describe('a frozen instance', () => {
  // Max was lowered, so one is to go.
  const scene: Scene = { hosts: [first, second], policies: [idle(2, 3)] }

  test('is not the victim of a scale-in; another one is', () => {
    expect(look(scene).draining).toEqual(['ingest-4'])
    expect(look({ ...scene, overrides: freeze('ingest-4') }).draining).toEqual(['ingest-2'])
    expect(look({ ...scene, overrides: freeze('h1') }).draining).toEqual(['ingest-2'])
    expect(look({ ...scene, overrides: freeze('ingest-4'), judgement: thawed }).draining).toEqual([
      'ingest-4',
    ])
  })

  test('and nothing but frozen ones: the size stays, and it is said', () => {
    const { decisions, draining } = look({ ...scene, overrides: freeze('h0', 'h1') })
    expect(draining).toEqual([])
    expect(decisions[0]).toMatchObject({
      size: 4,
      granted: 4,
      reason: 'overridden',
      clamps: expect.arrayContaining([expect.objectContaining({ clamp: 'frozen', before: 3, after: 4 })]),
    })
    expect(decisions[0]?.sentence).toContain('all 4 instances are frozen')
  })

  test('that is dead keeps its place, and its replacement goes elsewhere; both are said once', () => {
    const dead: Scene = {
      hosts: [first, second],
      overrides: freeze('ingest-1'),
      health: { 'ingest-1': silent },
    }
    const { said, staying, draft } = look(dead)
    expect(said).toEqual([
      'ingest-101 goes to running host h0, slot 2',
      'ingest-1 is dead (no answer: no answer in 2000 ms) and frozen: it keeps its place on h0, and is replaced elsewhere as far as max allows',
    ])
    expect(staying).toContain('ingest-1@h0')
    const workloads = { ingest: { size: 4, sizes: [{ at: NOW - HOUR, size: 4 }] } }
    const later = look({ ...dead, hosts: [...draft.hosts.values()], state: { workloads } })
    expect(later.said).toEqual([])
    expect(look({ ...dead, judgement: thawed }).staying).not.toContain('ingest-1@h0')
  })

  test('that is dead counts against max', () => {
    const scene: Scene = {
      hosts: [first, second],
      policies: [idle(2, 4)],
      overrides: freeze('ingest-1'),
      health: { 'ingest-1': silent },
    }
    const { staying, decisions } = look(scene)
    expect(decisions[0]).toMatchObject({ granted: 4 })
    expect(staying).toHaveLength(4)
    expect(look({ ...scene, policies: [idle(2, 5)] }).staying).toHaveLength(5)
  })

  test('that is dead and kept is no sign of blindness', () => {
    const kept = { ...first, entries: first.entries.map((entry) => ({ ...entry, keptSince: NOW - MINUTE })) }
    const health = { 'ingest-1': silent, 'ingest-2': silent, 'ingest-3': silent }
    const { decisions } = look({ hosts: [kept, second], overrides: freeze('ingest-1', 'ingest-2'), health })
    expect(decisions[0]?.alarms).toEqual([])
    const fresh = look({ hosts: [first, second], overrides: freeze('ingest-1', 'ingest-2'), health })
    expect(fresh.decisions[0]?.alarms[0]).toContain('look dead at once')
  })

  test('that comes back to life is one like others', () => {
    const kept = { ...first, entries: first.entries.map((entry) => ({ ...entry, keptSince: NOW - MINUTE })) }
    const { draft } = look({ hosts: [kept, second], overrides: freeze('ingest-1') })
    expect(draft.hosts.get('h0')?.entries.some(({ keptSince }) => keptSince !== undefined)).toBe(false)
  })

  test('that is thawed and still dead leaves', () => {
    const kept = { ...first, entries: first.entries.map((entry) => ({ ...entry, keptSince: NOW - MINUTE })) }
    const { said } = look({ hosts: [kept, second], health: { 'ingest-1': silent } })
    expect(said).toContain('ingest-1 leaves h0: no answer: no answer in 2000 ms')
  })
})

describe('a frozen host', () => {
  test('is not dropped when it is empty', () => {
    const hosts = [first, host(1, [], { emptySince: NOW - HOUR })]
    expect(look({ hosts }).deleting).toEqual(['h1'])
    expect(look({ hosts, overrides: freeze('h1') }).deleting).toEqual([])
  })

  test.for(['h1', 'ingest-3'])(
    'stays though its provider reports it stopped, with %s frozen, and what ran there is replaced',
    (subject) => {
      const scene: Scene = { hosts: [first, second], listed: { h1: { state: 'stopped' } } }
      expect(look(scene).deleting).toEqual(['h1'])
      const { said, deleting, staying } = look({ ...scene, overrides: freeze(subject) })
      expect(deleting).toEqual([])
      expect(said[0]).toBe(
        'h1 stays since it is frozen, though its provider reports it stopped; what ran there is replaced as far as its max allows',
      )
      expect(staying).toHaveLength(6)
      expect(look({ ...scene, overrides: freeze(subject), judgement: thawed }).deleting).toEqual(['h1'])
    },
  )

  test('that stopped counts against max with what ran there, also when all others look dead', () => {
    const scene: Scene = {
      hosts: [first, { ...second, keptSince: NOW - MINUTE }],
      listed: { h1: { state: 'stopped' } },
      health: { 'ingest-1': silent, 'ingest-2': silent },
      overrides: freeze('h1'),
      state: { workloads: { ingest: { size: 4, sizes: [{ at: NOW - HOUR, size: 4 }] } } },
    }
    const { staying, decisions } = look({ ...scene, policies: [idle(2, 4)] })
    expect(decisions[0]?.alarms.join()).toContain('2 of its 2 instances look dead')
    expect(staying).toHaveLength(4)
    expect(look({ ...scene, policies: [idle(2, 5)] }).staying).toHaveLength(5)
  })

  test('that stopped is said once, and goes when it is thawed', () => {
    const kept = { ...second, keptSince: NOW - MINUTE }
    const listed = { h1: { state: 'stopped' as const } }
    expect(
      look({ hosts: [first, kept], listed, overrides: freeze('h1'), policies: [idle(2, 2)] }).said,
    ).toEqual([])
    expect(look({ hosts: [first, kept], listed }).deleting).toEqual(['h1'])
  })

  test('that vanished from the listing, or never booted, is not given up', () => {
    const gone = [first, { ...second, missingSince: NOW - HOUR }, host(2, ['ingest-5'])]
    const scene: Scene = { hosts: gone, listed: { h1: undefined } }
    expect(look(scene).deleting).toEqual(['h1'])
    expect(look({ ...scene, overrides: freeze('h1') }).deleting).toEqual([])
    const { runningAt: _runs, ...booting } = second
    const health = Object.fromEntries(second.entries.map(({ id }) => [id, { kind: 'unknown' as const }]))
    const late: Scene = { hosts: [first, booting], listed: { h1: { state: 'booting' } }, health }
    expect(look(late).deleting).toEqual(['h1'])
    expect(look({ ...late, overrides: freeze('h1') }).deleting).toEqual([])
  })
})

describe('whether a freeze comes in time', () => {
  const drains = anEntry({ id: 'ingest-2', drain: { since: NOW, why: 'scale-in to 3' } })
  const { id: _id, ...rest } = anEntry()
  const leaving = [
    { id: 'ingest-3', workload: rest.workload, slots: [2], port: 1, run: rest.run, since: NOW },
  ]
  const hosts = {
    h1: aHost({ entries: [anEntry(), drains], leaving }),
    h2: aHost({
      name: 'h2',
      entries: [anEntry({ id: 'ingest-4' })],
      deleting: { since: NOW, why: 'it stopped' },
    }),
  }
  test.for<{ subject: string; outcome: object }>([
    { subject: 'h1', outcome: { kind: 'yes' } },
    { subject: 'ingest-1', outcome: { kind: 'yes' } },
    {
      subject: 'ingest-2',
      outcome: {
        kind: 'late',
        detail: 'ingest-2 drains already (scale-in to 3): it is too late to freeze it',
      },
    },
    {
      subject: 'ingest-3',
      outcome: { kind: 'late', detail: 'ingest-3 is being stopped: it is too late to freeze it' },
    },
    {
      subject: 'h2',
      outcome: {
        kind: 'late',
        detail: 'host h2 is being deleted, since it stopped: it is too late to freeze it',
      },
    },
    {
      subject: 'ingest-4',
      outcome: {
        kind: 'late',
        detail: 'host h2 is being deleted, since it stopped: it is too late to freeze it',
      },
    },
    {
      subject: 'ingest-9',
      outcome: { kind: 'unknown', detail: 'there is no host and no instance named ingest-9' },
    },
  ])('$subject', ({ subject, outcome }) => {
    expect(canFreeze({ ...emptyState, hosts }, subject)).toEqual(outcome)
  })
})
