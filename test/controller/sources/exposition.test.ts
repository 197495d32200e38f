import { describe, expect, test } from 'vitest'
import { parseExposition } from '../../../controller/sources/exposition.ts'

const all = () => true
const parsed = (text: string, wanted: (name: string) => boolean = all) => {
  const exposition = parseExposition(text, wanted)
  if (exposition.kind === 'fault') throw new Error(exposition.detail)
  return exposition.samples.map(({ name, labels, value }) => [name, labels, value])
}

describe('the text of /metrics', () => {
  test.for<[string, string, unknown[]]>([
    ['a bare sample', 'up 1', [['up', {}, 1]]],
    ['labels', 'x{a="b",c="d"} 2.5', [['x', { a: 'b', c: 'd' }, 2.5]]],
    ['spaces wherever they may be', '  x { a = "b" , c = "d" , }  2', [['x', { a: 'b', c: 'd' }, 2]]],
    ['empty braces', 'x{} 3', [['x', {}, 3]]],
    ['no space after the braces', 'x{a="b"}3', [['x', { a: 'b' }, 3]]],
    ['escaped quotes, backslashes and line ends', 'x{a="q\\"b\\\\s\\nn"} 1', [['x', { a: 'q"b\\s\nn' }, 1]]],
    ['braces, commas and hashes within a label', 'x{path="/{id},#1"} 1', [['x', { path: '/{id},#1' }, 1]]],
    ['letters of all tongues', 'x{zone="Москва"} 1', [['x', { zone: 'Москва' }, 1]]],
    ['a timestamp in ms, which is passed over', 'x 1 1700000000000', [['x', {}, 1]]],
    ['a timestamp of OpenMetrics in seconds', 'x_total 1 1700000000.123', [['x_total', {}, 1]]],
    [
      'an exemplar',
      'x_bucket{le="0.1"} 8 # {trace_id="a b"} 0.07 1700000000.1',
      [['x_bucket', { le: '0.1' }, 8]],
    ],
    ['an exemplar behind a timestamp', 'x_total 8 1700000000 # {id="1"} 1', [['x_total', {}, 8]]],
    [
      'exponents',
      'x 1.5e+06\ny 2E-3',
      [
        ['x', {}, 1_500_000],
        ['y', {}, 0.002],
      ],
    ],
    ['negative numbers', 'x -3', [['x', {}, -3]]],
    ['NaN', 'x NaN', [['x', {}, Number.NaN]]],
    [
      'infinities',
      'x +Inf\ny -Inf\nz Inf',
      [
        ['x', {}, Infinity],
        ['y', {}, -Infinity],
        ['z', {}, Infinity],
      ],
    ],
    ['help, type and end are passed over', '# HELP x "y{ \n# TYPE x counter\nx 1\n# EOF\n', [['x', {}, 1]]],
    [
      'line ends of Windows',
      'x 1\r\ny 2\r\n',
      [
        ['x', {}, 1],
        ['y', {}, 2],
      ],
    ],
    ['a name in quotes', '{"my.metric",a="b"} 1', [['my.metric', { a: 'b' }, 1]]],
    ['a name in quotes alone', '{"my.metric"} 1', [['my.metric', {}, 1]]],
    ['a label in quotes', 'x{"my.label"="b"} 1', [['x', { 'my.label': 'b' }, 1]]],
    ['nothing', '', []],
  ])('%s', ([, text, wanted]) => {
    expect(parsed(text)).toEqual(wanted)
  })

  test('a histogram is its buckets, sum and count', () => {
    const text = '# TYPE d histogram\nd_bucket{le="1"} 2\nd_bucket{le="+Inf"} 3\nd_sum 4.5\nd_count 3\n'
    expect(parsed(text)).toEqual([
      ['d_bucket', { le: '1' }, 2],
      ['d_bucket', { le: '+Inf' }, 3],
      ['d_sum', {}, 4.5],
      ['d_count', {}, 3],
    ])
  })

  test('only what is wanted is kept', () => {
    expect(parsed('a 1\nab 2\na{x="y"} 3', (name) => name === 'a')).toEqual([
      ['a', {}, 1],
      ['a', { x: 'y' }, 3],
    ])
  })

  test.for<[string, string]>([
    ['a page of something else', '<!doctype html>\n<html>'],
    ['JSON', '{"status":"ok"}'],
    ['a value that is none', 'x abc'],
    ['an empty value', 'x '],
    ['hexadecimal', 'x 0x1f'],
    ['an open label', 'x{a="b 1'],
    ['an open brace', 'x{a="b" 1'],
    ['a label without quotes', 'x{a=b} 1'],
    ['more behind the value', 'x 1 2 3'],
  ])('refused: %s', ([, text]) => {
    expect(parseExposition(`ok 1\n${text}\n`, all)).toMatchObject({
      kind: 'fault',
      detail: expect.stringMatching(/^line 2 is no metric: "/),
    })
  })
})
