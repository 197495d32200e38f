import { expect, test } from 'vitest'
import { createQuantiles } from '../../../ingest/gateway/quantiles.ts'
import { seeded } from '../../support/random.ts'

const MINUTE = 60_000

const setUp = () => {
  let now = 1_000
  const quantiles = createQuantiles('d', 'help', () => now)
  const value = (series: string) =>
    Number(quantiles.expose().match(new RegExp(`^${series} (\\S+)$`, 'm'))?.[1])
  return {
    quantiles,
    pass: (minutes: number) => {
      now += minutes * MINUTE
    },
    median: () => value('d\\{quantile="0.5"\\}'),
    value,
  }
}

test('is written as Prometheus reads a summary', () => {
  const { quantiles } = setUp()
  expect(quantiles.expose()).toBe(
    '# HELP d help\n# TYPE d summary\nd{quantile="0.5"} NaN\nd{quantile="0.9"} NaN\nd{quantile="0.99"} NaN\nd_sum 0\nd_count 0\n',
  )
})

test('the quantiles are right to 2 %, over six orders of magnitude', () => {
  const { quantiles, value } = setUp()
  const random = seeded(7)
  const drawn = Array.from({ length: 5_000 }, () => 10 ** (-5 + 6 * random())).sort((a, b) => a - b)
  for (const seconds of drawn) quantiles.observe(seconds)
  for (const share of [0.5, 0.9, 0.99]) {
    const exact = drawn[Math.ceil(share * drawn.length) - 1] ?? 0
    expect(Math.abs(value(`d\\{quantile="${share}"\\}`) / exact - 1)).toBeLessThan(0.02)
  }
  expect(value('d_count')).toBe(5_000)
  expect(value('d_sum')).toBeCloseTo(
    drawn.reduce((sum, seconds) => sum + seconds, 0),
    6,
  )
})

test.for([
  { name: 'nothing at all', seconds: 0, about: 0.000_001 },
  { name: 'more than the buckets hold', seconds: 1e6, about: 640 },
])('$name is counted in the last bucket of its side', ({ seconds, about }) => {
  const { quantiles, median } = setUp()
  quantiles.observe(seconds)
  expect(Math.abs(median() / about - 1)).toBeLessThan(0.03)
})

test.for([
  { name: 'is remembered for five minutes', minutes: [4.9], remembered: true },
  { name: 'is remembered while the window after its own is filled', minutes: [4.9, 5], remembered: true },
  { name: 'is forgotten after ten minutes', minutes: [5, 5], remembered: false },
  { name: 'is forgotten after a long silence', minutes: [60], remembered: false },
])('a duration $name; sum and count stay', ({ minutes, remembered }) => {
  const { quantiles, pass, median, value } = setUp()
  quantiles.observe(0.5)
  for (const some of minutes) {
    pass(some)
    quantiles.expose()
  }
  expect(Number.isNaN(median())).toBe(!remembered)
  expect([value('d_count'), value('d_sum')]).toEqual([1, 0.5])
})
