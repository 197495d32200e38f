import { describe, expect, test } from 'vitest'
import { instanceNodeOf, leavesOf } from '../../../controller/sources/graphite-leaves.ts'
import { faultsOf, parseTarget } from '../../../controller/sources/graphite-syntax.ts'

describe('targets that make sense, pipes and blanks written out', () => {
  test.for<[string, string]>([
    ['a.b.c', 'a.b.c'],
    ['  a.b.c  ', 'a.b.c'],
    ['a.*.c?.[0-9]', 'a.*.c?.[0-9]'],
    ['a.{b,c}x.d', 'a.{b,c}x.d'],
    ['a.web-1:8100.per%cent', 'a.web-1:8100.per%cent'],
    [String.raw`a.with\(bracket\).c`, String.raw`a.with\(bracket\).c`],
    ['stats.Москва.rps', 'stats.Москва.rps'],
    ['sumSeries(a.*.c)', 'sumSeries(a.*.c)'],
    ['sumSeries ( a.*.c , b.c )', 'sumSeries(a.*.c,b.c)'],
    ['scale(perSecond(sumSeries(a.*.c)), 0.1)', 'scale(perSecond(sumSeries(a.*.c)),0.1)'],
    ['summarize(a.b, "1min", \'avg\', true)', 'summarize(a.b,"1min",\'avg\',true)'],
    ['scale(a.b,-1.5e-3)', 'scale(a.b,-1.5e-3)'],
    ['movingAverage(a.b, windowSize=5)', 'movingAverage(a.b,windowSize=5)'],
    ['timeFunction("a (b", step = 60)', 'timeFunction("a (b",step =60)'],
    ['a.*.c|sumSeries()|scale(10)', 'scale(sumSeries(a.*.c),10)'],
    ['a.* | sumSeries(b.*)', 'sumSeries(a.*,b.*)'],
    ['sumSeries(a.*|scale(2), b)', 'sumSeries(scale(a.*,2),b)'],
    ['seriesByTag("name=cpu", "workload=~in.*")', 'seriesByTag("name=cpu","workload=~in.*")'],
    ['sumSeries(1min.rate)', 'sumSeries(1min.rate)'],
    ['constantLine(5)', 'constantLine(5)'],
    ['alias(a.b, "say \\"hello\\"")', 'alias(a.b,"say \\"hello\\"")'],
    ['sumSeries(\n  a.b,\n  c.d\n)\n', 'sumSeries(a.b,c.d)'],
  ])('%s', ([query, wanted]) => {
    expect(parseTarget(query)).toMatchObject({ kind: 'parsed', expression: { text: wanted } })
    expect(faultsOf(query)).toEqual([])
  })
})

describe('queries that cannot be asked are told apart from metrics that are not there', () => {
  test.for<[string, string, RegExp]>([
    ['nothing', '', /is empty/],
    ['blanks', ' \n', /is empty/],
    ['a number', ' 5 ', /a number or a text/],
    ['a text', '"a.b"', /a number or a text/],
    ['a bracket that is not closed', 'sumSeries(a.b', /ends too early/],
    ['a bracket and nothing', 'sum(', /ends too early/],
    ['a bracket too many', 'sumSeries(a.b))', /unexpected "\)" at character 15/],
    ['a quote that is not closed', 'alias(a.b, "x)', /unexpected "\\?"x\)" at character 12/],
    ['two targets', 'a.b c.d', /unexpected "c\.d" at character 5/],
    ['an argument missing', 'sumSeries(a.b,)', /unexpected "\)" at character 15/],
    ['a keyword before what has its place', 'scale(factor=2,a.b)', /unexpected "2,a\.b\)"/],
    ['a place after a keyword', 'scale(a.b,factor=2,true)', /unexpected "true\)"/],
    ['a comma missing', 'scale(a.b 2)', /unexpected "2\)" at character 11/],
    ['an empty node', 'a..b', /unexpected "\.\.b"|unexpected "\.b"/],
    ['a dot at the end', 'a.b.', /unexpected "\."/],
    ['blanks in braces', 'a.{b, c}', /unexpected/],
    ['braces that are not closed', 'sumSeries(a.{b,c)', /unexpected "\.\{b,c\)" at character 12/],
    ['a pipe into nothing', 'a.b|', /ends too early/],
    ['a pipe into a path', 'a.b|c.d', /unexpected "c\.d"/],
    ['PromQL', 'sum(rate(x{job="ingest"}[1m]))', /unexpected/],
    ['a form of the address', 'target=sumSeries(a.b)', /unexpected "\(a\.b\)"/],
    ['a template', 'template(a.$x.b, x="c")', /template\(\) is not supported/],
    ['more calls than anybody writes', `${'f('.repeat(100_000)}a`, /more than 500 calls/],
    ['more quotes than anybody writes', `f(${'"a" '.repeat(50_000)}`, /unexpected/],
  ])('%s', ([, query, wanted]) => {
    expect(faultsOf(query)).toEqual([expect.stringMatching(wanted)])
    expect(leavesOf(query).length).toBeLessThanOrEqual(1)
  })
})

describe('the raw series behind a query', () => {
  test.for<[string, string, string[]]>([
    ['a path', 'a.b', ['a.b']],
    ['a sum', 'sumSeries(a.*.c)', ['a.*.c']],
    ['each once', 'divideSeries(sumSeries(a.*.c),countSeries(a.*.c))', ['a.*.c']],
    ['several', 'divideSeries(sumSeries(a.*.c),sumSeries(b.*.c))', ['a.*.c', 'b.*.c']],
    ['through a pipe', 'a.*.c|sumSeries()', ['a.*.c']],
    ['none', 'constantLine(5)', []],
    ['tags', 'sumSeries(seriesByTag("name=cpu"))', ['seriesByTag("name=cpu")']],
    ['what fills gaps', 'fallbackSeries(transformNull(a.b,0),constantLine(0))', ['a.b']],
    ['shifted in time', 'timeShift(sumSeries(a.*),"1d")', ['timeShift(a.*,"1d")']],
    [
      'shifted twice',
      'timeShift(timeShift(a.*,"1d"),"1h",false)',
      ['timeShift(timeShift(a.*,"1d"),"1h",false)'],
    ],
    ['a filter right around it', 'sumSeries(exclude(grep(a.*,"x"),"y"))', ['exclude(grep(a.*,"x"),"y")']],
    ['a filter of other names', 'sumSeries(exclude(aliasByNode(a.*,1),"y"))', ['a.*']],
    ['a filter of what is shifted', 'exclude(timeShift(a.*,"1d"),"y")', ['exclude(timeShift(a.*,"1d"),"y")']],
  ])('%s', ([, query, wanted]) => {
    expect(leavesOf(query).map(({ text }) => text)).toEqual(wanted)
  })
})

describe('which node of a path names the instance', () => {
  test.for<[string, string, number | undefined, number | undefined]>([
    ['the only one with a star', 'capuchin.ingest.*.cpu', undefined, 2],
    ['part of a node', 'capuchin.ingest-*.cpu', undefined, 1],
    ['a question mark', 'a.web?.cpu', undefined, 1],
    ['a range of characters', 'a.web[0-9].cpu', undefined, 1],
    ['braces list what is known', 'a.*.requests.{get,post}', undefined, 1],
    ['no node is open', 'kafka.lag.total', undefined, undefined],
    ['only braces', 'a.{x,y}.cpu', undefined, undefined],
    ['several nodes are open', 'a.*.cpu.*', undefined, undefined],
    ['several, and one is chosen', 'a.*.cpu.*', 1, 1],
    ['the chosen one is not open', 'a.b.*.cpu', 1, undefined],
    ['the chosen one is not there', 'a.*', 7, undefined],
    ['any depth', 'a.**.cpu', undefined, undefined],
  ])('%s', ([, pattern, chosen, wanted]) => {
    expect(instanceNodeOf(pattern, chosen)).toBe(wanted)
  })
})
