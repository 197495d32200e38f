import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import { account, type PoolLedger, paidHosts } from '../../../controller/decision/ledger.ts'
import type { Intent } from '../../../controller/decision/state.ts'
import { byHour, HOUR } from '../../../controller/decision/tally.ts'
import { aHost, anEntry, aPool, MINUTE, NOW, SECOND } from './builders.ts'
import { type Happening, ledgerWorld } from './ledger-world.ts'

/** What a tick sees of one host, at so many seconds after NOW. */
interface Sight {
  at: number
  listed?: Partial<ListedHost>
  record?: Partial<HostRecord>
  deletion?: Partial<Intent>
  price?: number
}

function seen(former: PoolLedger | undefined, { at, listed, record, deletion, price }: Sight): PoolLedger {
  const host: ListedHost = { name: 'h1', zone: 'a', labels: {}, state: 'running', ...listed }
  const intent: Intent = {
    ...{ id: '1', kind: 'delete-host', host: 'h1', pool: 'edge', at: NOW, attempts: 0, notBefore: 0 },
    ...deletion,
  }
  return account(former, {
    pool: aPool({ ...(price !== undefined && { pricePerHour: price }) }),
    records: [aHost(record)],
    listing: new Map(listed === undefined ? [] : [['h1', host]]),
    intents: new Map(deletion === undefined ? [] : [['delete-host:h1', intent]]),
    now: NOW + at * SECOND,
  })
}

const after = (...sights: Sight[]): PoolLedger | undefined =>
  sights.reduce<PoolLedger | undefined>(seen, undefined)

const paid = (ledger: PoolLedger | undefined) => (ledger?.total.hostMs ?? 0) / SECOND

const runs = { paidFrom: NOW - 10 * SECOND }
const gone = { deleting: { since: NOW + 30 * SECOND, why: 'it is empty' } }

describe('a host is accounted for, in seconds', () => {
  test.for<{ name: string; sights: Sight[]; seconds: number }>([
    {
      name: 'from when its provider says that it is paid',
      sights: [
        { at: 0, listed: runs },
        { at: 15, listed: runs },
      ],
      seconds: 25,
    },
    {
      name: 'from when it was first seen to run, where nobody says',
      sights: [
        { at: 0, listed: { state: 'booting' } },
        { at: 15, listed: {} },
        { at: 30, listed: {} },
      ],
      seconds: 15,
    },
    {
      name: 'while it boots, if its provider says that this is paid',
      sights: [{ at: 0, listed: { state: 'booting', ...runs } }],
      seconds: 10,
    },
    {
      name: 'not from when it was switched off until it runs again, also while it boots',
      sights: [
        { at: 0, listed: runs },
        { at: 15, listed: { state: 'stopped', ...runs, paidUntil: NOW + 10 * SECOND } },
        { at: 30, listed: { state: 'booting', ...runs, paidUntil: NOW + 10 * SECOND } },
        { at: 45, listed: { paidFrom: NOW + 40 * SECOND } },
      ],
      seconds: 25,
    },
    {
      name: 'not before it is paid, by a clock that is ahead of ours',
      sights: [{ at: 0, listed: { paidFrom: NOW + 5 * SECOND } }],
      seconds: 0,
    },
    {
      name: 'while a deletion is under way only up to its beginning, however long it is listed',
      sights: [
        { at: 15, listed: runs },
        { at: 45, listed: runs, record: gone, deletion: {} },
        { at: 60, listed: { state: 'deleting' }, record: gone, deletion: {} },
      ],
      seconds: 40,
    },
    {
      name: 'and then to when its provider has carried that out, though the answer comes later, and once only',
      sights: [
        { at: 45, listed: runs, record: gone, deletion: {} },
        { at: 90, record: gone, deletion: { doneAt: NOW + 90 * SECOND, carriedOutAt: NOW + 52 * SECOND } },
        {
          at: 105,
          listed: runs,
          record: gone,
          deletion: { doneAt: NOW + 90 * SECOND, carriedOutAt: NOW + 52 * SECOND },
        },
        { at: 120, listed: runs },
      ],
      seconds: 62,
    },
    {
      name: 'to when the deletion was answered, where its provider does not say more',
      sights: [
        { at: 15, listed: runs },
        { at: 60, listed: runs, record: gone, deletion: { doneAt: NOW + 60 * SECOND } },
      ],
      seconds: 70,
    },
    {
      name: 'to the first listing that did not name it, where it was gone before it was deleted',
      sights: [
        { at: 0, listed: runs },
        { at: 15, record: { missingSince: NOW + 10 * SECOND } },
        {
          at: 75,
          record: { missingSince: NOW + 10 * SECOND, deleting: { since: NOW + 75 * SECOND, why: 'gone' } },
          deletion: {},
        },
        {
          at: 90,
          record: { missingSince: NOW + 10 * SECOND, deleting: { since: NOW + 75 * SECOND, why: 'gone' } },
          deletion: { doneAt: NOW + 90 * SECOND },
        },
      ],
      seconds: 20,
    },
    {
      name: 'all the way where a listing has left it out by mistake',
      sights: [
        { at: 0, listed: runs },
        { at: 15 },
        { at: 30, record: { missingSince: NOW + 15 * SECOND } },
        { at: 45, listed: runs },
      ],
      seconds: 55,
    },
    {
      name: 'to when it stopped, and from when it was started again',
      sights: [
        { at: 0, listed: runs },
        { at: 30, listed: { state: 'stopped', paidUntil: NOW + 20 * SECOND } },
        { at: 45, listed: { state: 'stopped', paidUntil: NOW + 20 * SECOND } },
        { at: 60, listed: { paidFrom: NOW + 50 * SECOND } },
      ],
      seconds: 40,
    },
    {
      name: 'also where it ran and stopped before anybody has looked',
      sights: [{ at: 30, listed: { state: 'stopped', ...runs, paidUntil: NOW + 5 * SECOND } }],
      seconds: 15,
    },
    {
      name: 'by ticks, where nobody says when it stopped and started',
      sights: [
        { at: 0, listed: {} },
        { at: 15, listed: { state: 'stopped' } },
        { at: 30, listed: { state: 'booting' } },
        { at: 45, listed: {} },
        { at: 60, listed: {} },
      ],
      seconds: 30,
    },
    {
      name: 'not while it lies stopped before it is deleted',
      sights: [
        { at: 0, listed: runs },
        { at: 15, listed: { state: 'stopped', paidUntil: NOW + 5 * SECOND } },
        { at: 90, record: gone, deletion: { doneAt: NOW + 90 * SECOND, carriedOutAt: NOW + 80 * SECOND } },
      ],
      seconds: 15,
    },
    {
      name: 'from its restart on, where nobody has seen it stopped',
      sights: [
        { at: 0, listed: runs },
        { at: 30, listed: { paidFrom: NOW + 20 * SECOND } },
      ],
      seconds: 20,
    },
    {
      name: 'not twice, where the clock was set back',
      sights: [
        { at: 60, listed: runs },
        { at: 0, listed: runs },
        { at: 75, listed: runs },
      ],
      seconds: 85,
    },
    {
      name: 'not once more, where a listing that lags names it after it was forgotten',
      sights: [
        {
          at: 45,
          listed: runs,
          record: gone,
          deletion: { doneAt: NOW + 45 * SECOND, carriedOutAt: NOW + 40 * SECOND },
        },
        { at: 60, listed: runs, record: {} },
      ],
      seconds: 50,
    },
  ])('$name', ({ sights, seconds }) => {
    expect(paid(after(...sights))).toBe(seconds)
  })
})

test('a listing that comes back after an outage makes up for it, and what was on the host then holds its part', () => {
  const record = {
    entries: [anEntry({ slots: [0, 1] })],
    leaving: [{ ...anEntry({ id: 'web-1', workload: 'web', slots: [2] }), since: NOW }],
  }
  const ledger = after(
    { at: 0, listed: runs, record, price: 3.6 },
    { at: 7_200, listed: runs, record, price: 3.6 },
  )
  expect(ledger?.total).toMatchObject({
    hostMs: 7_210 * SECOND,
    unpricedMs: 0,
    idle: { slotMs: 0, money: 0 },
    workloads: {
      ingest: { slotMs: 2 * 7_210 * SECOND, instanceMs: 7_210 * SECOND },
      web: { slotMs: 7_210 * SECOND, instanceMs: 7_210 * SECOND },
    },
  })
  expect(ledger?.total.money).toBeCloseTo(7.21, 9)
  expect(ledger?.hours.map(({ from, hostMs }) => [(from - NOW) / HOUR, hostMs / SECOND])).toEqual([
    [0, 3_600],
    [1, 3_600],
  ])
})

test('without a price hours are counted, and said to have none; a price counts from when it is there', () => {
  const ledger = after({ at: 0, listed: runs }, { at: 3_600, listed: runs, price: 2 })
  expect(ledger?.total).toMatchObject({ hostMs: 3_610 * SECOND, unpricedMs: 10 * SECOND })
  expect(ledger?.total.money).toBeCloseTo(2, 9)
})

test('an hour that is past is closed when nothing has been added to it for an hour; what comes later is an account of its own', () => {
  const early = after({ at: 0, listed: runs }, { at: 5_000, listed: runs })
  expect(early?.hours).toHaveLength(2)
  const stuck = seen(early, { at: 5_001, listed: runs, record: gone, deletion: {} })
  const later = seen(stuck, { at: 20_000, listed: runs, record: gone, deletion: {} })
  expect(later.hours).toEqual([])
  const done = { doneAt: NOW + 20_015 * SECOND, carriedOutAt: NOW + 5_010 * SECOND }
  const end = seen(later, { at: 20_015, record: gone, deletion: done })
  expect(end.hours.map(({ from, openedAt, hostMs }) => [from - NOW, openedAt - NOW, hostMs])).toEqual([
    [HOUR, 20_015 * SECOND, 10 * SECOND],
  ])
})

test('hosts count as paid while they run, by their records', () => {
  const running = after({ at: 0, listed: runs })
  expect(paidHosts(running, ['h1', 'h2'])).toBe(1)
  expect(paidHosts(running, [])).toBe(0)
  expect(paidHosts(after({ at: 0, listed: runs }, { at: 15, listed: { state: 'stopped' } }), ['h1'])).toBe(0)
})

test('a stretch is cut at whole hours, and a very long one is not cut endlessly', () => {
  const stretch = { from: NOW - 1, to: NOW + HOUR + 1, slots: 3, held: new Map() }
  expect(byHour(stretch).map(({ part: { from, to } }) => to - from)).toEqual([1, HOUR, 1])
  const ages = byHour({ ...stretch, from: 0 })
  expect(ages.length).toBeLessThan(2_010)
  expect(ages.reduce((sum, { part }) => sum + part.to - part.from, 0)).toBe(stretch.to)
})

const happening: fc.Arbitrary<Happening> = fc.record({
  after: fc.integer({ min: 1, max: 20 * MINUTE }),
  pick: fc.nat(1_000),
  what: fc.constantFrom(
    ...([
      'order',
      'boot',
      'boot',
      'stop',
      'restart',
      'delete',
      'carry-out',
      'place',
      'lost',
      'saved',
    ] as const),
    ...(['told', 'told', 'told', 'told', 'told', 'told'] as const),
  ),
})

test('whatever happens in whatever order, the ledger is the truth to the millisecond, its parts make it up, and so do the bills', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 120 }), (happenings) => {
      const world = ledgerWorld(3.1)
      const { total, hours } = world.play(happenings) ?? {}
      const truth = world.truth()
      if (total === undefined || hours === undefined) throw new Error('no ledger')
      expect(total.hostMs).toBe(truth)
      const shares = Object.values(total.workloads)
      expect(shares.reduce((sum, { slotMs }) => sum + slotMs, total.idle.slotMs)).toBe(3 * truth)
      expect(total.money).toBeCloseTo((truth * 3.1) / HOUR, 9)
      expect(shares.reduce((sum, { money }) => sum + money, total.idle.money)).toBeCloseTo(total.money, 9)
      expect(world.billed()).toBe(truth)
    }),
    { numRuns: 150 },
  )
})
