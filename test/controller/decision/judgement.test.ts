import { describe, expect, test } from 'vitest'
import { clamps } from '../../../controller/decision/clamps.ts'
import { type Case, decide } from '../../../controller/decision/decide.ts'
import type { Decision } from '../../../controller/decision/decision.ts'
import { quarantine } from '../../../controller/decision/quarantine.ts'
import { combine, propose, scaleOf } from '../../../controller/decision/rules.ts'
import {
  aCase,
  aPolicy,
  aPool,
  aRule,
  aRun,
  fixedRule,
  gone,
  HOUR,
  MINUTE,
  NOW,
  partial,
  SECOND,
  whole,
} from './builders.ts'

const judge = (one: Case): Decision => decide(one, clamps, quarantine)

const two = (given: Parameters<typeof aPolicy>[0] = {}) =>
  aPolicy({ rules: [aRule({ name: 'cpu' }), aRule({ name: 'lag', above: 500, below: 100 })], ...given })

/** What was granted when, the last of it in force. */
const record = (...sizes: [number, number][]) => {
  const changes = sizes.map(([ago, size]) => ({ at: NOW - ago, size }))
  return { size: changes.at(-1)?.size ?? 0, sizes: changes }
}

interface Row {
  name: string
  one: Case
  granted: number
  reason: Decision['reason']
  sentence: string
}

const rules: Record<string, Row[]> = {
  'rule 1: load, not level': [
    {
      name: 'the load is shared by those that are ready and those that are starting',
      one: aCase({ size: 4, ready: 2, starting: 2, integrals: [whole(240)] }),
      granted: 4,
      reason: 'inside-band',
      sentence: 'ingest stays at 4: load 60 is inside 30 to 70 (5m mean)',
    },
    {
      name: 'steps start from the last granted size, not from those that are ready',
      one: aCase({ size: 5, ready: 2, integrals: [whole(240)] }),
      granted: 6,
      reason: 'out-by-rule',
      sentence: 'ingest 5 -> 6: load 120 over 70 (5m mean)',
    },
    {
      name: 'with nobody ready or starting it holds',
      one: aCase({ size: 4, ready: 0, integrals: [whole(0)] }),
      granted: 4,
      reason: 'inside-band',
      sentence: 'ingest stays at 4: load cannot be judged: no instance is ready or starting',
    },
  ],
  'rule 2: band and fixed': [
    {
      name: 'over the band it goes out by the step',
      one: aCase({ size: 4, integrals: [whole(330)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: load 82.5 over 70 (5m mean)',
    },
    {
      name: 'under the band it goes in',
      one: aCase({ size: 4, integrals: [whole(80)] }),
      granted: 3,
      reason: 'in-by-rule',
      sentence: 'ingest 4 -> 3: load 20 under 30 (5m mean)',
    },
    {
      name: 'inside the band it stays',
      one: aCase({ size: 4, integrals: [whole(200)] }),
      granted: 4,
      reason: 'inside-band',
      sentence: 'ingest stays at 4: load 50 is inside 30 to 70 (5m mean)',
    },
    {
      name: 'a fixed size is reached in steps',
      one: aCase({ size: 4, policy: aPolicy({ rules: [fixedRule(7)] }), integrals: [undefined] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: by hand fixed at 7, now 4 (held to 5: out.step is 1)',
    },
    {
      name: 'and kept',
      one: aCase({ size: 4, policy: aPolicy({ rules: [fixedRule(4)] }), integrals: [undefined] }),
      granted: 4,
      reason: 'fixed',
      sentence: 'ingest stays at 4: by hand fixed at 4',
    },
    {
      name: 'without rules only min and max move it',
      one: aCase({ size: 4, policy: aPolicy({ rules: [] }), integrals: [] }),
      granted: 4,
      reason: 'no-rules',
      sentence: 'ingest stays at 4: it has no rules, so nothing but its min (2) and max (8) moves it',
    },
  ],
  'rule 3: combining': [
    {
      name: 'out is the largest proposal',
      one: aCase({ policy: two(), integrals: [whole(400), whole(1200)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: cpu 100 over 70 (5m mean)',
    },
    {
      name: 'both may ask for it',
      one: aCase({ policy: two(), integrals: [whole(400), whole(2400)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: cpu 100 over 70 (5m mean) and lag 600 over 500 (5m mean)',
    },
    {
      name: 'in only if every rule proposes it',
      one: aCase({ policy: two(), integrals: [whole(40), whole(80)] }),
      granted: 3,
      reason: 'in-by-rule',
      sentence: 'ingest 4 -> 3: cpu 10 under 30 (5m mean) and lag 20 under 100 (5m mean)',
    },
    {
      name: 'a rule inside its band blocks the way in',
      one: aCase({ policy: two(), integrals: [whole(40), whole(800)] }),
      granted: 4,
      reason: 'rule-blocks-in',
      sentence:
        'ingest stays at 4: cpu 10 under 30 (5m mean) asks for 3, but lag 200 is inside 100 to 500 (5m mean)',
    },
    {
      name: 'out wins over in',
      one: aCase({ policy: two(), integrals: [whole(40), whole(2400)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: lag 600 over 500 (5m mean)',
    },
  ],
  'rule 5: missing and partial': [
    {
      name: 'a missing rule alone holds',
      one: aCase({ integrals: [gone] }),
      granted: 4,
      reason: 'missing',
      sentence: 'ingest stays at 4: load is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'a missing rule blocks the way in for the others',
      one: aCase({ policy: two(), integrals: [whole(40), gone] }),
      granted: 4,
      reason: 'missing',
      sentence:
        'ingest stays at 4: cpu 10 under 30 (5m mean) asks for 3, but nothing goes in while lag is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'but not the way out',
      one: aCase({ policy: two(), integrals: [gone, whole(2400)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: lag 600 over 500 (5m mean)',
    },
    {
      name: 'a partial reading under the band does not go in',
      one: aCase({ integrals: [partial(40)] }),
      granted: 4,
      reason: 'partial',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but nothing goes in while load is partial (samples cover 60 % of the window, 80 % are needed)',
    },
    {
      name: 'a partial reading over the band goes out, since what is absent only adds to it',
      one: aCase({ integrals: [partial(400)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence:
        'ingest 4 -> 5: load 100 over 70 (5m mean), at the least (samples cover 60 % of the window, 80 % are needed)',
    },
    {
      name: 'a partial reading inside the band says that it may be more',
      one: aCase({ integrals: [partial(200)] }),
      granted: 4,
      reason: 'partial',
      sentence:
        'ingest stays at 4: load 50 is inside 30 to 70 (5m mean), at the least (samples cover 60 % of the window, 80 % are needed)',
    },
    {
      name: 'a rule whose source nobody asked is missing, not zero',
      one: aCase({ integrals: [] }),
      granted: 4,
      reason: 'missing',
      sentence: 'ingest stays at 4: load is missing (no-data: its source was not asked)',
    },
    {
      name: 'in a tick in which no rule can speak min is kept all the same',
      one: aCase({ size: 1, integrals: [gone] }),
      granted: 2,
      reason: 'below-min',
      sentence: 'ingest 1 -> 2: min is 2',
    },
  ],
  'rule 6: clamps': [
    {
      name: 'max binds, loudly',
      one: aCase({ size: 8, integrals: [whole(800)] }),
      granted: 8,
      reason: 'at-max',
      sentence: 'ingest stays at 8: load 100 over 70 (5m mean) asks for 9, but max is 8',
    },
    {
      name: 'min binds',
      one: aCase({ size: 2, integrals: [whole(20)] }),
      granted: 2,
      reason: 'at-min',
      sentence: 'ingest stays at 2: load 10 under 30 (5m mean) asks for 1, but min is 2',
    },
    {
      name: 'at max it is max that matters, not the wait that is under way as well',
      one: aCase({
        record: { ...record([SECOND, 8]), lastOut: NOW - SECOND },
        integrals: [whole(800)],
        ready: 8,
      }),
      granted: 8,
      reason: 'at-max',
      sentence: 'ingest stays at 8: load 100 over 70 (5m mean) asks for 9, but max is 8',
    },
    {
      name: 'and at min it is min',
      one: aCase({
        record: { ...record([SECOND, 2]), lastOut: NOW - SECOND },
        integrals: [whole(20)],
        ready: 2,
      }),
      granted: 2,
      reason: 'at-min',
      sentence: 'ingest stays at 2: load 10 under 30 (5m mean) asks for 1, but min is 2',
    },
    {
      name: 'raising to min skips wait, step, share and rate',
      one: aCase({
        policy: aPolicy({ size: { min: 8, max: 12 } }),
        record: { ...record([MINUTE / 2, 2]), lastOut: NOW - MINUTE / 2 },
      }),
      granted: 8,
      reason: 'below-min',
      sentence: 'ingest 2 -> 8: min is 8',
    },
    {
      name: 'a lowered max is a request to go in, by the step',
      one: aCase({ size: 15, integrals: [whole(15 * 50)] }),
      granted: 14,
      reason: 'above-max',
      sentence: 'ingest 15 -> 14: max is only 8 (held to 14: in.step is 1)',
    },
    {
      name: 'even when hot, and then it never grows',
      one: aCase({ size: 15, integrals: [whole(15 * 90)] }),
      granted: 14,
      reason: 'above-max',
      sentence: 'ingest 15 -> 14: max is only 8 (held to 14: in.step is 1)',
    },
    {
      name: 'it needs no metrics',
      one: aCase({ size: 15, integrals: [gone] }),
      granted: 14,
      reason: 'above-max',
      sentence: 'ingest 15 -> 14: max is only 8 (held to 14: in.step is 1)',
    },
    {
      name: 'but it waits like any other',
      one: aCase({ record: { ...record([MINUTE, 15]), lastIn: NOW - MINUTE }, integrals: [whole(750)] }),
      granted: 15,
      reason: 'wait-in',
      sentence: 'ingest stays at 15: max is only 8, but in.wait is 5m and the last change was 1m ago',
    },
    {
      name: 'a step in keeps to the share of a tick',
      one: aCase({
        size: 8,
        policy: aPolicy({ in: { ...aPolicy().in, step: 9 } }),
        integrals: [whole(80)],
      }),
      granted: 6,
      reason: 'in-by-rule',
      sentence: 'ingest 8 -> 6: load 10 under 30 (5m mean) (held to 6: at most 2 of 8 may go in one tick)',
    },
    {
      name: 'and to the rate of an hour',
      one: aCase({ record: record([HOUR, 8], [20 * MINUTE, 4]), integrals: [whole(40)] }),
      granted: 4,
      reason: 'rate-per-hour',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but in.perHour allows no less than 4 after 8 within the hour',
    },
    {
      name: 'growth keeps to the rate of an hour too',
      one: aCase({
        policy: aPolicy({ size: { min: 1, max: 20 } }),
        record: record([2 * HOUR, 2], [50 * MINUTE, 4], [20 * MINUTE, 6]),
        integrals: [whole(600)],
      }),
      granted: 6,
      reason: 'rate-per-hour',
      sentence:
        'ingest stays at 6: load 150 over 70 (5m mean) asks for 7, but out.perHour allows no more than 6 after 2 within the hour',
    },
    {
      name: 'a night with a lower min does not keep an evening with a higher one from growing',
      one: aCase({
        policy: aPolicy({ size: { min: 6, max: 20 } }),
        record: record([2 * HOUR, 2], [20 * MINUTE, 6]),
        integrals: [whole(600)],
      }),
      granted: 7,
      reason: 'out-by-rule',
      sentence: 'ingest 6 -> 7: load 150 over 70 (5m mean)',
    },
  ],
  'rule 7: waits': [
    {
      name: 'out.wait after any change',
      one: aCase({
        record: { ...record([20 * SECOND, 4]), lastIn: NOW - 20 * SECOND },
        integrals: [whole(400)],
      }),
      granted: 4,
      reason: 'wait-out',
      sentence:
        'ingest stays at 4: load 100 over 70 (5m mean) asks for 5, but out.wait is 1m and the last change was 20s ago',
    },
    {
      name: 'in.wait after any change',
      one: aCase({
        record: { ...record([3 * MINUTE, 4]), lastIn: NOW - 3 * MINUTE },
        integrals: [whole(40)],
      }),
      granted: 4,
      reason: 'wait-in',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but in.wait is 5m and the last change was 3m ago',
    },
    {
      name: 'in.hold after an out',
      one: aCase({
        record: { ...record([9 * MINUTE, 4]), lastOut: NOW - 9 * MINUTE },
        integrals: [whole(40)],
      }),
      granted: 4,
      reason: 'hold-in',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but in.hold is 10m and it went out 9m ago',
    },
    {
      name: 'what runs at first sight is taken over as it is',
      one: aCase({ record: { size: 4, sizes: [] }, integrals: [whole(40)] }),
      granted: 4,
      reason: 'first-sight',
      sentence: 'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but it is seen for the first time',
    },
    {
      name: 'and raised to min if it is less',
      one: aCase({ record: { size: 0, sizes: [] }, ready: 0, integrals: [gone] }),
      granted: 2,
      reason: 'below-min',
      sentence: 'ingest 0 -> 2: min is 2',
    },
  ],
  'rule 11: the clock': [
    {
      name: 'behind the last record nothing goes in',
      one: aCase({ clockBehind: 2 * HOUR, integrals: [whole(40)] }),
      granted: 4,
      reason: 'clock-behind',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but the clock is 2h behind the last record',
    },
    {
      name: 'but out it goes',
      one: aCase({ clockBehind: 2 * HOUR, integrals: [whole(400)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: load 100 over 70 (5m mean)',
    },
  ],
  'promise 7: distrust': [
    {
      name: 'while many look dead nothing goes in',
      one: aCase({
        distrust: '2 of its 4 instances look dead at once, so nothing is deleted until that clears',
        integrals: [whole(40)],
      }),
      granted: 4,
      reason: 'distrust',
      sentence:
        'ingest stays at 4: load 10 under 30 (5m mean) asks for 3, but 2 of its 4 instances look dead at once, so nothing is deleted until that clears',
    },
  ],
}

describe.each(Object.entries(rules))('%s', (_rule, rows) => {
  test.for(rows)('$name', ({ one, granted, reason, sentence }) => {
    const decision = judge(one)
    expect(decision.sentence).toBe(sentence)
    expect({ granted: decision.granted, reason: decision.reason }).toEqual({ granted, reason })
  })
})

describe('alarms', () => {
  test.for<{ name: string; one: Case; alarms: string[] }>([
    { name: 'nothing to say', one: aCase(), alarms: [] },
    {
      name: 'at max and still hot',
      one: aCase({ size: 8, integrals: [whole(800)] }),
      alarms: ['at max (8) and still hot: load 100 over 70 (5m mean)'],
    },
    { name: 'hot on the way to max', one: aCase({ size: 7, integrals: [whole(800)] }), alarms: [] },
    {
      name: 'each missing reading, also when nothing wants to move',
      one: aCase({ policy: two(), integrals: [gone, whole(800)] }),
      alarms: ['no reading for cpu (stale: the newest sample is 3m old)'],
    },
    {
      name: 'a clock that is behind, also when nothing wants to move',
      one: aCase({ clockBehind: 90 * SECOND }),
      alarms: ['the clock is 1m30s behind the last record, so nothing goes in until it has caught up'],
    },
    { name: 'distrust', one: aCase({ distrust: 'many look dead' }), alarms: ['many look dead'] },
  ])('$name', ({ one, alarms }) => {
    expect(judge(one).alarms).toEqual(alarms)
  })
})

describe('the next change', () => {
  test('counts from the last one, a change of this tick included', () => {
    expect(judge(aCase()).next).toEqual({})
    expect(judge(aCase({ integrals: [whole(400)] })).next).toEqual({
      out: NOW + MINUTE,
      in: NOW + 10 * MINUTE,
    })
    expect(judge(aCase({ integrals: [whole(40)] })).next).toEqual({ out: NOW + MINUTE, in: NOW + 5 * MINUTE })
    const held = aCase({ record: { ...record([9 * MINUTE, 4]), lastOut: NOW - 9 * MINUTE } })
    expect(judge(held).next).toEqual({ in: NOW + MINUTE })
  })
})

test('cores are judged in % of the share of its host that an instance owns', () => {
  const policy = aPolicy({ run: aRun({ slots: 2 }) })
  const pool = aPool({ cores: 4, slots: 8 })
  expect(scaleOf(aRule({ unit: 'cores' }), policy, pool)).toBe(100)
  expect(scaleOf(aRule({ unit: 'cores' }), aPolicy(), aPool({ cores: 2, slots: 3 }))).toBeCloseTo(150)
  expect(scaleOf(aRule(), policy, pool)).toBe(1)
})

test('a proposal carries the numbers that it rests on, and no number that was not to be had', () => {
  const bearing = { policy: aPolicy(), record: { size: 4 }, counted: 4, now: NOW }
  expect(propose(aRule({ name: 'cpu' }), whole(200), bearing)).toMatchObject({
    name: 'cpu',
    reading: 'whole',
    load: 200,
    level: 50,
    coverage: 1,
    band: { above: 70, below: 30 },
  })
  expect(propose(aRule(), whole(200), { ...bearing, counted: 0 })).not.toHaveProperty('level')
  const silent = propose(aRule(), gone, bearing)
  expect(silent).toMatchObject({ reading: 'missing', proposal: { kind: 'silent' } })
  for (const number of ['load', 'level', 'coverage']) expect(silent).not.toHaveProperty(number)
  expect(propose(fixedRule(3), undefined, bearing)).toMatchObject({
    reading: 'none',
    proposal: { kind: 'in' },
  })
})

test('combining never answers a size that nobody proposed, and never goes in past the most careful', () => {
  const said = (kind: 'out' | 'in' | 'stay' | 'silent', size = 0) => ({
    name: kind,
    strategy: 'integral',
    unit: '',
    reading: 'whole' as const,
    band: {},
    proposal: { kind, size, why: '' },
  })
  expect(combine([], 4)).toBe(4)
  expect(combine([said('silent')], 4)).toBe(4)
  expect(combine([said('in', 1), said('in', 3)], 4)).toBe(3)
  expect(combine([said('in', 1), said('silent')], 4)).toBe(1)
  expect(combine([said('in', 1), said('stay')], 4)).toBe(4)
  expect(combine([said('in', 1), said('out', 6), said('out', 5), said('stay')], 4)).toBe(6)
})
