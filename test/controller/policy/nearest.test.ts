import { expect, test } from 'vitest'
import { hint, nearest } from '../../../controller/policy/nearest.ts'

const names = ['above', 'below', 'window', 'source', 'startWithin']

test.for([
  { name: 'a letter too many', text: 'abovee', near: 'above' },
  { name: 'a letter too few', text: 'abve', near: 'above' },
  { name: 'a wrong letter', text: 'bilow', near: 'below' },
  { name: 'two letters swapped', text: 'soruce', near: 'source' },
  { name: 'the wrong case', text: 'startwithin', near: 'startWithin' },
  { name: 'the name itself', text: 'window', near: 'window' },
  { name: 'something else', text: 'zebra', near: undefined },
  { name: 'nothing', text: '', near: undefined },
  { name: 'a single letter', text: 'x', near: undefined },
  { name: 'a novel', text: 'above'.repeat(10_000), near: undefined },
])('$name: $near', ({ text, near }) => {
  expect(nearest(text, names)).toBe(near)
})

test('a hint is a half-sentence to append, or nothing', () => {
  expect(hint('bellow', names)).toBe('; did you mean "below"?')
  expect(hint('zebra', names)).toBe('')
})
