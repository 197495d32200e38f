import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { condemn, type Draft, draftOf, intend, remanifest } from '../../../controller/decision/draft.ts'
import { restart } from '../../../controller/decision/restart.ts'
import { type Ended, settle } from '../../../controller/decision/settle.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, MINUTE, NOW, SECOND } from './builders.ts'

const { confirmedAt: _c, seenAt: _s, runningAt: _r, ...ordered } = aHost({ orderedAt: NOW })

/** A host whose creation is under way. */
function creating(): Draft {
  const draft = draftOf({ ...emptyState, hosts: { h1: ordered } }, 'capuchin', NOW, () => 't')
  intend(draft, 'create-host', ordered)
  return draft
}

function telling(): Draft {
  const draft = draftOf({ ...emptyState, hosts: { h1: aHost({ revision: 4 }) } }, 'capuchin', NOW, () => 't')
  intend(draft, 'set-manifest', aHost())
  return draft
}

const ended = (key: string, given: Partial<Ended> = {}): Ended => ({
  key,
  revision: 1,
  result: 'done',
  detail: '',
  ...given,
})
const create = (given: Partial<Ended> = {}) => ended('create-host:h1', given)
const set = (given: Partial<Ended> = {}) => ended('set-manifest:h1', { revision: 4, ...given })

describe('an operation that has ended', () => {
  test('done: a host is confirmed, and its pool may order again', () => {
    const draft = creating()
    draft.backoffs.set('edge', { until: NOW + MINUTE, failures: 3, why: 'quota' })
    settle(draft, create(), 0)
    expect(draft.hosts.get('h1')?.confirmedAt).toBe(NOW)
    expect(draft.intents.size).toBe(0)
    expect(draft.backoffs.size).toBe(0)
  })

  test('done, but the manifest has moved on meanwhile: it is told the present one', () => {
    const draft = creating()
    remanifest(draft, ordered, [anEntry()])
    expect([...draft.intents.keys()]).toEqual(['create-host:h1'])
    settle(draft, create({ revision: 1 }), 0)
    expect([...draft.intents.keys()]).toEqual(['set-manifest:h1'])
    const again = telling()
    settle(again, set({ revision: 3 }), 0)
    expect([...again.intents.values()]).toEqual([
      expect.objectContaining({ kind: 'set-manifest', attempts: 0 }),
    ])
    settle(again, set(), 0)
    expect(again.intents.size).toBe(0)
  })

  test('unknown: the same call is made again, later each time, up to a minute', () => {
    const draft = creating()
    const waits: number[] = []
    for (let i = 0; i < 9; i++) {
      settle(draft, create({ result: 'unknown', detail: 'no answer' }), 1)
      const intent = draft.intents.get('create-host:h1')
      expect(intent).toMatchObject({ attempts: i + 1, lastError: 'no answer' })
      waits.push(((intent?.notBefore ?? 0) - NOW) / SECOND)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(draft.hosts.get('h1')).toEqual(ordered)
  })

  test('refused: the order is undone and the pool waits, longer each time, up to ten minutes', () => {
    const waits: number[] = []
    let backoffs: Draft['backoffs'] = new Map()
    for (let i = 0; i < 8; i++) {
      const draft = creating()
      draft.backoffs = backoffs
      settle(draft, create({ result: 'refused', code: 'quota', detail: '12 VMs' }), 1)
      backoffs = draft.backoffs
      waits.push(((backoffs.get('edge')?.until ?? 0) - NOW) / SECOND)
      // An earlier attempt may have made the host although its answer was lost, so it is deleted and not just forgotten.
      expect([...draft.intents.keys()]).toEqual(['delete-host:h1'])
      expect(draft.hosts.get('h1')?.deleting?.why).toBe('its order was refused (quota: 12 VMs)')
      if (i === 0) expect(draft.steps[0]?.sentence).toBe('pool edge orders nothing for 15s: quota: 12 VMs')
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600])
  })

  test('refused, but listed: an earlier attempt has made it, so nothing is undone', () => {
    const draft = creating()
    draft.hosts.set('h1', { ...ordered, seenAt: NOW, confirmedAt: NOW })
    settle(draft, create({ result: 'refused', code: 'quota', detail: '12 VMs' }), 0)
    expect(draft.intents.size).toBe(0)
    expect(draft.backoffs.size).toBe(0)
    expect(draft.hosts.get('h1')).not.toHaveProperty('deleting')
  })

  test('refused, but no order: it is tried again', () => {
    const draft = telling()
    settle(draft, set({ result: 'refused', code: 'not-found', detail: 'no such host' }), 0)
    expect(draft.intents.get('set-manifest:h1')).toMatchObject({ attempts: 1, lastError: 'no such host' })
  })

  test('deleted: the intent stays until listings no longer name the host', () => {
    const draft = telling()
    condemn(draft, aHost(), 'empty')
    expect([...draft.intents.keys()]).toEqual(['delete-host:h1'])
    settle(draft, ended('delete-host:h1'), 0)
    expect(draft.intents.get('delete-host:h1')).toMatchObject({ doneAt: NOW, notBefore: NOW + MINUTE })
    expect(draft.hosts.has('h1')).toBe(true)
  })

  test('after it was given up: nothing', () => {
    const draft = creating()
    condemn(draft, ordered, 'it did not boot within 10m')
    settle(draft, create(), 0)
    expect([...draft.intents.keys()]).toEqual(['delete-host:h1'])
    expect(draft.hosts.get('h1')?.confirmedAt).toBeUndefined()
  })
})

test('whatever ends how and in which order: no host is lost, and a host on its way out keeps the intent to delete it', () => {
  const keys = ['create-host:h1', 'set-manifest:h1', 'restart-host:h1', 'delete-host:h1', 'create-host:h9']
  const event = fc.record({
    key: fc.constantFrom(...keys),
    revision: fc.nat(3),
    result: fc.constantFrom('done', 'refused', 'unknown'),
    detail: fc.constant('so it is'),
  })
  const act = fc.oneof(event, fc.constantFrom('place', 'restart', 'condemn'))
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (acts, jitter) => {
        const draft = creating()
        for (const one of acts) {
          const record = draft.hosts.get('h1')
          if (record === undefined) throw new Error('the host is lost')
          if (one === 'condemn') condemn(draft, record, 'empty')
          else if (one === 'restart' && record.deleting === undefined && record.confirmedAt !== undefined)
            restart(draft, record, 'stopped', 'it stopped')
          else if (one === 'place' && record.deleting === undefined) remanifest(draft, record, record.entries)
          else if (typeof one !== 'string') settle(draft, one, jitter)
          const left = draft.hosts.get('h1')
          const open = [...draft.intents.keys()]
          if (left?.deleting !== undefined) expect(open).toEqual(['delete-host:h1'])
          else if (left?.confirmedAt === undefined) expect(open).toContain('create-host:h1')
          for (const { notBefore } of draft.intents.values())
            expect(notBefore).toBeLessThanOrEqual(NOW + MINUTE)
        }
      },
    ),
    { numRuns: 300 },
  )
})
