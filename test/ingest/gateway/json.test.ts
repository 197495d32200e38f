import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEvent } from '../../../ingest/gateway/event.ts'
import { ANY_BLANKS, endOfObject, LINE_BLANKS } from '../../../ingest/gateway/json.ts'

/** What JSON.parse takes for an object, save for numbers beyond a double, which it turns into Infinity. */
const isObject = (text: string): boolean => {
  try {
    let fits = true
    const value: unknown = JSON.parse(text, (_, inner) => {
      fits &&= typeof inner !== 'number' || Number.isFinite(inner)
      return inner
    })
    return fits && typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"a":',
    '"\\n"',
    '"\\u00e9"',
    '"\\u00g9"',
    '"\\u12"',
    '"\\x"',
  ],
  ...['true', 'false', 'null', 'tru', 'nul', 'True', ' ', '\t', '\r', '\n', '\v', '\\', '\u00a0', 'é', '"é"'],
  ...[
    '0',
    '-',
    '-0',
    '01',
    '1.',
    '.5',
    '1.5',
    '1e5',
    '1e',
    '1E+2',
    '1e-',
    '-1.25e-3',
    '+1',
    '12345678901234567890',
  ],
]

const noise = fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }).map((tokens) => tokens.join(''))

test('any tokens in any order are judged as JSON.parse does', () => {
  fc.assert(
    fc.property(noise, (text) => {
      expect(isEvent(Buffer.from(text))).toBe(isObject(text))
    }),
    { numRuns: 2_000, endOnFailure: true },
  )
})

const objects = fc.dictionary(
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 1 }),
)

test('every object is taken, with blanks around its tokens or without', () => {
  fc.assert(
    fc.property(objects, fc.constantFrom(undefined, 1, '\t'), (object, space) => {
      expect(isEvent(Buffer.from(JSON.stringify(object, undefined, space)))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

const wounds = fc.record({ at: fc.nat(), by: fc.constantFrom('', ...TOKENS) })

test('an object in which one character is replaced is judged as JSON.parse does', () => {
  fc.assert(
    fc.property(objects, wounds, (object, { at, by }) => {
      const text = JSON.stringify(object)
      const where = at % text.length
      // Half a surrogate pair is no text that a client could send.
      const wounded = (text.slice(0, where) + by + text.slice(where + 1)).toWellFormed()
      expect(isEvent(Buffer.from(wounded))).toBe(isObject(wounded))
    }),
    { numRuns: 400, endOnFailure: true },
  )
})

test.for([
  { name: 'at its own last brace', text: '{"a":{"b":"}"}} {}', blanks: ANY_BLANKS, end: 15 },
  { name: 'behind a line break inside', text: '{\n}', blanks: ANY_BLANKS, end: 3 },
  { name: 'nowhere, when it must stay on its line', text: '{\n}', blanks: LINE_BLANKS, end: undefined },
  { name: 'nowhere, when it is no object', text: '[{}]', blanks: ANY_BLANKS, end: undefined },
  { name: 'nowhere, when the text ends before', text: '{"a":1', blanks: ANY_BLANKS, end: undefined },
  { name: 'nowhere, when its brackets cross', text: '{"a":[}]', blanks: ANY_BLANKS, end: undefined },
])('an object ends $name', ({ text, blanks, end }) => {
  expect(endOfObject(Buffer.from(text), 0, blanks)).toBe(end)
})

test.for([
  { name: 'a large one without an exponent', number: `${'9'.repeat(308)}.5`, taken: true },
  { name: 'one that is too large without an exponent', number: '9'.repeat(309), taken: false },
  { name: 'many digits after the point', number: `0.${'9'.repeat(1_000)}`, taken: true },
  { name: 'an exponent of two digits', number: '1e99', taken: true },
  { name: 'an exponent of two digits behind many digits', number: `${'9'.repeat(250)}e99`, taken: false },
  { name: 'a large exponent of a tiny number', number: `0.${'0'.repeat(300)}1e400`, taken: true },
  { name: 'an exponent written with zeros', number: '1e0000000001', taken: true },
  { name: 'an exponent that is too large', number: '-1e309', taken: false },
])('of numbers it takes those that a double can hold: $name', ({ number, taken }) => {
  expect(isEvent(Buffer.from(`{"a":${number}}`))).toBe(taken)
})
