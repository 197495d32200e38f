import { describe, expect, test } from 'vitest'
import { type Element, evaluate } from '../../../controller/sources/evaluate.ts'
import type { Labels } from '../../../controller/sources/exposition.ts'
import { compile, type Leaf, leavesOf } from '../../../controller/sources/expression.ts'
import { accepts } from '../../../controller/sources/matchers.ts'

const compiled = (query: string) => {
  const result = compile(query)
  if (result.kind === 'fault') throw new Error(result.detail)
  return result.expression
}

const element = (labels: Labels, value: number): Element => ({ labels, value })

/** The newest values of each metric; a rate of 1 a second for all. */
const world: Record<string, Element[]> = {
  x: [
    element({ instance: 'a', zone: 'one' }, 10),
    element({ instance: 'b', zone: 'two' }, 20),
    element({ instance: 'c', zone: 'two' }, 60),
  ],
  y: [element({ instance: 'a', zone: 'one' }, 2), element({ instance: 'b', zone: 'two' }, 4)],
  none: [],
}

const look = (leaf: Leaf): Element[] => {
  const all = (world[leaf.selector.name] ?? []).filter(({ labels }) => accepts(leaf.selector, labels))
  return leaf.kind === 'latest' ? all : all.map(({ labels }) => element(labels, leaf.range / 1000))
}

describe('simple expressions', () => {
  test.for<[string, [Labels, number][]]>([
    ['7', [[{}, 7]]],
    ['1 + 2 * 3', [[{}, 7]]],
    ['(1 + 2) * 3', [[{}, 9]]],
    ['-3', [[{}, -3]]],
    ['1m', [[{}, 60]]],
    ['1e3 / 4', [[{}, 250]]],
    ['sum(x)', [[{}, 90]]],
    ['avg(x)', [[{}, 30]]],
    ['min(x)', [[{}, 10]]],
    ['max(x)', [[{}, 60]]],
    ['count(x)', [[{}, 3]]],
    [
      'sum by (zone) (x)',
      [
        [{ zone: 'one' }, 10],
        [{ zone: 'two' }, 80],
      ],
    ],
    [
      'sum(x) by (zone)',
      [
        [{ zone: 'one' }, 10],
        [{ zone: 'two' }, 80],
      ],
    ],
    ['sum by (nothing) (x)', [[{}, 90]]],
    ['max(sum by (zone) (x))', [[{}, 80]]],
    ['sum(x{zone="two"})', [[{}, 80]]],
    ['sum(x{zone!="two"})', [[{}, 10]]],
    ['sum(x{instance=~"a|b"})', [[{}, 30]]],
    ['sum(x{instance!~"a|b"})', [[{}, 60]]],
    ['sum(x{instance=~"a"})', [[{}, 10]]],
    ['sum(x{instance=~"[ab]",zone="two"})', [[{}, 20]]],
    ['sum(x{missing=""})', [[{}, 90]]],
    ['sum(x{missing!=""})', []],
    ["sum(x{zone='two'})", [[{}, 80]]],
    ['sum(x{zone=`two`})', [[{}, 80]]],
    ['sum(x) / 3', [[{}, 30]]],
    ['100 - sum(x)', [[{}, 10]]],
    ['-sum(x)', [[{}, -90]]],
    ['sum(x) / sum(y)', [[{}, 15]]],
    ['sum(x) + count(x) * 2', [[{}, 96]]],
    [
      'sum by (zone) (x) / sum by (zone) (y)',
      [
        [{ zone: 'one' }, 5],
        [{ zone: 'two' }, 20],
      ],
    ],
    ['sum(x / y)', [[{}, 10]]],
    ['sum(x * 2)', [[{}, 180]]],
    ['sum(rate(x[30s]))', [[{}, 90]]],
    ['avg(rate(x{zone="two"}[1m]))', [[{}, 60]]],
    [
      'y',
      [
        [{ instance: 'a', zone: 'one' }, 2],
        [{ instance: 'b', zone: 'two' }, 4],
      ],
    ],
    ['sum(none)', []],
    ['count(none)', []],
    ['sum(none) + 5', []],
    ['5 - sum(none)', []],
    ['sum(x) + sum(none)', []],
    ['sum(x) / 0', [[{}, Number.POSITIVE_INFINITY]]],
  ])('%s', ([query, wanted]) => {
    const elements = evaluate(compiled(query), look).map(({ labels, value }) => [labels, value])
    expect(elements).toEqual(wanted)
  })

  test('what an expression reads is told in order', () => {
    const leaves = leavesOf(compiled('sum(rate(x{a="b"}[1m])) / count(y) + 3'))
    expect(leaves.map(({ kind, selector }) => [kind, selector.text])).toEqual([
      ['rate', 'x{a="b"}'],
      ['latest', 'y'],
    ])
  })
})

describe('what is not supported is named, with where it is', () => {
  test.for<[string, RegExp]>([
    ['irate(x[1m])', /does not support irate\(\): a prometheus source does/],
    ['increase(x[1m])', /increase\(\)/],
    ['histogram_quantile(0.9, rate(x[1m]))', /histogram_quantile\(\)/],
    ['sum(rate(x[1m] offset 5m))', /rate\(x\[1m\] offset 5m\)/],
    ['sum(rate(sum(x)[1m:15s]))', /rate\(/],
    ['rate(x)', /rate\(x\): it takes a selector with a range/],
    ['sum(x offset 5m)', /x offset 5m/],
    ['sum(x @ 100)', /x @ 100/],
    ['sum without (zone) (x)', /without \(zone\)/],
    ['stddev(x)', /stddev\(x\)/],
    ['topk(3, x)', /topk\(3, x\)/],
    ['sum(1)', /aggregates a number/],
    ['sum(x) or vector(0)', /operator or vector\(0\)/],
    ['x / on(zone) y', /operator \/ on\(zone\)/],
    ['x > 5', /operator > 5/],
    ['x > bool 5', /operator > bool/],
    ['x % 5', /operator % 5/],
    ['{__name__="x"}', /without a metric name/],
    ['x{__name__="y"}', /__name__/],
    ['x{"a.b"="c"}', /label names in quotes/],
    ['sum by ("a.b") (x)', /label names in quotes/],
    ['x{a=~"("}', /the pattern "\("/],
    ['x + inf', /the number inf/],
    ['sum(', /syntax/],
    ['x[5m]', /range of samples/],
    ['', /empty/],
  ])('%s', ([query, detail]) => {
    expect(compile(query)).toEqual({ kind: 'fault', detail: expect.stringMatching(detail) })
  })
})
