import { describe, expect, test } from 'vitest'
import type { Override } from '../../../controller/decision/overrides.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { type Ground, lay, takeBack } from '../../../controller/overrides/lay.ts'
import { outlook } from '../../../controller/overrides/outlook.ts'
import { type Wish, Word } from '../../../controller/overrides/wish.ts'
import {
  aHost,
  anEntry,
  anOverride,
  aPolicy,
  aPool,
  HOUR,
  MINUTE,
  NOW,
  SECOND,
} from '../decision/builders.ts'

const workload = 'ingest'

const hosts = {
  h1: aHost({ entries: [anEntry()] }),
  h2: aHost({
    name: 'h2',
    entries: [anEntry({ id: 'ingest-2' }), anEntry({ id: 'ingest-3', drain: { since: NOW, why: 'in' } })],
  }),
  h3: aHost({ name: 'h3', deleting: { since: NOW, why: 'it is empty' } }),
}

const ground = (given: Partial<StoreState> = {}, laid: readonly Override[] = []): Ground => ({
  state: {
    ...emptyState,
    counter: 6,
    lastAt: NOW,
    hosts,
    workloads: { ingest: { size: 4, sizes: [{ at: NOW - HOUR, size: 4 }] } },
    overrides: Object.fromEntries(laid.map((one) => [one.id, one])),
    ...given,
  },
  policies: [aPolicy({ size: { min: 2, max: 6 } })],
  pools: [aPool({ hosts: { min: 0, max: 3 } })],
  now: NOW,
})

const say = (act: Wish, on = ground(), length: number | undefined = HOUR) =>
  lay({ act, by: 'anna', why: 'launch', for: length }, on)

const frozen = (subject: string): Override => anOverride({ kind: 'freeze', subject })
const drained = anOverride({ kind: 'drain-host', host: 'h1' }, { id: 'o3' })

describe('a wish comes to an act', () => {
  test.for<{ act: Wish; comes: Override['act']; says: string; on?: Ground }>([
    {
      act: { kind: 'pause', workload },
      comes: { kind: 'pause', workload },
      says: 'ingest is paused until 13:00 UTC (1h): it stays at its size, and what dies is replaced',
    },
    {
      act: { kind: 'pin', workload, size: 6 },
      comes: { kind: 'pin', workload, size: 6 },
      says: 'ingest is pinned at 6 until 13:00 UTC (1h); now 4, so it grows by 1 every 1m, at once',
    },
    {
      act: { kind: 'pin', workload, size: 6 },
      comes: { kind: 'pin', workload, size: 6 },
      says: 'ingest is pinned at 6 until 13:00 UTC (1h); now 4, so it grows by 1 every 1m, first in 40s',
      on: ground({ workloads: { ingest: { size: 4, lastOut: NOW - 20 * SECOND, sizes: [] } } }),
    },
    {
      act: { kind: 'pin', workload, size: 3 },
      comes: { kind: 'pin', workload, size: 3 },
      says: 'ingest is pinned at 3 until 13:00 UTC (1h); now 4, so it shrinks by 1 every 5m, first in 6m',
      on: ground({ workloads: { ingest: { size: 4, lastOut: NOW - 4 * MINUTE, sizes: [] } } }),
    },
    {
      act: { kind: 'pin', workload, size: 4 },
      comes: { kind: 'pin', workload, size: 4 },
      says: 'ingest is pinned at 4 until 13:00 UTC (1h); it has 4, so it stays there',
    },
    {
      act: { kind: 'pin', workload, size: 4 },
      comes: { kind: 'pin', workload, size: 4 },
      says: 'ingest is pinned at 4 until 13:00 UTC (1h); nothing is known of its size yet',
      on: ground({ workloads: {} }),
    },
    {
      act: { kind: 'pin', workload, size: 5 },
      comes: { kind: 'pin', workload, size: 5 },
      says: 'ingest is pinned at 5 until 13:00 UTC (1h); now 4, but it is paused: it moves once that has ended',
      on: ground({}, [anOverride({ kind: 'pause', workload })]),
    },
    {
      act: { kind: 'scale', workload, by: 2 },
      comes: { kind: 'at-least', workload, size: 6 },
      says: 'ingest has at least 6 until 13:00 UTC (1h); now 4, so it grows by 1 every 1m, at once',
    },
    {
      act: { kind: 'scale', workload, by: -1 },
      comes: { kind: 'at-most', workload, size: 3 },
      says: 'ingest has at most 3 until 13:00 UTC (1h); now 4, so it shrinks by 1 every 5m, at once',
    },
    {
      act: { kind: 'freeze', subject: 'ingest-1' },
      comes: { kind: 'freeze', subject: 'ingest-1' },
      says: 'ingest-1 is frozen until 13:00 UTC (1h): it is not removed, whatever the size',
    },
    {
      act: { kind: 'freeze', subject: 'h2' },
      comes: { kind: 'freeze', subject: 'h2' },
      says: 'h2 is frozen until 13:00 UTC (1h): it is not removed, whatever the size',
    },
    {
      act: { kind: 'add-hosts', pool: 'edge', count: 1 },
      comes: { kind: 'hosts', pool: 'edge', hosts: 3 },
      says: 'pool edge has at least 3 hosts until 13:00 UTC (1h)',
    },
    {
      act: { kind: 'pause-all' },
      comes: { kind: 'pause-all' },
      says: 'everything is paused until 13:00 UTC (1h): no workload is scaled, nothing is tidied up or kept spare, and what dies is replaced',
    },
    {
      act: { kind: 'pin', workload, size: 5 },
      comes: { kind: 'pin', workload, size: 5 },
      says: 'ingest is pinned at 5 until 13:00 UTC (1h); now 4, but it is paused: it moves once that has ended',
      on: ground({}, [anOverride({ kind: 'pause-all' })]),
    },
    {
      act: { kind: 'hold-pool', pool: 'edge' },
      comes: { kind: 'hold-pool', pool: 'edge' },
      says: 'pool edge is held until 13:00 UTC (1h): nothing is ordered, deleted, placed, moved or healed there; what runs goes on',
    },
    {
      act: { kind: 'drain-host', host: 'h2' },
      comes: { kind: 'drain-host', host: 'h2' },
      says: 'h2 is drained until 13:00 UTC (1h): nothing new goes there, its 2 instances move elsewhere, and then it goes',
    },
  ])('$says', ({ act, comes, says, on = ground() }) => {
    const laid = say(act, on)
    if (laid.kind === 'refused') throw new Error(laid.detail)
    expect(laid.override).toEqual({
      ...{ id: 'o7', act: comes, by: 'anna', why: 'launch', at: NOW, until: NOW + HOUR },
    })
    expect(outlook(laid.override, on)).toBe(says)
    expect(laid.state).toMatchObject({ counter: 7, overrides: { o7: laid.override } })
  })
})

describe('what cannot be obeyed is refused with the remedy', () => {
  test.for<{ act: Wish; detail: string; on?: Ground }>([
    {
      act: { kind: 'pause', workload: 'ingst' },
      detail: 'there is no workload "ingst"; did you mean "ingest"?',
    },
    { act: { kind: 'hold-pool', pool: 'egde' }, detail: 'there is no pool "egde"; did you mean "edge"?' },
    { act: { kind: 'pause', workload: 'cron' }, detail: 'there is no workload "cron"; there is ingest' },
    {
      act: { kind: 'pin', workload, size: 7 },
      detail:
        'ingest cannot be pinned at 7: its size is 2..6. Pin it within that, or change size in its policy',
    },
    {
      act: { kind: 'pin', workload, size: 1 },
      detail:
        'ingest cannot be pinned at 1: its size is 2..6. Pin it within that, or change size in its policy',
    },
    {
      act: { kind: 'scale', workload, by: 3 },
      detail:
        'ingest cannot be scaled by +3: it has 4 now, and its size is 2..6, so -2 to +2 can be had. For more, change size in its policy',
    },
    {
      act: { kind: 'scale', workload, by: 1 },
      detail: 'nothing is known of the size of ingest yet, so there is nothing to scale by: pin it to a size',
      on: ground({ workloads: {} }),
    },
    {
      act: { kind: 'freeze', subject: 'ingest-11' },
      detail: 'there is no instance or host "ingest-11"; did you mean "ingest-1"?',
    },
    {
      act: { kind: 'freeze', subject: 'x' },
      detail: 'there is no instance or host "x"; there is none yet',
      on: ground({ hosts: {} }),
    },
    {
      act: { kind: 'freeze', subject: 'ingest-3' },
      detail: 'ingest-3 drains already (in): it is too late to freeze it',
    },
    {
      act: { kind: 'freeze', subject: 'h3' },
      detail: 'host h3 is being deleted, since it is empty: it is too late to freeze it',
    },
    {
      act: { kind: 'freeze', subject: 'ingest-1' },
      detail: 'h1 is drained by anna: take that back first (capuchin overrides --end o3)',
      on: ground({}, [drained]),
    },
    {
      act: { kind: 'add-hosts', pool: 'egde', count: 1 },
      detail: 'there is no pool "egde"; did you mean "edge"?',
    },
    {
      act: { kind: 'add-hosts', pool: 'edge', count: 2 },
      detail: 'pool edge has 2 hosts and may have 3 (hosts.max), so 1 can be added',
    },
    { act: { kind: 'drain-host', host: 'h9' }, detail: 'there is no host "h9"; did you mean "h1"?' },
    { act: { kind: 'drain-host', host: 'h3' }, detail: 'h3 goes already: it is empty' },
    {
      act: { kind: 'drain-host', host: 'h1' },
      detail: 'ingest-1 is frozen, so the host cannot be emptied: thaw it first (capuchin thaw ingest-1)',
      on: ground({}, [frozen('ingest-1')]),
    },
  ])('$detail', ({ act, detail, on = ground() }) => {
    expect(say(act, on)).toEqual({ kind: 'refused', detail })
  })
})

describe('what is in force already', () => {
  test('a word takes the place of the former one of its kind for the same target, and of nothing else', () => {
    const former = [
      anOverride({ kind: 'at-least', workload, size: 5 }, { id: 'o1' }),
      anOverride({ kind: 'pin', workload, size: 5 }, { id: 'o2' }),
      anOverride({ kind: 'pause', workload: 'consumer' }, { id: 'o3' }),
    ]
    const laid = say({ kind: 'scale', workload, by: -1 }, ground({}, former))
    if (laid.kind === 'refused') throw new Error(laid.detail)
    expect(laid.replaced.map(({ id }) => id)).toEqual(['o1'])
    expect(Object.keys(laid.state.overrides)).toEqual(['o2', 'o3', 'o7'])
  })

  test('without an end it has none', () => {
    const laid = lay({ act: { kind: 'pause', workload }, by: 'anna', why: 'x', for: undefined }, ground())
    if (laid.kind === 'refused') throw new Error(laid.detail)
    expect(Object.hasOwn(laid.override, 'until')).toBe(false)
    expect(outlook(laid.override, ground())).toMatch(/^ingest is paused until it is taken back: /)
  })

  test('while the clock is behind, it is marked as of that clock', () => {
    const laid = say({ kind: 'pause', workload }, ground({ lastAt: NOW + MINUTE }))
    expect(laid).toMatchObject({ kind: 'laid', override: { rewound: MINUTE } })
  })

  test('a hundred are enough, but one in place of another is always possible', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      anOverride({ kind: 'pause', workload: `w${i}` }, { id: `x${i}` }),
    )
    expect(say({ kind: 'pause', workload }, ground({}, many))).toEqual({
      kind: 'refused',
      detail: '100 overrides are in force: take some back (capuchin overrides)',
    })
    const mine = anOverride({ kind: 'pause', workload }, { id: 'mine' })
    expect(say({ kind: 'pause', workload }, ground({}, [...many.slice(1), mine])).kind).toBe('laid')
  })
})

describe('taking back', () => {
  const on = ground({}, [
    anOverride({ kind: 'pause', workload }, { id: 'o1' }),
    anOverride({ kind: 'pin', workload, size: 5 }, { id: 'o2' }),
    anOverride({ kind: 'freeze', subject: 'h1' }, { id: 'o3' }),
    anOverride({ kind: 'pause', workload: 'consumer' }, { id: 'o4', until: NOW }),
    anOverride({ kind: 'pause-all' }, { id: 'o5' }),
    anOverride({ kind: 'hold-pool', pool: 'edge' }, { id: 'o6' }),
  ])
  test.for([
    { name: 'one by its id', target: { kind: 'id', id: 'o2' } as const, ids: ['o2'] },
    { name: 'all of a workload', target: { kind: 'workload', workload } as const, ids: ['o1', 'o2'] },
    { name: 'the pause of everything, and no other', target: { kind: 'all' } as const, ids: ['o5'] },
    { name: 'the hold of a pool', target: { kind: 'held-pool', pool: 'edge' } as const, ids: ['o6'] },
    { name: 'a freeze', target: { kind: 'frozen', subject: 'h1' } as const, ids: ['o3'] },
  ])('$name', ({ target, ids }) => {
    const outcome = takeBack(target, on)
    if (outcome.kind === 'refused') throw new Error(outcome.detail)
    expect(outcome.taken.map(({ id }) => id)).toEqual(ids)
    expect(Object.keys(outcome.state.overrides).filter((id) => ids.includes(id))).toEqual([])
  })

  test.for([
    {
      target: { kind: 'id', id: 'o9' } as const,
      detail: 'there is no override o9; there is o1, o2, o3, o5, o6',
    },
    {
      target: { kind: 'held-pool', pool: 'egde' } as const,
      detail: 'pool egde is not held; did you mean "edge"?',
    },
    {
      target: { kind: 'workload', workload: 'ingst' } as const,
      detail: 'ingst is neither paused, pinned nor scaled by hand; did you mean "ingest"?',
    },
    {
      target: { kind: 'workload', workload: 'consumer' } as const,
      detail:
        'consumer is neither paused, pinned nor scaled by hand; everything is paused, which capuchin resume --all takes back',
    },
    { target: { kind: 'frozen', subject: 'h2' } as const, detail: 'h2 is not frozen; did you mean "h1"?' },
  ])('$detail', ({ target, detail }) => {
    expect(takeBack(target, on)).toEqual({ kind: 'refused', detail })
  })
})

test('what is paused by itself is told to who takes back the pause of everything', () => {
  const on = ground({}, [anOverride({ kind: 'pause', workload }, { id: 'o1' })])
  const detail = 'not everything is paused; by itself ingest'
  expect(takeBack({ kind: 'all' }, on)).toEqual({ kind: 'refused', detail })
})

describe('a word over the wire', () => {
  const word = { act: { kind: 'pause', workload }, by: 'anna', why: 'launch', for: '1h' }
  test.for([
    { name: 'for an hour', given: {}, ok: true },
    { name: 'for ever', given: { for: 'ever' }, ok: true },
    { name: 'for longer than a year', given: { for: '366d' }, ok: false },
    { name: 'for no time', given: { for: '0s' }, ok: false },
    { name: 'for what is no duration', given: { for: 'an hour' }, ok: false },
    { name: 'without why', given: { why: '' }, ok: false },
    { name: 'with blanks for why', given: { why: '  ' }, ok: false },
    { name: 'with 200 letters of why', given: { why: 'w'.repeat(200) }, ok: true },
    { name: 'with 201', given: { why: 'w'.repeat(201) }, ok: false },
    { name: 'with a line break in it', given: { why: 'a\nb' }, ok: false },
    { name: 'with the bell in it', given: { why: 'a\u0007b' }, ok: false },
    { name: 'with letters turned around in it', given: { why: 'a\u202eb' }, ok: false },
    { name: 'in any language', given: { why: 'Нагрузочный тест' }, ok: true },
    { name: 'by nobody', given: { by: '' }, ok: false },
    { name: 'with a key too many', given: { force: true }, ok: false },
    { name: 'of an act that there is not', given: { act: { kind: 'delete', workload } }, ok: false },
    { name: 'of half an instance', given: { act: { kind: 'pin', workload, size: 2.5 } }, ok: false },
    { name: 'of a scaling by nothing', given: { act: { kind: 'scale', workload, by: 0 } }, ok: false },
  ])('$name', ({ given, ok }) => {
    expect(Word.safeParse({ ...word, ...given }).success).toBe(ok)
  })
})
