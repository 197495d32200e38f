import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draftOf } from '../../../controller/decision/draft.ts'
import type { Health, HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import { reconcileHosts } from '../../../controller/decision/hosts.ts'
import type { Pool } from '../../../controller/decision/policy.ts'
import { emptyState, type Intent, type StoreState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, aPool, aRun, HOUR, MINUTE, NOW, SECOND } from './builders.ts'
import { listedAs } from './fleets.ts'

const silence: Health = { kind: 'silent', since: NOW, detail: 'no answer', refused: false }

const intent = (kind: Intent['kind'], host: string, given: Partial<Intent> = {}): Intent => ({
  id: `${kind}:${host}`,
  kind,
  host,
  pool: 'edge',
  at: NOW - MINUTE,
  attempts: 0,
  notBefore: 0,
  ...given,
})

const byName = (records: readonly HostRecord[]) => Object.fromEntries(records.map((one) => [one.name, one]))

interface World {
  records: HostRecord[]
  listed: ListedHost[]
  intents?: Intent[]
  state?: Partial<StoreState>
  pool?: Partial<Pool>
  now?: number
  health?: Health
}

function reconcile({ records, listed, intents = [], state, pool, now = NOW, health = silence }: World) {
  const open = Object.fromEntries(intents.map((one) => [`${one.kind}:${one.host}`, one]))
  const known = { ...emptyState, ...state, hosts: byName(records), intents: open }
  const draft = draftOf(known, 'capuchin', now, () => 't')
  reconcileHosts(draft, aPool(pool), new Map(listed.map((one) => [one.name, one])), () => health)
  const said = draft.steps.map(({ sentence }) => sentence)
  return { hosts: Object.fromEntries(draft.hosts), intents: [...draft.intents.keys()], said, draft }
}

const { seenAt: _s, runningAt: _r, confirmedAt: _c, ...ordered } = aHost({ orderedAt: NOW - MINUTE })

describe('a host that is listed', () => {
  test('confirms its order, whatever became of the answer, and ends the back-off of its pool', () => {
    const backoffs = { edge: { until: NOW + MINUTE, failures: 2, why: 'quota' } }
    const { hosts, intents, draft } = reconcile({
      records: [ordered],
      listed: [listedAs(ordered, { state: 'booting' })],
      intents: [intent('create-host', 'h1')],
      state: { backoffs },
    })
    expect(hosts['h1']).toMatchObject({ confirmedAt: NOW, seenAt: NOW })
    expect(hosts['h1']).not.toHaveProperty('runningAt')
    expect(draft.backoffs.size).toBe(0)
    // Whoever ordered it may have died half-way, with a host that nobody has started yet.
    expect(intents).toEqual(['create-host:h1'])
  })

  test('needs no order any more once it runs', () => {
    const { hosts, intents } = reconcile({
      records: [ordered],
      listed: [listedAs(ordered)],
      intents: [intent('create-host', 'h1')],
    })
    expect(hosts['h1']).toMatchObject({ confirmedAt: NOW, runningAt: NOW })
    expect(intents).toEqual([])
  })

  test('is told its manifest once confirmed, where the provider cannot tell which one it has', () => {
    const { manifest: _untold, ...listed } = listedAs(ordered)
    const { intents } = reconcile({
      records: [ordered],
      listed: [listed],
      intents: [intent('create-host', 'h1')],
    })
    expect(intents).toEqual(['set-manifest:h1'])
  })

  test.for([
    { name: 'an earlier revision is told the present one', told: 4, revision: 5, next: 5 },
    { name: 'a later one is outbid', told: 9, revision: 5, next: 10 },
  ])('$name', ({ told, revision, next }) => {
    const record = aHost({ revision })
    const listed = listedAs(record, { manifest: { revision: told, epoch: 1, instances: [] } })
    const { hosts, intents } = reconcile({ records: [record], listed: [listed] })
    expect(hosts['h1']?.revision).toBe(next)
    expect(intents).toEqual(['set-manifest:h1'])
  })

  test.for(['stopped', 'failed', 'deleting'] as const)('and %s is given up at once', (state) => {
    const record = aHost({ entries: [anEntry()] })
    const { hosts, intents, said } = reconcile({ records: [record], listed: [listedAs(record, { state })] })
    expect(hosts['h1']?.deleting).toEqual({ since: NOW, why: `its provider reports it ${state}` })
    expect(intents).toEqual(['delete-host:h1'])
    expect(said).toEqual([`h1 goes: its provider reports it ${state}`])
  })

  test('but never boots is given up after bootWithin, not before', () => {
    const booting = (ago: number) => ({
      ...ordered,
      orderedAt: NOW - ago,
      seenAt: NOW - MINUTE,
      confirmedAt: NOW,
    })
    const at = (ago: number) => {
      const record = booting(ago)
      return reconcile({ records: [record], listed: [listedAs(record, { state: 'booting' })] }).said
    }
    expect(at(10 * MINUTE - 1)).toEqual([])
    expect(at(10 * MINUTE)).toEqual(['h1 goes: it did not boot within 10m'])
  })

  test('and boots though it ran is waited for anew, and given up like any other that does not come up', () => {
    const { hosts, said, draft } = reconcile({
      records: [aHost({ entries: [anEntry({ id: 'ingest-9' })] })],
      listed: [listedAs(aHost(), { state: 'booting' })],
    })
    const [again] = [...draft.hosts.values()]
    expect(hosts['h1']).toMatchObject({ restartedAt: NOW, entries: [{ id: 'ingest-9' }] })
    expect(hosts['h1']).not.toHaveProperty('runningAt')
    expect(said).toEqual([
      'h1 boots again, and nobody here has just told it to: its provider reports it booting',
    ])
    const later = (ago: number) =>
      reconcile({
        records: again === undefined ? [] : [again],
        listed: [listedAs(aHost(), { state: 'booting' })],
        now: NOW + ago,
      }).said
    expect(later(10 * MINUTE - 1)).toEqual([])
    expect(later(10 * MINUTE)).toEqual(['h1 goes: it did not boot within 10m after it was started again'])
  })

  const restarting = (from: 'stopped' | 'running', ago = MINUTE) => {
    const { runningAt: _running, ...rest } = aHost({
      restartedAt: NOW - ago,
      restart: { from, why: 'it hung' },
    })
    return { ...rest, entries: [anEntry({ id: 'ingest-9', placedAt: NOW - ago })] }
  }
  const up: Health = { kind: 'ready', since: NOW }
  test.for<{
    name: string
    from: 'stopped' | 'running'
    state: ListedHost['state']
    attempts?: number
    health?: Health
    runs: boolean
    open: boolean
  }>([
    { name: 'that had stopped runs', from: 'stopped', state: 'running', runs: true, open: false },
    { name: 'that is still stopped does not', from: 'stopped', state: 'stopped', runs: false, open: true },
    {
      name: 'that boots by now is not told twice',
      from: 'stopped',
      state: 'booting',
      attempts: 1,
      runs: false,
      open: false,
    },
    {
      name: 'that ran all the time waits for its call',
      from: 'running',
      state: 'running',
      runs: false,
      open: true,
    },
    {
      name: 'that ran all the time runs once its call was made, as far as anybody knows',
      from: 'running',
      state: 'running',
      attempts: 1,
      runs: true,
      open: false,
    },
    {
      name: 'on which something new answers has been started: a controller that died had seen to it',
      from: 'running',
      state: 'running',
      health: up,
      runs: true,
      open: false,
    },
    {
      name: 'on which something new answers is not told again, though its listing lags',
      from: 'stopped',
      state: 'stopped',
      attempts: 1,
      health: up,
      runs: false,
      open: false,
    },
  ])('that is to start again, and $name', ({ from, state, attempts = 0, health, runs, open }) => {
    const record = restarting(from)
    const { hosts, intents } = reconcile({
      records: [record],
      listed: [listedAs(record, { state })],
      intents: [intent('restart-host', 'h1', { attempts })],
      ...(health !== undefined && { health }),
    })
    expect(hosts['h1']?.runningAt !== undefined).toBe(runs)
    expect(hosts['h1']?.restart === undefined).toBe(runs)
    expect(intents.includes('restart-host:h1')).toBe(open)
    expect(hosts['h1']).not.toHaveProperty('deleting')
  })

  test.for([
    {
      name: 'is given up when it is not up within bootWithin of that',
      state: 'stopped',
      ago: 10,
      goes: true,
    },
    { name: 'is not given up before that', state: 'stopped', ago: 9, goes: false },
    { name: 'is given up at once when it fails for good', state: 'failed', ago: 1, goes: true },
  ] as const)('that is to start again $name', ({ state, ago, goes }) => {
    const record = restarting('stopped', ago * MINUTE)
    const { hosts, draft } = reconcile({ records: [record], listed: [listedAs(record, { state })] })
    expect(hosts['h1']?.deleting !== undefined).toBe(goes)
    expect(draft.supply.get('edge')?.failures?.count ?? 0).toBe(Number(goes))
  })

  test('that does not boot, by its listing, but on which something answers, stays', () => {
    const record = { ...ordered, orderedAt: NOW - HOUR, confirmedAt: NOW, seenAt: NOW, entries: [anEntry()] }
    const listed = [listedAs(record, { state: 'booting' })]
    expect(reconcile({ records: [record], listed, health: up }).said).toEqual([])
  })

  test('while it is being deleted is deleted again', () => {
    const record = aHost({ deleting: { since: NOW - HOUR, why: 'empty' } })
    expect(reconcile({ records: [record], listed: [listedAs(record)] }).intents).toEqual(['delete-host:h1'])
  })
})

describe('a slot is free again', () => {
  const leaving = [
    { id: 'ingest-1', workload: 'ingest', slots: [0], port: 8100, run: aRun(), since: NOW - MINUTE },
  ]
  const record = aHost({ revision: 3, leaving })
  const told = { revision: 3, epoch: 1, instances: [] }
  const untold = { revision: 2, epoch: 1, instances: [] }
  const alive: Health = { kind: 'unready', since: NOW, detail: '503', drained: true }
  test.for<{
    name: string
    listed: Partial<ListedHost>
    without?: string[]
    health?: Health
    open?: boolean
    free: boolean
  }>([
    {
      name: 'once the host was told and the process is gone',
      listed: { manifest: told, alive: [] },
      free: true,
    },
    { name: 'not while the process lives', listed: { manifest: told, alive: ['ingest-1'] }, free: false },
    { name: 'not before the host was told', listed: { manifest: untold, alive: [] }, free: false },
    {
      name: 'by probes that find nobody, where the provider cannot tell',
      listed: { manifest: told },
      without: ['alive'],
      free: true,
    },
    {
      name: 'not while probes find somebody',
      listed: { manifest: told },
      without: ['alive'],
      health: alive,
      free: false,
    },
    {
      name: 'nor while they know nothing',
      listed: { manifest: told },
      without: ['alive'],
      health: { kind: 'unknown' },
      free: false,
    },
    {
      name: 'once telling the host is done, where the provider cannot tell that either',
      listed: {},
      without: ['alive', 'manifest'],
      free: true,
    },
    {
      name: 'not while telling it is open',
      listed: {},
      without: ['alive', 'manifest'],
      open: true,
      free: false,
    },
  ])('$name', ({ listed, without = [], health = silence, open = false, free }) => {
    const shown = { ...listedAs(record), ...listed }
    for (const key of without) Reflect.deleteProperty(shown, key)
    const intents = open ? [intent('set-manifest', 'h1')] : []
    const { hosts } = reconcile({ records: [record], listed: [shown], health, intents })
    expect(hosts['h1']?.leaving.length).toBe(free ? 0 : 1)
  })
})

describe('a host that is not listed', () => {
  const three = [0, 1, 2, 3].map((index) => aHost({ name: `h${index}`, index }))
  const missing = (ago: number) => three.map((one) => ({ ...one, missingSince: NOW - ago }))
  const listed = (...names: string[]) =>
    three.filter(({ name }) => names.includes(name)).map((one) => listedAs(one))

  test('is noted the first time and given up after the lag of listings, never at once', () => {
    const [first] = three
    const one = first === undefined ? [] : [first]
    const rest = listed('h1', 'h2', 'h3')
    const noted = reconcile({ records: three, listed: rest, pool: { listLag: 0 } })
    expect(noted.hosts['h0']).toMatchObject({ missingSince: NOW })
    expect(noted.said).toEqual([])
    const waiting = one.map((record) => ({ ...record, missingSince: NOW - 59 * SECOND }))
    expect(reconcile({ records: [...waiting, ...three.slice(1)], listed: rest }).said).toEqual([])
    const due = one.map((record) => ({ ...record, missingSince: NOW - MINUTE }))
    const { said, intents } = reconcile({ records: [...due, ...three.slice(1)], listed: rest })
    expect(said).toEqual(['h0 goes: its provider has not listed it for 1m'])
    expect(intents).toEqual(['delete-host:h0'])
  })

  test('among many is doubted for longer, and then forgotten rather than deleted', () => {
    expect(reconcile({ records: missing(MINUTE), listed: [] }).said).toEqual([])
    expect(reconcile({ records: missing(3 * MINUTE - 1), listed: [] }).said).toEqual([])
    const { said, intents, hosts } = reconcile({ records: missing(3 * MINUTE), listed: [] })
    expect(said).toHaveLength(4)
    expect(said[0]).toBe('h0 is gone: its provider has not listed it for 3m')
    expect(intents).toEqual([])
    expect(hosts).toEqual({})
  })

  test('and comes back is taken for what it was', () => {
    const { hosts, said } = reconcile({
      records: missing(MINUTE / 2),
      listed: listed('h0', 'h1', 'h2', 'h3'),
    })
    expect(hosts).toEqual(byName(three.map((one) => ({ ...one, address: `10.0.0.${one.index}` }))))
    expect(said).toEqual([])
  })

  test('and was never listed is given up after bootWithin', () => {
    const late = { ...ordered, orderedAt: NOW - 10 * MINUTE, missingSince: NOW - 9 * MINUTE }
    expect(reconcile({ records: [late], listed: [] }).said).toEqual(['h1 goes: it did not appear within 10m'])
    expect(reconcile({ records: [ordered], listed: [] }).said).toEqual([])
  })

  test('is forgotten once its deletion was acknowledged and the lag of listings is over', () => {
    const deleting = aHost({ deleting: { since: NOW - HOUR, why: 'empty' }, missingSince: NOW - MINUTE })
    const at = (record: HostRecord, given: Partial<Intent>) =>
      reconcile({ records: [record], listed: [], intents: [intent('delete-host', 'h1', given)] })
    expect(at(deleting, {}).said).toEqual([])
    expect(at({ ...deleting, missingSince: NOW - SECOND }, { doneAt: NOW }).said).toEqual([])
    expect(at(deleting, { doneAt: NOW })).toMatchObject({
      said: ['h1 is gone: empty'],
      hosts: {},
      intents: [],
    })
  })
})

describe('a host that the store does not know', () => {
  const stray = aHost({ name: 'capuchin-edge-41', index: 2, entries: [anEntry({ id: 'ingest-57' })] })
  test('is adopted with what it runs, and no later id repeats what exists', () => {
    const { hosts, said, draft } = reconcile({
      records: [],
      listed: [listedAs(stray)],
      state: { counter: 7 },
    })
    const { drain: _drain, readyAt: _ready, ...told } = anEntry({ id: 'ingest-57' })
    expect(hosts['capuchin-edge-41']).toMatchObject({
      index: 2,
      slots: 3,
      zone: 'a',
      runningAt: NOW,
      entries: [told],
    })
    expect(said).toEqual(['capuchin-edge-41 carries our labels and is adopted with 1 instance'])
    expect(draft.counter).toBe(57)
  })

  test('is not adopted as long as nobody can read what it is told to run: it would be taken for empty', () => {
    const { manifest: _unread, ...listed } = listedAs(stray)
    expect(reconcile({ records: [], listed: [listed] }).hosts).toEqual({})
  })

  test('no later id repeats that of a process that still lives there, nor follows a number that nobody counted to', () => {
    const listed = listedAs({ ...stray, name: 'capuchin-edge-9007199254740991' }, { alive: ['ingest-90'] })
    expect(reconcile({ records: [], listed: [listed], state: { counter: 7 } }).draft.counter).toBe(90)
  })

  test.for([
    { name: 'of another controller', labels: { controller: 'gibbon' } },
    { name: 'of another pool', labels: { pool: 'core' } },
    { name: 'without labels', labels: { controller: '' } },
  ])('$name is left alone', ({ labels }) => {
    const listed = listedAs(stray)
    const { hosts } = reconcile({
      records: [],
      listed: [{ ...listed, labels: { ...listed.labels, ...labels } }],
    })
    expect(hosts).toEqual({})
  })

  test('that is going already is left to go, and one that has stopped is deleted', () => {
    expect(reconcile({ records: [], listed: [listedAs(stray, { state: 'deleting' })] }).hosts).toEqual({})
    const { intents } = reconcile({ records: [], listed: [listedAs(stray, { state: 'stopped' })] })
    expect(intents).toEqual(['delete-host:capuchin-edge-41'])
  })

  test('whose ports are those of another host is deleted where hosts share an address', () => {
    const rival = aHost({ name: 'h1', index: 2 })
    const listed = [listedAs(rival), listedAs(stray)]
    const { said } = reconcile({ records: [rival], listed, pool: { sharedAddress: true } })
    expect(said.at(-1)).toBe('capuchin-edge-41 goes: its ports are those of h1')
    expect(reconcile({ records: [rival], listed }).said).toHaveLength(1)
  })
})

describe('properties of reconciling', () => {
  const shown = fc.constantFrom('running', 'booting', 'absent', 'stopped')
  const ticks = fc.array(
    fc.record({
      after: fc.integer({ min: 1, max: 90 }),
      hosts: fc.array(shown, { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  const start = [0, 1, 2, 3].map((index) => aHost({ name: `h${index}`, index }))

  /** What became of each host, tick by tick. Deletions are acknowledged at once. */
  function live(story: readonly { after: number; hosts: readonly string[] }[]) {
    let now = NOW
    let state: StoreState = { ...emptyState, hosts: byName(start) }
    const lastShown = new Map(start.map(({ name }) => [name, NOW]))
    return story.map(({ after, hosts }) => {
      now += after * SECOND
      const listed = start.flatMap((record, i) => {
        const state = hosts[i]
        return state === 'running' || state === 'booting' || state === 'stopped'
          ? [listedAs(record, { state })]
          : []
      })
      const before = state
      const draft = draftOf(before, 'capuchin', now, () => 't')
      reconcileHosts(draft, aPool(), new Map(listed.map((one) => [one.name, one])), () => silence)
      const intents = Object.fromEntries(
        [...draft.intents].map(([key, one]) => [
          key,
          one.kind === 'delete-host' ? { ...one, doneAt: now } : one,
        ]),
      )
      state = { ...before, hosts: Object.fromEntries(draft.hosts), intents }
      const absentFor = new Map(start.map(({ name }) => [name, now - (lastShown.get(name) ?? now)]))
      for (const { name } of listed) lastShown.set(name, now)
      return { before, after: state, listed: new Map(listed.map((one) => [one.name, one])), absentFor }
    })
  }

  test('a host is never forgotten while it is listed', () => {
    fc.assert(
      fc.property(ticks, (story) => {
        for (const { after, listed } of live(story))
          for (const name of listed.keys()) expect(after.hosts[name]).toBeDefined()
      }),
    )
  })

  test('nothing is given up earlier than the lag of listings, unless the provider says that it is gone', () => {
    fc.assert(
      fc.property(ticks, (story) => {
        for (const { before, after, listed, absentFor } of live(story)) {
          for (const [name, record] of Object.entries(before.hosts)) {
            const left = after.hosts[name]
            const isNew = record.deleting === undefined && (left === undefined || left.deleting !== undefined)
            if (!isNew || listed.get(name)?.state === 'stopped') continue
            expect(absentFor.get(name)).toBeGreaterThanOrEqual(MINUTE)
          }
        }
      }),
    )
  })
})
