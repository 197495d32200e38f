import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Question, Reading } from '../../../controller/decision/reading.ts'
import { type Part, peak, recent, type Series } from '../../../controller/decision/series.ts'
import {
  asideQuestionOf,
  type Expected,
  integrate,
  questionOf,
  stepOf,
} from '../../../controller/decision/window.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import { aRule, MINUTE, NOW, SECOND } from './builders.ts'

const STEP = 15 * SECOND

/** Parts of 15 s that end now, oldest first; undefined leaves a gap. */
function seriesOf(loads: readonly (number | undefined)[]): Series {
  const from = NOW - loads.length * STEP
  const parts = loads.flatMap((load, i): Part[] => {
    const end = from + (i + 1) * STEP
    return load === undefined ? [] : [{ from: end - STEP, to: end, load }]
  })
  return { from, to: NOW, parts, coverage: parts.length / loads.length }
}

describe('the mean of the last minute', () => {
  test.for<{ name: string; loads: (number | undefined)[]; load: number; coverage: number }>([
    { name: 'of all its parts', loads: [9, 1, 2, 3, 4], load: 2.5, coverage: 1 },
    { name: 'of those that are there', loads: [9, 1, undefined, 3, undefined], load: 2, coverage: 0.5 },
    { name: 'of what there is, where there is less', loads: [4, 8], load: 6, coverage: 0.5 },
  ])('$name', ({ loads, load, coverage }) => {
    expect(recent(seriesOf(loads), MINUTE)).toEqual({ load, coverage })
  })

  test('of nothing there is none', () => {
    expect(recent(seriesOf([5, 5, undefined, undefined, undefined, undefined]), MINUTE)).toBeUndefined()
    expect(recent(seriesOf([]), MINUTE)).toBeUndefined()
  })
})

describe('the highest mean over any half minute', () => {
  test.for<{ name: string; loads: (number | undefined)[]; highest: number | undefined }>([
    { name: 'wherever it stands', loads: [1, 6, 8, 1, 1], highest: 7 },
    { name: 'at the end', loads: [1, 1, 1, 9], highest: 5 },
    { name: 'a gap does not lower it', loads: [1, undefined, 8, 1], highest: 8 },
    { name: 'a window that begins before the series does not count', loads: [9, 1, 1], highest: 5 },
    { name: 'nothing', loads: [undefined], highest: undefined },
  ])('$name', ({ loads, highest }) => {
    expect(peak(seriesOf(loads), 30 * SECOND)).toBe(highest)
  })

  test('is what looking at each window by itself finds', () => {
    const loads = fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), {
      minLength: 4,
      maxLength: 40,
    })
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 4 }), (given, many) => {
        const series = seriesOf(given)
        const means = series.parts.flatMap(({ to }) => {
          if (to - many * STEP < series.from) return []
          const inside = series.parts.filter((part) => part.to <= to && part.from >= to - many * STEP)
          return [inside.reduce((sum, { load }) => sum + load, 0) / inside.length]
        })
        const highest = peak(series, many * STEP)
        if (means.length === 0) expect(highest).toBeUndefined()
        else expect(highest).toBeCloseTo(Math.max(...means), 9)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a rule that looks back further than its window', () => {
  const target = strategies.target.parse({ level: 60 }).strategy({ unit: 'plain', window: '5m' })
  const rule = aRule({ strategy: target })

  test('asks for all of it, in steps that its shortest window needs', () => {
    expect(questionOf(rule, NOW)).toMatchObject({
      from: NOW - STEP - 10 * MINUTE,
      to: NOW - STEP,
      step: STEP,
    })
    expect(stepOf(6 * 60 * MINUTE, STEP, MINUTE)).toBe(STEP)
    expect(stepOf(6 * 60 * MINUTE, STEP)).toBe(6 * STEP)
  })

  const question: Question = {
    query: 'load',
    per: 'instance',
    from: NOW - 10 * MINUTE,
    to: NOW,
    step: STEP,
    interval: STEP,
  }
  const expected: Expected = { ready: [['a'], ['b']], spans: [] }
  const reading = (known: (t: number) => boolean): Reading => ({
    kind: 'samples',
    step: STEP,
    seen: ['a', 'b'],
    samples: Array.from({ length: 40 }, (_, i) => question.from + (i + 1) * STEP)
      .filter(known)
      .map((t) => ({ t, value: t > NOW - 5 * MINUTE ? 20 : 80, present: 2 })),
  })

  test('is judged by its window, and gets the load over all of it', () => {
    const integral = integrate(
      question,
      reading(() => true),
      expected,
      0.8,
      1,
      { window: 5 * MINUTE },
    )
    expect(integral).toMatchObject({
      kind: 'whole',
      load: 40,
      coverage: 1,
      last: 40,
      series: { coverage: 1 },
    })
    if (integral.kind === 'missing' || integral.series === undefined) throw new Error('no series')
    expect(integral.series.parts.map(({ load }) => load)).toEqual([
      ...Array(20).fill(160),
      ...Array(20).fill(40),
    ])
  })

  test('a stretch that reaches into its window counts as far as it does', () => {
    const integral = integrate(
      question,
      reading(() => true),
      expected,
      0.8,
      1,
      { window: 307 * SECOND },
    )
    expect(integral).toMatchObject({ load: (300 * 40 + 7 * 160) / 307, coverage: 1 })
  })

  test('a hole before its window makes no partial reading, and shows in what is known of the past', () => {
    const past = reading((t) => t > NOW - 6 * MINUTE)
    const integral = integrate(question, past, expected, 0.8, 1, { window: 5 * MINUTE })
    expect(integral).toMatchObject({ kind: 'whole', coverage: 1, series: { coverage: 0.6 } })
  })

  test('nothing within the window is missing, whatever there was before', () => {
    const past = reading((t) => t <= NOW - 5 * MINUTE)
    expect(integrate(question, past, expected, 0.8, 1, { window: 5 * MINUTE })).toMatchObject({
      kind: 'missing',
      reason: 'stale',
    })
  })

  test('asks for its backlog as a total over its short window', () => {
    const backlog = { source: 'main', text: 'lag', interval: STEP, window: MINUTE }
    expect(asideQuestionOf(backlog, NOW)).toEqual({
      query: 'lag',
      per: 'workload',
      from: NOW - STEP - MINUTE,
      to: NOW - STEP,
      step: STEP,
      interval: STEP,
    })
  })
})
