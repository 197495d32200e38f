import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitBatch } from '../../../ingest/gateway/post-batch-split.ts'

const LIMITS = { maxEvents: 5, maxEventBytes: 20 }
const NDJSON = 'application/x-ndjson'

/** The pieces of a body in their order, faults in angle brackets; or why it is none. */
const split = (body: string | Buffer, type?: string, limits = LIMITS) => {
  const result = splitBatch(Buffer.from(body), type, limits)
  if (result.kind !== 'batch') return result.kind
  const events = result.events.map(String)
  const total = events.length + result.faults.size
  return Array.from({ length: total }, (_, place) => {
    const fault = result.faults.get(place)
    return fault === undefined ? events.shift() : `<${fault}>`
  })
}

const BOM = '\ufeff'

describe('lines', () => {
  test.for([
    { name: 'one event a line', body: '{"a":1}\n{"b":2}\n', pieces: ['{"a":1}', '{"b":2}'] },
    { name: 'a last line without its end', body: '{"a":1}\n{"b":2}', pieces: ['{"a":1}', '{"b":2}'] },
    {
      name: 'ends of lines as Windows writes them',
      body: '{"a":1}\r\n{"b":2}\r\n',
      pieces: ['{"a":1}', '{"b":2}'],
    },
    {
      name: 'empty and blank lines, which do not count',
      body: '\n\r\n{"a":1}\n \t \n\n{}\n\n',
      pieces: ['{"a":1}', '{}'],
    },
    {
      name: 'blanks around an event, which are no part of it',
      body: '  {"a": 1 } \n\t{}',
      pieces: ['{"a": 1 }', '{}'],
    },
    {
      name: 'a broken one between sound ones',
      body: '{"a":1}\n{"a":\n{}\n',
      pieces: ['{"a":1}', '<json>', '{}'],
    },
    {
      name: 'what is no object',
      body: '5\n"{}"\n[{}]\nnull\n{}',
      pieces: ['<json>', '<json>', '<json>', '<json>', '{}'],
    },
    { name: 'two events on a line', body: '{}{}\n{} {}\n{}', pieces: ['<json>', '<json>', '{}'] },
    { name: 'an event over two lines', body: '{"a":\n1}\n{}', pieces: ['<json>', '<json>', '{}'] },
    { name: 'a line break inside a string', body: '{"a":"\n"}', pieces: ['<json>', '<json>'] },
    {
      name: 'an escaped line break, quote and backslash',
      body: '{"\\n\\"}\\\\":1}\n{}',
      pieces: ['{"\\n\\"}\\\\":1}', '{}'],
    },
    { name: 'an event that was cut off', body: '{"a":1}\n{"b":', pieces: ['{"a":1}', '<json>'] },
    { name: 'a comma behind each line', body: '{},\n{},\n', pieces: ['<json>', '<json>'] },
    { name: 'a carriage return alone, which ends no line', body: '{}\r{}', pieces: ['<json>'] },
    {
      name: 'an event at the limit and one beyond',
      body: '{"a":"0123456789ab"}\n{"a":"0123456789abc"}',
      pieces: ['{"a":"0123456789ab"}', '<body>'],
    },
    { name: 'nothing at all', body: '', pieces: [] },
    { name: 'blanks only', body: ' \r\n\n', pieces: [] },
    { name: 'a byte order mark', body: `${BOM}{}\n{}`, pieces: 'broken' },
    {
      name: 'as many events as may be',
      body: '{}\n{}\nx\n{}\n{}',
      pieces: ['{}', '{}', '<json>', '{}', '{}'],
    },
    { name: 'one event more', body: '{}\n{}\nx\n{}\n{}\n{}', pieces: 'too-many' },
    { name: 'one fault more', body: '{}\n{}\nx\n{}\n{}\nx', pieces: 'too-many' },
  ])('$name', ({ body, pieces }) => {
    expect(split(body)).toEqual(pieces)
    expect(split(body, NDJSON)).toEqual(pieces)
  })

  test('an array is an event that is none where the type says NDJSON', () => {
    expect(split('[{}]\n{}', 'application/x-ndjson; charset=utf-8')).toEqual(['<json>', '{}'])
    expect(split('[{}]\n{}', 'application/jsonl')).toEqual(['<json>', '{}'])
  })
})

describe('an array', () => {
  test.for([
    { name: 'of events', body: '[{"a":1},{"b":2}]', pieces: ['{"a":1}', '{"b":2}'] },
    {
      name: 'with blanks and line breaks',
      body: ' \n[ {"a" :\n1 } ,\r\n\t{} ] \n',
      pieces: ['{"a" :\n1 }', '{}'],
    },
    { name: 'of nested events', body: '[{"a":[{},[1]]},{}]', pieces: ['{"a":[{},[1]]}', '{}'] },
    {
      name: 'with brackets, commas and quotes in strings',
      body: '[{"a":"]}\\",{["},{}]',
      pieces: ['{"a":"]}\\",{["}', '{}'],
    },
    { name: 'of nothing', body: '[]', pieces: [] },
    { name: 'of blanks', body: ' [ \n ] ', pieces: [] },
    {
      name: 'of what is no object',
      body: '[5,"]",[{},"]"],null,{}]',
      pieces: ['<json>', '<json>', '<json>', '<json>', '{}'],
    },
    { name: 'with a broken event', body: '[{"a":1},{"a":},{}]', pieces: ['{"a":1}', '<json>', '{}'] },
    { name: 'with an event whose brackets cross', body: '[{"a":[1}],{}]', pieces: ['<json>', '{}'] },
    { name: 'with two events without a comma', body: '[{} {},{}]', pieces: ['<json>', '{}'] },
    { name: 'with an event beyond the limit', body: '[{"a":"0123456789abc"},{}]', pieces: ['<body>', '{}'] },
    { name: 'with a comma too many at the end', body: '[{},]', pieces: 'broken' },
    { name: 'with a comma too many in between', body: '[{},,{}]', pieces: 'broken' },
    { name: 'with a comma too many at the start', body: '[,{}]', pieces: 'broken' },
    { name: 'that is cut off behind an event', body: '[{},{}', pieces: 'broken' },
    { name: 'that is cut off behind a comma', body: '[{},', pieces: 'broken' },
    { name: 'that is cut off in an event', body: '[{},{"a"', pieces: 'broken' },
    { name: 'that is cut off in a string', body: '[{},{"a', pieces: 'broken' },
    { name: 'that is cut off behind a backslash', body: '[{},{"a\\', pieces: 'broken' },
    { name: 'that is only begun', body: '[', pieces: 'broken' },
    { name: 'with a quote too few, which swallows the rest', body: '[{"a":1},{"b:2}]', pieces: 'broken' },
    { name: 'with a brace too many', body: '[{}},{}]', pieces: 'broken' },
    { name: 'with something behind it', body: '[{}] x', pieces: 'broken' },
    { name: 'with another one behind it', body: '[{}][{}]', pieces: 'broken' },
    { name: 'behind a byte order mark', body: `${BOM}[{}]`, pieces: 'broken' },
    {
      name: 'of as many events as may be',
      body: '[{},{},1,{},{}]',
      pieces: ['{}', '{}', '<json>', '{}', '{}'],
    },
    { name: 'of one event more', body: '[{},{},1,{},{},{}]', pieces: 'too-many' },
  ])('$name', ({ body, pieces }) => {
    expect(split(body)).toEqual(pieces)
    expect(split(body, 'application/json')).toEqual(pieces)
  })
})

const WIDE = { maxEvents: 1_000, maxEventBytes: 100_000 }
const objects = fc.array(
  fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary', maxDepth: 1 })),
  { maxLength: 5 },
)

test('an array that is taken apart has the elements that JSON.parse finds', () => {
  fc.assert(
    fc.property(objects, fc.constantFrom(undefined, 2, '\t'), (events, space) => {
      const body = JSON.stringify(events, undefined, space)
      const pieces = splitBatch(Buffer.from(body), undefined, WIDE)
      const joined = pieces.kind === 'batch' ? `[${pieces.events.map(String).join(',')}]` : pieces.kind
      expect(JSON.parse(joined)).toEqual(JSON.parse(body))
    }),
    { numRuns: 60 },
  )
})

test('lines that are taken apart are the lines', () => {
  fc.assert(
    fc.property(objects, fc.constantFrom('\n', '\r\n', '\n\n'), (events, end) => {
      const lines = events.map((event) => JSON.stringify(event))
      expect(split(lines.join(end), undefined, WIDE)).toEqual(lines)
    }),
    { numRuns: 60 },
  )
})

test('an array is taken without a fault exactly when JSON.parse takes it and all elements are objects', () => {
  const noise = fc.array(
    fc.constantFrom('{', '}', '[', ']', ',', '"', '\\', '{}', '{"a":1}', '1', ' ', '\n'),
    { maxLength: 9 },
  )
  fc.assert(
    fc.property(noise, (tokens) => {
      const body = `[${tokens.join('')}]`
      const pieces = splitBatch(Buffer.from(body), undefined, WIDE)
      expect(pieces.kind === 'batch' && pieces.faults.size === 0).toBe(isArrayOfObjects(body))
    }),
    { numRuns: 1_000 },
  )
})

const isArrayOfObjects = (body: string): boolean => {
  try {
    const value: unknown = JSON.parse(body)
    return (
      Array.isArray(value) &&
      value.every((element) => element !== null && typeof element === 'object' && !Array.isArray(element))
    )
  } catch {
    return false
  }
}

test('an event is a view of the body, not a copy', () => {
  const body = Buffer.from('[{"a":1}]')
  const pieces = splitBatch(body, undefined, LIMITS)
  expect(pieces.kind === 'batch' && pieces.events[0]?.buffer).toBe(body.buffer)
})
