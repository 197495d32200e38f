import { expect, test } from 'vitest'
import { parseOptions } from '../../../bench/ingest/options.ts'

test('without a word everything is measured, in under twenty minutes', () => {
  expect(parseOptions([])).toEqual({
    kind: 'run',
    options: {
      ...{ rounds: 3, seconds: 5, warmUp: 3, only: '', clients: false },
      ...{ hold: 'with', holdSeconds: 60, holdRate: 10_000 },
    },
  })
})

test.each([
  ['the hold alone', ['--hold'], { hold: 'alone' }],
  ['all but the hold', ['--no-hold'], { hold: 'without' }],
  [
    'a hold of another size',
    ['--hold-rate', '500', '--hold-seconds', '5'],
    { holdRate: 500, holdSeconds: 5 },
  ],
  ['where figures go', ['--json', 'a', '--markdown', 'b'], { json: 'a', markdown: 'b' }],
  [
    'some cells, more often',
    ['--only', 'wrk', '--rounds', '5', '--seconds', '2'],
    { only: 'wrk', rounds: 5, seconds: 2 },
  ],
])('%s can be asked for', (_, argv, expected) => {
  expect(parseOptions(argv)).toMatchObject({ kind: 'run', options: expected })
})

test.each([
  ['no round at all', ['--rounds', '0'], '--rounds has to be a whole number from 1 to 100, not 0'],
  ['a time that is no number', ['--seconds', 'x'], '--seconds has to be a whole number'],
  ['the hold alone and not at all', ['--hold', '--no-hold'], 'exclude each other'],
  ['a flag that does not exist', ['--fast'], "Unknown option '--fast'"],
])('%s is wrong usage', (_, argv, why) => {
  expect(parseOptions(argv)).toEqual({ kind: 'wrong', why: expect.stringContaining(why) })
})
