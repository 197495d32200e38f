import { expect, test } from 'vitest'
import type { Decision } from '../../../controller/decision/decision.ts'
import { type PoolAlarm, type PoolSights, poolAlarms } from '../../../controller/decision/pool-alarms.ts'
import type { Intent } from '../../../controller/decision/state.ts'
import { aHost, aPool, HOUR, MINUTE, NOW, SECOND } from './builders.ts'
import { listedAs } from './fleets.ts'

const sights = (given: Partial<PoolSights> = {}): PoolSights => ({
  ...{ pool: aPool({ zones: ['a', 'b'] }), now: NOW, records: [], intents: [], decisions: [] },
  ...given,
})

const intent = (given: Partial<Intent> = {}): Intent => ({
  ...{ id: 'i1', kind: 'set-manifest', host: 'h1', pool: 'edge', at: NOW - HOUR, notBefore: 0 },
  ...{ attempts: 5, lastError: 'invalid: no such image' },
  ...given,
})

const shut = (ago = -MINUTE) => ({ until: NOW - ago, failures: 1, why: 'no capacity' })
const stray = (ago: number) => ({
  supply: { strays: { 'vm-9': { since: NOW - ago, why: 'its pool is unknown' } } },
})
const ofRow = (count: number) => ({
  supply: { failures: { count, lastAt: NOW - MINUTE, why: 'h1: it did not boot' } },
})
const drifted = (times: number, isThere: boolean) => {
  const record = aHost({ drift: { what: 'image', at: NOW - MINUTE, times } })
  const listed = { ...listedAs(record), ...(isThere && { drift: 'image' }) }
  return { records: [record], listing: new Map([['h1', listed]]) }
}
const beside = (trouble?: string) => {
  const record = aHost()
  const system = [
    { name: 'relay', state: 'waiting' as const, restarts: 5, ...(trouble !== undefined && { trouble }) },
  ]
  return { records: [record], listing: new Map([['h1', { ...listedAs(record), system }]]) }
}
const clamped: Pick<Decision, 'clamps'> = {
  clamps: [{ clamp: 'cost', before: 5, after: 4, reason: 'cost', why: 'maxCostPerHour 10 allows 3 hosts' }],
}

test.for<{ name: string; given: Partial<PoolSights>; kinds: PoolAlarm['kind'][]; text?: string }>([
  { name: 'nothing', given: {}, kinds: [] },
  { name: 'no system process that runs', given: beside(), kinds: [] },
  {
    name: 'a system process that keeps ending',
    given: beside('it ended with code 3 (5 times in a row)'),
    kinds: ['system'],
    text: 'relay on h1 does not run: it ended with code 3 (5 times in a row)',
  },
  {
    name: 'that it cannot be seen',
    given: { blind: 'auth: the key was revoked' },
    kinds: ['blind'],
    text: 'cannot be seen, so that nothing in it is changed: auth: the key was revoked',
  },
  {
    name: 'that it orders nothing, with why and until when',
    given: { backoff: { until: NOW + 5 * MINUTE, failures: 3, why: 'quota: 12 VMs' } },
    kinds: ['paused'],
    text: 'orders no hosts until 12:05 UTC (3 refusals in a row): quota: 12 VMs',
  },
  { name: 'no pause that is over', given: { backoff: { until: NOW, failures: 1, why: 'quota' } }, kinds: [] },
  {
    name: 'a zone without capacity',
    given: { supply: { zones: { a: shut() } } },
    kinds: ['zone'],
    text: 'orders no hosts in zone a until 12:01 UTC: no capacity',
  },
  { name: 'no zone that is open again', given: { supply: { zones: { a: shut(0) } } }, kinds: [] },
  {
    name: 'that all zones are without',
    given: { supply: { zones: { a: shut(), b: shut() } } },
    kinds: ['zone', 'zone'],
    text: 'orders no hosts in zone a until 12:01 UTC: no capacity; all its zones are like that',
  },
  {
    name: 'hosts that came to nothing in a row',
    given: ofRow(3),
    kinds: ['failures'],
    text: '3 hosts in a row came to nothing, the last one at 11:59 UTC, h1: it did not boot',
  },
  { name: 'no single one, which may happen', given: ofRow(1), kinds: [] },
  {
    name: 'a stray that is only reported',
    given: stray(HOUR),
    kinds: ['stray'],
    text: 'vm-9 carries our labels and belongs to no pool (its pool is unknown), since 11:00 UTC: nobody uses it, it may cost money, and it is only reported',
  },
  {
    name: 'a stray that will be removed, and when',
    given: { ...stray(MINUTE), pool: aPool({ strays: { act: 'remove', after: 10 * MINUTE } }) },
    kinds: ['stray'],
    text: 'vm-9 carries our labels and belongs to no pool (its pool is unknown), since 11:59 UTC: it is removed from 12:09 UTC on',
  },
  {
    name: 'a stray whose time has come',
    given: { ...stray(HOUR), pool: aPool({ strays: { act: 'remove', after: 10 * MINUTE } }) },
    kinds: ['stray'],
    text: 'vm-9 carries our labels and belongs to no pool (its pool is unknown), since 11:00 UTC: it is being removed',
  },
  { name: 'no machine that has just been seen', given: stray(59 * SECOND), kinds: [] },
  {
    name: 'a host that was changed by hand, as long as it is',
    given: drifted(1, true),
    kinds: ['drift'],
    text: 'h1 does not have what it was told (image); it is put right',
  },
  { name: 'none that was put right', given: drifted(1, false), kinds: [] },
  {
    name: 'one that somebody keeps changing, also in between',
    given: drifted(4, false),
    kinds: ['drift'],
    text: 'h1 does not have what it was told (image), 4 times in a row; it is put right',
  },
  {
    name: 'a call that is refused again and again',
    given: { intents: [intent()] },
    kinds: ['refused'],
    text: 'set-manifest of h1 has failed 5 times in 1h: invalid: no such image; it is tried on',
  },
  { name: 'no call that may yet go well', given: { intents: [intent({ attempts: 4 })] }, kinds: [] },
  {
    name: 'no call that was answered',
    given: { intents: [intent({ attempts: 9, doneAt: NOW })] },
    kinds: [],
  },
])('a pool tells $name', ({ given, kinds, text }) => {
  const alarms = poolAlarms(sights(given))
  expect(alarms.map(({ kind }) => kind)).toEqual(kinds)
  if (text !== undefined) expect(alarms[0]?.text).toBe(text)
})

test('a pool tells that growth fails for its cost', () => {
  const decision: Decision = {
    ...{ workload: 'ingest', pool: 'edge', at: NOW, min: 2, max: 8, size: 4, wanted: 5, granted: 4 },
    counts: { ready: 4, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
    ...{ reason: 'cost', sentence: '', rules: [], next: {}, alarms: [] },
    ...clamped,
  }
  expect(poolAlarms(sights({ decisions: [decision] }))).toEqual([
    { kind: 'cost', about: 'edge', text: 'would grow, but for its cost: maxCostPerHour 10 allows 3 hosts' },
  ])
})
