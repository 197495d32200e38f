import { describe, expect, test } from 'vitest'
import { durationMs, faultsOf } from '../../../controller/sources/promql.ts'
import { presenceQuery, selectorsOf } from '../../../controller/sources/selectors.ts'

const shown = (query: string): string[] =>
  selectorsOf(query).map(({ text, modifiers }) => (modifiers === '' ? text : `${text} ${modifiers}`))

describe('the raw selectors of an expression', () => {
  test.for<[string, string, string[]]>([
    ['a bare metric is its own selector', 'up', ['up']],
    ['matchers are kept as written', 'x{a="b",c=~"d.*", e!=\'f\'}', ['x{a="b",c=~"d.*", e!=\'f\'}']],
    ['a range is not part of it', 'rate(x{a="b"}[5m])', ['x{a="b"}']],
    ['aggregations and functions are looked through', 'sum by (z) (rate(x[1m]))', ['x']],
    ['both sides of an operation', 'sum(rate(a[1m])) / sum(b)', ['a', 'b']],
    ['both sides of an or, since a stand-in hides a gap', 'sum(a) or sum(b)', ['a', 'b']],
    ['a number in the place of nothing vouches for nothing', 'sum(a) or vector(0)', ['a']],
    ['the same selector counts once', 'rate(x[1m]) / rate(x[5m])', ['x']],
    ['the same metric with other matchers counts again', 'x{a="1"} / x{a="2"}', ['x{a="1"}', 'x{a="2"}']],
    [
      'a recording rule is a name like any other',
      'job:requests:rate5m{job="ingest"}',
      ['job:requests:rate5m{job="ingest"}'],
    ],
    ['a selector by matchers alone', '{__name__="x"}', ['{__name__="x"}']],
    ['quoted names', '{"a.b", c="d"}', ['{"a.b", c="d"}']],
    ['no selectors at all', 'vector(1) + 2', []],
    ['an offset stays', 'rate(x[5m] offset 1h)', ['x offset 1h']],
    ['a negative offset stays', 'x offset -5m', ['x offset -5m']],
    ['an offset shifts the operand before it only', 'a + b offset 5m', ['a', 'b offset 5m']],
    [
      'a range belongs to the operand before it only',
      'rate(a[1m]) - rate(b[1m] offset 5m)',
      ['a', 'b offset 5m'],
    ],
    ['a pinned time stays', 'x @ 1700000000', ['x @ 1700000000']],
    ['a time pinned to the end stays, with its offset', 'x @ end() offset 5m', ['x @ end() offset 5m']],
    ['modifiers in the other order', 'x offset 5m @ 100', ['x @ 100 offset 5m']],
    [
      'offsets of subqueries reach what is inside',
      'max_over_time(rate(x[1m])[5m:15s] offset 1h)',
      ['x offset 1h'],
    ],
    ['offsets add up over levels', 'max_over_time((x offset 30m)[5m:15s] offset 1h)', ['x offset 5400000ms']],
    ['an inner pin makes outer offsets void', 'max_over_time(rate(x[1m] @ 100)[5m:] offset 1h)', ['x @ 100']],
    [
      'an outer pin is shifted by inner offsets',
      'max_over_time(rate(x[1m] offset 1m)[5m:] @ 100)',
      ['x @ 100 offset 1m'],
    ],
    ['subqueries beside another operand', 'a + max_over_time(b[5m:] offset 1h)', ['a', 'b offset 1h']],
    ['absence is asked for, so presence is not', 'absent(x)', []],
    ['absence over time likewise', 'absent_over_time(x[5m]) * y', ['y']],
    ['what is excluded by unless may be absent', 'sum(x unless on(a) y)', ['x']],
    ['comments are no part of it', 'sum(x) # the sum of y', ['x']],
  ])('%s', ([, query, wanted]) => {
    expect(shown(query)).toEqual(wanted)
  })

  test('the metric name is told apart, for the explanation of an empty answer', () => {
    expect(selectorsOf('rate(x{a="b"}[1m])')[0]?.metric).toBe('x')
    expect(selectorsOf('{a="b"}')[0]).not.toHaveProperty('metric')
  })

  test('the presence question keeps matchers and modifiers and takes the step as its range', () => {
    const [selector] = selectorsOf('sum(rate(x{a="b"}[5m] offset 1m))')
    if (selector === undefined) throw new Error('no selector found')
    expect(presenceQuery(selector, 15_000)).toBe(
      'group by (instance) (count_over_time(x{a="b"}[15000ms] offset 1m))',
    )
  })
})

test.for<[string, number | undefined]>([
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['1w', 604_800_000],
  ['90', 90_000],
  ['-5m', -300_000],
  ['inf', undefined],
  ['', undefined],
])('the PromQL duration %s is %s ms', ([text, wanted]) => {
  expect(durationMs(text)).toBe(wanted)
})

describe('faults of a query', () => {
  test.for<[string, string, RegExp | undefined]>([
    ['a sound query has none', 'avg(rate(process_cpu_seconds_total{job="ingest"}[1m]))', undefined],
    ['recording rules, offsets and subqueries have none', 'max_over_time(a:b[5m:15s] offset 1h)', undefined],
    ['empty', '  ', /empty/],
    ['an open bracket', 'sum(', /ends too early/],
    ['an open quote', 'x{a="b}', /ends too early/],
    ['an open range', 'rate(x[1m', /ends too early/],
    ['two expressions', 'sum(x) sum(y)', /unexpected "sum\(y\)" at character 8/],
    ['an unknown function', 'foo(x)', /unexpected "\(x\)" at character 4/],
    ['a text', '"s"', /is a text/],
    ['a range where a number is needed', 'x[5m]', /range of samples: wrap it in rate\(\)/],
  ])('%s', ([, query, wanted]) => {
    const faults = faultsOf(query)
    if (wanted === undefined) expect(faults).toEqual([])
    else expect(faults).toEqual([expect.stringMatching(wanted)])
  })
})
