import { describe, expect, test } from 'vitest'
import { createParser } from '../../../ingest/consumer/parse.ts'
import type { Transform } from '../../../ingest/consumer/transform.ts'
import { recordOf } from './memory.ts'

const PLACE = { topic: 'loader', partition: 3 }

describe('a record is read', () => {
  test('with its place, its time, its id and its text as it stands in the log', () => {
    expect(createParser()(PLACE, recordOf(7, '{"a": 1.0}', 'x-1'))).toEqual({
      kind: 'row',
      row: {
        topic: 'loader',
        partition: 3,
        offset: 7,
        timestamp: 1_700_000_000_000,
        id: 'x-1',
        event: { a: 1 },
        json: '{"a": 1.0}',
      },
    })
  })

  test.for([
    { name: 'one without headers has no id', headers: undefined, id: '' },
    { name: 'one with other headers has no id', headers: { other: 'a' }, id: '' },
    { name: 'an id as text is taken', headers: { id: 'a' }, id: 'a' },
    { name: 'of several ids the first is taken', headers: { id: [Buffer.from('a'), 'b'] }, id: 'a' },
  ])('$name', ({ headers, id }) => {
    const record = { ...recordOf(0, '{}'), ...(headers && { headers }) }
    expect(createParser()(PLACE, record)).toMatchObject({ row: { id } })
  })

  test('line breaks between tokens become spaces, those in strings are escapes and stay', () => {
    const parsed = createParser()(PLACE, recordOf(0, '{\r\n"a":\n"b\\nc"}'))
    expect(parsed).toMatchObject({ row: { event: { a: 'b\nc' }, json: '{  "a": "b\\nc"}' } })
  })

  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  test.for([
    { name: 'an array is none', value: '[1]', reason: 'json', why: /no object/ },
    { name: 'null is none', value: 'null', reason: 'json', why: /no object/ },
    { name: 'a number is none', value: '1', reason: 'json', why: /no object/ },
    { name: 'half an object is none', value: '{"a":', reason: 'json', why: /no JSON: / },
    { name: 'an empty value is none', value: '', reason: 'json', why: /no JSON: / },
    { name: 'a record without value is none', value: null, reason: 'json', why: /no value/ },
    {
      name: 'one that is nested beyond the limit is none',
      value: nested(10_001),
      reason: 'depth',
      why: /deep/,
    },
  ])('as poison where it is no event: $name', ({ value, reason, why }) => {
    expect(createParser()(PLACE, recordOf(0, value))).toEqual({
      kind: 'poison',
      reason,
      why: expect.stringMatching(why),
    })
  })

  test.for([
    { name: 'nesting up to the limit', value: nested(10_000) },
    { name: 'brackets in strings', value: `{"a":"${'['.repeat(30_000)}"}` },
    { name: 'brackets behind an escaped quote in a string', value: `{"a":"\\"${'['.repeat(30_000)}"}` },
    { name: 'many brackets beside one another', value: `{"a":[${'[],'.repeat(15_000)}[]]}` },
  ])('as an event all the same with $name', ({ value }) => {
    expect(createParser()(PLACE, recordOf(0, value)).kind).toBe('row')
  })
})

describe('a transform', () => {
  const through = (transform: Transform) => createParser(transform)(PLACE, recordOf(7, '{"a":1}', 'x'))

  test('changes what is stored, and knows where the event stands', () => {
    const parsed = through((event, { offset, id }) => ({ ...event, offset, id }))
    expect(parsed).toMatchObject({
      row: { event: { a: 1, offset: 7, id: 'x' }, json: '{"a":1,"offset":7,"id":"x"}' },
    })
  })

  test('may change the event in place', () => {
    const parsed = through((event) => {
      event['b'] = 2
      return event
    })
    expect(parsed).toMatchObject({ row: { json: '{"a":1,"b":2}' } })
  })

  test('drops an event by undefined', () => {
    expect(through(() => undefined)).toEqual({ kind: 'dropped' })
  })

  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  test.for<{ name: string; transform: Transform; why: RegExp }>([
    {
      name: 'throws',
      transform: () => {
        throw new Error('no os')
      },
      why: /threw: no os/,
    },
    { name: 'answers no object', transform: () => [], why: /no object/ },
    { name: 'answers a promise', transform: () => Promise.resolve({}), why: /no object/ },
    { name: 'answers what JSON has no form for', transform: () => circular, why: /circular/ },
  ])('makes poison of an event when it $name', ({ transform, why }) => {
    expect(through(transform)).toEqual({
      kind: 'poison',
      reason: 'transform',
      why: expect.stringMatching(why),
    })
  })
})
