import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clamp } from '../../../controller/decision/clamp.ts'
import { clamps } from '../../../controller/decision/clamps.ts'
import { type Case, decide } from '../../../controller/decision/decide.ts'
import type { Decision } from '../../../controller/decision/decision.ts'
import type { Rule } from '../../../controller/decision/policy.ts'
import { quarantine } from '../../../controller/decision/quarantine.ts'
import type { Integral } from '../../../controller/decision/window.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import { aCase, anOverride, aPolicy, aRule, gone, MINUTE, NOW, partial, vetoRule, whole } from './builders.ts'

const judge = (one: Case, list: readonly Clamp[] = clamps): Decision => decide(one, list, quarantine)

const cpu = aRule({ name: 'cpu' })
const database = vetoRule({ out: { above: 200 } })
const guarded = aPolicy({ rules: [cpu, database] })

interface Row {
  name: string
  one: Case
  granted: number
  reason: Decision['reason']
  sentence: string
}

describe('veto: a guard that forbids one direction and proposes nothing', () => {
  test.for<Row>([
    {
      name: 'beyond its bound it keeps others from going out',
      one: aCase({ policy: guarded, integrals: [whole(400), whole(240)] }),
      granted: 4,
      reason: 'veto',
      sentence:
        'ingest stays at 4: cpu 100 over 70 (5m mean) asks for 5, but nothing goes out while database is 240, over 200 (5m mean)',
    },
    {
      name: 'within its bound it says nothing',
      one: aCase({ policy: guarded, integrals: [whole(400), whole(120)] }),
      granted: 5,
      reason: 'out-by-rule',
      sentence: 'ingest 4 -> 5: cpu 100 over 70 (5m mean)',
    },
    {
      name: 'its own direction only: in is free',
      one: aCase({ policy: guarded, integrals: [whole(40), whole(240)] }),
      granted: 3,
      reason: 'in-by-rule',
      sentence: 'ingest 4 -> 3: cpu 10 under 30 (5m mean)',
    },
    {
      name: 'missing it forbids its own direction',
      one: aCase({ policy: guarded, integrals: [whole(400), gone] }),
      granted: 4,
      reason: 'veto',
      sentence:
        'ingest stays at 4: cpu 100 over 70 (5m mean) asks for 5, but nothing goes out while database is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'missing it does not block the other direction, as a missing rule would',
      one: aCase({ policy: guarded, integrals: [whole(40), gone] }),
      granted: 3,
      reason: 'in-by-rule',
      sentence: 'ingest 4 -> 3: cpu 10 under 30 (5m mean)',
    },
    {
      name: 'partial it does not block the other direction either',
      one: aCase({ policy: guarded, integrals: [whole(40), partial(120)] }),
      granted: 3,
      reason: 'in-by-rule',
      sentence: 'ingest 4 -> 3: cpu 10 under 30 (5m mean)',
    },
    {
      name: 'partial it forbids its own',
      one: aCase({ policy: guarded, integrals: [whole(400), partial(120)] }),
      granted: 4,
      reason: 'veto',
      sentence:
        'ingest stays at 4: cpu 100 over 70 (5m mean) asks for 5, but nothing goes out while database is partial (samples cover 60 % of the window, 80 % are needed), at least 120',
    },
    {
      name: 'quiet, it is named with its value',
      one: aCase({ policy: guarded, integrals: [whole(200), whole(120)] }),
      granted: 4,
      reason: 'inside-band',
      sentence:
        'ingest stays at 4: cpu 50 is inside 30 to 70 (5m mean); database is 120 (5m mean), within its bounds',
    },
    {
      name: 'missing while nothing wants to move, it is not what holds the size',
      one: aCase({ policy: guarded, integrals: [whole(200), gone] }),
      granted: 4,
      reason: 'inside-band',
      sentence:
        'ingest stays at 4: cpu 50 is inside 30 to 70 (5m mean); database is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'the min is raised to all the same',
      one: aCase({ size: 1, policy: guarded, integrals: [whole(100), whole(240)] }),
      granted: 2,
      reason: 'below-min',
      sentence: 'ingest 1 -> 2: min is 2',
    },
    {
      name: 'and the hand beats it',
      one: aCase({
        policy: guarded,
        integrals: [whole(400), whole(240)],
        overrides: [anOverride({ kind: 'pin', workload: 'ingest', size: 6 })],
      }),
      granted: 5,
      reason: 'pinned',
      sentence: expect.stringContaining('ingest 4 -> 5: it is pinned at 6'),
    },
    {
      name: 'in: nothing goes while it is beyond its bound',
      one: aCase({
        policy: aPolicy({ rules: [cpu, vetoRule({ in: { above: 50 } }, { name: 'sessions' })] }),
        integrals: [whole(40), whole(60)],
      }),
      granted: 4,
      reason: 'veto',
      sentence:
        'ingest stays at 4: cpu 10 under 30 (5m mean) asks for 3, but nothing goes in while sessions is 60, over 50 (5m mean)',
    },
  ])('$name', ({ one, granted, reason, sentence }) => {
    const decision = judge(one)
    expect(decision.sentence).toEqual(sentence)
    expect({ granted: decision.granted, reason: decision.reason }).toEqual({ granted, reason })
  })

  test('hot and forbidden to grow is an alarm', () => {
    const { alarms } = judge(aCase({ policy: guarded, integrals: [whole(400), whole(240)] }))
    expect(alarms).toEqual([
      'hot and kept from going out: cpu 100 over 70 (5m mean), but nothing goes out while database is 240, over 200 (5m mean)',
    ])
  })

  test('a veto that throws forbids as one that cannot see', () => {
    const broken: Rule = {
      ...database,
      strategy: {
        ...database.strategy,
        propose: () => {
          throw new Error('no such field')
        },
      },
    }
    const policy = aPolicy({ rules: [cpu, broken] })
    expect(judge(aCase({ policy, integrals: [whole(400), whole(1)] }))).toMatchObject({
      granted: 4,
      reason: 'veto',
    })
    expect(judge(aCase({ policy, integrals: [whole(40), whole(1)] }))).toMatchObject({ granted: 3 })
  })

  test('whatever else is said, it lets nothing pass in its direction, and that is its clamp alone', () => {
    const without = clamps.filter(({ name }) => name !== 'veto')
    const one = (load: number, db: number, size: number): Case =>
      aCase({ size, policy: guarded, integrals: [whole(load), whole(db)] })
    // The same scene with the clamp and without it.
    expect(judge(one(400, 240, 4)).granted).toBe(4)
    expect(judge(one(400, 240, 4), without).granted).toBe(5)
    fc.assert(
      fc.property(fc.nat(800), fc.nat(400), fc.integer({ min: 2, max: 8 }), (load, db, size) => {
        const free = judge(one(load, db, size), without).granted
        const { granted } = judge(one(load, db, size))
        expect(granted).toBe(db > 200 && free > size ? size : free)
      }),
      { numRuns: 200 },
    )
  })
})

describe('onMissing: a floor while blind', () => {
  const floored = (floor: number, given: Partial<Rule> = {}): Rule =>
    aRule({ name: 'cpu', onMissing: { floor, after: MINUTE }, ...given })
  const policy = aPolicy({ rules: [floored(6)] })
  const blind = (size: number, forMs: number, given: Partial<Case> = {}): Case => {
    const one = aCase({ size, policy, integrals: [gone], ...given })
    return { ...one, record: { ...one.record, missing: { cpu: NOW - forMs } } }
  }

  test.for<Row>([
    {
      name: 'missing for longer than after, it goes out to its floor, by its step',
      one: blind(3, 2 * MINUTE),
      granted: 4,
      reason: 'blind-floor',
      sentence: 'ingest 3 -> 4: cpu is missing for 2m, its floor while blind is 6 (held to 4: out.step is 1)',
    },
    {
      name: 'missing for a moment, it waits',
      one: blind(3, MINUTE - 1),
      granted: 3,
      reason: 'missing',
      sentence: 'ingest stays at 3: cpu is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'over the floor nothing goes in',
      one: blind(7, 9 * MINUTE),
      granted: 7,
      reason: 'missing',
      sentence: 'ingest stays at 7: cpu is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'the missing guard still holds what others take in',
      one: blind(7, 9 * MINUTE, {
        policy: aPolicy({ rules: [floored(6), aRule({ name: 'lag' })] }),
        integrals: [gone, whole(40)],
      }),
      granted: 7,
      reason: 'missing',
      sentence:
        'ingest stays at 7: lag 5.71 under 30 (5m mean) asks for 6, but nothing goes in while cpu is missing (stale: the newest sample is 3m old)',
    },
    {
      name: 'what is hot and asks for more is said with it',
      one: blind(3, 9 * MINUTE, {
        policy: aPolicy({ rules: [floored(6), aRule({ name: 'lag' })] }),
        integrals: [gone, whole(400)],
      }),
      granted: 4,
      reason: 'out-by-rule',
      sentence:
        'ingest 3 -> 4: cpu is missing for 9m, its floor while blind is 6 and lag 133 over 70 (5m mean) (held to 4: out.step is 1)',
    },
    {
      name: 'a veto forbids it too',
      one: blind(3, 2 * MINUTE, {
        policy: aPolicy({ rules: [floored(6), database] }),
        integrals: [gone, whole(240)],
      }),
      granted: 3,
      reason: 'veto',
      sentence:
        'ingest stays at 3: cpu is missing for 2m, its floor while blind is 6 asks for 6, but nothing goes out while database is 240, over 200 (5m mean)',
    },
  ])('$name', ({ one, granted, reason, sentence }) => {
    const decision = judge(one)
    expect(decision.sentence).toBe(sentence)
    expect({ granted: decision.granted, reason: decision.reason }).toEqual({ granted, reason })
    expect(decision.alarms).toContain('no reading for cpu (stale: the newest sample is 3m old)')
  })

  test('a floor is no heat', () => {
    const rules = [floored(6), database]
    const { alarms } = judge(
      blind(3, 2 * MINUTE, { policy: aPolicy({ rules }), integrals: [gone, whole(240)] }),
    )
    expect(alarms).toEqual(['no reading for cpu (stale: the newest sample is 3m old)'])
  })

  test('it never lowers, for however long and however many are missing', () => {
    const floors = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(floors, fc.integer({ min: 2, max: 8 }), fc.nat(3_600_000), (sizes, size, ms) => {
        const rules = sizes.map((floor, i) => floored(floor, { name: `r${i}` }))
        const missing = Object.fromEntries(rules.map(({ name }) => [name, NOW - ms]))
        const one = aCase({ size, policy: aPolicy({ rules }), integrals: rules.map(() => gone) })
        const { granted, wanted } = judge({ ...one, record: { ...one.record, missing } })
        expect(granted).toBeGreaterThanOrEqual(size)
        expect(wanted).toBe(ms < MINUTE ? size : Math.max(size, ...sizes))
      }),
      { numRuns: 150 },
    )
  })
})

describe('laws of combining', () => {
  const target = (level: number): Rule => ({
    ...aRule({ name: 'need' }),
    strategy: strategies.target.parse({ level }).strategy({ unit: 'plain', window: '5m' }),
  })
  const kinds: readonly ((i: number) => Rule)[] = [
    (i) => aRule({ name: `r${i}` }),
    (i) => aRule({ name: `r${i}`, above: 500, below: 100 }),
    (i) => aRule({ name: `r${i}`, onMissing: { floor: 5, after: MINUTE } }),
    (i) => ({ ...target(40), name: `r${i}` }),
    (i) => vetoRule({ out: { above: 200 } }, { name: `r${i}` }),
    (i) => vetoRule({ in: { above: 100 } }, { name: `r${i}` }),
  ]
  const known = (load: number): Integral => ({
    ...{ kind: 'whole', load, coverage: 1, newest: NOW },
    series: {
      from: NOW - 10 * MINUTE,
      to: NOW,
      coverage: 1,
      parts: [{ from: NOW - 10 * MINUTE, to: NOW, load }],
    },
  })
  const integral = fc.oneof(
    { weight: 4, arbitrary: fc.nat(900).map(known) },
    fc.nat(900).map(partial),
    fc.constant(gone),
  )
  const rules = fc.array(fc.tuple(fc.nat(kinds.length - 1), integral), { minLength: 1, maxLength: 5 })

  function caseOf(given: readonly (readonly [number, Integral])[], size: number): Case {
    const all = given.flatMap(([kind], i) => kinds[kind]?.(i) ?? [])
    const policy = aPolicy({ rules: all })
    const one = aCase({ size, policy, integrals: given.map(([, known]) => known) })
    const missing = Object.fromEntries(all.map(({ name }) => [name, NOW - 5 * MINUTE]))
    return { ...one, record: { ...one.record, missing } }
  }

  test('the order of rules does not matter', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 2, max: 8 }), (given, size) => {
        const { granted, wanted, reason } = judge(caseOf(given, size))
        const other = judge(caseOf(given.toReversed(), size))
        expect({ granted: other.granted, wanted: other.wanted, reason: other.reason }).toEqual({
          granted,
          wanted,
          reason,
        })
      }),
      { numRuns: 200 },
    )
  })

  test('one more rule never makes a smaller size, and one more veto never makes a move', () => {
    fc.assert(
      fc.property(rules, rules, fc.integer({ min: 2, max: 8 }), (given, more, size) => {
        const isVeto = ([kind]: readonly [number, Integral]): boolean => kind >= 4
        const voters = more.filter((one) => !isVeto(one))
        const before = judge(caseOf(given, size))
        const { granted } = judge(caseOf([...given, ...voters], size))
        // Where only vetoes spoke nothing moved, so there the first rule with a say may take it in.
        if (!given.every(isVeto)) expect(granted).toBeGreaterThanOrEqual(before.granted)
        const held = judge(caseOf([...given, ...more.filter(isVeto)], size))
        expect(Math.abs(held.granted - size)).toBeLessThanOrEqual(Math.abs(before.granted - size))
      }),
      { numRuns: 200 },
    )
  })

  test('nothing goes in while a rule that has a say is not whole', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 2, max: 8 }), (given, size) => {
        const flawed = given.some(([kind, { kind: reading }]) => kind < 4 && reading !== 'whole')
        if (flawed) expect(judge(caseOf(given, size)).granted).toBeGreaterThanOrEqual(size)
      }),
      { numRuns: 200 },
    )
  })
})
