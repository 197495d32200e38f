import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draftOf } from '../../../controller/decision/draft.ts'
import {
  advanceDrains,
  type DrainPhase,
  drainPhase,
  SETTLE,
  startDrain,
} from '../../../controller/decision/drains.ts'
import type { DrainRecord, Entry, Health } from '../../../controller/decision/fleet.ts'
import { emptyState, type ListRecord } from '../../../controller/decision/state.ts'
import { aHost, anEntry, anInstance, aRun, MINUTE, NOW, SECOND } from './builders.ts'

const ready: Health = { kind: 'ready', since: NOW }
const busy: Health = { kind: 'unready', since: NOW, detail: '/ready answers 503', drained: false }
const drained: Health = { kind: 'unready', since: NOW, detail: '/ready answers 503', drained: true }
const hung: Health = { kind: 'silent', since: NOW, detail: 'no answer in 2000 ms', refused: false }
const refused: Health = { kind: 'silent', since: NOW, detail: 'connection refused', refused: true }

const draftWith = (entry: Entry, now = NOW) =>
  draftOf({ ...emptyState, hosts: { h1: aHost({ entries: [entry] }) } }, 'capuchin', now, () => 't')

/** A drain that began so long ago and has come so far. */
const since = (ago: number, given: Partial<DrainRecord> = {}): DrainRecord => ({
  since: NOW - ago,
  why: 'scale-in to 3',
  ...given,
})
const unlisted = (ago: number) => since(ago, { unlistedAt: NOW - ago })

describe('a drain', () => {
  const over = (why: string): DrainPhase => ({ kind: 'over', why })
  test.for<{
    name: string
    entry: Partial<Entry>
    neverReady?: boolean
    health: Health
    phase: DrainPhase
  }>([
    {
      name: 'settles as long as the list has it',
      entry: { drain: since(MINUTE) },
      health: ready,
      phase: { kind: 'settling' },
    },
    {
      name: 'settles while routers read the list without it',
      entry: { drain: unlisted(SECOND) },
      health: ready,
      phase: { kind: 'settling' },
    },
    {
      name: 'is asked for once they have had time to',
      entry: { drain: unlisted(SETTLE) },
      health: ready,
      phase: { kind: 'to-ask' },
    },
    {
      name: 'is asked for again as long as nobody answers, two graces long',
      entry: { drain: { ...unlisted(10 * MINUTE), askingSince: NOW - 59 * SECOND } },
      health: ready,
      phase: { kind: 'to-ask' },
    },
    {
      name: 'is given up then',
      entry: { drain: { ...unlisted(10 * MINUTE), askingSince: NOW - MINUTE } },
      health: hung,
      phase: over('it did not answer when asked to drain'),
    },
    {
      name: 'is not given up because the controller was away and nobody asked',
      entry: { drain: unlisted(10 * MINUTE) },
      health: ready,
      phase: { kind: 'to-ask' },
    },
    {
      name: 'goes on once it is acknowledged',
      entry: { drain: { ...unlisted(MINUTE), askedAt: NOW - 29 * SECOND } },
      health: busy,
      phase: { kind: 'draining' },
    },
    {
      name: 'is over when the instance says so',
      entry: { drain: { ...unlisted(MINUTE), askedAt: NOW - SECOND } },
      health: drained,
      phase: over('it drained in 1m'),
    },
    {
      name: 'is over at the end of its grace',
      entry: { drain: { ...unlisted(MINUTE), askedAt: NOW - 30 * SECOND } },
      health: busy,
      phase: over('it did not drain within 30s'),
    },
    {
      name: 'is over when the process is gone, whatever the list says',
      entry: { drain: since(SECOND) },
      health: refused,
      phase: over('it is gone (connection refused)'),
    },
    {
      name: 'is not over because of one that hangs',
      entry: { drain: { ...unlisted(MINUTE), askedAt: NOW - SECOND } },
      health: hung,
      phase: { kind: 'draining' },
    },
    {
      name: 'of one that was never ready has nothing to wait for',
      entry: { drain: unlisted(MINUTE) },
      neverReady: true,
      health: { kind: 'unknown' },
      phase: over('it was never ready'),
    },
    {
      name: 'without a path to ask is left to the signal that ends it',
      entry: { drain: unlisted(MINUTE), run: aRun({ drain: { grace: 30 * SECOND } }) },
      health: ready,
      phase: over('it is out of routing and drains when it is stopped'),
    },
  ])('$name', ({ entry: given, neverReady = false, health, phase }) => {
    const { readyAt: _ready, ...fresh } = anEntry(given)
    expect(drainPhase(neverReady ? fresh : anEntry(given), health, NOW)).toEqual(phase)
  })
})

test('a drain begins by leaving the list, not the manifest, and says why', () => {
  const draft = draftWith(anEntry())
  startDrain(draft, anInstance(), 'scale-in to 3')
  expect(draft.hosts.get('h1')).toMatchObject({
    revision: 1,
    entries: [{ drain: { since: NOW, why: 'scale-in to 3' } }],
  })
  expect(draft.intents.size).toBe(0)
  expect(draft.steps.map(({ sentence }) => sentence)).toEqual([
    'ingest instance ingest-1 on h1 drains: scale-in to 3',
  ])
  startDrain(draft, anInstance(), 'again')
  expect(draft.steps.length).toBe(1)
})

test('one that is over leaves the manifest, keeps its slot until its process is gone, and says why', () => {
  const draft = draftWith(anEntry({ drain: { ...unlisted(MINUTE), askedAt: NOW - SECOND } }))
  const toAsk = advanceDrains(draft, 'edge', { members: [], writtenAt: NOW - MINUTE }, () => drained)
  expect(toAsk).toEqual([])
  expect(draft.hosts.get('h1')).toMatchObject({
    revision: 2,
    entries: [],
    leaving: [{ id: 'ingest-1', slots: [0], since: NOW }],
  })
  expect([...draft.intents.keys()]).toEqual(['set-manifest:h1'])
  expect(draft.steps.map(({ sentence }) => sentence)).toEqual(['ingest-1 leaves h1: it drained in 1m'])
})

test('an instance that is listed again begins to settle anew', () => {
  const draft = draftWith(anEntry({ drain: unlisted(MINUTE) }))
  advanceDrains(draft, 'edge', { members: ['ingest-1'], writtenAt: NOW }, () => ready)
  expect(draft.hosts.get('h1')?.entries[0]?.drain).toEqual(since(MINUTE))
})

test('a list of a clock that was ahead does not hold a drain up', () => {
  const draft = draftWith(anEntry({ drain: since(SECOND) }))
  advanceDrains(draft, 'edge', { members: [], writtenAt: NOW + 60 * MINUTE }, () => ready)
  expect(draft.hosts.get('h1')?.entries[0]?.drain?.unlistedAt).toBe(NOW)
})

test('other pools and hosts on their way out are left alone', () => {
  const entry = anEntry({ drain: unlisted(MINUTE) })
  const going = aHost({ name: 'h2', entries: [entry], deleting: { since: NOW, why: 'stopped' } })
  const draft = draftOf(
    { ...emptyState, hosts: { h1: aHost({ pool: 'core', entries: [entry] }), h2: going } },
    'c',
    NOW,
    () => '',
  )
  expect(advanceDrains(draft, 'edge', { members: [], writtenAt: 0 }, () => ready)).toEqual([])
  expect(draft.steps).toEqual([])
})

test('promise 9: whatever happens, nobody leaves the manifest while the list has it, unless it is dead', () => {
  const health = fc.constantFrom(ready, busy, drained, hung)
  const tick = fc.record({
    after: fc.integer({ min: 1, max: 40 }),
    health,
    writes: fc.boolean(),
    asks: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 30 }), fc.boolean(), (ticks, wasReady) => {
      let now = NOW
      const { readyAt, ...fresh } = anEntry()
      let entry: Entry | undefined = wasReady && readyAt !== undefined ? { ...fresh, readyAt } : fresh
      let list: ListRecord = { members: ['ingest-1'], writtenAt: now }
      const first = draftWith(entry, now)
      startDrain(first, anInstance(), 'scale-in')
      entry = first.hosts.get('h1')?.entries[0]
      for (const { after, health: found, writes, asks } of ticks) {
        now += after * SECOND
        if (entry === undefined) return
        const draft = draftWith(entry, now)
        const toAsk = advanceDrains(draft, 'edge', list, () => found)
        entry = draft.hosts.get('h1')?.entries[0]
        const mayRoute = list.members.length > 0 || now < list.writtenAt + SETTLE
        if (mayRoute)
          expect({ gone: entry === undefined, asked: toAsk.length }).toEqual({ gone: false, asked: 0 })
        if (entry?.drain !== undefined && toAsk.length > 0 && asks)
          entry = { ...entry, drain: { ...entry.drain, askedAt: now } }
        if (writes && list.members.length > 0) list = { members: [], writtenAt: now }
      }
    }),
    { numRuns: 300 },
  )
})
