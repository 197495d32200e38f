import { expect, test } from 'vitest'
import type { Contender } from '../../../bench/ingest/cells.ts'
import { type Books, type Figures, flawsOfBooks, median, rowsOf } from '../../../bench/ingest/figures.ts'

function figures(contender: Contender, round: number, eventsPerSecond: number, server: number): Figures {
  return {
    ...{ cell: 'a cell', contender, round, load: 0, eventsPerSecond, failed: 1, failures: [] },
    latency: { mean: 1, p50: round, p99: 10 * round, p999: 100 * round, max: 1_000 },
    ...{ cpu: { server }, rss: 1, pace: { kind: 'free' }, flaws: [] },
    books: { acknowledged: 0, refused: 0, unsure: 0 },
  }
}

test.each([
  ['none', [], Number.NaN],
  ['an odd number', [3, 1, 2], 2],
  ['an even number', [4, 1, 2, 3], 2.5],
])('the median of %s of values', (_, values, expected) => {
  expect(median(values)).toEqual(expected)
})

test('a row has medians of its rounds and the range of its rate', () => {
  const rows = rowsOf([1, 2, 3].map((round) => figures('gateway acks=1', round, 100 * round, 10 * round)))
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({
    ...{ rounds: 3, p50: 2, p99: 20, p999: 200, failed: 3 },
    eventsPerSecond: { median: 200, least: 100, most: 300 },
    cpu: { server: 20, generator: Number.NaN },
  })
  expect(rows[0]?.ratio).toBeUndefined()
})

test('a ratio is the median of the ratios within each round, so that a slow round is slow for both', () => {
  const rounds: [number, number, number][] = [
    [0, 300, 100],
    [1, 20, 10],
    [2, 110, 100],
  ]
  const runs = rounds.flatMap(([round, ours, reference]) => [
    figures('gateway acks=1', round, ours, 10),
    figures('reference acks=1', round, reference, 40),
  ])
  const [ours, reference] = rowsOf(runs)
  expect(ours?.ratio).toEqual({ eventsPerSecond: 2, cpu: 0.25 })
  expect(reference?.ratio).toBeUndefined()
})

const books: [string, Books, string[]][] = [
  ['agree', { acknowledged: 10, refused: 3, unsure: 0, stored: 10 }, []],
  [
    'agree where what is unsure was stored in part',
    { acknowledged: 10, refused: 0, unsure: 4, stored: 12 },
    [],
  ],
  [
    'show a loss',
    { acknowledged: 10, refused: 0, unsure: 4, stored: 9 },
    ['LOST: 1 acknowledged events are not in Kafka'],
  ],
  [
    'show a duplicate',
    { acknowledged: 10, refused: 0, unsure: 1, stored: 13 },
    ['2 events are in Kafka twice'],
  ],
  ['are not there without Kafka', { acknowledged: 10, refused: 0, unsure: 0 }, []],
]

test.each(books)('books that %s', (_, entries, flaws) => {
  expect(flawsOfBooks(entries)).toEqual(flaws)
})
