import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Series } from '../../../controller/decision/series.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Measure, Proposal, Seen } from '../../../controller/strategies/strategy.ts'
import { MINUTE, NOW, SECOND } from '../decision/builders.ts'

const wording = { unit: 'plain', window: '30s' } as const
const usual = { production: 'made', consumption: 'used', partitions: 12 }

/** Values of ten minutes in parts of 5 s: by how many minutes ago; the last one reaches back to the beginning. */
function course(...values: readonly (readonly [minutesAgo: number, value: number])[]): Series {
  const from = NOW - 10 * MINUTE
  const parts = Array.from({ length: 120 }, (_, i) => {
    const to = from + (i + 1) * 5 * SECOND
    const ago = (NOW - to) / MINUTE
    const load = values.find(([minutes]) => ago < minutes)?.[1] ?? values.at(-1)?.[1] ?? 0
    return { from: to - 5 * SECOND, to, load }
  })
  return { from, to: NOW, parts, coverage: 1 }
}

/** How many were ready, in as few parts as there are numbers. */
function readiness(...values: readonly (readonly [minutesAgo: number, ready: number])[]): Series {
  const parts = values
    .map(([, load], i) => ({
      from: NOW - (values[i]?.[0] ?? 0) * MINUTE,
      to: NOW - (values[i - 1]?.[0] ?? 0) * MINUTE,
      load,
    }))
    .toReversed()
  return { from: parts[0]?.from ?? NOW, to: NOW, parts, coverage: 1 }
}

const whole = (series: Series): Exclude<Measure, { kind: 'missing' }> => ({
  kind: 'whole',
  amount: series.parts.at(-1)?.load ?? 0,
  series,
})

/** As after a start without a history: then nobody knows what one of them manages either. */
const nobodyKnows: Series = { from: NOW - 10 * MINUTE, to: NOW, parts: [], coverage: 0 }

const gone: Measure = { kind: 'missing', detail: 'timeout: no answer' }

interface Queue {
  lag: Series
  made?: Series
  used?: Series
  ready?: Series
}

/** So many instances that are all ready, unless something else is said. */
function seen(size: number, { lag, made, used, ready }: Queue, given: Partial<Seen> = {}): Seen {
  return {
    load: lag.parts.at(-1)?.load ?? 0,
    series: lag,
    ...{ counted: size, size, min: 1, max: 99, outStep: 1, inStep: 99, coverage: 0.8 },
    asides: {
      ...(made !== undefined && { production: whole(made) }),
      ...(used !== undefined && { consumption: whole(used) }),
    },
    ready: ready ?? readiness([10, size]),
    ...given,
  }
}

const propose = (given: Seen, config: object = {}): Proposal =>
  strategies.backlog
    .parse({ ...usual, ...config })
    .strategy(wording)
    .propose(given)

const asides = (given: Seen, other: Readonly<Record<string, Measure>>): Seen => ({
  ...given,
  asides: { ...given.asides, ...other },
})

/** Three that work off 310 each of what comes in faster, so that a lag has grown. */
const busy = {
  lag: course([0.5, 120_000], [1, 110_000], [2, 90_000], [99, 60_000]),
  made: course([99, 1_440]),
  used: course([99, 930]),
}

/** Six that worked off a backlog and have kept up with 300 a second for long. */
const calm = {
  lag: course([9, 20], [99, 100_000]),
  made: course([99, 300]),
  used: course([8.5, 300], [99, 1_860]),
}

describe('out', () => {
  test('as many as keep up and drain what waits within the time', () => {
    expect(propose(seen(3, busy))).toEqual({
      kind: 'out',
      size: 6,
      why: '120000 and 1440/s coming in need 6 at 310/s each to be drained within 5m (30s mean)',
      rate: { each: 310, from: 'measured' },
    })
  })

  test('to a size that lowers the share of the busiest, and none between such sizes', () => {
    const made = course([99, 900])
    expect(propose(seen(3, { ...busy, made }))).toMatchObject({
      kind: 'out',
      size: 6,
      why: '120000 and 900/s coming in need 5 at 310/s each to be drained within 5m, 6 as 12 partitions are shared (30s mean)',
    })
  })

  test('up to the partitions and no further, loudly', () => {
    const made = course([99, 9_000])
    const why =
      '120000 and 9000/s coming in need 31 at 310/s each to be drained within 5m, but 12 partitions are the limit: more consumers would be idle'
    expect(propose(seen(3, { ...busy, made }))).toMatchObject({ kind: 'out', size: 12, why, alarm: why })
  })

  test('at the limit it stays, and says so', () => {
    const at = { lag: course([99, 400_000]), made: course([99, 9_000]), used: course([99, 3_720]) }
    const proposal = propose(seen(12, at))
    expect(proposal).toMatchObject({ kind: 'stay' })
    expect(proposal.alarm).toContain('12 partitions are the limit: more consumers would be idle')
  })

  test('threads take partitions too: six of two are as many as there are partitions for', () => {
    const made = course([99, 9_000])
    expect(propose(seen(3, { ...busy, made }), { threads: 2 })).toMatchObject({ kind: 'out', size: 6 })
  })

  test('those ordered and not there yet are not ordered again', () => {
    const starting = { counted: 6, ready: readiness([10, 3]) }
    expect(propose(seen(6, busy, starting))).toMatchObject({ kind: 'stay' })
  })

  test('a lag known only in part is a bound from below', () => {
    expect(propose(seen(3, busy, { flaw: '9 of 12 partitions are in it' }))).toMatchObject({
      kind: 'out',
      size: 6,
    })
  })

  test('without the production what waits is reason enough, and no number is made up', () => {
    const lag = course([1, 400_000], [99, 300_000])
    expect(propose(asides(seen(3, { ...busy, lag }), { production: gone }))).toMatchObject({
      kind: 'out',
      size: 6,
      why: '400000 alone (its production is missing (timeout: no answer)) needs 5 at 310/s each to be drained within 5m, 6 as 12 partitions are shared (30s mean)',
    })
  })

  test('a trifle is nothing to go out for, though it cannot be drained for ever', () => {
    expect(propose(seen(3, { ...busy, lag: course([99, 900]) }))).toMatchObject({ kind: 'stay' })
  })

  test('from zero at once to what is needed, where what an instance manages is remembered', () => {
    const asleep = { ...busy, made: course([99, 0]), used: course([99, 0]), ready: readiness([10, 0]) }
    const proposal = propose(seen(0, asleep, { min: 0, remembered: { each: 310, age: MINUTE } }))
    expect(proposal).toMatchObject({ kind: 'out', size: 2, rate: { each: 310, from: 'remembered' } })
  })
})

describe('what an instance manages', () => {
  const remembered = { each: 200, age: 2 * 3_600_000 }

  test.for<{ name: string; given: Seen; config?: object; rate: Proposal['rate'] }>([
    {
      name: 'is the most of any minute in which there was enough to do',
      given: seen(3, { ...busy, used: course([2, 600], [5, 930], [99, 750]) }),
      rate: { each: 310, from: 'measured' },
    },
    {
      name: 'is at least what comes in, where they keep up with it',
      given: seen(3, { ...busy, lag: course([99, 100]), used: course([99, 90]) }),
      rate: { each: 30, from: 'measured', atLeast: true },
    },
    {
      name: 'is remembered from when it could be measured',
      given: seen(3, { ...busy, lag: course([99, 100]), used: course([99, 90]) }, { remembered }),
      rate: { each: 200, from: 'remembered' },
    },
    {
      name: 'is forgotten after a while',
      given: seen(3, { ...busy, lag: course([99, 100]), used: course([99, 90]) }, { remembered }),
      config: { memory: '1h', rate: 150 },
      rate: { each: 150, from: 'given' },
    },
    {
      name: 'is what the policy says as long as nothing was measured',
      given: seen(3, { lag: busy.lag, made: busy.made }),
      config: { consumption: undefined, rate: 500 },
      rate: { each: 500, from: 'given' },
    },
    {
      name: 'is not measured over a time in which instances came or went',
      given: seen(3, { ...busy, ready: readiness([0.5, 3], [1.2, 2], [2, 3], [2.6, 2]) }),
      rate: undefined,
    },
    {
      name: 'is not measured where nobody knows how many were ready',
      given: seen(3, { ...busy, ready: nobodyKnows }),
      rate: undefined,
    },
    {
      name: 'is not measured from a consumption that is known only in part',
      given: asides(seen(3, busy), { consumption: { ...whole(busy.used), kind: 'partial' } }),
      rate: undefined,
    },
    {
      name: 'is only a bound while the group shares out its partitions',
      given: asides(seen(3, busy), { rebalancing: whole(course([99, 1])) }),
      config: { rebalancing: { query: 'moving' } },
      rate: { each: 310, from: 'measured', atLeast: true },
    },
    {
      name: 'is not lowered by those that are idle beyond the partitions',
      given: seen(20, { ...busy, lag: course([99, 400_000]), used: course([99, 3_720]) }),
      rate: { each: 310, from: 'measured' },
    },
    {
      name: 'is not zero because nobody did anything',
      given: seen(3, { ...busy, used: course([99, 0]) }),
      rate: undefined,
    },
  ])('$name', ({ given, config, rate }) => {
    expect(propose(given, config).rate).toEqual(rate)
  })

  test('is not known: one useful step out, while the lag grows', () => {
    const { used: _, ...unmeasured } = busy
    expect(propose(asides(seen(4, unmeasured), { consumption: gone }))).toEqual({
      kind: 'out',
      size: 6,
      why: '120000 waits, and what an instance manages is not known yet: a step, since it grows',
    })
  })

  test.for<{ name: string; given: Seen; why: string }>([
    {
      name: 'not while it does not grow',
      given: seen(4, { ...busy, lag: course([99, 120_000]) }),
      why: '120000 waits, and what an instance manages is not known yet, but it does not grow (30s mean)',
    },
    {
      name: 'nor while some that were ordered are still starting',
      given: seen(4, { ...busy, ready: readiness([10, 2]) }),
      why: '120000 waits, and what an instance manages is not known yet, as instances are starting',
    },
  ])('$name', ({ given, why }) => {
    expect(propose(asides(given, { consumption: gone }))).toEqual({ kind: 'stay', why })
  })

  test('not beyond the partitions either', () => {
    const proposal = propose(asides(seen(12, busy), { consumption: gone }))
    expect(proposal).toMatchObject({
      kind: 'stay',
      alarm: expect.stringContaining('12 partitions are the limit'),
    })
  })
})

describe('in', () => {
  test('to the fewest that keep up, with something to spare, with the most that came in during the hold', () => {
    expect(propose(seen(6, calm))).toEqual({
      kind: 'in',
      size: 2,
      why: '300/s at most in 10m needs 2 at 310/s each with 10 % to spare, and 20 is no backlog (30s mean)',
      rate: { each: 310, from: 'measured' },
    })
  })

  test('to the last one, and to none only when nothing calls for it and nothing came in', () => {
    const idle = { ...calm, lag: course([9, 0], [99, 100_000]), made: course([99, 0]) }
    expect(propose(seen(6, idle))).toMatchObject({ kind: 'in', size: 1 })
    expect(propose(seen(6, idle, { min: 0, maySleep: true }))).toMatchObject({ kind: 'in', size: 0 })
    const drop = { ...idle, made: course([8, 0], [9, 1], [99, 0]) }
    expect(propose(seen(6, drop, { min: 0, maySleep: true }))).toMatchObject({ kind: 'in', size: 1 })
  })

  test('from a size that relieves nobody, whatever an instance manages', () => {
    const unmeasured = { ...calm, ready: nobodyKnows }
    expect(propose(seen(5, unmeasured))).toMatchObject({ kind: 'in', size: 4 })
    expect(propose(seen(20, unmeasured))).toMatchObject({ kind: 'in', size: 12 })
  })

  test.for<{ name: string; given: Seen; config?: object; why: string }>([
    {
      name: 'not below what the peak of the hold needed',
      given: seen(6, { ...calm, made: course([3, 300], [4.5, 1_500], [99, 300]) }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean)',
    },
    {
      name: 'not while more than a trifle waits',
      given: seen(6, { ...calm, lag: course([99, 100_000]), used: course([99, 1_860]) }),
      why: '100000 and 300/s coming in need 3 at 310/s each to be drained within 5m (30s mean)',
    },
    {
      name: 'not by guess',
      given: seen(6, { ...calm, ready: nobodyKnows }),
      why: '20 is no backlog at 300/s coming in (30s mean), but what an instance manages is not known',
    },
    {
      name: 'not while the production is missing',
      given: asides(seen(6, calm), { production: gone }),
      why: '20 is no backlog (30s mean), but its production is missing (timeout: no answer)',
    },
    {
      name: 'not while the consumption is missing',
      given: asides(seen(6, calm, { remembered: { each: 310, age: 0 } }), { consumption: gone }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but its consumption is missing (timeout: no answer)',
    },
    {
      name: 'not while nobody knows how many partitions there are',
      given: asides(seen(6, calm), { partitions: gone }),
      config: { partitions: 'parts' },
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but the number of its partitions is missing (timeout: no answer)',
    },
    {
      name: 'not while it cannot be told whether the group rebalances',
      given: asides(seen(6, calm), { rebalancing: gone }),
      config: { rebalancing: { query: 'moving' } },
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but whether it rebalances is missing (timeout: no answer)',
    },
    {
      name: 'not by a lag that is known only in part',
      given: seen(6, calm, { flaw: '9 of 12 partitions are in it' }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but the lag is known only in part',
    },
    {
      name: 'not while the hold is not known',
      given: seen(6, { ...calm, made: { ...calm.made, coverage: 0.6 } }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but only 60 % of the 10m are known',
    },
    {
      name: 'not while instances that the size counts are not there',
      given: seen(6, calm, { counted: 5 }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean), but only 5 of 6 count',
    },
    {
      name: 'not below min',
      given: seen(6, calm, { min: 6 }),
      why: '300/s coming in needs 1 at 310/s each, and 20 is no backlog (30s mean)',
    },
  ])('$name', ({ given, config, why }) => {
    const { kind, why: said } = propose(given, config)
    expect({ kind, why: said }).toEqual({ kind: 'stay', why })
  })
})

describe('a rebalance', () => {
  const moving = { rebalancing: { query: 'moving' } }

  test('is waited out after instances have come', () => {
    const ready = readiness([0.3, 3], [10, 2])
    const proposal = propose(seen(3, { ...busy, ready }))
    expect(proposal).toMatchObject({ kind: 'stay' })
    expect(proposal.why).toContain('but it waits out the rebalance (for 18s so far)')
    expect(proposal.alarm).toBeUndefined()
  })

  test('is waited out while the group says that it goes on, and a little longer', () => {
    for (const told of [course([2, 1], [99, 0]), course([0.4, 0], [2, 1], [99, 0])]) {
      const given = asides(seen(3, busy), { rebalancing: whole(told) })
      expect(propose(given, moving).why).toContain('waits out the rebalance (for 2m so far)')
    }
  })

  test('keeps it from going in as well', () => {
    const given = asides(seen(6, calm), { rebalancing: whole(course([0.5, 1], [99, 0])) })
    expect(propose(given, moving)).toMatchObject({
      kind: 'stay',
      why: expect.stringContaining('the group has been rebalancing for 30s'),
    })
  })

  test('that does not end blinds nobody: it goes out, not in, and says so', () => {
    const told = { rebalancing: whole(course([6, 1], [99, 0])) }
    const alarm = 'has been rebalancing for 6m, so that is not waited out any more'
    expect(propose(asides(seen(3, busy), told), moving)).toMatchObject({ kind: 'out', size: 6, alarm })
    expect(propose(asides(seen(6, calm), told), moving)).toMatchObject({ kind: 'stay', alarm })
  })

  test('of long ago is over', () => {
    const ready = readiness([3, 3], [10, 2])
    const used = course([3, 930], [99, 620])
    expect(propose(seen(3, { ...busy, used, ready }))).toMatchObject({ kind: 'out', size: 6 })
  })
})

describe('more of them would not help', () => {
  test('where nothing is worked off at all', () => {
    const why = '120000 waits and nothing is worked off by 3 ready instances'
    const stuck = { ...busy, used: course([99, 0]) }
    expect(propose(seen(3, stuck, { remembered: { each: 310, age: 0 } }))).toMatchObject({
      kind: 'stay',
      why,
      alarm: why,
    })
  })

  test('where fewer managed as much together', () => {
    const used = course([99, 930])
    const ready = readiness([3, 6], [10, 3])
    const made = course([99, 2_500])
    expect(propose(seen(6, { ...busy, made, used, ready }))).toMatchObject({
      kind: 'stay',
      alarm: expect.stringContaining(
        '6 instances manage no more than 3 did (930/s): something else is the limit',
      ),
    })
  })

  test('a part of what they ought to bring is enough to go on', () => {
    const used = course([3, 1_500], [10, 930])
    const ready = readiness([3, 6], [10, 3])
    const made = course([99, 2_500])
    expect(propose(seen(6, { ...busy, made, used, ready }))).toMatchObject({ kind: 'out', size: 12 })
  })
})

describe('check', () => {
  const limits: Limits = {
    ...{ min: 1, max: 12, outStep: 1, inStep: 1, unit: 'plain' },
    ...{ window: 30 * SECOND, hold: 10 * MINUTE },
  }

  test.for<{ name: string; config: object; faults: string[] }>([
    { name: 'finds nothing wrong with what is usual', config: {}, faults: [] },
    {
      name: 'more instances than partitions',
      config: { partitions: 8 },
      faults: [
        'partitions (8) keep 8 instances busy, and size.max is 12: the others would be idle; a size.max of 8 works, or more partitions',
      ],
    },
    {
      name: 'threads that leave no partition for the last ones',
      config: { partitions: 12, threads: 2 },
      faults: [
        'partitions (12) for 2 threads each keep 6 instances busy, and size.max is 12: the others would be idle; a size.max of 6 works, or more partitions',
      ],
    },
    {
      name: 'nothing to judge instances by',
      config: { consumption: undefined },
      faults: ['needs consumption, to measure what an instance manages, or rate, to be told'],
    },
    {
      name: 'a time to drain that is over before the window is',
      config: { within: '20s' },
      faults: [
        "within (20s) is shorter than the rule's window (30s): a backlog would not be seen in that time",
      ],
    },
    {
      name: 'a hold in which no rate can be measured',
      config: { in: { hold: '30s' } },
      faults: ['in.hold (30s) is shorter than over (1m): it has to be as long or longer'],
    },
    {
      name: 'a trifle that is everything',
      config: { trifle: '5m' },
      faults: ['trifle (5m) is not shorter than within (5m): no backlog would be drained'],
    },
    {
      name: 'a source that is never asked',
      config: { rebalancing: { source: 'kafka' } },
      faults: ['rebalancing.source is never asked: rebalancing has no query'],
    },
  ])('$name', ({ config, faults }) => {
    expect(strategies.backlog.parse({ ...usual, ...config }).faults(limits)).toEqual(faults)
  })

  test('what it asks beside the lag has the names of its keys; a query alone is short for one of its own source', () => {
    const config = {
      production: 'made',
      consumption: { query: 'used', source: 'other' },
      partitions: 'parts',
      rebalancing: { query: 'moving' },
    }
    const reach = 10 * MINUTE
    expect(strategies.backlog.parse(config).asides).toEqual({
      production: { query: 'made', reach },
      consumption: { query: 'used', source: 'other', reach },
      partitions: { query: 'parts' },
      rebalancing: { query: 'moving', source: undefined, reach },
    })
  })
})

describe('whatever is seen', () => {
  const amount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000 }))
  const kind = fc.constantFrom('whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'partial', 'missing')
  const scene = fc.record({
    ...{ size: fc.integer({ min: 1, max: 30 }), counted: fc.integer({ min: 0, max: 30 }) },
    ...{ partitions: fc.integer({ min: 1, max: 40 }), threads: fc.integer({ min: 1, max: 3 }) },
    ...{ outStep: fc.integer({ min: 1, max: 9 }), min: fc.integer({ min: 1, max: 5 }) },
    lag: fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 })),
    made: fc.tuple(amount, amount),
    used: fc.tuple(amount, amount),
    kinds: fc.tuple(kind, kind, kind, kind),
    flaw: fc.constantFrom(undefined, undefined, 'half of it'),
    changed: fc.integer({ min: 0, max: 9 }),
    remembered: fc.constantFrom(
      undefined,
      { each: 250, age: 0 },
      { each: 90, age: 0, atLeast: true as const },
    ),
  })

  const measured = (of: string, series: Series): Measure =>
    of === 'missing' ? gone : { ...whole(series), kind: of === 'partial' ? 'partial' : 'whole' }

  const halves = ([now, before]: readonly [number, number]): Series => course([4, now], [99, before])

  function judge({ lag, made, used, kinds, ...one }: typeof scene extends fc.Arbitrary<infer T> ? T : never) {
    const ready = readiness([one.changed, one.size], [10, Math.max(1, one.size - 1)])
    const queue = { lag: halves(lag), made: halves(made), used: halves(used), ready }
    const { size, counted, outStep, min, flaw, remembered } = one
    const given = seen(size, queue, {
      ...{ counted, outStep, min },
      ...(flaw !== undefined && { flaw }),
      ...(remembered !== undefined && { remembered }),
    })
    const further = {
      production: measured(kinds[0], queue.made),
      consumption: measured(kinds[1], queue.used),
      partitions: measured(kinds[2], course([99, one.partitions])),
      rebalancing: measured(kinds[3], course([99, 0])),
    }
    const config = { partitions: 'parts', threads: one.threads, rebalancing: { query: 'moving' } }
    return propose(asides(given, further), config)
  }

  test('it goes in only by whole readings of all that it asks, and never when not all of the size is there', () => {
    fc.assert(
      fc.property(scene, (one) => {
        if (judge(one).kind !== 'in') return
        expect({ kinds: new Set(one.kinds), flaw: one.flaw }).toEqual({
          kinds: new Set(['whole']),
          flaw: undefined,
        })
        expect(one.counted).toBeGreaterThanOrEqual(one.size)
      }),
      { numRuns: 300 },
    )
  })

  test('it asks for more only in sizes that lower the share of the busiest, and never for more than there are partitions for', () => {
    fc.assert(
      fc.property(scene, (one) => {
        const proposal = judge(one)
        if (proposal.kind === 'out') expect(proposal.size).toBeGreaterThan(one.size)
        if (proposal.kind === 'in') expect(proposal.size).toBeLessThan(one.size)
        if (proposal.kind !== 'out' || one.kinds[2] !== 'whole') return
        const { partitions, threads } = one
        const share = (size: number): number => Math.ceil(partitions / (size * threads))
        expect(proposal.size).toBeLessThanOrEqual(Math.ceil(partitions / threads))
        expect(share(proposal.size)).toBeLessThan(share(proposal.size - 1))
      }),
      { numRuns: 300 },
    )
  })
})
