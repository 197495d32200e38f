import { describe, expect, test } from 'vitest'
import { checkLine } from '../../relay/line.ts'
import { createSplitter } from '../../relay/splitter.ts'

const NOW = 1_767_225_600
const rules = { prefix: '' }
const bytes = (text: string): string => Buffer.from(text).toString('latin1')

describe('a line', () => {
  test.for([
    { why: 'as Graphite takes it', line: 'a.b 1 1767225600', text: 'a.b 1 1767225600' },
    {
      why: 'with CRLF, tabs and blanks around',
      line: '  a.b\t-1.5e3   1767225600 \r',
      text: 'a.b -1.5e3 1767225600',
    },
    {
      why: 'with tags',
      line: 'disk.used;host=a;mount=/var 7 1767225600',
      text: 'disk.used;host=a;mount=/var 7 1767225600',
    },
    { why: 'without a time', line: 'a 1', text: `a 1 ${NOW}` },
    { why: 'with -1 for the time, as carbon has it', line: 'a 1 -1', text: `a 1 ${NOW}` },
    { why: 'with a part of a second', line: 'a .5 1767225600.25', text: 'a .5 1767225600.25' },
    {
      why: 'with a name in UTF-8',
      line: bytes('цена.кофе 3 1767225600'),
      text: bytes('цена.кофе 3 1767225600'),
    },
  ])('$why', ({ line, text }) => {
    expect(checkLine(line, NOW, rules)).toEqual({ kind: 'sample', text })
  })

  test.for([
    { line: 'a', reason: 'form', why: 'has one field' },
    { line: 'a b 1 2', reason: 'form', why: 'has 4 fields' },
    { line: '#a 1 2', reason: 'name', why: 'begins with #' },
    { line: 'a\xff 1 2', reason: 'name', why: 'no UTF-8' },
    { line: 'a\x00b 1 2', reason: 'name', why: 'control character' },
    { line: bytes('a\u00a0b 1 2'), reason: 'name', why: 'blank' },
    { line: 'a;host 1 2', reason: 'tags', why: 'name;tag=value' },
    { line: 'a;host= 1 2', reason: 'tags', why: 'none of them empty' },
    { line: 'a;host=~x 1 2', reason: 'tags', why: 'tags have to be' },
    { line: 'a nan 2', reason: 'value', why: 'no finite number' },
    { line: 'a 1e999 2', reason: 'value', why: 'no finite number' },
    { line: 'a 1_000 2', reason: 'value', why: 'no finite number' },
    { line: 'a 1 1767225600000', reason: 'time', why: 'milliseconds' },
    { line: 'a 1 inf', reason: 'time', why: 'no number of seconds' },
    { line: 'a 1 -5', reason: 'time', why: 'no number of seconds' },
  ])('that carbon would drop, or choke on: $line ($why)', ({ line, reason, why }) => {
    expect(checkLine(line, NOW, rules)).toMatchObject({
      kind: 'invalid',
      reason,
      why: expect.stringContaining(why),
    })
  })

  test('a prefix comes before the name; what --allow does not match is left out', () => {
    const strict = { prefix: 'web.', allow: /^web\.(cpu|load)\b/ }
    expect(checkLine('cpu 1 2', NOW, strict)).toEqual({ kind: 'sample', text: 'web.cpu 1 2' })
    expect(checkLine('disk 1 2', NOW, strict)).toEqual({ kind: 'filtered' })
    expect(checkLine(' \r', NOW, strict)).toEqual({ kind: 'empty' })
  })
})

describe('bytes of a client', () => {
  const split = (...chunks: string[]) => {
    const seen: string[] = []
    const splitter = createSplitter({
      line: (text) => seen.push(text),
      broken: (reason, beginning) => seen.push(`${reason}: ${beginning.slice(0, 3)}`),
    })
    for (const chunk of chunks) splitter.feed(Buffer.from(chunk))
    splitter.end()
    return seen
  }

  test('come in pieces of any size', () => {
    const text = 'a 1 1\nbb 2 2\n\nccc 3 3\n'
    for (let size = 1; size < text.length; size++) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      )
      expect(split(...chunks)).toEqual(['a 1 1', 'bb 2 2', '', 'ccc 3 3'])
    }
  })

  test('a line without an end is no line; one that is too long is told of once, and what follows it is taken', () => {
    expect(split('a 1 1\nb 1')).toEqual(['a 1 1', 'cut: b 1'])
    expect(split('x'.repeat(3_000), 'x'.repeat(3_000), 'x'.repeat(9_000), '\na 1 1\n')).toEqual([
      'length: xxx',
      'a 1 1',
    ])
    expect(split(`${'y'.repeat(5_000)}\na 1 1\n`)).toEqual(['length: yyy', 'a 1 1'])
  })
})
