import { describe, expect, test } from 'vitest'
import {
  type RawSample,
  ratePerSecond,
  sampleStore,
  samplesIn,
} from '../../../controller/sources/sample-store.ts'

const series = (...pairs: [number, number][]): RawSample[] =>
  pairs.map(([t, value]) => ({ t, taken: t, value }))

describe('the rate of a counter', () => {
  test.for<[string, RawSample[], number | undefined]>([
    ['grows evenly', series([0, 100], [10_000, 150], [20_000, 200]), 5],
    ['is still', series([0, 7], [10_000, 7]), 0],
    ['was reset to zero', series([0, 100], [10_000, 0], [20_000, 50]), 2.5],
    ['was reset and has grown since', series([0, 100], [10_000, 110], [20_000, 30]), 2],
    ['was reset twice', series([0, 10], [10_000, 5], [20_000, 3], [40_000, 13]), 0.45],
    ['has samples at uneven times', series([0, 0], [1_000, 10], [10_000, 100]), 10],
    ['has one sample only', series([0, 100]), undefined],
    ['has no sample', [], undefined],
    ['is not a number somewhere', series([0, 1], [5_000, Number.NaN], [10_000, 3]), Number.NaN],
  ])('that %s', ([, samples, wanted]) => {
    expect(ratePerSecond(samples)).toEqual(wanted)
  })
})

test('samples of a stretch are those in (from, to]', () => {
  const samples = series([0, 0], [10, 1], [20, 2], [30, 3])
  expect(samplesIn(samples, 0, 20)).toEqual(series([10, 1], [20, 2]))
  expect(samplesIn(samples, -5, 100)).toEqual(samples)
  expect(samplesIn(samples, 30, 100)).toEqual([])
  expect(samplesIn([], 0, 100)).toEqual([])
})

describe('the store of samples', () => {
  test('keeps only what is wanted, from when it is', () => {
    const store = sampleStore()
    store.add('x', {}, { t: 1, taken: 1, value: 1 })
    store.want(['x'], 100)
    store.add('x', {}, { t: 2, taken: 2, value: 2 })
    store.add('y', {}, { t: 2, taken: 2, value: 2 })
    expect(store.series('x')).toEqual([{ labels: {}, samples: series([2, 2]) }])
    expect(store.series('y')).toEqual([])
    expect([store.wants('x'), store.wants('y')]).toEqual([true, false])
  })

  test('tells series apart by their labels, in whatever order they come', () => {
    const store = sampleStore()
    store.want(['x'], 100)
    store.add('x', { a: '1', b: '2' }, { t: 1, taken: 1, value: 1 })
    store.add('x', { b: '2', a: '1' }, { t: 2, taken: 2, value: 2 })
    store.add('x', { a: '1' }, { t: 2, taken: 2, value: 3 })
    expect(store.series('x').map(({ samples }) => samples.length)).toEqual([2, 1])
  })

  test('a sample that is not newer is left out', () => {
    const store = sampleStore()
    store.want(['x'], 100)
    for (const t of [5, 5, 3, 6]) store.add('x', {}, { t, taken: t, value: t })
    expect(store.series('x')[0]?.samples).toEqual(series([5, 5], [6, 6]))
  })

  test('forgets what nobody asks back to, and whole series in the end', () => {
    const store = sampleStore()
    store.want(['x'], 50)
    store.want(['x'], 20)
    for (const t of [10, 20, 30]) store.add('x', {}, { t, taken: t, value: t })
    store.prune(70)
    expect(store.series('x')[0]?.samples).toEqual(series([20, 20], [30, 30]))
    store.prune(200)
    expect(store.series('x')).toEqual([])
  })

  test('holds a bounded number of samples of a series', () => {
    const store = sampleStore()
    store.want(['x'], 1_000_000)
    for (let t = 1; t <= 10_000; t++) store.add('x', {}, { t, taken: t, value: t })
    const samples = store.series('x')[0]?.samples ?? []
    expect(samples.length).toBeLessThan(5_000)
    expect(samples.at(-1)).toEqual({ t: 10_000, taken: 10_000, value: 10_000 })
  })
})
