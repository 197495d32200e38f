import { describe, expect, test } from 'vitest'
import { isTripped, noteFailure, noteSuccess, pauseOrders } from '../../../controller/decision/breaker.ts'
import { rewind } from '../../../controller/decision/clock.ts'
import { type Draft, draftOf, intend } from '../../../controller/decision/draft.ts'
import type { HostRecord } from '../../../controller/decision/fleet.ts'
import { type Ended, settle } from '../../../controller/decision/settle.ts'
import { emptyState, type StoreState, type SupplyRecord } from '../../../controller/decision/state.ts'
import { closeZone, forgetZones, openZone } from '../../../controller/decision/supply.ts'
import { aHost, aPool, fixedRule, HOUR, MINUTE, NOW, SECOND } from './builders.ts'
import { loose } from './mutation-example.ts'
import { fleet, host, look } from './scene.ts'

const { confirmedAt: _c, seenAt: _s, runningAt: _r, ...ordered } = aHost({ orderedAt: NOW })

const draftWith = (state: Partial<StoreState>, now = NOW): Draft =>
  draftOf({ ...emptyState, ...state }, 'capuchin', now, () => 't')

/** An order of h1 in zone a that is answered. */
function answered(given: Partial<Ended>, record: HostRecord = ordered, supply: SupplyRecord = {}): Draft {
  const draft = draftWith({ hosts: { h1: record }, supply: { edge: supply } })
  intend(draft, 'create-host', record)
  settle(draft, { key: 'create-host:h1', revision: 1, result: 'refused', detail: 'none', ...given }, 1)
  return draft
}

const supplyOf = (draft: Draft) => draft.supply.get('edge')

describe('a zone without capacity', () => {
  test('is left alone, the order is undone, and the pool goes on', () => {
    const draft = answered({ code: 'capacity' })
    expect(supplyOf(draft)?.zones).toEqual({
      a: { until: NOW + 5 * MINUTE, failures: 1, why: 'capacity: none' },
    })
    expect(draft.backoffs.size).toBe(0)
    expect(draft.hosts.get('h1')?.deleting?.why).toBe('its order was refused (capacity: none)')
    expect(draft.steps[0]?.sentence).toBe('pool edge orders nothing in zone a for 5m: capacity: none')
  })

  test('for longer each time, up to an hour, spread over the upper half', () => {
    const draft = draftWith({})
    const waits = Array.from({ length: 6 }, () => {
      const wait = closeZone(draft, 'edge', 'a', 'none', 1) ?? 0
      draft.now += wait
      return wait / MINUTE
    })
    expect(waits).toEqual([5, 10, 20, 40, 60, 60])
    expect(closeZone(draft, 'edge', 'b', 'none', 0)).toBe(2.5 * MINUTE)
  })

  test('orders that were under way together are refused together, and count once', () => {
    const draft = draftWith({})
    closeZone(draft, 'edge', 'a', 'none', 1)
    const once = supplyOf(draft)
    expect(closeZone(draft, 'edge', 'a', 'none', 1)).toBeUndefined()
    expect(supplyOf(draft)).toEqual(once)
  })

  test.for<{ name: string; code: string; zones: number; pools: number }>([
    { name: 'a quota is that of the pool', code: 'quota', zones: 0, pools: 1 },
    { name: 'so is who may order', code: 'auth', zones: 0, pools: 1 },
    { name: 'so is an order that is no good', code: 'invalid', zones: 0, pools: 1 },
    { name: 'capacity is that of the zone', code: 'capacity', zones: 1, pools: 0 },
  ])('$name', ({ code, zones, pools }) => {
    const draft = answered({ code })
    expect(Object.keys(supplyOf(draft)?.zones ?? {})).toHaveLength(zones)
    expect(draft.backoffs.size).toBe(pools)
  })

  test('is open again when an order there is done, when a host there runs, and some time after its wait', () => {
    const zones = {
      a: { until: NOW + MINUTE, failures: 3, why: 'none' },
      b: { until: NOW, failures: 1, why: 'none' },
    }
    expect(Object.keys(supplyOf(answered({ result: 'done' }, ordered, { zones }))?.zones ?? {})).toEqual([
      'b',
    ])
    const draft = draftWith({ supply: { edge: { zones } } }, NOW + HOUR)
    forgetZones(draft, 'edge')
    expect(Object.keys(supplyOf(draft)?.zones ?? {})).toEqual(['a'])
    openZone(draft, 'edge', 'a')
    expect(supplyOf(draft)).toBeUndefined()
  })

  test('an order that is taken back while its host boots is undone; one whose host runs is not', () => {
    const booting = { ...ordered, confirmedAt: NOW, seenAt: NOW }
    expect(answered({ code: 'capacity' }, booting).hosts.get('h1')?.deleting).toBeDefined()
    const running = answered({ code: 'capacity' }, { ...booting, runningAt: NOW })
    expect(running.hosts.get('h1')).not.toHaveProperty('deleting')
    expect(supplyOf(running)).toEqual({})
  })

  test('the next host goes to another zone, and one that nobody has fails nobody else', () => {
    const zones = { a: { until: NOW + MINUTE, failures: 1, why: 'none' } }
    const { draft } = look({
      hosts: fleet(['ingest-1', 'ingest-2', 'ingest-3']),
      policies: [loose({ rules: [fixedRule(5)] })],
      state: { supply: { edge: { zones } } },
    })
    const orders = [...draft.intents.values()].filter(({ kind }) => kind === 'create-host')
    expect(orders.map(({ host: name }) => draft.hosts.get(name)?.zone)).toEqual(['b'])
  })
})

describe('a name that somebody else has', () => {
  test('the order is forgotten and nothing is deleted', () => {
    const draft = answered({ code: 'exists' })
    expect(draft.hosts.size).toBe(0)
    expect(draft.intents.size).toBe(0)
    expect(draft.backoffs.get('edge')?.why).toBe('exists: none')
  })

  test('an earlier attempt may have made it: what is ours is deleted, and the provider leaves others alone', () => {
    const draft = draftWith({ hosts: { h1: ordered } })
    intend(draft, 'create-host', ordered)
    const about = { key: 'create-host:h1', revision: 1, detail: 'none' }
    settle(draft, { ...about, result: 'unknown' }, 0)
    settle(draft, { ...about, result: 'refused', code: 'exists' }, 0)
    expect([...draft.intents.keys()]).toEqual(['delete-host:h1'])
  })
})

describe('hosts that come to nothing in a row', () => {
  const pool = aPool({ failuresInRow: 3 })
  const failed = (count: number, lastAt = NOW): Draft =>
    draftWith({ supply: { edge: { failures: { count, lastAt, why: 'h9: it did not boot' } } } })
  const pauseOf = (draft: Draft) => ((draft.backoffs.get('edge')?.until ?? NOW) - NOW) / MINUTE

  test.for([
    { count: 2, pause: 0 },
    { count: 3, pause: 5 },
    { count: 4, pause: 10 },
    { count: 6, pause: 40 },
    { count: 7, pause: 60 },
    { count: 50, pause: 60 },
  ])('after $count the pool orders nothing for $pause minutes', ({ count, pause }) => {
    const draft = failed(count)
    expect(pauseOrders(draft, pool, isTripped)).toBeUndefined()
    expect(pauseOf(draft)).toBe(pause)
    expect(draft.steps).toHaveLength(pause > 0 ? 1 : 0)
  })

  test('that is said once, with how many and why', () => {
    const draft = failed(3)
    pauseOrders(draft, pool, isTripped)
    const sentence =
      'pool edge orders nothing for 5m: 3 hosts in a row came to nothing, the last one h9: it did not boot'
    expect(draft.steps).toEqual([{ kind: 'hold', subject: 'edge', pool: 'edge', sentence }])
    const later = failed(3, NOW - MINUTE)
    pauseOrders(later, pool, isTripped)
    expect(later.steps).toEqual([])
    expect(pauseOf(later)).toBe(4)
  })

  test('after the pause one is tried, and no other while nobody knows what came of it', () => {
    const draft = failed(3, NOW - 6 * MINUTE)
    expect(pauseOrders(draft, pool, isTripped)).toMatchObject({ left: 1 })
    draft.hosts.set('h1', ordered)
    expect(pauseOrders(draft, pool, isTripped)).toMatchObject({ left: 0 })
    draft.hosts.set('h1', aHost({ provedAt: NOW }))
    expect(pauseOrders(draft, pool, isTripped)).toMatchObject({ left: 1 })
    draft.hosts.set('h1', aHost())
    expect(pauseOrders(draft, pool, isTripped), 'one that is empty shows nothing').toMatchObject({ left: 1 })
  })

  test('a whole fleet is wanted after the pause, and one host is ordered', () => {
    const failures = { count: 3, lastAt: NOW - 6 * MINUTE, why: 'h9: it did not boot' }
    const { draft, decisions } = look({
      hosts: fleet(['ingest-1', 'ingest-2', 'ingest-3']),
      policies: [loose({ rules: [fixedRule(12)] })],
      pool: { failuresInRow: 3 },
      state: { supply: { edge: { failures } } },
    })
    expect([...draft.intents.values()].filter(({ kind }) => kind === 'create-host')).toHaveLength(1)
    expect(decisions[0]?.alarms.join()).toContain('3 hosts in a row came to nothing')
  })

  test.for([
    { name: 'one that was ordered since the last failure ends the row', orderedAt: NOW, left: 0 },
    { name: 'one that was started again since then does too', restartedAt: NOW, left: 0 },
    { name: 'one that was ordered before it does not', orderedAt: NOW - HOUR, left: 3 },
  ])('when an instance gets ready: $name', ({ left, name: _name, ...given }) => {
    const draft = failed(3, NOW - MINUTE)
    pauseOrders(draft, pool, isTripped)
    noteSuccess(draft, aHost(given))
    expect(supplyOf(draft)?.failures?.count ?? 0).toBe(left)
    expect(draft.backoffs.has('edge')).toBe(left > 0)
  })

  test('a row that is long ago is forgotten', () => {
    const draft = failed(9, NOW - 6 * HOUR)
    expect(pauseOrders(draft, pool, isTripped)).toBeUndefined()
    expect(supplyOf(draft)).toBeUndefined()
  })

  test('each counts once', () => {
    const draft = draftWith({})
    noteFailure(draft, aHost(), 'it did not boot within 10m')
    noteFailure(draft, aHost({ name: 'h2' }), 'it did not boot within 10m')
    expect(supplyOf(draft)?.failures).toEqual({
      count: 2,
      lastAt: NOW,
      why: 'h2: it did not boot within 10m',
    })
  })

  test('one that did not boot is counted, and what was to be there is placed anew', () => {
    const { runningAt: _running, ...record } = host(1, ['ingest-4'], { orderedAt: NOW - 11 * MINUTE })
    const entries = record.entries.map(({ readyAt: _ready, ...entry }) => entry)
    const { draft, deleting } = look({
      hosts: [...fleet(['ingest-1', 'ingest-2']), { ...record, entries }],
      listed: { h1: { state: 'booting' } },
      health: { 'ingest-4': { kind: 'unknown' } },
    })
    expect(deleting).toEqual(['h1'])
    expect(supplyOf(draft)?.failures?.why).toBe('h1: it did not boot within 10m')
    const all = [...draft.hosts.values()].flatMap(({ entries: held }) => held)
    expect(all.filter(({ placedAt }) => placedAt === NOW)).toHaveLength(1)
  })
})

test('a clock that was set back: what waits, waits its usual time from now on', () => {
  const zones = { a: { until: NOW + 9 * HOUR, failures: 1, why: 'none' } }
  const failures = { count: 3, lastAt: NOW + 9 * HOUR, why: 'h9: it did not boot' }
  const draft = draftWith({
    supply: { edge: { zones, failures } },
    hosts: { h1: aHost({ restartedAt: NOW + HOUR }) },
  })
  rewind(draft)
  expect(supplyOf(draft)?.zones?.['a']?.until).toBe(NOW + 10 * MINUTE)
  expect(supplyOf(draft)?.failures?.lastAt).toBe(NOW)
  expect(draft.hosts.get('h1')?.restartedAt).toBe(NOW)
})

describe('a call to start a host again', () => {
  test('that is refused ends no host that is frozen', () => {
    const given = { result: 'refused', code: 'not-found' } as const
    const draft = ended(given, new Set(['h1']))
    expect(draft.hosts.get('h1')).toMatchObject({ keptSince: NOW })
    expect([...draft.intents.keys()]).toEqual([])
    expect(draft.steps[0]?.sentence).toContain(
      'h1 stays since it is frozen, though it could not be started again',
    )
    expect(ended(given).hosts.get('h1')?.deleting).toBeDefined()
  })

  const restarting = aHost({ restartedAt: NOW - MINUTE, restart: { from: 'stopped', why: 'it stopped' } })
  function ended(given: Partial<Ended>, frozen?: ReadonlySet<string>): Draft {
    const { runningAt: _running, ...record } = restarting
    const draft = draftWith({ hosts: { h1: record } })
    intend(draft, 'restart-host', record)
    settle(
      draft,
      { key: 'restart-host:h1', revision: 1, result: 'done', detail: 'none', ...given },
      1,
      frozen,
    )
    return draft
  }

  test.for<{ name: string; given: Partial<Ended>; goes: boolean; failures?: number; open?: string[] }>([
    { name: 'that is done is over', given: {}, goes: false, open: [] },
    {
      name: 'of which nobody knows what came is not made again before somebody has looked',
      given: { result: 'unknown' },
      goes: false,
      open: ['restart-host:h1'],
    },
    {
      name: 'that is refused ends the host, and counts',
      given: { result: 'refused', code: 'invalid' },
      goes: true,
      failures: 1,
    },
    {
      name: 'that finds no capacity ends the host, and says nothing against the next one',
      given: { result: 'refused', code: 'capacity' },
      goes: true,
    },
    {
      name: 'that finds no quota neither',
      given: { result: 'refused', code: 'quota' },
      goes: true,
    },
    {
      name: 'that finds no host ends it',
      given: { result: 'refused', code: 'not-found' },
      goes: true,
    },
  ])('$name', ({ given, goes, failures = 0, open = ['delete-host:h1'] }) => {
    const draft = ended(given)
    expect(draft.hosts.get('h1')?.deleting !== undefined).toBe(goes)
    expect(supplyOf(draft)?.failures?.count ?? 0).toBe(failures)
    expect([...draft.intents.keys()]).toEqual(open)
  })

  test('waits for half a minute before it is made again', () => {
    const intent = ended({ result: 'unknown' }).intents.get('restart-host:h1')
    expect((intent?.notBefore ?? 0) - NOW).toBe(30 * SECOND)
  })
})

describe('a deletion that fails again and again', () => {
  test('is told, less and less often, and tried on', () => {
    const record = aHost({ deleting: { since: NOW, why: 'empty' } })
    const draft = draftWith({ hosts: { h1: record } })
    intend(draft, 'delete-host', record)
    const told: number[] = []
    for (let attempt = 1; attempt <= 70; attempt++) {
      settle(draft, { key: 'delete-host:h1', revision: 1, result: 'refused', code: 'auth', detail: 'no' }, 0)
      if (draft.steps.splice(0).length > 0) told.push(attempt)
    }
    expect(told).toEqual([8, 16, 32, 64])
    expect(draft.intents.get('delete-host:h1')).toMatchObject({ attempts: 70 })
  })
})
