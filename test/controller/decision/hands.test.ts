import { describe, expect, test } from 'vitest'
import { draftOf, intend } from '../../../controller/decision/draft.ts'
import { correctDrift } from '../../../controller/decision/drift.ts'
import type { HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import type { Stray } from '../../../controller/decision/headroom.ts'
import type { Pool } from '../../../controller/decision/policy.ts'
import { emptyState, type SupplyRecord } from '../../../controller/decision/state.ts'
import { serveStrays } from '../../../controller/decision/strays.ts'
import { aHost, aPool, HOUR, MINUTE, NOW } from './builders.ts'
import { listedAs } from './fleets.ts'
import { fleet, look } from './scene.ts'

describe('a host that was changed by hand', () => {
  function correct(record: HostRecord, listed: Partial<ListedHost>, now = NOW, open = false) {
    const draft = draftOf({ ...emptyState, hosts: { h1: record } }, 'capuchin', now, () => 't')
    if (open) intend(draft, 'set-manifest', record)
    correctDrift(draft, 'h1', listedAs(record, listed))
    const after = draft.hosts.get('h1')
    const isTold = after?.revision === record.revision + 1 && draft.intents.has('set-manifest:h1')
    return { after, isTold, said: draft.steps.map(({ sentence }) => sentence) }
  }
  const drift = 'an image was changed'
  const known = (times: number, ago: number) => aHost({ drift: { what: drift, at: NOW - ago, times } })

  test.for<{
    name: string
    record?: HostRecord
    listed?: Partial<ListedHost>
    open?: boolean
    clean?: boolean
    told: boolean
  }>([
    { name: 'is told again, under a new revision', told: true },
    { name: 'is not, where it has what it was told', clean: true, told: false },
    { name: 'is not while it is about to be told anyway', open: true, told: false },
    {
      name: 'is not where the listing is of before it was told',
      listed: { manifest: { revision: 0, epoch: 1, instances: [] } },
      told: false,
    },
    {
      name: 'is not on its way out',
      record: aHost({ deleting: { since: NOW, why: 'empty' } }),
      told: false,
    },
    {
      name: 'is not while it is started again',
      record: aHost({ restartedAt: NOW, restart: { from: 'stopped', why: 'stopped' } }),
      told: false,
    },
    { name: 'a second time within a minute waits', record: known(1, MINUTE - 1), told: false },
    { name: 'after a minute is told again', record: known(1, MINUTE), told: true },
    { name: 'for the fifth time waits for a quarter of an hour', record: known(5, 15 * MINUTE), told: false },
    { name: 'for the fiftieth time waits for an hour', record: known(50, HOUR - 1), told: false },
    { name: 'and no longer than that', record: known(50, HOUR), told: true },
  ])('$name', ({ record = aHost(), listed, open, clean = false, told }) => {
    const shown: Partial<ListedHost> = { ...(!clean && { drift }), ...listed }
    expect(correct(record, shown, NOW, open).isTold).toBe(told)
  })

  test('is told of, and of who keeps doing it', () => {
    expect(correct(aHost(), { drift }).said).toEqual([
      'h1 does not have what it was told (an image was changed), so it is told again',
    ])
    expect(correct(known(2, HOUR), { drift }).said.join()).toContain(
      'somebody keeps changing it, 3 times in a row, so the next time waits for 4m',
    )
  })

  test('is forgotten when nobody has done it for a while', () => {
    const record = known(1, HOUR + MINUTE)
    expect(correct(record, {}).after).not.toHaveProperty('drift')
    expect(correct(known(1, HOUR), {}).after).toHaveProperty('drift')
  })
})

describe('a machine with our labels that belongs to no pool', () => {
  const stray: Stray = { name: 'capuchin-old-4', why: 'there is no pool old' }
  const rule = (act: 'report' | 'remove') => aPool({ strays: { act, after: HOUR } })
  const since = (ago: number): SupplyRecord => ({ strays: { [stray.name]: { since: NOW - ago, why: 'so' } } })

  function serve(
    pool: Pool,
    strays: readonly Stray[],
    supply: Record<string, SupplyRecord> = {},
    isAllowed = true,
    listed: readonly ListedHost[] = [],
  ) {
    const draft = draftOf({ ...emptyState, supply }, 'capuchin', NOW, () => 't')
    const listing = new Map(listed.map((one) => [one.name, one]))
    serveStrays(draft, pool, { listing, strays }, [aPool({ name: 'core' })], isAllowed)
    const noted = draft.supply.get('edge')?.strays ?? {}
    return { draft, noted, said: draft.steps.map(({ sentence }) => sentence) }
  }

  test('is remembered since it was first seen, and forgotten when it is gone', () => {
    expect(serve(rule('report'), [stray]).noted).toEqual({
      [stray.name]: { since: NOW, why: stray.why },
    })
    expect(serve(rule('report'), [stray], { edge: since(MINUTE) }).noted[stray.name]?.since).toBe(
      NOW - MINUTE,
    )
    expect(serve(rule('report'), [], { edge: since(MINUTE) }).noted).toEqual({})
  })

  test('is told of once, when it has been there for long enough', () => {
    const { said, noted, draft } = serve(rule('report'), [stray], { edge: since(HOUR) })
    expect(said).toEqual([
      'capuchin-old-4 carries our labels and belongs to no pool (there is no pool old), for 1h: nobody uses it, and it may cost money',
    ])
    expect(draft.intents.size).toBe(0)
    expect(serve(rule('report'), [stray], { edge: { strays: noted } }).said).toEqual([])
    expect(serve(rule('report'), [stray], { edge: since(HOUR - 1) }).said).toEqual([])
  })

  test('is removed, where that is wanted, as a host that is on its way out from the first moment on', () => {
    const { draft, said } = serve(rule('remove'), [stray], { edge: since(HOUR) })
    expect([...draft.intents.keys()]).toEqual(['delete-host:capuchin-old-4'])
    expect(draft.hosts.get(stray.name)).toMatchObject({ slots: 0, entries: [], deleting: { since: NOW } })
    expect(said.at(-1)).toBe('capuchin-old-4 goes: it belongs to no pool (there is no pool old)')
  })

  test.for([
    { name: 'not before its time', given: { supply: since(HOUR - 1) }, removed: 0 },
    { name: 'not while nobody is believed', given: { supply: since(HOUR), allowed: false }, removed: 0 },
    { name: 'one at a time', given: { supply: since(HOUR), more: true }, removed: 1 },
  ])('is removed $name', ({ given: { supply, allowed = true, more = false }, removed }) => {
    const other = { name: 'capuchin-old-9', why: 'there is no pool old' }
    const both = { strays: { ...supply.strays, [other.name]: { since: NOW - 9 * HOUR, why: 'so' } } }
    const { draft } = more
      ? serve(rule('remove'), [stray, other], { edge: both }, allowed)
      : serve(rule('remove'), [stray], { edge: supply }, allowed)
    expect(draft.intents.size).toBe(removed)
  })

  test('is left to the pool that has noted it first', () => {
    expect(serve(rule('remove'), [stray], { core: since(9 * HOUR) })).toMatchObject({ noted: {}, said: [] })
  })

  test('ours by its labels but unreadable: it is not adopted as if it were empty, but told of', () => {
    const { manifest: _unread, ...listed } = listedAs(aHost({ name: 'capuchin-edge-41' }))
    expect(Object.keys(serve(rule('report'), [], {}, true, [listed]).noted)).toEqual(['capuchin-edge-41'])
  })

  test('is not removed in a pool that cannot be seen', () => {
    const { deleting } = look({
      hosts: fleet(['ingest-1']),
      blind: true,
      pool: { strays: { act: 'remove', after: 0 } },
      strays: [stray],
    })
    expect(deleting).toEqual([])
  })
})
