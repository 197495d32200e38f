import { describe, expect, test } from 'vitest'
import type { Entry, Health, HostRecord, HostState } from '../../../controller/decision/fleet.ts'
import { feel, newPulse, type ProbeResult, type Pulse } from '../../../controller/decision/health.ts'
import { instancesOf, isDistrusted, stateOf } from '../../../controller/decision/view.ts'
import { aHost, anEntry, fleetOf, HOUR, MINUTE, NOW, SECOND } from './builders.ts'
import { listedAs } from './fleets.ts'

const unknown: Health = { kind: 'unknown' }
const ready: Health = { kind: 'ready', since: NOW }
const unready = (ago: number): Health => ({
  kind: 'unready',
  since: NOW - ago,
  detail: '/ready answers 503',
  drained: false,
})
const untold: Health = { kind: 'unknown', why: 'not known by metric' }
const lagging = (ago: number): Health => ({
  kind: 'unready',
  since: NOW - ago,
  detail: '45 is above 30',
  drained: false,
  byMetric: true,
})
const silent: Health = { kind: 'silent', since: NOW, detail: 'no answer in 2000 ms', refused: false }

const { readyAt: _first, ...fresh } = anEntry({ placedAt: NOW - MINUTE })
const { runningAt: _runs, ...booting } = aHost()

describe('an instance is', () => {
  test.for<{
    name: string
    entry?: Entry
    record?: HostRecord
    host?: HostState
    health: Health
    state: string
    detail: string
  }>([
    { name: 'ready', health: ready, state: 'ready', detail: '' },
    {
      name: 'starting while its host boots',
      entry: fresh,
      record: booting,
      health: unknown,
      state: 'starting',
      detail: 'its host is booting',
    },
    { name: 'starting within its start time', entry: fresh, health: silent, state: 'starting', detail: '' },
    {
      name: 'starting, its time counted from the host running',
      entry: { ...fresh, placedAt: NOW - HOUR },
      record: aHost({ runningAt: NOW - MINUTE }),
      health: silent,
      state: 'starting',
      detail: '',
    },
    {
      name: 'dead when it was not ready in that time',
      entry: { ...fresh, placedAt: NOW - 5 * MINUTE },
      health: unready(MINUTE),
      state: 'dead',
      detail: 'not ready within its start time: /ready answers 503',
    },
    { name: 'unready before it was probed', health: unknown, state: 'unready', detail: 'not probed yet' },
    {
      name: 'unready when it says so',
      health: unready(4 * MINUTE),
      state: 'unready',
      detail: '/ready answers 503',
    },
    {
      name: 'dead when it says so for too long',
      health: unready(5 * MINUTE),
      state: 'dead',
      detail: 'unready for too long: /ready answers 503',
    },
    {
      name: 'dead when it falls silent',
      health: silent,
      state: 'dead',
      detail: 'no answer: no answer in 2000 ms',
    },
    {
      name: 'starting as long as its metric tells nothing, however long that is',
      entry: { ...fresh, placedAt: NOW - HOUR },
      health: untold,
      state: 'starting',
      detail: 'not known by metric',
    },
    {
      name: 'starting for its time once its metric tells that it is not in sync',
      entry: { ...fresh, placedAt: NOW - HOUR },
      health: lagging(MINUTE),
      state: 'starting',
      detail: '',
    },
    {
      name: 'dead when its metric has told so for all of its start time',
      entry: { ...fresh, placedAt: NOW - HOUR },
      health: lagging(5 * MINUTE),
      state: 'dead',
      detail: 'not ready within its start time: 45 is above 30',
    },
    {
      name: 'unready, and not dead, when its metric has become untold',
      health: untold,
      state: 'unready',
      detail: 'not known by metric',
    },
    {
      name: 'draining, whatever it answers',
      entry: anEntry({ drain: { since: NOW, why: 'scale-in to 3' } }),
      health: silent,
      state: 'draining',
      detail: 'scale-in to 3',
    },
    {
      name: 'lost when its host is gone by the word of the provider',
      host: 'stopped',
      health: ready,
      state: 'lost',
      detail: 'its host is stopped',
    },
    {
      name: 'lost when its host is given up',
      record: aHost({ deleting: { since: NOW, why: 'it did not boot' } }),
      health: ready,
      state: 'lost',
      detail: 'it did not boot',
    },
  ])('$name', ({ entry = anEntry(), record = aHost(), host = 'running', health, state, detail }) => {
    expect(stateOf(entry, record, listedAs(record, { state: host }), health, NOW)).toEqual({ state, detail })
  })

  test('found with its place and address, and after it what is leaving', () => {
    const { id, workload, slots, port, run } = anEntry({ id: 'ingest-2', slots: [1], port: 8101 })
    const record = aHost({ entries: [anEntry()], leaving: [{ id, workload, slots, port, run, since: NOW }] })
    const listing = new Map([['h1', listedAs(record)]])
    const found = instancesOf([record], { listing }, () => ready, NOW)
    expect(found).toMatchObject([
      {
        id: 'ingest-1',
        host: 'h1',
        zone: 'a',
        address: '10.0.0.0',
        port: 8100,
        state: 'ready',
        version: 'v1',
      },
      { id: 'ingest-2', slots: [1], port: 8101, state: 'leaving' },
    ])
  })
})

test.for([
  { name: 'one is never many', fleet: { dead: 1 }, many: false },
  { name: 'two of five are 40 %', fleet: { dead: 2, ready: 3 }, many: false },
  { name: 'two of four are 50 %', fleet: { dead: 2, ready: 1, unready: 1 }, many: true },
  {
    name: 'those that start cannot vouch for the observer',
    fleet: { dead: 2, ready: 2, starting: 9 },
    many: true,
  },
  {
    name: 'those on their way out say nothing',
    fleet: { dead: 2, ready: 3, draining: 9, leaving: 9 },
    many: false,
  },
  {
    name: 'those on lost hosts are no sign of blindness',
    fleet: { lost: 9, dead: 1, ready: 2 },
    many: false,
  },
  { name: 'nobody at all', fleet: {}, many: false },
])('promise 7, of 45 %: $name', ({ fleet, many }) => {
  expect(isDistrusted(fleetOf(fleet), 0.45)).toBe(many)
})

test.for([
  { name: 'one dead and one about to be, of four, are many', dead: 1, suspects: 1, ready: 2, many: true },
  { name: 'as long as nobody is dead nobody is to be deleted', dead: 0, suspects: 4, ready: 0, many: false },
  { name: 'a probe that got lost besides a death says little', dead: 1, suspects: 1, ready: 8, many: false },
])('promise 7 sees a flap bit by bit: $name', ({ dead, suspects, ready: well, many }) => {
  const doubtful = fleetOf({ ready: suspects }).map((one) => ({ ...one, isSuspect: true }))
  expect(isDistrusted([...fleetOf({ dead, ready: well }), ...doubtful], 0.45)).toBe(many)
})

describe('what probes find', () => {
  const nobody: ProbeResult = { kind: 'silent', detail: 'connection refused', refused: true }
  const up: ProbeResult = { kind: 'ready' }
  const pulse = (...results: ProbeResult[]): Pulse =>
    results.reduce((former, result, i) => feel(former, result, NOW + i * 5 * SECOND, 3), newPulse)

  test('an answer counts at once', () => {
    expect(pulse(up).health).toEqual({ kind: 'ready', since: NOW })
    expect(pulse(up, { kind: 'unready', detail: '503', drained: false }).health).toMatchObject({
      kind: 'unready',
      since: NOW + 5 * SECOND,
    })
  })

  test('silence only after three in a row', () => {
    expect(pulse(up, nobody, nobody).health.kind).toBe('ready')
    expect(pulse(up, nobody, nobody).health).toHaveProperty('missed', 2)
    expect(pulse(up, nobody, nobody, up).health).toEqual({ kind: 'ready', since: NOW })
    expect(pulse(up, nobody, nobody, up, nobody, nobody).health.kind).toBe('ready')
    expect(pulse(up, nobody, nobody, nobody).health).toMatchObject({
      kind: 'silent',
      since: NOW + 15 * SECOND,
      refused: true,
    })
  })

  test('the time is that of the first of its kind', () => {
    expect(pulse(up, up, up).health).toEqual({ kind: 'ready', since: NOW })
    expect(pulse(nobody, nobody, nobody, nobody).health).toMatchObject({ since: NOW + 10 * SECOND })
  })
})
