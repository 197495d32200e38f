import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readyOver } from '../../../controller/decision/ready.ts'
import type { Series } from '../../../controller/decision/series.ts'
import { recordTrials } from '../../../controller/decision/trials.ts'
import { notAhead, recordRates, recordSize, type WorkloadRecord } from '../../../controller/decision/waits.ts'
import { sizeFor, strengthOf } from '../../../controller/strategies/backlog-sizes.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Measure, Proposal, Seen } from '../../../controller/strategies/strategy.ts'
import { MINUTE, NOW, SECOND } from '../decision/builders.ts'

const HOUR = 60 * MINUTE
const STEP = 10 * SECOND
const HOLD = 10 * MINUTE
const config = { production: 'made', consumption: 'used', partitions: 'parts' }
const backlog = strategies.backlog.parse(config).strategy({ unit: 'plain', window: '30s' })

/** The last ten minutes of values that are a step apart. */
function course(values: readonly number[], now: number): Series {
  const recent = values.slice(-HOLD / STEP)
  const parts = recent.map((load, i) => {
    const to = now - (recent.length - 1 - i) * STEP
    return { from: to - STEP, to, load }
  })
  return { from: now - HOLD, to: now, parts, coverage: recent.length / (HOLD / STEP) }
}

const whole = (series: Series): Exclude<Measure, { kind: 'missing' }> => ({
  kind: 'whole',
  amount: series.parts.at(-1)?.load ?? 0,
  series,
})

const level = (value: number): number[] => Array.from({ length: HOLD / STEP }, () => value)

interface Calm {
  lag?: readonly number[]
  made?: readonly number[]
  used?: readonly number[]
  partitions?: number
}

/** Six that keep up with 60 a second, which is next to nothing for all that anybody knows. */
function calm({ lag, made, used, partitions = 12 }: Calm = {}, given: Partial<Seen> = {}): Seen {
  const size = given.size ?? 6
  const series = course(lag ?? level(20), NOW)
  const spans = [{ at: NOW - HOUR, until: NOW, ready: size }]
  return {
    ...{ load: series.parts.at(-1)?.load ?? 0, series },
    ...{ size, counted: size, min: 1, max: 99, outStep: 6, inStep: 99, coverage: 0.8 },
    asides: {
      production: whole(course(made ?? level(60), NOW)),
      consumption: whole(course(used ?? level(60), NOW)),
      partitions: whole(course(level(partitions), NOW)),
    },
    ready: readyOver(spans, series),
    ...given,
  }
}

describe('a trial', () => {
  test('is one useful step in, where a trifle waited all the time and nobody knows what one manages', () => {
    expect(backlog.propose(calm())).toEqual({
      kind: 'in',
      size: 4,
      trial: true,
      why: 'was a trifle for 10m at 6 and nobody knows what one manages beyond 10/s: tried with 4',
      rate: { each: 10, from: 'measured', atLeast: true },
    })
    expect(backlog.propose(calm({ made: level(0), used: level(0), lag: level(0) }))).toEqual({
      kind: 'in',
      size: 4,
      trial: true,
      why: 'was a trifle for 10m at 6 and nobody knows what one manages: tried with 4',
    })
  })

  const minutes = (value: number, of: number, before: number): number[] =>
    level(before).fill(value, -of * (MINUTE / STEP))
  const changed = readyOver(
    [
      { at: NOW - HOUR, until: NOW - 8 * MINUTE, ready: 5 },
      { at: NOW - 8 * MINUTE, until: NOW, ready: 6 },
    ],
    { from: NOW - HOLD, to: NOW },
  )

  test.for<{ name: string; given: Seen }>([
    { name: 'not below min', given: calm({}, { min: 6 }) },
    {
      name: 'not where it is remembered what one manages',
      given: calm({}, { remembered: { each: 10, age: HOUR } }),
    },
    { name: 'not while more than a trifle waited in the hold', given: calm({ lag: minutes(20, 9, 3_000) }) },
    { name: 'not while others were ready in the hold', given: calm({}, { ready: changed }) },
    {
      name: 'not where nobody knows how many were',
      given: calm({}, { ready: readyOver([], { from: NOW - HOLD, to: NOW }) }),
    },
    { name: 'not while not all of the size count', given: calm({}, { counted: 5 }) },
    { name: 'not by a lag that is known only in part', given: calm({}, { flaw: 'half of it' }) },
    {
      name: 'not by a lag of which too little is known',
      given: calm({}, { series: { ...course(level(20), NOW), coverage: 0.7 } }),
    },
    {
      name: 'not where more comes in than is worked off and the lag does not show it',
      given: calm({ made: level(90) }),
    },
    {
      name: 'not soon after one, when it has gone out since',
      given: calm({}, { tried: { from: 6, to: 4, age: 23 * HOUR } }),
    },
    ...['production', 'consumption', 'partitions'].map((name) => ({
      name: `not while the ${name} is missing`,
      given: {
        ...calm(),
        asides: { ...calm().asides, [name]: { kind: 'missing', detail: 'no answer' } as const },
      },
    })),
  ])('$name', ({ given }) => {
    expect(backlog.propose(given).kind).toBe('stay')
  })

  test('goes on after one that has not failed, and again after the memory', () => {
    expect(backlog.propose(calm({}, { size: 4, tried: { from: 6, to: 4, age: HOUR } }))).toMatchObject({
      size: 3,
    })
    expect(backlog.propose(calm({}, { tried: { from: 6, to: 4, age: 25 * HOUR } }))).toMatchObject({
      size: 4,
    })
  })

  test('is none where the bound shows already that fewer are enough: then to these at once', () => {
    const proposal = backlog.propose(calm({}, { remembered: { each: 50, age: HOUR, atLeast: true } }))
    expect(proposal).toMatchObject({ kind: 'in', size: 2 })
    expect(proposal.trial).toBeUndefined()
  })

  test('that was one too many is taken back at once, and not by a step beyond', () => {
    const lag = minutes(4_000, 0.5, 20)
    const given = calm({ lag, made: level(90) }, { size: 4, tried: { from: 6, to: 4, age: 2 * MINUTE } })
    expect(backlog.propose(given)).toMatchObject({
      kind: 'out',
      size: 6,
      why: '4000 waits since fewer were tried (30s mean)',
    })
  })

  test('that fails or not is in the record, with what was granted, and goes with its rule', () => {
    const blank: WorkloadRecord = { size: 6, sizes: [] }
    const proposal = { kind: 'in' as const, size: 4, trial: true as const, why: '' }
    const rules = [{ name: 'lag', proposal }]
    expect(recordTrials(blank, rules, { size: 6, granted: 6 }, NOW)).toEqual(blank)
    const record = recordTrials(blank, rules, { size: 6, granted: 5 }, NOW)
    expect(record.trials).toEqual({ lag: { from: 6, to: 5, at: NOW } })
    const later = recordSize(record, 5, NOW + HOUR)
    expect(recordTrials(later, rules, { size: 5, granted: 5 }, NOW + HOUR).trials).toEqual(record.trials)
    expect(notAhead(record, NOW - HOUR).trials).toEqual({ lag: { from: 6, to: 5, at: NOW - HOUR } })
    expect(
      recordTrials(
        record,
        [{ ...rules[0], name: 'cpu', proposal: { kind: 'stay', why: '' } }],
        { size: 5, granted: 5 },
        NOW,
      ),
    ).toEqual(blank)
  })
})

interface Loop {
  production: number
  each: number
  partitions: number
  size: number
  outStep: number
  /** Time until one that was ordered is ready. */
  boot: number
  /** Rates are lost as soon as they are out of sight, as if lag were gone before one could be measured. */
  forgets: boolean
}

/** So many hours of the loop, a tick every minute. Without a memory, but for what it makes itself. */
function played(
  { production, each, partitions, size: begin, outStep, boot, forgets }: Loop,
  hours: number,
): Proposal[] {
  const lanes = { partitions, threads: 1 }
  const [lag, made, used]: [number[], number[], number[]] = [level(0), level(production), level(production)]
  const spans = [{ at: NOW - HOUR, until: NOW, ready: begin }]
  let record: WorkloadRecord = recordSize({ size: begin, sizes: [] }, begin, NOW)
  let [waits, boots] = [0, 0]
  const proposals: Proposal[] = []
  for (let now = NOW + STEP; now <= NOW + hours * HOUR; now += STEP) {
    const before = spans.at(-1)?.ready ?? 0
    const ready = now < boots ? Math.min(before, record.size) : record.size
    if (ready === before) spans.splice(-1, 1, { ...(spans.at(-1) ?? { at: now, ready }), until: now })
    else spans.push({ at: now, until: now, ready })
    const done = Math.min(
      waits + production * (STEP / SECOND),
      each * strengthOf(ready, lanes) * (STEP / SECOND),
    )
    waits += production * (STEP / SECOND) - done
    lag.push(waits)
    made.push(production)
    used.push(done / (STEP / SECOND))
    if ((now - NOW) % (6 * STEP) !== 0) continue
    const { size } = record
    const series = course(lag, now)
    const proposal = backlog.propose({
      ...{ load: waits, series, size, counted: size, min: 1, max: 24, outStep, inStep: 99, coverage: 0.8 },
      asides: {
        production: whole(course(made, now)),
        consumption: whole(course(used, now)),
        partitions: whole(
          course(
            Array.from({ length: 60 }, () => partitions),
            now,
          ),
        ),
      },
      ready: readyOver(spans, series),
      ...remembered(record, now),
    })
    const granted = 'size' in proposal ? Math.min(24, proposal.size) : size
    if (granted > size) boots = now + boot
    const rules = [{ name: 'lag', proposal }]
    record = recordTrials(
      recordRates(recordSize(record, granted, now), rules, now),
      rules,
      { size, granted },
      now,
    )
    if (forgets) record = { ...record, rates: {} }
    proposals.push(proposal)
  }
  return proposals
}

function remembered({ rates, trials }: WorkloadRecord, now: number): Pick<Seen, 'remembered' | 'tried'> {
  const [rate, tried] = [rates?.['lag'], trials?.['lag']]
  return {
    ...(rate !== undefined && { remembered: { ...rate, age: now - rate.at } }),
    ...(tried !== undefined && { tried: { ...tried, age: now - tried.at } }),
  }
}

describe('a constant production', () => {
  const loops = fc.record({
    partitions: fc.integer({ min: 1, max: 24 }),
    each: fc.integer({ min: 20, max: 500 }),
    share: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
    more: fc.integer({ min: 0, max: 10 }),
    outStep: fc.constantFrom(1, 3, 12),
    boot: fc.constantFrom(0, 20_000, 90_000),
    forgets: fc.boolean(),
  })

  test('ends at what is enough after one trial too many at the most, from any size and with nothing remembered, and stays', () => {
    const property = fc.property(loops, ({ share, more, ...one }) => {
      // What is short of it by next to nothing is one too many only after hours.
      for (let size = 1; size <= one.partitions; size++) {
        const load = (share * one.partitions) / strengthOf(size, { partitions: one.partitions, threads: 1 })
        fc.pre(load <= 1 || load > 1.05)
      }
      const lanes = { partitions: one.partitions, threads: 1 }
      const production = share * one.each * one.partitions
      const need = sizeFor(production / one.each, lanes) ?? one.partitions
      const spare = sizeFor(production / (0.9 * one.each), lanes) ?? one.partitions
      const begin = Math.min(24, need + more)
      const proposals = played({ ...one, production, size: begin }, 4)
      const sizes = proposals.flatMap((proposal) => ('size' in proposal ? [proposal.size] : []))
      const end = sizes.at(-1) ?? begin
      const last = proposals.slice(-60).map(({ kind }) => kind)
      expect(new Set(last)).toEqual(new Set(['stay']))
      expect(end).toBeGreaterThanOrEqual(need)
      expect(sizes.length).toBeLessThanOrEqual(begin - need + 6)
      if (!one.forgets) expect(end).toBeLessThanOrEqual(Math.max(spare, need))
      const trials = proposals.filter(({ trial }) => trial === true)
      expect(
        trials.filter((proposal) => 'size' in proposal && proposal.size < need).length,
      ).toBeLessThanOrEqual(1)
    })
    fc.assert(property, { numRuns: 8 })
  })
})
