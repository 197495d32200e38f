import { describe, expect, test } from 'vitest'
import { isEvent } from '../../../ingest/gateway/event.ts'

const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

describe('an event is', () => {
  test.for([
    { name: "the seed's sample", body: '{"event":"view","os":"linux","browser":"chrome"}' },
    { name: 'any keys, since there is no schema', body: '{"key1":"data1"}' },
    { name: 'an empty object', body: '{}' },
    { name: 'an object with white space and line breaks around its tokens', body: ' \r\n\t{ "a" :\n1 } \n' },
    { name: 'an object in which a key occurs twice', body: '{"a":1,"a":2}' },
    { name: 'the largest number that a double holds', body: '{"a":1.7976931348623157e308}' },
    { name: 'a number too small for a double, which becomes zero', body: '{"a":1e-999}' },
    { name: 'what only looks like a number too large, inside a string', body: '{"a":"1e999 \\" 1e999"}' },
    { name: 'a string that ends with an escaped backslash', body: '{"a":"\\\\","b":1}' },
    { name: 'brackets inside a string, however many', body: `{"a":"${'['.repeat(20_000)}"}` },
    { name: 'nesting of 10,000 levels', body: nested(10_000) },
    {
      name: 'many values side by side, since only the depth is limited',
      body: `{"a":[${'[],'.repeat(20_000)}1]}`,
    },
    { name: 'a lone surrogate, escaped', body: '{"a":"\\ud800"}' },
    { name: 'a key that means something to JavaScript', body: '{"__proto__":1}' },
  ])('$name', ({ body }) => {
    expect(isEvent(Buffer.from(body))).toBe(true)
  })

  test('bytes that are no valid UTF-8 inside a string, as in Go', () => {
    expect(isEvent(Buffer.from('{"a":"\xff\xfe"}', 'latin1'))).toBe(true)
  })
})

describe('no event is', () => {
  test.for([
    { name: 'nothing', body: '' },
    { name: 'white space', body: ' \n' },
    { name: 'an array', body: '[{"a":1}]' },
    { name: 'a string', body: '"a"' },
    { name: 'a number', body: '1' },
    { name: 'a literal true', body: 'true' },
    { name: 'a literal null, which the seed took', body: 'null' },
    { name: 'two objects', body: '{"a":1}{"b":2}' },
    { name: 'two objects on two lines', body: '{"a":1}\n{"b":2}' },
    { name: 'an object with something behind it', body: '{"a":1} x' },
    { name: 'half an object', body: '{"a":1' },
    { name: 'a byte order mark before the object', body: '\ufeff{"a":1}' },
    { name: 'a number beyond the range of a double', body: '{"a":1e999}' },
    { name: 'a negative number beyond it', body: '{"a":-1E+999}' },
    { name: 'such a number under a key that occurs again', body: '{"a":1e999,"a":1}' },
    { name: 'such a number deep inside', body: '{"a":[{"b":[1e309]}]}' },
    { name: 'a number of 400 digits', body: `{"a":${'9'.repeat(400)}}` },
    { name: 'nesting of 10,001 levels', body: nested(10_001) },
    { name: 'nesting without end', body: '['.repeat(900_000) },
    { name: 'a comma behind the last member', body: '{"a":1,}' },
    { name: 'a key without quotes', body: '{a:1}' },
    { name: 'a string with a raw line break', body: '{"a":"1\n2"}' },
    { name: 'not a number', body: '{"a":NaN}' },
    { name: 'a leading zero', body: '{"a":01}' },
    { name: 'a comment', body: '{"a":1}// a' },
    { name: 'a zero byte behind the object', body: '{"a":1}\0' },
  ])('$name', ({ body }) => {
    expect(isEvent(Buffer.from(body))).toBe(false)
  })
})
