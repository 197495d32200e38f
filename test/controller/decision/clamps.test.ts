import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowance, mostAtOnce } from '../../../controller/decision/bounds.ts'
import { applyClamps, type Situation } from '../../../controller/decision/clamp.ts'
import { clamps, shrinkClamps } from '../../../controller/decision/clamps.ts'
import { decide, situationOf } from '../../../controller/decision/decide.ts'
import type { RuleNumbers } from '../../../controller/decision/decision.ts'
import { quarantine } from '../../../controller/decision/quarantine.ts'
import type { ReasonCode } from '../../../controller/decision/reason.ts'
import { propose } from '../../../controller/decision/rules.ts'
import { stepSize } from '../../../controller/decision/step.ts'
import { recordSize, type WorkloadRecord } from '../../../controller/decision/waits.ts'
import {
  aBound,
  aCase,
  anOverride,
  aPolicy,
  aRule,
  gone,
  HOUR,
  MINUTE,
  NOW,
  partial,
  SECOND,
  vetoRule,
  whole,
} from './builders.ts'

test('the order is fixed: the guard of metrics, hand, calendar, guards, then waits and holds, step, share, rate, min and max', () => {
  expect(clamps.map(({ name }) => name)).toEqual([
    'veto',
    'missing',
    'lowered max',
    'override',
    'schedule',
    'first sight',
    'clock',
    'distrust',
    'out.wait',
    'in.wait',
    'in.hold',
    'step',
    'share',
    'rate',
    'min/max',
  ])
  expect(shrinkClamps.map(({ name }) => name)).toEqual(['step', 'share', 'rate'])
})

const numbers = (integral: Parameters<typeof propose>[1]): RuleNumbers =>
  propose(aRule(), integral, { policy: aPolicy(), record: { size: 8 }, counted: 8, now: NOW })

const vetoed = (integral: Parameters<typeof propose>[1]): RuleNumbers =>
  propose(vetoRule({ out: { above: 200 } }), integral, {
    policy: aPolicy(),
    record: { size: 8 },
    counted: 8,
    now: NOW,
  })

const eight: WorkloadRecord = { size: 8, sizes: [{ at: NOW - 3 * HOUR, size: 8 }] }

const situation = (given: Partial<Situation> = {}): Situation => ({
  policy: aPolicy({ size: { min: 2, max: 12 } }),
  record: eight,
  now: NOW,
  rules: [],
  ...given,
})

/** Steps and shares so wide that they do not bind. */
const wide = aPolicy({
  size: { min: 2, max: 12 },
  out: { step: 99, wait: MINUTE, perHour: { count: 99, share: 9 } },
  in: { step: 99, wait: MINUTE, hold: MINUTE, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
})

interface Alone {
  clamp: string
  name: string
  asked: number
  given: Partial<Situation>
  /** With this clamp and no other. Without any, the size passes as it was asked. */
  granted: number
  reason: ReasonCode
  until?: number
}

const alone: Alone[] = [
  {
    clamp: 'veto',
    name: 'a veto that is beyond its bound holds what others ask for',
    asked: 12,
    given: { rules: [vetoed(whole(240))] },
    granted: 8,
    reason: 'veto',
  },
  {
    clamp: 'veto',
    name: 'so does one that cannot see',
    asked: 12,
    given: { rules: [vetoed(gone)] },
    granted: 8,
    reason: 'veto',
  },
  {
    clamp: 'missing',
    name: 'a missing reading holds what others take in',
    asked: 5,
    given: { rules: [numbers(whole(9)), numbers(gone)] },
    granted: 8,
    reason: 'missing',
  },
  {
    clamp: 'missing',
    name: 'so does a partial one',
    asked: 5,
    given: { rules: [numbers(partial(9))] },
    granted: 8,
    reason: 'partial',
  },
  {
    clamp: 'lowered max',
    name: 'a max under the size asks for it',
    asked: 8,
    given: { policy: aPolicy({ size: { min: 2, max: 5 } }) },
    granted: 5,
    reason: 'above-max',
  },
  {
    clamp: 'override',
    name: 'a pause keeps the size',
    asked: 5,
    given: { overrides: [anOverride({ kind: 'pause', workload: 'ingest' })] },
    granted: 8,
    reason: 'paused',
    until: NOW + HOUR,
  },
  {
    clamp: 'override',
    name: 'a pin takes the place of what rules say',
    asked: 5,
    given: { overrides: [anOverride({ kind: 'pin', workload: 'ingest', size: 11 })] },
    granted: 11,
    reason: 'pinned',
    until: NOW + HOUR,
  },
  {
    clamp: 'override',
    name: 'what is scaled by hand is a bound for what rules say',
    asked: 5,
    given: { overrides: [anOverride({ kind: 'at-least', workload: 'ingest', size: 7 })] },
    granted: 7,
    reason: 'overridden',
    until: NOW + HOUR,
  },
  {
    clamp: 'schedule',
    name: 'a floor raises',
    asked: 5,
    given: { scheduled: { floor: aBound(6) } },
    granted: 6,
    reason: 'scheduled',
    until: NOW + HOUR,
  },
  {
    clamp: 'schedule',
    name: 'a ceiling lowers',
    asked: 8,
    given: { scheduled: { ceiling: aBound(6) } },
    granted: 6,
    reason: 'scheduled',
    until: NOW + HOUR,
  },
  {
    clamp: 'schedule',
    name: 'a pin takes the place of what rules say',
    asked: 8,
    given: { scheduled: { pin: aBound(3) } },
    granted: 3,
    reason: 'scheduled',
    until: NOW + HOUR,
  },
  {
    clamp: 'first sight',
    name: 'nothing remembered, nothing moved',
    asked: 5,
    given: { record: { size: 8, sizes: [] } },
    granted: 8,
    reason: 'first-sight',
  },
  {
    clamp: 'clock',
    name: 'a clock that is behind holds the way in',
    asked: 5,
    given: { clockBehind: HOUR },
    granted: 8,
    reason: 'clock-behind',
  },
  {
    clamp: 'distrust',
    name: 'distrust holds the way in',
    asked: 5,
    given: { distrust: 'many look dead' },
    granted: 8,
    reason: 'distrust',
  },
  {
    clamp: 'out.wait',
    name: 'the last change was too recent to go out',
    asked: 9,
    given: { record: { ...eight, lastIn: NOW - 20 * SECOND } },
    granted: 8,
    reason: 'wait-out',
    until: NOW + 40 * SECOND,
  },
  {
    clamp: 'in.wait',
    name: 'the last change was too recent to go in',
    asked: 7,
    given: { record: { ...eight, lastOut: NOW - MINUTE, lastIn: NOW - 2 * MINUTE } },
    granted: 8,
    reason: 'wait-in',
    until: NOW + 4 * MINUTE,
  },
  {
    clamp: 'in.hold',
    name: 'the last out was too recent to go in',
    asked: 7,
    given: { record: { ...eight, lastOut: NOW - 9 * MINUTE } },
    granted: 8,
    reason: 'hold-in',
    until: NOW + MINUTE,
  },
  { clamp: 'step', name: 'a step out', asked: 12, given: {}, granted: 9, reason: 'step' },
  { clamp: 'step', name: 'a step in', asked: 3, given: {}, granted: 7, reason: 'step' },
  {
    clamp: 'share',
    name: 'a share of eight is two',
    asked: 3,
    given: {},
    granted: 6,
    reason: 'share-per-tick',
  },
  {
    clamp: 'rate',
    name: 'half of the peak is the least',
    asked: 3,
    given: {},
    granted: 4,
    reason: 'rate-per-hour',
  },
  {
    clamp: 'rate',
    name: 'three times the trough is the most',
    asked: 12,
    given: { record: { size: 8, sizes: [{ at: NOW - 50 * MINUTE, size: 3 }] } },
    granted: 9,
    reason: 'rate-per-hour',
  },
  { clamp: 'min/max', name: 'max', asked: 14, given: {}, granted: 12, reason: 'at-max' },
  { clamp: 'min/max', name: 'min', asked: 1, given: {}, granted: 2, reason: 'at-min' },
  {
    clamp: 'min/max',
    name: 'a size under min',
    asked: 1,
    given: { record: { size: 1, sizes: [] } },
    granted: 2,
    reason: 'below-min',
  },
  {
    clamp: 'min/max',
    name: 'above max nothing grows',
    asked: 16,
    given: { record: { size: 15, sizes: [] } },
    granted: 15,
    reason: 'at-max',
  },
]

describe('each clamp alone, with all others left out, changes the outcome', () => {
  test.for(alone)('$clamp: $name', ({ clamp, asked, given, granted, reason, until }) => {
    const list = clamps.filter(({ name }) => name === clamp)
    const { size, records } = applyClamps(asked, situation(given), list)
    expect(applyClamps(asked, situation(given), []).size).toBe(asked)
    expect(size).toBe(granted)
    expect(records).toEqual([
      expect.objectContaining({ clamp, before: asked, after: granted, reason, ...(until && { until }) }),
    ])
  })

  test('and there is none without such a row', () => {
    expect(new Set(alone.map(({ clamp }) => clamp))).toEqual(new Set(clamps.map(({ name }) => name)))
  })

  test('the clamps of a shrinking grant are clamps of the list, so they have their rows too', () => {
    expect(shrinkClamps.filter((clamp) => !clamps.includes(clamp))).toEqual([])
  })
})

describe('each clamp left out of the whole list changes some decision', () => {
  const cold = { integrals: [whole(8)], size: 8 }
  const hot = { integrals: [whole(8 * 90)], size: 8 }
  const since = (ago: number) => ({ size: 8, sizes: [{ at: NOW - ago, size: 8 }] })
  test.for([
    { clamp: 'missing', one: aCase({ size: 8, integrals: [partial(8)] }) },
    {
      clamp: 'lowered max',
      one: aCase({ size: 8, policy: aPolicy({ size: { min: 2, max: 5 } }), integrals: [whole(400)] }),
    },
    {
      clamp: 'override',
      one: aCase({ ...hot, size: 5, overrides: [anOverride({ kind: 'pause', workload: 'ingest' })] }),
    },
    { clamp: 'schedule', one: aCase({ size: 5, scheduled: { floor: aBound(6) } }) },
    { clamp: 'first sight', one: aCase({ ...cold, ready: 8, record: { size: 8, sizes: [] } }) },
    { clamp: 'clock', one: aCase({ ...cold, clockBehind: HOUR }) },
    { clamp: 'distrust', one: aCase({ ...cold, distrust: 'many look dead' }) },
    {
      clamp: 'out.wait',
      one: aCase({
        ...hot,
        ready: 8,
        policy: aPolicy({ size: { min: 2, max: 12 } }),
        record: { ...since(SECOND), lastIn: NOW - SECOND },
      }),
    },
    {
      clamp: 'in.wait',
      one: aCase({ ...cold, ready: 8, record: { ...since(SECOND), lastIn: NOW - SECOND } }),
    },
    {
      clamp: 'in.hold',
      one: aCase({ ...cold, ready: 8, record: { ...since(6 * MINUTE), lastOut: NOW - 6 * MINUTE } }),
    },
    {
      clamp: 'step',
      one: aCase({ ...hot, policy: aPolicy({ size: { min: 2, max: 12 }, rules: [ambitious()] }) }),
    },
    {
      clamp: 'share',
      one: aCase({ ...cold, policy: aPolicy({ in: { ...wide.in, sharePerTick: 0.25 } }) }),
    },
    {
      clamp: 'rate',
      one: aCase({ ...cold, policy: aPolicy({ in: { ...wide.in, perHour: { count: 1, share: 0.5 } } }) }),
    },
    { clamp: 'min/max', one: aCase({ ...hot, policy: aPolicy() }) },
  ])('$clamp', ({ clamp, one }) => {
    const without = clamps.filter(({ name }) => name !== clamp)
    const whole = decide(one, clamps, quarantine)
    const rest = decide(one, without, quarantine)
    expect(rest.granted).not.toBe(whole.granted)
    expect(whole.clamps.map((record) => record.clamp)).toContain(clamp)
  })

  /** Asks for much more than a step. */
  function ambitious() {
    const rule = aRule()
    const propose = () => ({ kind: 'out' as const, size: 12, why: 'would have twelve' })
    return { ...rule, strategy: { ...rule.strategy, propose } }
  }
})

describe('whatever the input', () => {
  const HOURS = 2 * HOUR
  const record: fc.Arbitrary<WorkloadRecord> = fc
    .record({
      size: fc.nat(30),
      sizes: fc.array(fc.record({ at: fc.integer({ min: NOW - HOURS, max: NOW }), size: fc.nat(30) })),
      lastOut: fc.option(fc.integer({ min: NOW - HOURS, max: NOW }), { nil: undefined }),
      lastIn: fc.option(fc.integer({ min: NOW - HOURS, max: NOW }), { nil: undefined }),
    })
    .map(({ size, sizes, lastOut, lastIn }) => ({
      size,
      sizes: sizes.toSorted((a, b) => a.at - b.at),
      ...(lastOut !== undefined && { lastOut }),
      ...(lastIn !== undefined && { lastIn }),
    }))
  const policy = fc
    .record({
      min: fc.nat(10),
      room: fc.nat(15),
      out: fc.integer({ min: 1, max: 4 }),
      into: fc.integer({ min: 1, max: 9 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ min, room, out, into, share }) =>
      aPolicy({
        size: { min, max: Math.max(1, min + room) },
        out: { ...aPolicy().out, step: out },
        in: { ...aPolicy().in, step: into, sharePerTick: share },
      }),
    )
  const rules = fc.constantFrom([], [numbers(gone)], [numbers(partial(3))], [numbers(whole(3))])
  const any = fc.record({
    asked: fc.integer({ min: 0, max: 99 }),
    record,
    policy,
    rules,
    clockBehind: fc.constantFrom(undefined, HOUR),
    distrust: fc.constantFrom(undefined, 'many look dead'),
  })

  const apply = ({ asked, ...given }: typeof any extends fc.Arbitrary<infer T> ? T : never) => {
    const { clockBehind, distrust, ...rest } = given
    const guarded = {
      ...rest,
      now: NOW,
      ...(clockBehind !== undefined && { clockBehind }),
      ...(distrust !== undefined && { distrust }),
    }
    return applyClamps(asked, guarded, clamps)
  }

  test('promise 3: the size ends between min and max, or on its way there from above', () => {
    fc.assert(
      fc.property(any, (input) => {
        const { size } = apply(input)
        const { min, max } = input.policy.size
        expect(size).toBeGreaterThanOrEqual(min)
        expect(size).toBeLessThanOrEqual(Math.max(max, input.record.size))
      }),
      { numRuns: 500 },
    )
  })

  test('promise 4: one tick takes no more than a step and a share, and adds no more than a step', () => {
    fc.assert(
      fc.property(any, (input) => {
        const { size } = apply(input)
        const { policy: bound, record: former } = input
        const down = Math.min(stepSize(bound.in.step, former.size, 'in'), mostAtOnce(bound, former.size))
        expect(size).toBeGreaterThanOrEqual(former.size - down)
        const up = stepSize(bound.out.step, former.size, 'out')
        if (size > bound.size.min) expect(size).toBeLessThanOrEqual(former.size + up)
      }),
      { numRuns: 500 },
    )
  })

  test('promise 1: without a whole reading it goes in only for a lowered max', () => {
    fc.assert(
      fc.property(any, (input) => {
        const { size } = apply(input)
        const isFlawed = input.rules.some(({ reading }) => reading !== 'whole')
        if (isFlawed && input.record.size <= input.policy.size.max)
          expect(size).toBeGreaterThanOrEqual(input.record.size)
      }),
      { numRuns: 500 },
    )
  })

  test('records make a chain from what was asked to what was granted', () => {
    fc.assert(
      fc.property(any, (input) => {
        const { size, records } = apply(input)
        let last = input.asked
        for (const { before, after } of records) {
          expect(before).toBe(last)
          expect(after).not.toBe(before)
          last = after
        }
        expect(size).toBe(last)
      }),
      { numRuns: 500 },
    )
  })
})

test('promise 4: over any hour of any story the size keeps to the hourly rates', () => {
  const rate = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    share: fc.double({ min: 0, max: 2, noNaN: true }),
  })
  const story = fc.record({
    start: fc.integer({ min: 2, max: 20 }),
    asked: fc.array(fc.record({ after: fc.integer({ min: 1, max: 20 }), size: fc.nat(40) }), {
      minLength: 1,
      maxLength: 60,
    }),
    out: rate,
    into: rate,
  })
  fc.assert(
    fc.property(story, ({ start, asked, out, into }) => {
      const share = Math.min(1, into.share)
      const policy = aPolicy({
        size: { min: 2, max: 40 },
        out: { step: 40, wait: 0, perHour: out },
        in: { step: 40, wait: 0, hold: 0, perHour: { ...into, share }, sharePerTick: 1 },
      })
      let now = NOW
      let record = recordSize({ size: start, sizes: [] }, start, now)
      const sizes = [{ at: now, size: start }]
      for (const { after, size: wanted } of asked) {
        now += after * MINUTE
        const one = aCase({ policy, record, now })
        const { size } = applyClamps(wanted, situationOf(one, []), clamps)
        record = recordSize(record, size, now)
        sizes.push({ at: now, size })
        const hour = sizes.filter(
          ({ at }, i) => (sizes[i + 1]?.at ?? now + 1) > now - HOUR || at > now - HOUR,
        )
        const peak = Math.max(...hour.map((one) => one.size))
        const trough = Math.min(...hour.map((one) => one.size))
        expect(size).toBeGreaterThanOrEqual(peak - allowance(policy.in.perHour, peak))
        expect(size).toBeLessThanOrEqual(trough + allowance(policy.out.perHour, trough))
      }
    }),
    { numRuns: 300 },
  )
})
