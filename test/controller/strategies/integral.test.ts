import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Proposal, Seen, Wording } from '../../../controller/strategies/strategy.ts'

const cpu: Wording = { unit: 'cores', window: '5m' }
const seen = (change: Partial<Seen> & { load: number }): Seen => ({
  counted: 4,
  size: 4,
  min: 2,
  max: 12,
  outStep: 1,
  inStep: 1,
  ...change,
})

function propose(config: unknown, given: Seen, wording: Wording = cpu): Proposal {
  return strategies.integral.parse(config).strategy(wording).propose(given)
}

describe('a band of 30 to 70 %', () => {
  test.for<{ name: string; given: Seen; kind: string; size?: number; why: string }>([
    {
      name: 'above: out by the step',
      given: seen({ load: 329.6 }),
      kind: 'out',
      size: 5,
      why: '82.4 % over 70 % (5m mean)',
    },
    {
      name: 'out starts from the granted size, not from those that count',
      given: seen({ load: 180, counted: 2, size: 6, outStep: 3 }),
      kind: 'out',
      size: 9,
      why: '90 % over 70 % (5m mean)',
    },
    {
      name: 'exactly at the upper bound is inside',
      given: seen({ load: 280 }),
      kind: 'stay',
      why: '70 % is inside 30 to 70 % (5m mean)',
    },
    {
      name: 'exactly at the lower bound is inside',
      given: seen({ load: 120 }),
      kind: 'stay',
      why: '30 % is inside 30 to 70 % (5m mean)',
    },
    {
      name: 'below: in by one',
      given: seen({ load: 100 }),
      kind: 'in',
      size: 3,
      why: '25 % under 30 % (5m mean)',
    },
    {
      name: 'in by the whole step where the rest can carry it',
      given: seen({ load: 100, inStep: 2 }),
      kind: 'in',
      size: 2,
      why: '25 % under 30 % (5m mean)',
    },
    {
      name: 'in by less than the step where the rest could not carry it',
      given: seen({ load: 110, inStep: 3 }),
      kind: 'in',
      size: 2,
      why: '27.5 % under 30 % (5m mean)',
    },
    {
      name: 'no load at all still leaves one',
      given: seen({ load: 0, inStep: 9 }),
      kind: 'in',
      size: 1,
      why: '0 % under 30 % (5m mean)',
    },
    {
      name: 'the last instance stays',
      given: seen({ load: 1, counted: 1, size: 1 }),
      kind: 'stay',
      why: '1 % under 30 % (5m mean), but it is the last instance',
    },
    {
      name: 'half the instances are dead: the load must fit those that count',
      given: seen({ load: 50, counted: 2, size: 4, inStep: 3 }),
      kind: 'in',
      size: 3,
      why: '25 % under 30 % (5m mean)',
    },
    {
      name: 'more count than were granted: what is granted has to carry the load',
      given: seen({ load: 150, counted: 6, size: 3 }),
      kind: 'stay',
      why: '25 % under 30 % (5m mean), but 2 would have 75 % each, over 70 %',
    },
    {
      name: 'nobody counts: it cannot be judged, even under load',
      given: seen({ load: 500, counted: 0 }),
      kind: 'stay',
      why: 'cannot be judged: no instance is ready or starting',
    },
  ])('$name', ({ given, kind, size, why }) => {
    const proposal = propose({ above: 70, below: 30 }, given)
    expect(proposal).toEqual(size === undefined ? { kind, why } : { kind, size, why })
  })

  test('is the usual one of CPU, and it is what charts draw', () => {
    const usual = strategies.integral.parse({}).strategy(cpu)
    expect(usual.band).toEqual({ above: 70, below: 30 })
    expect(usual.propose(seen({ load: 300 })).kind).toBe('out')
  })
})

test('a narrow band goes in only where the rest stays at or under the upper bound', () => {
  const proposal = propose({ above: 10, below: 9 }, seen({ load: 16, counted: 2, size: 2 }))
  expect(proposal).toEqual({
    kind: 'stay',
    why: '8 % under 9 % (5m mean), but 1 would have 16 % each, over 10 %',
  })
})

test('plain numbers carry no percent sign and no needless figures', () => {
  const plain: Wording = { unit: 'plain', window: '90s' }
  const far = propose({ above: 1200, below: 0.02 }, seen({ load: 6172.839 }), plain)
  expect(far).toEqual({ kind: 'out', size: 5, why: '1543 over 1200 (90s mean)' })
  const near = propose({ above: 1200, below: 0.02 }, seen({ load: 0.0493827 }), plain)
  expect(near).toEqual({ kind: 'in', size: 3, why: '0.0123 under 0.02 (90s mean)' })
})

describe('bands with growing steps: 1 outside 30 to 70 %, 2 over 85, half over 95, 2 under 10', () => {
  const bands = [
    { above: 85, step: 2 },
    { above: 95, step: '50%' },
    { below: 10, step: 2 },
  ]
  const config = { above: 70, below: 30, step: 1, bands }

  test.for<{ name: string; given: Seen; kind: string; size?: number; why: string }>([
    {
      name: 'just outside: the plain step',
      given: seen({ load: 320, outStep: 9 }),
      kind: 'out',
      size: 5,
      why: '80 % over 70 % (5m mean)',
    },
    {
      name: 'exactly at the next bound is still the plain step',
      given: seen({ load: 340, outStep: 9 }),
      kind: 'out',
      size: 5,
      why: '85 % over 70 % (5m mean)',
    },
    {
      name: 'further out: its step',
      given: seen({ load: 360, outStep: 9 }),
      kind: 'out',
      size: 6,
      why: '90 % over 85 % (5m mean)',
    },
    {
      name: 'furthest out: half of the size, rounded up',
      given: seen({ load: 495, counted: 5, size: 5, outStep: 9 }),
      kind: 'out',
      size: 8,
      why: '99 % over 95 % (5m mean)',
    },
    {
      name: 'in by one just outside',
      given: seen({ load: 60, inStep: 9 }),
      kind: 'in',
      size: 3,
      why: '15 % under 30 % (5m mean)',
    },
    {
      name: 'in by two far below',
      given: seen({ load: 20, inStep: 9 }),
      kind: 'in',
      size: 2,
      why: '5 % under 10 % (5m mean)',
    },
    {
      name: 'in by no more than the workload ever moves',
      given: seen({ load: 20, inStep: 1 }),
      kind: 'in',
      size: 3,
      why: '5 % under 10 % (5m mean)',
    },
  ])('$name', ({ given, kind, size, why }) => {
    expect(propose(config, given)).toEqual({ kind, size, why })
  })

  test('the order in which they are written does not matter to what they propose', () => {
    const given = seen({ load: 390, outStep: 9 })
    expect(propose({ ...config, bands: bands.toReversed() }, given)).toEqual(propose(config, given))
  })

  test('says what it does', () => {
    expect(strategies.integral.parse(config).strategy(cpu).says('cpu')).toEqual({
      out: 'cpu > 70 % (5m mean) by 1, > 85 % by 2, > 95 % by 50 %',
      in: 'cpu < 30 % (5m mean) by 1, < 10 % by 2',
    })
  })
})

test('the last instance goes only when nothing calls for the workload', () => {
  const last = seen({ load: 1, counted: 1, size: 1, min: 0 })
  expect(propose({}, last).kind).toBe('stay')
  expect(propose({}, { ...last, maySleep: true })).toEqual({
    kind: 'in',
    size: 0,
    why: '1 % under 30 % (5m mean)',
  })
  expect(propose({}, { ...last, size: 2, maySleep: true }).kind, 'one of two does not count yet').toBe('stay')
  expect(propose({}, { ...last, load: 40, maySleep: true }).kind, 'it is busy').toBe('stay')
})

describe('faults', () => {
  const limits: Limits = {
    min: 2,
    max: 12,
    outStep: 1,
    inStep: 1,
    unit: 'cores',
    window: 300_000,
    hold: 600_000,
  }
  test.for<{ name: string; config: unknown; limits: Partial<Limits>; says: string[] }>([
    { name: 'the usual band works', config: {}, limits: {}, says: [] },
    { name: 'just wide enough at min 2', config: { above: 60, below: 40 }, limits: {}, says: [] },
    {
      name: 'would cycle at min 2',
      config: { above: 70, below: 50 },
      limits: {},
      says: [
        'below (50) is too close to above (70): going between 2 and 3 instances it would cycle; at most 46.6 works',
      ],
    },
    {
      name: 'the same band works from min 3 on',
      config: { above: 70, below: 50 },
      limits: { min: 3 },
      says: [],
    },
    {
      name: 'min 0 is judged as the one instance that it never goes under',
      config: { above: 70, below: 36 },
      limits: { min: 0 },
      says: [
        'below (36) is too close to above (70): going between 1 and 2 instances it would cycle; at most 35 works',
      ],
    },
    {
      name: 'upside down',
      config: { above: 30, below: 70 },
      limits: {},
      says: ['below (70) has to be under above (30)'],
    },
    {
      name: 'empty',
      config: { above: 50, below: 50 },
      limits: {},
      says: ['below (50) has to be under above (50)'],
    },
    {
      name: 'more CPU than there is',
      config: { above: 100, below: 30 },
      limits: {},
      says: ['above (100) cannot be reached: an instance uses at most 100 % of its share of the cores'],
    },
    {
      name: 'less CPU than nothing, and a threshold that any load passes',
      config: { above: 0, below: -5 },
      limits: {},
      says: [
        'above (0) has to be more than 0: any load at all would scale out',
        'below (-5) cannot be reached: no instance uses less than 0 % of its share',
      ],
    },
    {
      name: 'no default for numbers that are not CPU',
      config: {},
      limits: { unit: 'plain' },
      says: [
        'above is missing: it has no default where the unit is not cores',
        'below is missing: it has no default where the unit is not cores',
      ],
    },
    {
      name: 'plain numbers may be over 100',
      config: { above: 9000, below: 100 },
      limits: { unit: 'plain' },
      says: [],
    },
    {
      name: 'bands that grow outwards',
      config: {
        step: 1,
        bands: [
          { above: 85, step: 2 },
          { above: 95, step: '50%' },
          { below: 10, step: 2 },
        ],
      },
      limits: { outStep: { percent: 50 }, inStep: 2 },
      says: [],
    },
    {
      name: 'bands without a step of the plain one',
      config: { bands: [{ above: 85, step: 2 }] },
      limits: { outStep: 2 },
      says: [
        'step is missing: without it the plain band moves by out.step (2) already, and no band further out could move it by more',
      ],
    },
    {
      name: 'a band that is inside the one before',
      config: {
        step: 1,
        bands: [
          { above: 60, step: 2 },
          { below: 40, step: 2 },
        ],
      },
      limits: { outStep: 2, inStep: 2 },
      says: [
        'bands[0].above (60) has to be over above (70): bands go outwards',
        'bands[1].below (40) has to be under below (30): bands go outwards',
      ],
    },
    {
      name: 'bands in the wrong order',
      config: {
        step: 1,
        bands: [
          { above: 95, step: 3 },
          { above: 85, step: 2 },
        ],
      },
      limits: { outStep: 3 },
      says: ['bands[1].above (85) has to be over bands[0].above (95): bands go outwards'],
    },
    {
      name: 'a step that does not grow',
      config: { step: 2, bands: [{ above: 85, step: 2 }] },
      limits: { outStep: 3 },
      says: ['bands[0].above: its step (2) is at no size more than that of above (2): steps grow outwards'],
    },
    {
      name: 'steps over what the workload ever moves at once',
      config: {
        step: 1,
        bands: [
          { above: 85, step: 4 },
          { below: 10, step: 2 },
        ],
      },
      limits: { outStep: 2 },
      says: [
        'bands[0].above: its step (4) is over out.step (2), so it would never apply: raise out.step',
        'bands[1].below: its step (2) is over in.step (1), so it would never apply: raise in.step',
      ],
    },
    {
      name: 'a percentage that the clamp cuts to the plain step at every size',
      config: { step: 1, bands: [{ above: 85, step: '50%' }] },
      limits: {},
      says: ['bands[0].above: its step (50 %) is over out.step (1), so it would never apply: raise out.step'],
    },
    {
      name: 'a plain step over what the workload ever moves at once',
      config: { step: 2 },
      limits: {},
      says: ['step: its step (2) is over out.step (1), so it would never apply: raise out.step'],
    },
    {
      name: 'a band out of reach, one without a bound and one with two',
      config: { step: 1, bands: [{ above: 100, step: 2 }] },
      limits: { outStep: 2 },
      says: [
        'bands[0].above (100) cannot be reached: an instance uses at most 100 % of its share of the cores',
      ],
    },
    {
      name: 'a band without a bound, and one with two',
      config: { step: 1, bands: [{ step: 2 }, { above: 85, below: 10, step: 2 }] },
      limits: { outStep: 2 },
      says: ['bands[0] needs above or below', 'bands[1] has above and below: make two of it'],
    },
    {
      name: 'a window that outlasts the hold, where an out is of several',
      config: {},
      limits: { outStep: 2, hold: 60_000 },
      says: [
        'in.hold (1m) is shorter than the window (5m): with an out.step of 2 it could go out, in and out again on the same load; hold in for 5m at least, or lower out.step to 1',
      ],
    },
    { name: 'the same where an out is of one', config: {}, limits: { hold: 60_000 }, says: [] },
    {
      name: 'small numbers are told exactly',
      config: { above: 0.07, below: 0.06 },
      limits: { unit: 'plain' },
      says: [
        'below (0.06) is too close to above (0.07): going between 2 and 3 instances it would cycle; at most 0.0466 works',
      ],
    },
  ])('$name', ({ config, limits: change, says }) => {
    expect(strategies.integral.parse(config).faults({ ...limits, ...change })).toEqual(says)
  })
})

const bands = fc
  .record({
    above: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ above, share }) => ({ above, below: above * share }))

/** Sizes that follow each other under a constant load, as strategies and min/max alone would have them. */
function sizes(
  config: unknown,
  load: number,
  start: number,
  steps: Pick<Seen, 'outStep' | 'inStep' | 'min' | 'max'>,
) {
  const strategy = strategies.integral.parse(config).strategy(cpu)
  const all = [start]
  for (let tick = 0; tick < 600; tick++) {
    const size = all.at(-1) ?? start
    const proposal = strategy.propose({ load, counted: size, size, ...steps })
    if (proposal.kind !== 'out' && proposal.kind !== 'in') return { all, settled: true }
    const next = Math.min(steps.max, Math.max(steps.min, proposal.size))
    if (next === size) return { all, settled: true }
    all.push(next)
  }
  return { all, settled: false }
}

test('under a constant load it settles, and never goes out again after it went in', () => {
  const steps = fc.record({
    outStep: fc.integer({ min: 1, max: 20 }),
    inStep: fc.integer({ min: 1, max: 20 }),
    min: fc.integer({ min: 0, max: 5 }),
    max: fc.integer({ min: 5, max: 300 }),
  })
  fc.assert(
    fc.property(bands, steps, fc.nat(1e4), fc.integer({ min: 1, max: 300 }), (band, limits, load, start) => {
      const from = Math.min(limits.max, Math.max(limits.min, start))
      const { all, settled } = sizes(band, load * band.above * 0.05, from, limits)
      expect(settled).toBe(true)
      const changes = all.slice(1).map((size, at) => Math.sign(size - (all[at] ?? size)))
      const firstIn = changes.indexOf(-1)
      if (firstIn !== -1) expect(changes.slice(firstIn)).not.toContain(1)
    }),
    { numRuns: 2000 },
  )
})

test('with bands and steps by percent it settles too, and never goes out again after it went in', () => {
  const rungs = fc.record({
    plain: fc.integer({ min: 1, max: 3 }),
    first: fc.integer({ min: 1, max: 200 }).map((percent) => `${percent}%`),
    second: fc.integer({ min: 1, max: 40 }),
    inner: fc.integer({ min: 1, max: 200 }).map((percent) => `${percent}%`),
  })
  const steps = fc.record({
    outStep: fc.integer({ min: 1, max: 40 }),
    inStep: fc.integer({ min: 1, max: 40 }),
    min: fc.integer({ min: 0, max: 5 }),
    max: fc.integer({ min: 5, max: 300 }),
  })
  fc.assert(
    fc.property(
      bands,
      rungs,
      steps,
      fc.nat(1e4),
      fc.integer({ min: 1, max: 300 }),
      (band, rung, limits, load, start) => {
        const outer = [
          { above: band.above * 1.2, step: rung.first },
          { above: band.above * 1.5, step: rung.second },
          { below: band.below * 0.5, step: rung.inner },
        ]
        const config = { ...band, step: rung.plain, bands: outer }
        const from = Math.min(limits.max, Math.max(limits.min, start))
        const { all, settled } = sizes(config, load * band.above * 0.05, from, limits)
        expect(settled).toBe(true)
        const changes = all.slice(1).map((size, at) => Math.sign(size - (all[at] ?? size)))
        const firstIn = changes.indexOf(-1)
        if (firstIn !== -1) expect(changes.slice(firstIn)).not.toContain(1)
      },
    ),
    { numRuns: 500 },
  )
})

test('out never proposes the granted size or less, in never more, and at least one stays', () => {
  const any = fc.record({
    load: fc.double({ min: 0, max: 1e6, noNaN: true }),
    counted: fc.nat(200),
    size: fc.nat(200),
    min: fc.nat(3),
    max: fc.integer({ min: 3, max: 200 }),
    outStep: fc.integer({ min: 1, max: 20 }),
    inStep: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(
    fc.property(bands, any, (band, given) => {
      const proposal = propose(band, given)
      if (given.counted === 0) expect(proposal.kind).toBe('stay')
      if (proposal.kind === 'out') expect(proposal.size).toBe(given.size + given.outStep)
      if (proposal.kind !== 'in') return
      expect(proposal.size).toBeGreaterThanOrEqual(1)
      expect(proposal.size).toBeLessThan(given.size)
      expect(given.load / proposal.size).toBeLessThanOrEqual(band.above)
    }),
    { numRuns: 2000 },
  )
})
