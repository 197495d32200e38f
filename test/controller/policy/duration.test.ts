import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duration, parseDuration, sayDuration, span } from '../../../controller/policy/duration.ts'

describe('parseDuration', () => {
  test.for([
    { name: 'milliseconds', text: '250ms', ms: 250 },
    { name: 'seconds', text: '15s', ms: 15_000 },
    { name: 'minutes are not milliseconds', text: '5m', ms: 300_000 },
    { name: 'hours and minutes together', text: '1h30m', ms: 5_400_000 },
    { name: 'every unit at once, largest first', text: '1d2h3m4s5ms', ms: 93_784_005 },
    { name: 'nothing at all is allowed', text: '0s', ms: 0 },
    { name: 'an empty text is none', text: '', ms: undefined },
    { name: 'a bare number has no unit', text: '15', ms: undefined },
    { name: 'fractions are not taken', text: '1.5m', ms: undefined },
    { name: 'negative ones are not taken', text: '-5m', ms: undefined },
    { name: 'units in the wrong order are a slip', text: '5s1m', ms: undefined },
    { name: 'blanks are not taken', text: '5 m', ms: undefined },
    { name: 'an unknown unit', text: '5min', ms: undefined },
    { name: 'more than a year is a slip', text: '9999d', ms: undefined },
    { name: 'more digits than a number holds', text: `${'9'.repeat(400)}s`, ms: undefined },
  ])('$name: "$text"', ({ text, ms }) => {
    expect(parseDuration(text)).toBe(ms)
  })
})

test('what is said can be read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 31_536_000_000 }), (ms) => {
      expect(parseDuration(sayDuration(ms))).toBe(ms)
    }),
  )
})

describe('in YAML', () => {
  test.for([
    {
      name: 'a number without a unit',
      value: 15,
      says: 'has to be a duration such as 15s, 5m or 1h30m, not 15',
    },
    { name: 'a word', value: 'soon', says: 'has to be a duration such as 15s, 5m or 1h30m, not "soon"' },
    { name: 'nothing', value: undefined, says: 'is missing: a duration such as 15s, 5m or 1h30m' },
    { name: 'zero where time has to pass', value: '0s', says: 'has to be longer than 0s' },
  ])('$name is refused with the remedy', ({ value, says }) => {
    expect(span.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([says])
  })

  test('zero is fine for a wait', () => {
    expect(duration.parse('0s')).toBe(0)
  })
})
