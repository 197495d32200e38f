import { describe, expect, test } from 'vitest'
import { rewind } from '../../../controller/decision/clock.ts'
import { type Draft, draftOf } from '../../../controller/decision/draft.ts'
import type { Entry, Health } from '../../../controller/decision/fleet.ts'
import { noteReady, noteUnruled } from '../../../controller/decision/notes.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import { manifestOf } from '../../../controller/decision/told.ts'
import { aHost, anEntry, HOUR, MINUTE, NOW } from './builders.ts'

const draftWith = (...hosts: ReturnType<typeof aHost>[]): Draft =>
  draftOf(
    { ...emptyState, hosts: Object.fromEntries(hosts.map((one) => [one.name, one])) },
    'capuchin',
    NOW,
    () => 't',
  )

const { readyAt: _ready, ...fresh } = anEntry()
const ready = (): Health => ({ kind: 'ready', since: NOW })

describe('who was ready for the first time', () => {
  const firstReady = (draft: Draft): unknown => draft.hosts.get('h1')?.entries[0]?.readyAt
  test('is remembered, once', () => {
    const draft = draftWith(aHost({ entries: [fresh] }))
    noteReady(draft, 'edge', ready)
    expect(firstReady(draft)).toBe(NOW)
    const known = draftWith(aHost({ entries: [anEntry()] }))
    noteReady(known, 'edge', ready)
    expect(firstReady(known)).toBe(NOW - HOUR)
  })

  test('is not where nobody answers, nor on a host that is lost', () => {
    const silent = draftWith(aHost({ entries: [fresh] }))
    noteReady(silent, 'edge', () => ({ kind: 'unknown' }))
    const lost = draftWith(aHost({ entries: [fresh], deleting: { since: NOW, why: 'stopped' } }))
    noteReady(lost, 'edge', ready)
    expect([firstReady(silent), firstReady(lost)]).toEqual([undefined, undefined])
  })
})

describe('instances that no policy names', () => {
  const web = (id: string, given: Partial<Entry> = {}) => anEntry({ id, workload: 'web', ...given })
  const hosts = [
    aHost({ entries: [anEntry(), web('web-1', { slots: [1] })] }),
    aHost({ name: 'h2', index: 1, entries: [web('web-2')] }),
  ]

  test('keep running and keep their slots, and that is said once', () => {
    const draft = draftWith(...hosts)
    noteUnruled(draft, 'edge', new Set(['ingest']))
    expect(draft.steps).toEqual([
      {
        kind: 'hold',
        subject: 'web-1',
        pool: 'edge',
        workload: 'web',
        sentence:
          '2 instances of web in pool edge are left running, neither scaled nor healed, until a policy names web again',
      },
    ])
    for (const before of hosts) {
      const after = draft.hosts.get(before.name)
      if (after === undefined) throw new Error(`${before.name} is gone`)
      expect(manifestOf(after, 1)).toEqual(manifestOf(before, 1))
    }
    expect(draft.intents.size).toBe(0)
    noteUnruled(draft, 'edge', new Set(['ingest']))
    expect(draft.steps).toHaveLength(1)
  })

  test('are as before when their policy is back, and may be said again', () => {
    const draft = draftWith(...hosts)
    noteUnruled(draft, 'edge', new Set(['ingest']))
    noteUnruled(draft, 'edge', new Set(['ingest', 'web']))
    expect([...draft.hosts.values()]).toEqual(hosts)
    noteUnruled(draft, 'edge', new Set())
    expect(draft.steps.map(({ workload }) => workload)).toEqual(['web', 'ingest', 'web'])
  })
})

describe('when the clock was set back', () => {
  const later = NOW + 5 * HOUR
  const busy = aHost({
    orderedAt: later,
    runningAt: later,
    missingSince: later,
    emptySince: later,
    entries: [anEntry({ placedAt: later, readyAt: later, drain: { since: later, why: '', askedAt: later } })],
    deleting: { since: later, why: '' },
  })

  test('no record, intent or back-off waits for the time that was', () => {
    const draft = draftWith(busy)
    draft.intents.set('delete-host:h1', {
      id: '1',
      kind: 'delete-host',
      host: 'h1',
      pool: 'edge',
      at: later,
      attempts: 3,
      notBefore: later,
    })
    draft.backoffs.set('edge', { until: later, failures: 1, why: 'quota' })
    rewind(draft)
    expect(draft.hosts.get('h1')).toEqual({
      ...busy,
      orderedAt: NOW,
      runningAt: NOW,
      missingSince: NOW,
      emptySince: NOW,
      // What hosts were told stays as it was told.
      entries: [anEntry({ placedAt: later, readyAt: NOW, drain: { since: NOW, why: '', askedAt: NOW } })],
      deleting: { since: NOW, why: '' },
    })
    expect(draft.intents.get('delete-host:h1')).toMatchObject({
      at: NOW,
      notBefore: NOW + MINUTE,
      attempts: 3,
    })
    expect(draft.backoffs.get('edge')).toMatchObject({ until: NOW + 10 * MINUTE, failures: 1 })
  })

  test('the former state stays as it was, and what is not ahead is not touched', () => {
    const before = aHost({ entries: [anEntry()] })
    const draft = draftWith(before)
    rewind(draft)
    expect(draft.hosts.get('h1')).toBe(before)
    rewind(draftWith(busy))
    expect(busy.orderedAt).toBe(later)
  })
})
