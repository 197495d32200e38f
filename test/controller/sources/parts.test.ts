import { describe, expect, test } from 'vitest'
import { gridOf } from '../../../controller/sources/grid.ts'
import { memo } from '../../../controller/sources/memo.ts'
import { crowdAt, type Presence } from '../../../controller/sources/presence.ts'
import { skewMedian, skewOf } from '../../../controller/sources/skew.ts'

test.for<[string, { from: number; to: number; step: number }, number[]]>([
  ['the window is a multiple of the step', { from: 0, to: 60, step: 20 }, [20, 40, 60]],
  ['it is not, and the newest time wins', { from: 0, to: 70, step: 20 }, [30, 50, 70]],
  ['it is shorter than a step', { from: 0, to: 10, step: 20 }, []],
])('the grid where %s', ([, question, wanted]) => {
  expect(gridOf(question)).toEqual(wanted)
})

describe('who was in the raw data of several selectors', () => {
  const at = (...names: string[]): Presence => new Map([[0, new Set(names)]])
  test.for<[string, Presence[], ReturnType<typeof crowdAt>]>([
    ['no selector vouches for all times', [], { seen: [] }],
    ['one selector', [at('a', 'b')], { present: 2, seen: ['a', 'b'] }],
    ['one without data makes the time uncovered', [at('a'), new Map()], undefined],
    [
      'the least is present, the common ones are seen',
      [at('a', 'b', 'c'), at('b', 'a')],
      { present: 2, seen: ['a', 'b'] },
    ],
    ['series without instances do not count', [at('a', 'b'), at()], { present: 2, seen: ['a', 'b'] }],
    ['no series names its instance', [at()], { seen: [] }],
    ['selectors about different things', [at('a', 'b'), at('db')], { present: 1, seen: ['a', 'b', 'db'] }],
  ])('%s', ([, presences, wanted]) => {
    expect(crowdAt(presences, 0)).toEqual(wanted)
  })
})

describe('the skew of a clock', () => {
  const SECOND = 1_700_000_000_000
  const date = new Date(SECOND).toUTCString()
  test.for<[string, number, number, number]>([
    ['the same second', SECOND + 100, SECOND + 150, 0],
    ['the rest of the second may hide it', SECOND + 900, SECOND + 950, 0],
    ['a slow answer may hide it', SECOND - 3_000, SECOND + 3_000, 0],
    ['the server is ahead', SECOND - 5_000, SECOND - 4_900, 4_900],
    ['the server is behind', SECOND + 60_999, SECOND + 61_000, -60_000],
  ])('%s', ([, sent, received, wanted]) => {
    expect(skewOf(date, sent, received)).toBe(wanted)
  })

  test('without a date there is none', () => {
    expect(skewOf(undefined, 0, 1)).toBeUndefined()
    expect(skewOf('yesterday', 0, 1)).toBeUndefined()
  })

  test('one slow answer does not count', () => {
    const median = skewMedian()
    expect(median.add(undefined)).toBeUndefined()
    expect([0, 9_000, 0, undefined, 0].map((skew) => median.add(skew))).toEqual([0, 9_000, 0, 0, 0])
  })
})

describe('a memory of questions', () => {
  test('asks equal ones once, also while the answer is on its way', async () => {
    let asked = 0
    const { once } = memo<number>(10)
    const ask = async (): Promise<number> => ++asked
    const answers = await Promise.all([once('a', ask, () => true), once('a', ask, () => true)])
    expect([...answers, await once('a', ask, () => true), await once('b', ask, () => true)]).toEqual([
      1, 1, 1, 2,
    ])
  })

  test('forgets answers that are not worth keeping, and the oldest beyond its bound', async () => {
    let asked = 0
    const { once } = memo<number>(2)
    const ask = async (): Promise<number> => ++asked
    await once('bad', ask, () => false)
    expect(await once('bad', ask, () => true)).toBe(2)
    await once('b', ask, () => true)
    await once('c', ask, () => true)
    expect(await once('bad', ask, () => true)).toBe(5)
  })
})
