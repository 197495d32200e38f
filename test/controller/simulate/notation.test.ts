import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSeries } from '../../../controller/simulate/notation.ts'
import { segmentAt, truthAt } from '../../../controller/simulate/series.ts'

const MINUTE = 60_000

/** The true values at each of these minutes; undefined in a hole. */
function truths(text: string | string[], ...minutes: number[]) {
  const outcome = parseSeries(text)
  if (outcome.kind === 'broken') throw new Error(outcome.faults.join('; '))
  const { series } = outcome
  return minutes.map((minute) => {
    const segment = segmentAt(series, minute * MINUTE)
    const value = segment && truthAt(segment, minute * MINUTE)
    return value === undefined ? undefined : Number(value.toFixed(3))
  })
}

describe('a series is read as it is written', () => {
  test.each([
    ['a number goes on for ever, and held before', '200', [-5, 0, 500], [200, 200, 200]],
    ['segments follow one another', '200 x 10m, 900 x 5m', [9.99, 10, 14], [200, 900, 900]],
    ['the last one goes on after its time', '200 x 10m, 900 x 5m', [15, 99], [900, 900]],
    [
      'a ramp rises over its time and stays up',
      '200..800 / 6m',
      [-1, 0, 3, 6, 60],
      [200, 200, 500, 800, 800],
    ],
    ['a ramp falls too', '800..200 / 6m, 200 x 1m', [0, 3, 6], [800, 500, 200]],
    ['a ramp may be cut short or held on', '0..10 / 10m x 5m, 7', [4, 5], [4, 7]],
    ['a sine begins at its low', 'sine 100..900 / 24h', [0, 720, 1440], [100, 900, 100]],
    [
      'a square wave begins at its low',
      'square 100..900 / 20m',
      [0, 9, 10, 19, 20],
      [100, 100, 900, 900, 100],
    ],
    ['a gap has no value', '5 x 1m, gap x 1m, 6', [0.5, 1, 1.9, 2], [5, undefined, undefined, 6]],
    ['nor has missing', '5 x 1m, missing x 1m, 6', [1.5], [undefined]],
    ['what is hidden goes on', '5 x 1m, stale x 1m, 6', [1.5], [5]],
    ['or has a value of its own', '5 x 1m, unreachable 8 x 1m, 6', [1.5], [8]],
    ['after a ramp its end goes on', '0..10 / 1m, timeout x 1m', [1.5], [10]],
    ['partial tells what is true', '5 x 1m, partial 60% 9 x 1m', [1.5], [9]],
    ['spaces do not matter', '1..3/2m,  4.5   x 3m', [1, 2], [2, 4.5]],
    ['a share is told once', 'share 120% x 1m, 240%', [0, 1], [120, 240]],
  ] as const)('%s: %s', (_, text, minutes, values) => {
    expect(truths(text, ...minutes)).toEqual(values)
  })

  test('a list holds a segment an entry', () => {
    expect(truths(['200 x 1m', '300..400 / 2m'], 0, 2)).toEqual([200, 350])
  })

  test.each([
    ['share 120% x 1m, 240%', { isShared: true, unit: 'share' }],
    ['0.5 cores x 1m, 1..2 cores / 1m', { isShared: false, unit: 'cores' }],
    ['20..30% / 1m, 5% x 30s', { unit: 'share', length: 90_000 }],
    ['5 x 1m, 9', { unit: 'plain', length: 60_000 }],
  ])('%s has its unit and length', (text, expected) => {
    expect(parseSeries(text)).toMatchObject({ kind: 'series', series: expected })
  })

  test.each([
    ['1 x 1m, stale x 1m', { kind: 'late' }],
    ['1 x 1m, partial 60% x 1m', { kind: 'partial', share: 0.6 }],
    ['1 x 1m, missing x 1m', { kind: 'error', reason: 'no-data' }],
    ['1 x 1m, unreachable x 1m', { kind: 'error', reason: 'unreachable' }],
    ['1 x 1m, timeout x 1m', { kind: 'error', reason: 'timeout' }],
    ['1 x 1m, gap x 1m', { kind: 'whole' }],
  ])('how %s arrives', (text, arrival) => {
    const outcome = parseSeries(text)
    expect(outcome.kind === 'series' && outcome.series.segments[1]?.arrival).toMatchObject(arrival)
  })
})

test.each([
  ['1, 2', '"1" has to say how long, such as "x 5m": only the last one may go on'],
  ['1..2 x 3m', '"1..2 x 3m" is a ramp, so it has to say how long it takes, such as "1..2 / 5m"'],
  ['3 / 2m', '"3 / 2m" has a slash, which says how long a ramp takes: 3 x 2m'],
  ['sine 3 / 2m', '"sine 3 / 2m" needs a low and a high, such as "sine 100..900 / 24h"'],
  ['sine 3..4', '"sine 3..4" needs a period, such as "sine 3..4 / 24h"'],
  ['gop x 3m', '"gop x 3m" has a word that is not known, "gop"; did you mean "gap"?'],
  ['gap 5 x 3m', 'can have no value'],
  ['stale x 5m', '"stale x 5m" comes first and has no value: say one, such as "stale 200 x 5m"'],
  ['1 x 5 minutes', 'has no value that can be read in "1 x 5 minutes"'],
  ['1 x 5', '"1 x 5" needs durations such as 30s, 5m or 1h30m'],
  ['1 x 0s', 'needs durations'],
  ['partial 5', 'has to say how much of it arrives, such as "partial 60% 900 x 5m"'],
  ['1 x 1m, share 5', 'says share: that is said once'],
  ['1% x 1m, 2 cores', 'has values with different units'],
  ['1 x 1m,, 2', 'has nothing between two commas'],
  ['', 'has nothing'],
  ['-5', 'has no value that can be read'],
])('%s is refused: %s', (text, message) => {
  const outcome = parseSeries(text)
  expect(outcome.kind === 'broken' && outcome.faults.join('\n')).toContain(message)
})

test('everything that is wrong is told at once', () => {
  const outcome = parseSeries('1, gop x 2m, 2..3 x 1m')
  expect(outcome.kind === 'broken' && outcome.faults).toHaveLength(3)
})

test('whatever is written: it is a series without holes from 0 on, or it says what is wrong', () => {
  const piece = fc.constantFrom(
    '5',
    '2..9',
    ' x 3m',
    ' / 2m',
    'sine ',
    'gap',
    'stale ',
    'partial 60% ',
    'share ',
    '%',
    ' cores',
    ',',
    'x',
    '..',
    ' ',
  )
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      const outcome = parseSeries(given)
      if (outcome.kind === 'broken') return outcome.faults.length > 0
      const { segments } = outcome.series
      const follow = segments.every(
        ({ from, to }, i) => from < to && (i === 0 ? from === 0 : from === segments[i - 1]?.to),
      )
      return follow && segments.at(-1)?.to === Number.POSITIVE_INFINITY
    }),
  )
})
