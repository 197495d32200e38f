import { describe, expect, test } from 'vitest'
import { kafkaPaces, paces } from '../../demo/pace.ts'
import { dueBy, lengthOf, rateAt, timeOf, type Wave } from '../../demo/wave.ts'

const wave: Wave = [
  { name: 'base', from: 10, to: 10, length: 1_000 },
  { name: 'up', from: 10, to: 30, length: 2_000 },
  { name: 'down', from: 30, to: 0, length: 1_000 },
  { name: 'rest', from: 5, to: 5, length: 1_000 },
]

test.for([
  { what: 'it begins with the first rate', at: 0, rate: 10, due: 0 },
  { what: 'a level phase makes its rate due', at: 1_000, rate: 10, due: 10 },
  { what: 'a ramp rises in a straight line', at: 2_000, rate: 20, due: 25 },
  { what: 'a ramp down may end at nothing', at: 3_999.999, rate: 0, due: 64 },
  { what: 'the last rate goes on after the last phase', at: 7_000, rate: 5, due: 80 },
])('$what', ({ at, rate, due }) => {
  expect(rateAt(wave, at)).toBeCloseTo(rate, 3)
  expect(dueBy(wave, at)).toBe(due)
})

test('an event is due at the moment from which it is counted as due', () => {
  for (let n = 0; n < 90; n++) {
    const at = timeOf(wave, n)
    expect(dueBy(wave, at + 0.001)).toBeGreaterThanOrEqual(n + 1)
    expect(dueBy(wave, at - 0.001)).toBeLessThanOrEqual(n)
  }
})

test('the length is that of all phases', () => {
  expect(lengthOf(wave)).toBe(5_000)
})

describe.for(Object.entries(paces))('the %s wave', ([, { wave, band, size }]) => {
  const peak = Math.max(...wave.map(({ to }) => to))
  const base = wave[0].from

  test('asks for a size that is well inside of min and max, whatever the noise', () => {
    const reached = Math.ceil(peak / band.above)
    expect(reached).toBeGreaterThanOrEqual(size.min + 3)
    expect(reached).toBeLessThan(size.max)
    expect(peak / (reached - 1)).toBeGreaterThan(band.above * 1.05)
    expect(peak / reached).toBeLessThan(band.above * 0.95)
  })

  test('comes back to what min carries', () => {
    expect(base / (size.min + 1)).toBeLessThan(band.below * 0.95)
    expect(base / size.min).toBeLessThan(band.above * 0.95)
    expect(wave.at(-1)?.to).toBe(base)
  })
})

describe.for(Object.entries(kafkaPaces))('the consumers of the %s wave', ([, { wave, consumer }]) => {
  const { size, partitions, work } = consumer
  const each = 1000 / work
  const peak = Math.max(...wave.map(({ to }) => to))

  test('can do with the base at their min, and need all the partitions at its peak', () => {
    expect(wave[0].from).toBeLessThan(size.min * each * 0.5)
    expect(peak).toBeGreaterThan(each * (partitions / 2) * 1.05)
    expect(peak).toBeLessThan(each * size.max * 0.8)
    expect(size.max).toBe(partitions)
  })
})
