import { describe, expect, test } from 'vitest'
import type { Health } from '../../../controller/decision/fleet.ts'
import { judged, type Noted, note, nothingNoted } from '../../../controller/decision/metric-probe.ts'
import type { MetricProbe } from '../../../controller/decision/policy.ts'
import type { Survey, Surveyed } from '../../../controller/decision/reading.ts'
import { instancesOf, isDistrusted } from '../../../controller/decision/view.ts'
import { aHost, anEntry, NOW, SECOND } from './builders.ts'
import { listedAs } from './fleets.ts'

const I = 15 * SECOND
const metric: MetricProbe = { source: 'main', query: 'lag', interval: I, above: 30 }
const names = ['mysql-1', '10.0.0.3:3306']
const ready: Health = { kind: 'ready', since: NOW - 60 * SECOND }

const one = (value: number, given: Partial<Surveyed> = {}): Surveyed => ({
  names: ['10.0.0.3:3306'],
  t: NOW - SECOND,
  value,
  ...given,
})
const answer = (...series: Surveyed[]): Survey => ({ kind: 'series', series })
const down: Survey = { kind: 'missing', reason: 'unreachable', detail: 'connection refused' }

const after = (survey: Survey, how = metric): Noted => note(nothingNoted, survey, names, how, NOW)
const healthAfter = (survey: Survey, how = metric): Health => judged(ready, how, after(survey, how), NOW)

describe('an instance that answers well is', () => {
  test.for<{ name: string; survey: Survey; how?: MetricProbe; health: object }>([
    { name: 'ready when its value is within the bound', survey: answer(one(30)), health: ready },
    {
      name: 'ready when it is called by its id',
      survey: answer(one(3, { names: ['mysql-1'] })),
      health: ready,
    },
    {
      name: 'unready above the bound, with the number and the bound',
      survey: answer(one(45)),
      health: {
        kind: 'unready',
        since: NOW,
        byMetric: true,
        detail: '45 is above 30 by metric (lag, source main)',
      },
    },
    {
      name: 'unready below a lower bound',
      survey: answer(one(0)),
      how: { ...metric, above: 9, below: 1 },
      health: { kind: 'unready', detail: '0 is below 1 by metric (lag, source main)' },
    },
    {
      name: 'unknown when the answer has others only',
      survey: answer(one(3, { names: ['10.0.0.4:3306'] })),
      health: {
        kind: 'unknown',
        why: 'not known by metric (lag, source main): it is not in the answer, which has 1 series',
      },
    },
    {
      name: 'unknown when the source cannot be reached',
      survey: down,
      health: { kind: 'unknown', why: expect.stringContaining('unreachable: connection refused') },
    },
    {
      name: 'unknown when its newest sample is older than two intervals',
      survey: answer(one(3, { t: NOW - 2 * I - 1 })),
      health: { kind: 'unknown', why: expect.stringContaining('its newest value is 30s old') },
    },
    {
      name: 'ready with a sample just two intervals old',
      survey: answer(one(3, { t: NOW - 2 * I })),
      health: ready,
    },
    {
      name: 'ready with a sample an interval ahead of our clock',
      survey: answer(one(3, { t: NOW + I })),
      health: ready,
    },
    {
      name: 'unknown with one that is further ahead',
      survey: answer(one(3, { t: NOW + I + SECOND })),
      health: { kind: 'unknown', why: expect.stringContaining('16s later than now: compare the clocks') },
    },
    {
      name: 'unknown when its value is no number',
      survey: answer(one(Number.NaN)),
      health: { kind: 'unknown', why: expect.stringContaining('NaN') },
    },
    {
      name: 'unknown when two series are about it',
      survey: answer(one(3), one(45, { names: ['mysql-1'] })),
      health: { kind: 'unknown', why: expect.stringContaining('several series') },
    },
  ])('$name', ({ survey, how, health }) => {
    expect(healthAfter(survey, how)).toMatchObject(health)
  })

  test('unknown before its metric was asked for', () => {
    expect(judged(ready, metric, nothingNoted, NOW)).toMatchObject({
      why: expect.stringContaining('it was not asked for yet'),
    })
  })
})

test('what an instance says of itself comes first', () => {
  const unready: Health = { kind: 'unready', since: NOW, detail: '503', drained: true }
  const silent: Health = { kind: 'silent', since: NOW, detail: 'refused', refused: true }
  for (const own of [unready, silent, { kind: 'unknown' } as const])
    expect(judged(own, metric, after(answer(one(45))), NOW)).toBe(own)
})

test('a value stands until it is two intervals old, whatever is answered meanwhile', () => {
  const well = after(answer(one(3, { t: NOW })))
  const asked = (survey: Survey, at: number): string => {
    const noted = note(well, survey, names, metric, NOW + at)
    return judged(ready, metric, noted, NOW + at).kind
  }
  expect(asked(down, 2 * I)).toBe('ready')
  expect(asked(down, 2 * I + 1)).toBe('unknown')
  expect(asked(answer(), 2 * I)).toBe('ready')
  expect(judged(ready, metric, well, NOW + 2 * I + 1).kind).toBe('unknown')
})

test('a clock that is set back makes no value stand for as long', () => {
  const well = after(answer(one(3)))
  const back = NOW - 3_600 * SECOND
  expect(judged(ready, metric, well, back).kind).toBe('unknown')
  const noted = note(well, answer(one(45, { t: back - SECOND })), names, metric, back)
  expect(judged(ready, metric, noted, back)).toMatchObject({ kind: 'unready', byMetric: true })
  expect(judged(ready, metric, note(well, down, names, metric, back), back).kind).toBe('unknown')
})

test('an older sample does not take the place of a newer one', () => {
  const well = after(answer(one(3)))
  const late = note(well, answer(one(45, { t: NOW - I })), names, metric, NOW)
  expect(judged(ready, metric, late, NOW)).toBe(ready)
})

test('how long it is beyond the bound counts without a break, and anew after one', () => {
  const beyondAt = (noted: Noted, at: number, value: number): Noted =>
    note(noted, answer(one(value, { t: NOW + at })), names, metric, NOW + at)
  const twice = beyondAt(beyondAt(nothingNoted, 0, 45), I, 50)
  expect(judged(ready, metric, twice, NOW + I)).toMatchObject({ kind: 'unready', since: NOW })
  const again = beyondAt(beyondAt(twice, 2 * I, 3), 3 * I, 45)
  expect(judged(ready, metric, again, NOW + 3 * I)).toMatchObject({ since: NOW + 3 * I })
  const blind = note(twice, down, names, metric, NOW + 9 * I)
  expect(judged(ready, metric, beyondAt(blind, 10 * I, 45), NOW + 10 * I)).toMatchObject({
    since: NOW + 10 * I,
  })
})

test('promise 7: whom a blind source says nothing of is not silent, and nobody is distrusted for it', () => {
  const records = [0, 1, 2].map((index) =>
    aHost({ name: `h${index}`, index, entries: [anEntry({ id: `mysql-${index}` })] }),
  )
  const listing = new Map(records.map((record) => [record.name, listedAs(record)]))
  const blind = judged(ready, metric, after(down), NOW)
  const instances = instancesOf(records, { listing }, () => blind, NOW)
  expect(instances.map(({ state, isUnknown }) => [state, isUnknown])).toEqual(
    Array.from({ length: 3 }, () => ['unready', true]),
  )
  expect(isDistrusted(instances, 0.45)).toBe(false)
})
