import { expect, test } from 'vitest'
import { parseRange, sayRange } from '../../../controller/simulate/range.ts'

const endless = Number.POSITIVE_INFINITY

test.each([
  [3, { min: 3, max: 3 }, '3'],
  ['3', { min: 3, max: 3 }, '3'],
  ['2..5', { min: 2, max: 5 }, '2 to 5'],
  ['2..', { min: 2, max: endless }, 'at least 2'],
  ['..5', { min: 0, max: 5 }, 'at most 5'],
  ['at least 2', { min: 2, max: endless }, 'at least 2'],
  ['at most 5', { min: 0, max: 5 }, 'at most 5'],
])('%s is a range', (text, range, said) => {
  expect(parseRange(text)).toEqual(range)
  expect(sayRange(range)).toBe(said)
})

test.each(['5..2', 'few', '', '..', '2...3', '-1', '1.5', '2 3'])('%j is none', (text) => {
  expect(parseRange(text)).toBeUndefined()
})
