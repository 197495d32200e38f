import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Question, Reading, Sample } from '../../../controller/decision/reading.ts'
import { type Expected, type Integral, integrate, questionOf } from '../../../controller/decision/window.ts'
import { aRule, MINUTE, NOW, SECOND } from './builders.ts'

const interval = 15 * SECOND
const to = NOW - interval
const from = to - 5 * MINUTE

const ask = (per: Question['per'], change: Partial<Question> = {}): Question => ({
  query: 'load',
  per,
  from,
  to,
  step: interval,
  interval,
  ...change,
})

/** One sample each step in (from, to], as far as `at` answers one. */
function series(at: (t: number) => Omit<Sample, 't'> | undefined, step = interval): Sample[] {
  const samples: Sample[] = []
  for (let t = from + step; t <= to; t += step) {
    const sample = at(t)
    if (sample !== undefined) samples.push({ t, ...sample })
  }
  return samples
}

const reading = (samples: readonly Sample[], seen: readonly string[] = [], step = interval): Reading => ({
  kind: 'samples',
  samples,
  step,
  seen,
})

const expected = (ready: number, spans: Expected['spans'] = []): Expected => ({
  ready: Array.from({ length: ready }, (_, i) => [`ingest-${i}`, `10.0.0.${i}:8100`]),
  spans,
})

const steady = (value: number, present?: number) =>
  series(() => ({ value, ...(present !== undefined && { present }) }))

interface Row {
  name: string
  per?: Question['per']
  samples: readonly Sample[]
  seen?: readonly string[]
  step?: number
  question?: Partial<Question>
  ready?: number
  spans?: Expected['spans']
  scale?: number
  outcome: Partial<Integral> & { kind: Integral['kind'] }
}

/** How many of (from, to] hold a value that is not in the last `ms`. */
const until = (ms: number) => (t: number) => (t <= to - ms ? { value: 10, present: 2 } : undefined)

const totals: Row[] = [
  {
    name: 'a full window of a total is its mean',
    samples: steady(200),
    outcome: { kind: 'whole', load: 200, coverage: 1 },
  },
  {
    name: 'a total that half of the instances were absent from for a while is partial, also when they are back',
    samples: series((t) => (t <= to - MINUTE ? { value: 100, present: 1 } : { value: 200, present: 2 })),
    seen: ['ingest-0', 'ingest-1'],
    ready: 2,
    outcome: { kind: 'partial', load: 120, coverage: 0.6, detail: expect.stringContaining('cover 60 %') },
  },
  {
    name: 'a total about others than the instances says nothing of who is absent',
    samples: series((t) => ({ value: 100, present: t <= to - MINUTE ? 1 : 2 })),
    seen: ['broker-0', 'broker-1'],
    ready: 2,
    outcome: { kind: 'whole', load: 100, coverage: 1 },
  },
  {
    name: 'the mean weighs by time: half the window at 100 and half at 300',
    samples: series((t) => ({ value: t <= from + 2.5 * MINUTE ? 100 : 300 })),
    outcome: { kind: 'whole', load: 200 },
  },
  {
    name: 'a spike of one sample of twenty is a twentieth of its height',
    samples: series((t) => ({ value: t === to ? 2_000 : 0 })),
    outcome: { kind: 'whole', load: 100 },
  },
  {
    name: 'a gap of 15 % is bridged by nothing and tolerated: the mean is that of what is covered',
    samples: series((t) => (t > from + MINUTE && t <= from + 105 * SECOND ? undefined : { value: 200 })),
    outcome: { kind: 'whole', load: 200, coverage: 0.85 },
  },
  {
    name: 'a gap of 40 % makes it partial, with the gap counted as nothing',
    samples: series((t) => (t > from + MINUTE && t <= from + 3 * MINUTE ? undefined : { value: 200 })),
    outcome: {
      kind: 'partial',
      load: 120,
      coverage: 0.6,
      detail: 'samples cover 60 % of the window, 80 % are needed',
    },
  },
  {
    name: 'sparse samples vouch for one interval each and no more',
    samples: series((t) => ((t - from) % (30 * SECOND) === 0 ? { value: 200 } : undefined)),
    outcome: { kind: 'partial', load: 100, coverage: 0.5 },
  },
  {
    name: 'a newest sample that is two intervals too old is stale, however well the rest is covered',
    samples: series(until(30 * SECOND)),
    outcome: { kind: 'missing', reason: 'stale', detail: 'the newest sample is 45s old' },
  },
  {
    name: 'a newest sample that is one interval too old is not',
    samples: series(until(15 * SECOND)),
    outcome: { kind: 'whole', load: 10, coverage: 0.95 },
  },
  {
    name: 'of a storage with coarser steps the newest sample may be one of its own steps old',
    step: MINUTE,
    samples: series(until(MINUTE), MINUTE),
    outcome: { kind: 'whole', load: 10, coverage: 0.8 },
  },
  {
    name: 'and is stale from two of its own steps on',
    step: MINUTE,
    samples: series(until(2 * MINUTE), MINUTE),
    outcome: { kind: 'missing', reason: 'stale', detail: 'the newest sample is 2m15s old' },
  },
  {
    name: 'no samples at all',
    samples: [],
    outcome: { kind: 'missing', reason: 'no-data', detail: 'no samples in the window' },
  },
  {
    name: 'samples from before the window only',
    samples: [{ t: from, value: 10 }],
    outcome: { kind: 'missing', reason: 'no-data' },
  },
  {
    name: 'NaN and infinity are no samples',
    samples: series((t) => ({ value: (t - from) % (30 * SECOND) === 0 ? Number.NaN : 200 })),
    outcome: { kind: 'partial', load: 100, coverage: 0.5 },
  },
  {
    name: 'nothing but NaN is said to be that',
    samples: steady(Number.NaN),
    outcome: { kind: 'missing', reason: 'not-a-number', detail: '20 samples in the window, none a number' },
  },
  {
    name: 'a scale that makes no number of the load is no load',
    samples: steady(200),
    scale: Number.POSITIVE_INFINITY,
    outcome: { kind: 'missing', reason: 'not-a-number' },
  },
  {
    name: 'a sample less than one interval in the future is taken for the part of the window it vouches for',
    samples: [...series(until(15 * SECOND)), { t: to + 5 * SECOND, value: 10 }],
    outcome: { kind: 'whole', load: 10, coverage: 0.95 + 10 / 300 },
  },
  {
    name: 'a sample more than one interval in the future is refused',
    samples: [...series(until(15 * SECOND)), { t: NOW + 16 * SECOND, value: 1e9 }],
    outcome: { kind: 'whole', load: 10, coverage: 0.95 },
  },
  {
    name: 'a series that lies in the future is missing, and the clocks are suspected',
    samples: steady(200).map(({ t, value }) => ({ t: t + 10 * MINUTE, value })),
    outcome: {
      kind: 'missing',
      reason: 'future',
      detail: 'its samples are 5m in the future: compare the clocks',
    },
  },
  {
    name: 'the step of a long window is longer than the interval, and each sample vouches for a step',
    samples: series(() => ({ value: 200 }), MINUTE),
    step: MINUTE,
    question: { step: MINUTE },
    outcome: { kind: 'whole', load: 200, coverage: 1 },
  },
  {
    name: 'a sample twice counts once',
    samples: series(() => ({ value: 200 })).flatMap((sample) => [sample, sample]),
    outcome: { kind: 'whole', load: 200, coverage: 1 },
  },
  {
    name: 'a total that names its instances lacks those that it does not name',
    samples: steady(200),
    seen: ['ingest-0', '10.0.0.1:8100'],
    ready: 3,
    outcome: { kind: 'partial', load: 200, detail: '2 of 3 ready instances are in the reading' },
  },
  {
    name: 'a total that names nobody we know, such as a queue, lacks nobody',
    samples: steady(200),
    seen: ['kafka-1', 'kafka-2'],
    ready: 3,
    outcome: { kind: 'whole', load: 200 },
  },
]

const spanned = (ready: number, start: number, end: number) => ({ at: start, until: end, ready })

const means: Row[] = [
  {
    name: 'a mean times the instances that were present is the load',
    samples: steady(50, 4),
    ready: 4,
    outcome: { kind: 'whole', load: 200, coverage: 1 },
  },
  {
    name: 'presence may change in the window: 2 for half of it, 4 for the other half',
    samples: series((t) => ({ value: 50, present: t <= from + 2.5 * MINUTE ? 2 : 4 })),
    ready: 4,
    spans: [spanned(2, from, from + 2.5 * MINUTE), spanned(4, from + 2.5 * MINUTE, to)],
    outcome: { kind: 'whole', load: 150, coverage: 1 },
  },
  {
    name: 'samples from before the birth of two more need not show them',
    samples: series((t) => ({ value: 50, present: t <= to - MINUTE ? 2 : 4 })),
    ready: 4,
    spans: [spanned(2, from - MINUTE, to - MINUTE), spanned(4, to - MINUTE, to)],
    outcome: { kind: 'whole', coverage: 1, load: 50 * (2 * 0.8 + 4 * 0.2) },
  },
  {
    name: 'cores are scaled to % of the share of an instance',
    samples: steady(0.5, 2),
    ready: 2,
    scale: 150,
    outcome: { kind: 'whole', load: 150 },
  },
  {
    name: 'one of four absent at the newest sample makes it partial, by count alone',
    samples: series((t) => ({ value: 50, present: t === to ? 3 : 4 })),
    ready: 4,
    outcome: { kind: 'partial', detail: '3 of 4 ready instances are in the reading' },
  },
  {
    name: 'one of four absent by name makes it partial, though somebody on the way out makes up the count',
    samples: steady(50, 4),
    seen: ['ingest-0', 'ingest-1', 'ingest-2', 'ingest-9'],
    ready: 4,
    outcome: { kind: 'partial', detail: '3 of 4 ready instances are in the reading' },
  },
  {
    name: 'half of the instances absent for all but the last sample: half of the instance-seconds are covered',
    samples: series((t) => ({ value: 50, present: t === to ? 4 : 2 })),
    ready: 4,
    outcome: { kind: 'partial', coverage: 0.525 },
  },
  {
    name: 'more than were ready do not make up for a time when some were absent',
    samples: series((t) => ({ value: 50, present: t <= from + 2.5 * MINUTE ? 4 : 1 })),
    ready: 1,
    spans: [spanned(2, from, from + MINUTE), spanned(2, from + MINUTE, to), spanned(1, to, to)],
    outcome: { kind: 'partial', coverage: 0.75 },
  },
  {
    name: 'more than were ready do not make up for a hole either',
    samples: series((t) =>
      t > from + 2 * MINUTE && t < to - MINUTE ? undefined : { value: 50, present: 9 },
    ),
    ready: 3,
    outcome: { kind: 'partial', coverage: 0.65 },
  },
  {
    name: 'over a silence in the ready counts the present count stands in',
    samples: series((t) => ({ value: 50, present: t <= from + 2.5 * MINUTE ? 2 : 4 })),
    ready: 4,
    spans: [spanned(2, from, from + 15 * SECOND)],
    outcome: { kind: 'partial', coverage: (2 * 15 + 2 * 135 + 4 * 150) / (2 * 15 + 4 * 285) },
  },
  {
    name: 'between two ticks a ready count goes on',
    samples: steady(50, 2),
    ready: 2,
    spans: [spanned(2, from, from + 4 * MINUTE + 30 * SECOND)],
    outcome: { kind: 'whole', coverage: 1 },
  },
  {
    name: 'a time when nobody was ready, and nothing was sampled, is a hole all the same',
    samples: series((t) => (t <= from + 2.5 * MINUTE ? undefined : { value: 50, present: 2 })),
    ready: 2,
    spans: [spanned(0, from, from + 2.5 * MINUTE), spanned(2, from + 2.5 * MINUTE, to)],
    outcome: { kind: 'partial', coverage: 0.5, load: 50 },
  },
  {
    name: 'nobody was ready: coverage is that of the time',
    samples: steady(50, 1),
    ready: 0,
    outcome: { kind: 'whole', load: 50, coverage: 1 },
  },
  {
    name: 'a source that cannot tell how many are behind a mean cannot be made a load',
    samples: steady(50),
    ready: 2,
    outcome: { kind: 'missing', reason: 'no-instances' },
  },
]

describe.each([
  { per: 'workload' as const, rows: totals },
  { per: 'instance' as const, rows: means },
])('per $per', ({ per, rows }) => {
  test.for(rows)('$name', ({ samples, seen, step, question, ready = 0, spans, scale, outcome }) => {
    const answer = reading(samples, seen, step)
    const integral = integrate(ask(per, question), answer, expected(ready, spans), 0.8, scale)
    expect(integral.kind).toBe(outcome.kind)
    for (const [key, value] of Object.entries(outcome)) {
      if (typeof value === 'number') expect(integral, key).toHaveProperty(key, expect.closeTo(value, 6))
      else expect(integral).toHaveProperty(key, value)
    }
  })
})

test('what a source could not answer stays missing with its reason, and what it says is partial stays that', () => {
  const timeout: Reading = { kind: 'missing', reason: 'timeout', detail: 'no answer in 10s' }
  expect(integrate(ask('workload'), timeout, expected(2), 0.8)).toEqual(timeout)
  const some: Reading = {
    kind: 'partial',
    samples: steady(9),
    step: interval,
    seen: [],
    share: 0.5,
    detail: '1 of 2',
  }
  expect(integrate(ask('workload'), some, expected(2), 0.8)).toMatchObject({
    kind: 'partial',
    load: 9,
    detail: '1 of 2',
  })
})

test('a question ends one interval in the past, and a long window is asked in longer steps', () => {
  expect(questionOf(aRule(), NOW)).toEqual(ask('workload'))
  expect(questionOf(aRule({ window: 24 * 60 * MINUTE }), NOW)).toMatchObject({ step: 24 * interval, to })
  const { query: _query, ...unasked } = aRule()
  expect(questionOf(unasked, NOW)).toBeUndefined()
})

test('whatever the samples: coverage is a share, and a load lies between the extremes of what was there', () => {
  const sample = fc.record({
    t: fc.integer({ min: from - 2 * MINUTE, max: NOW + 2 * MINUTE }),
    value: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constant(Number.NaN)),
    present: fc.integer({ min: 0, max: 6 }),
  })
  fc.assert(
    fc.property(
      fc.array(sample),
      fc.constantFrom('workload', 'instance'),
      fc.nat(5),
      (samples, per, ready) => {
        const sorted = samples.toSorted((a, b) => a.t - b.t)
        const integral = integrate(ask(per), reading(sorted), expected(ready), 0.8)
        if (integral.kind === 'missing') return
        expect(integral.coverage).toBeGreaterThanOrEqual(0)
        expect(integral.coverage).toBeLessThanOrEqual(1 + 1e-9)
        const loads = samples
          .filter(({ value }) => Number.isFinite(value))
          .map(({ value, present }) => value * (per === 'instance' ? present : 1))
        expect(integral.load).toBeLessThanOrEqual(Math.max(...loads) + 1e-6)
        expect(integral.load).toBeGreaterThanOrEqual(
          integral.kind === 'partial' ? 0 : Math.min(...loads) - 1e-6,
        )
      },
    ),
  )
})
