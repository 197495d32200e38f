import { describe, expect, test } from 'vitest'
import { shapesOf } from '../../../controller/sources/shape.ts'

const askedTogether = (query: string, label = 'w'): string | undefined =>
  shapesOf(query)
    .find((shape) => shape.label === label)
    ?.ask(['a', 'b.c'])

describe('a query as one of many that differ in the value of a label', () => {
  test.for<[string, string, string, boolean]>([
    ['a sum keeps the values apart', 'sum(x{w="a"})', 'sum by (w)(x{w=~"a|b\\\\.c"})', false],
    [
      'a rate of a range works on each series',
      'avg(rate(x{w="a",job="j"}[1m]))',
      'avg by (w)(rate(x{w=~"a|b\\\\.c",job="j"}[1m]))',
      false,
    ],
    [
      'what is grouped already is grouped by one more',
      'group by (instance) (count_over_time(x{w="a"}[15000ms]))',
      'group by (instance, w) (count_over_time(x{w=~"a|b\\\\.c"}[15000ms]))',
      false,
    ],
    ['a label that is asked for stays', 'sum by (w) (x{w="a"})', 'sum by (w) (x{w=~"a|b\\\\.c"})', true],
    ['a bare selector has the label', 'x{w="a"}', 'x{w=~"a|b\\\\.c"}', true],
    [
      'two sides that both have lost the label',
      'sum(x{w="a"}) / sum(y{w="a"}) * 100',
      'sum by (w)(x{w=~"a|b\\\\.c"}) / sum by (w)(y{w=~"a|b\\\\.c"}) * 100',
      false,
    ],
    [
      'offsets and pinned times stay where they are',
      'sum(rate(x{w="a"}[1m] offset 5m)) - sum(y{w="a"} @ end())',
      'sum by (w)(rate(x{w=~"a|b\\\\.c"}[1m] offset 5m)) - sum by (w)(y{w=~"a|b\\\\.c"} @ end())',
      false,
    ],
    [
      'numbers beside it',
      'clamp_max(sum(x{w="a"}), 5)',
      'clamp_max(sum by (w)(x{w=~"a|b\\\\.c"}), 5)',
      false,
    ],
    ['single quotes', "max(x{w='a'})", 'max by (w)(x{w=~"a|b\\\\.c"})', false],
    ['no group at all', 'sum by () (x{w="a"})', 'sum by (w) (x{w=~"a|b\\\\.c"})', false],
    ['sums of sums', 'sum(max by (z) (x{w="a"}))', 'sum by (w)(max by (z, w) (x{w=~"a|b\\\\.c"}))', false],
  ])('%s: %s', ([, query, together, keepsLabel]) => {
    expect(askedTogether(query)).toBe(together)
    expect(shapesOf(query).find(({ label }) => label === 'w')).toMatchObject({ value: 'a', keepsLabel })
  })

  test.for<[string, string]>([
    ['another value on the other side', 'sum(x{w="a"}) / sum(y{w="b"})'],
    ['a side without the label', 'sum(x{w="a"}) / sum(y)'],
    ['only one side keeps the label', 'sum(x{w="a"}) / sum by (w) (y{w="a"})'],
    ['the label is spoken of twice', 'sum(x{w="a",w!="b"})'],
    ['a pattern', 'sum(x{w=~"a"})'],
    ['all but one', 'sum(x{w!="a"})'],
    ['an empty value, which is also that of series without the label', 'sum(x{w=""})'],
    ['a value that would be a pattern', 'sum(x{w="a|b"})'],
    ['a value with an escape', 'sum(x{w="a\\\\b"})'],
    ['a label in quotes', 'sum({"x", "w"="a"})'],
    ['groups without a label', 'sum without (instance) (x{w="a"})'],
    ['the largest of all', 'topk(3, x{w="a"})'],
    ['a quantile', 'quantile(0.9, x{w="a"})'],
    ['matching on labels', 'sum by (z) (x{w="a"}) / on (z) sum by (z) (y{w="a"})'],
    ['matching without labels', 'x{w="a"} / ignoring (z) y{w="a"}'],
    ['a set operation', 'sum(x{w="a"}) or vector(0)'],
    ['a comparison', 'sum(x{w="a"}) > 3'],
    ['a stand-in', 'absent(x{w="a"})'],
    ['a scalar', 'scalar(sum(x{w="a"}))'],
    ['a label made of others', 'label_replace(x{w="a"}, "w", "z", "", "")'],
    ['a histogram', 'histogram_quantile(0.9, sum by (le) (x{w="a"}))'],
    ['a subquery', 'max_over_time(sum(x{w="a"})[5m:15s])'],
    ['an offset of more than a selector, which the grammar takes amiss', 'x{w="a"} + y{w="a"} offset 5m'],
    ['a parameter that is no number', 'clamp_max(x{w="a"}, scalar(y{w="a"}))'],
    ['a sign', '-sum(x{w="a"})'],
    ['no selector', 'vector(1)'],
    ['nothing', ''],
  ])('is asked by itself: %s', ([, query]) => {
    expect(askedTogether(query)).toBeUndefined()
  })

  test('the name of a metric is not a label that varies', () => {
    expect(shapesOf('sum(rate({__name__="x"}[1m]))')).toEqual([])
  })

  test('queries are of one shape when nothing but the value differs', () => {
    const key = (query: string) => shapesOf(query).find(({ label }) => label === 'w')?.key
    expect(key('sum(x{w="a"})')).toBe(key('sum(x{w="b"})'))
    expect(key('sum(x{w="a"})')).not.toBe(key('sum(y{w="a"})'))
    expect(key('sum(x{w="a",z="1"})')).not.toBe(key('sum(x{w="a",z="2"})'))
    expect(key('sum(x{w="a"})')).not.toBe(key('sum (x{w="a"})'))
  })
})
