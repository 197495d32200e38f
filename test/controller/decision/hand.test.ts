import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostAtOnce } from '../../../controller/decision/bounds.ts'
import { clamps } from '../../../controller/decision/clamps.ts'
import { type Case, decide } from '../../../controller/decision/decide.ts'
import { guards } from '../../../controller/decision/guards.ts'
import type { Override, OverrideAct } from '../../../controller/decision/overrides.ts'
import { quarantine } from '../../../controller/decision/quarantine.ts'
import type { Scheduled } from '../../../controller/decision/schedule.ts'
import { stepSize } from '../../../controller/decision/step.ts'
import { aBound, aCase, anOverride, aPolicy, gone, HOUR, MINUTE, NOW, SECOND, whole } from './builders.ts'

const workload = 'ingest'
const pause = anOverride({ kind: 'pause', workload })
const pin = (size: number, given: Partial<Override> = {}): Override =>
  anOverride({ kind: 'pin', workload, size }, given)
const atLeast = (size: number, given: Partial<Override> = {}): Override =>
  anOverride({ kind: 'at-least', workload, size }, given)
const atMost = (size: number, given: Partial<Override> = {}): Override =>
  anOverride({ kind: 'at-most', workload, size }, given)

/** Loads of instances at which the rule asks for more, for less, and for nothing. */
const HOT = 90
const COLD = 5
const MILD = 50

interface Row {
  name: string
  size: number
  level?: number
  overrides?: readonly Override[]
  scheduled?: Scheduled
  given?: Partial<Case>
  granted: number
  reason: string
  says: string
}

const changed = (size: number, ago: number): Case['record'] => ({
  size,
  lastOut: NOW - ago,
  sizes: [{ at: NOW - ago, size }],
})

const rows: readonly Row[] = [
  {
    name: 'a pause keeps a hot workload at its size',
    ...{ size: 4, level: HOT, overrides: [pause], granted: 4, reason: 'paused' },
    says: 'ingest stays at 4: it is paused by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pause is told although nothing would move the size',
    ...{ size: 4, overrides: [pause], granted: 4, reason: 'paused' },
    says: 'ingest stays at 4: it is paused by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pause does not keep it below min',
    ...{ size: 1, overrides: [pause], granted: 2, reason: 'below-min' },
    says: 'ingest 1 -> 2: min is 2',
  },
  {
    name: 'a pause keeps a lowered max from cutting',
    ...{ size: 8, overrides: [pause], given: { policy: aPolicy({ size: { min: 2, max: 5 } }) } },
    ...{ granted: 8, reason: 'paused' },
    says: 'ingest stays at 8: it is paused by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pause beats a pin that was given later, and the calendar',
    ...{ size: 4, overrides: [pause, pin(7)], scheduled: { floor: aBound(8) }, granted: 4, reason: 'paused' },
    says: 'ingest stays at 4: it is paused by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pin takes it out by the step, whatever the rules say',
    ...{ size: 4, level: COLD, overrides: [pin(7)], granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 7 by anna until 13:00 UTC (launch) (held to 5: out.step is 1)',
  },
  {
    name: 'a pin where the rules would have gone by themselves is the pin all the same',
    ...{ size: 4, level: HOT, overrides: [pin(5)], granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 5 by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pin takes it in without metrics',
    ...{ size: 6, overrides: [pin(3)], given: { integrals: [gone] }, granted: 5, reason: 'pinned' },
    says: 'ingest 6 -> 5: it is pinned at 3 by anna until 13:00 UTC (launch) (held to 5: in.step is 1)',
  },
  {
    name: 'a pin is not blocked by missing metrics on its way out',
    ...{ size: 4, overrides: [pin(6)], given: { integrals: [gone] }, granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 6 by anna until 13:00 UTC (launch) (held to 5: out.step is 1)',
  },
  {
    name: 'a pin waits on its way out',
    ...{ size: 4, overrides: [pin(6)], given: { record: changed(4, 20 * SECOND) }, granted: 4 },
    reason: 'wait-out',
    says: 'ingest stays at 4: it is pinned at 6 by anna until 13:00 UTC (launch), but out.wait is 1m and the last change was 20s ago',
  },
  {
    name: 'a pin that waits at min is told, and not what the rules would do there',
    ...{ size: 2, level: COLD, overrides: [pin(5)], given: { record: changed(2, 20 * SECOND) }, granted: 2 },
    reason: 'wait-out',
    says: 'ingest stays at 2: it is pinned at 5 by anna until 13:00 UTC (launch), but out.wait is 1m and the last change was 20s ago',
  },
  {
    name: 'a pin holds on its way in',
    ...{ size: 4, overrides: [pin(3)], given: { record: changed(4, 7 * MINUTE) }, granted: 4 },
    reason: 'hold-in',
    says: 'ingest stays at 4: it is pinned at 3 by anna until 13:00 UTC (launch), but in.hold is 10m and it went out 7m ago',
  },
  {
    name: 'a pin at the present size keeps it there although it is hot',
    ...{ size: 4, level: HOT, overrides: [pin(4)], granted: 4, reason: 'pinned' },
    says: 'ingest stays at 4: load 90 over 70 (5m mean) asks for 5, but it is pinned at 4 by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pin at max keeps it there, and says that it is pinned',
    ...{ size: 8, level: HOT, overrides: [pin(8)], granted: 8, reason: 'pinned' },
    says: 'ingest stays at 8: load 90 over 70 (5m mean) asks for 9, but it is pinned at 8 by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pin at the present size is told although nothing would move the size',
    ...{ size: 4, overrides: [pin(4)], granted: 4, reason: 'pinned' },
    says: 'ingest stays at 4: it is pinned at 4 by anna until 13:00 UTC (launch)',
  },
  {
    name: 'a pin stays within a max that was lowered since',
    ...{ size: 4, overrides: [pin(9)], given: { policy: aPolicy({ size: { min: 2, max: 5 } }) } },
    ...{ granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 9 by anna until 13:00 UTC (launch)',
  },
  {
    name: 'the latest pin wins',
    ...{ size: 4, overrides: [pin(3), pin(5, { id: 'later', by: 'bo' })], granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 5 by bo until 13:00 UTC (launch)',
  },
  {
    name: 'a pin without an end says none, and the calendar says nothing while it is in force',
    ...{ size: 4, overrides: [forever(pin(5))], scheduled: { pin: aBound(2) }, granted: 5, reason: 'pinned' },
    says: 'ingest 4 -> 5: it is pinned at 5 by anna (launch)',
  },
  {
    name: 'at least so many by hand',
    ...{ size: 4, overrides: [atLeast(6)], granted: 5, reason: 'overridden' },
    says: 'ingest 4 -> 5: anna wants at least 6 until 13:00 UTC (launch) (held to 5: out.step is 1)',
  },
  {
    name: 'beyond that the rules decide',
    ...{ size: 6, level: HOT, overrides: [atLeast(6)], granted: 7, reason: 'out-by-rule' },
    says: 'ingest 6 -> 7: load 90 over 70 (5m mean)',
  },
  {
    name: 'and they do not take it in under that',
    ...{ size: 6, level: COLD, overrides: [atLeast(6)], granted: 6, reason: 'overridden' },
    says: 'ingest stays at 6: load 5 under 30 (5m mean) asks for 5, but anna wants at least 6 until 13:00 UTC (launch)',
  },
  {
    name: 'at most so many by hand goes in without metrics',
    ...{ size: 6, overrides: [atMost(4)], given: { integrals: [gone] }, granted: 5, reason: 'overridden' },
    says: 'ingest 6 -> 5: anna wants at most 4 until 13:00 UTC (launch) (held to 5: in.step is 1)',
  },
  {
    name: 'of words that contradict each other the later wins',
    ...{ size: 5, overrides: [atLeast(7), atMost(5)], granted: 5, reason: 'inside-band' },
    says: 'ingest stays at 5: load 50 is inside 30 to 70 (5m mean)',
  },
  {
    name: 'a floor raises by the step',
    ...{ size: 3, scheduled: { floor: aBound(6) }, granted: 4, reason: 'scheduled' },
    says: 'ingest 3 -> 4: friday evening keeps at least 6 until 16:00 Europe/Moscow (held to 4: out.step is 1)',
  },
  {
    name: 'a floor waits',
    ...{ size: 3, scheduled: { floor: aBound(6) }, given: { record: changed(3, 20 * SECOND) } },
    ...{ granted: 3, reason: 'wait-out' },
    says: 'ingest stays at 3: friday evening keeps at least 6 until 16:00 Europe/Moscow, but out.wait is 1m and the last change was 20s ago',
  },
  {
    name: 'a floor does not keep the rules from more',
    ...{ size: 6, level: HOT, scheduled: { floor: aBound(6) }, granted: 7, reason: 'out-by-rule' },
    says: 'ingest 6 -> 7: load 90 over 70 (5m mean)',
  },
  {
    name: 'a ceiling keeps a hot workload from more',
    ...{ size: 4, level: HOT, scheduled: { ceiling: aBound(4) }, granted: 4, reason: 'scheduled' },
    says: 'ingest stays at 4: load 90 over 70 (5m mean) asks for 5, but friday evening keeps at most 4 until 16:00 Europe/Moscow',
  },
  {
    name: 'a ceiling below the size is a request to go in that needs no metrics',
    ...{ size: 6, scheduled: { ceiling: aBound(4) }, given: { integrals: [gone] }, granted: 5 },
    reason: 'scheduled',
    says: 'ingest 6 -> 5: friday evening keeps at most 4 until 16:00 Europe/Moscow (held to 5: in.step is 1)',
  },
  {
    name: 'a ceiling holds as any other way in does',
    ...{ size: 6, scheduled: { ceiling: aBound(4) }, given: { record: changed(6, 7 * MINUTE) } },
    ...{ granted: 6, reason: 'hold-in' },
    says: 'ingest stays at 6: friday evening keeps at most 4 until 16:00 Europe/Moscow, but in.hold is 10m and it went out 7m ago',
  },
  {
    name: 'a floor beats a ceiling below it',
    ...{ size: 5, scheduled: { floor: aBound(6), ceiling: aBound(3, 'thrift') }, granted: 6 },
    reason: 'scheduled',
    says: 'ingest 5 -> 6: friday evening keeps at least 6 until 16:00 Europe/Moscow',
  },
  {
    name: 'a pin by the calendar beats floor and ceiling',
    ...{ size: 5, scheduled: { floor: aBound(6), pin: aBound(4, 'sale') }, granted: 4, reason: 'scheduled' },
    says: 'ingest 5 -> 4: sale pins 4 until 16:00 Europe/Moscow',
  },
  {
    name: 'what is scaled by hand bounds the calendar',
    ...{ size: 3, overrides: [atMost(4)], scheduled: { floor: aBound(6) }, granted: 4, reason: 'scheduled' },
    says: 'ingest 3 -> 4: friday evening keeps at least 6 until 16:00 Europe/Moscow, but anna wants at most 4 until 13:00 UTC (launch)',
  },
]

function forever({ until: _until, ...rest }: Override): Override {
  return rest
}

const caseOf = ({ size, level = MILD, overrides, scheduled, given = {} }: Row): Case =>
  aCase({
    size,
    integrals: [whole(level * size)],
    ...(overrides !== undefined && { overrides }),
    ...(scheduled !== undefined && { scheduled }),
    ...given,
  })

describe('hand and calendar', () => {
  test.for(rows)('$name', (row) => {
    const { granted, reason, sentence } = decide(caseOf(row), clamps, quarantine)
    expect({ granted, reason, sentence }).toEqual({
      granted: row.granted,
      reason: row.reason,
      sentence: row.says,
    })
  })

  test('a decision tells what is laid over it', () => {
    const scheduled = { next: { at: NOW + HOUR, item: 'friday evening', what: 'begins' as const } }
    const decision = decide(aCase({ overrides: [pause], scheduled }), clamps, quarantine)
    expect(decision).toMatchObject({ overrides: [pause], scheduled })
    const plain = decide(aCase({ overrides: [] }), clamps, quarantine)
    expect([Object.hasOwn(plain, 'overrides'), Object.hasOwn(plain, 'scheduled')]).toEqual([false, false])
  })

  test('nothing is taken from what is paused', () => {
    expect(guards.isFirm(aCase({ overrides: [pause] }))).toBe(true)
    expect(guards.isFirm(aCase({ overrides: [pin(3)] }))).toBe(false)
  })
})

describe('growth by hand or calendar is no growth by load', () => {
  const policy = aPolicy({
    size: { min: 2, max: 30 },
    out: { step: 30, wait: 0, perHour: { count: 4, share: 2 } },
  })
  const record = { size: 2, sizes: [{ at: NOW - 2 * HOUR, size: 2 }] }
  test.for<{ name: string; given: Partial<Case>; granted: number }>([
    { name: 'without them the rate holds', given: { overrides: [] }, granted: 6 },
    { name: 'a pin goes past it', given: { overrides: [pin(20)] }, granted: 20 },
    { name: 'so does what is scaled by hand', given: { overrides: [atLeast(20)] }, granted: 20 },
    { name: 'so does a floor', given: { scheduled: { floor: aBound(20) } }, granted: 20 },
    { name: 'so does a pin by the calendar', given: { scheduled: { pin: aBound(20) } }, granted: 20 },
    {
      name: 'a floor that a pause keeps from binding does not count',
      given: { overrides: [pause], scheduled: { floor: aBound(20) } },
      granted: 2,
    },
  ])('$name', ({ given, granted }) => {
    const rule = aPolicy().rules[0]
    if (rule === undefined) throw new Error('a policy has a rule')
    const propose = () => ({ kind: 'out' as const, size: 20, why: 'would have twenty' })
    const greedy = { ...policy, rules: [{ ...rule, strategy: { ...rule.strategy, propose } }] }
    const one = aCase({ size: 2, policy: greedy, record, integrals: [whole(180)], ...given })
    expect(decide(one, clamps, quarantine).granted).toBe(granted)
  })
})

describe('whatever is laid over it', () => {
  const act: fc.Arbitrary<OverrideAct> = fc.oneof(
    fc.constant({ kind: 'pause' as const, workload }),
    fc.record({
      kind: fc.constantFrom('pin', 'at-least', 'at-most'),
      workload: fc.constant(workload),
      size: fc.nat(30),
    }),
  )
  const overrides = fc.array(
    act.map((one) => anOverride(one)),
    { maxLength: 4 },
  )
  const bound = fc.option(
    fc.nat(30).map((size) => aBound(size)),
    { nil: undefined },
  )
  const scheduled = fc.record({ floor: bound, ceiling: bound, pin: bound }).map(
    ({ floor, ceiling, pin: pinned }): Scheduled => ({
      ...(floor && { floor }),
      ...(ceiling && { ceiling }),
      ...(pinned && { pin: pinned }),
    }),
  )
  const any = fc.record({ overrides, scheduled, size: fc.nat(12), level: fc.constantFrom(COLD, MILD, HOT) })

  test('promises 3 and 4 hold: between min and max, and no more than a step and a share at once', () => {
    fc.assert(
      fc.property(any, (given) => {
        const policy = aPolicy()
        const one = aCase({ ...given, policy, integrals: [whole(given.level * given.size)] })
        const { granted } = decide(one, clamps, quarantine)
        const least = Math.min(stepSize(policy.in.step, given.size, 'in'), mostAtOnce(policy, given.size))
        expect(granted).toBeGreaterThanOrEqual(Math.max(policy.size.min, given.size - least))
        expect(granted).toBeLessThanOrEqual(Math.max(policy.size.max, given.size))
        const up = stepSize(policy.out.step, given.size, 'out')
        if (granted > policy.size.min) expect(granted).toBeLessThanOrEqual(given.size + up)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a hot workload that hand or calendar keep small is an alarm', () => {
  const alarmsOf = (given: Partial<Case>): readonly string[] =>
    decide(aCase({ record: gone4, integrals: [whole(4 * HOT)], ...given }), clamps, quarantine).alarms
  const gone4: Case['record'] = { size: 4, sizes: [{ at: NOW - 2 * HOUR, size: 4 }] }

  test.for<{ name: string; given: Partial<Case>; alarms: number }>([
    { name: 'paused', given: { overrides: [pause] }, alarms: 1 },
    { name: 'pinned where it is', given: { overrides: [pin(4)] }, alarms: 1 },
    { name: 'at most what it has', given: { overrides: [atMost(4)] }, alarms: 1 },
    { name: 'under a ceiling', given: { scheduled: { ceiling: aBound(4) } }, alarms: 1 },
    { name: 'pinned at more than it has: it grows', given: { overrides: [pin(6)] }, alarms: 0 },
    { name: 'left to its rules', given: {}, alarms: 0 },
  ])('$name', ({ given, alarms }) => {
    const told = alarmsOf(given)
    expect(told).toHaveLength(alarms)
    for (const alarm of told) expect(alarm).toMatch(/^hot and kept from going out: .* over 70 .*, but /)
  })
})
