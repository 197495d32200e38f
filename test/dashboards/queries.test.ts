import { describe, expect, test } from 'vitest'
import { readBoard } from '../../dashboards/files.ts'
import { readModel } from '../../dashboards/model.ts'
import { markQueries, panelQueries, variableQueries } from '../../dashboards/queries.ts'
import { substitute } from '../../dashboards/substitute.ts'

const model = readModel({
  uid: 'x',
  title: 'X',
  schemaVersion: 42,
  templating: {
    list: [
      { type: 'datasource', name: 'datasource', query: 'prometheus' },
      {
        type: 'query',
        name: 'pool',
        query: { query: 'label_values(up, pool)' },
        includeAll: true,
        allValue: '.+',
      },
      { type: 'query', name: 'zone', query: 'label_values(up{pool=~"$pool"}, zone)', includeAll: true },
      { type: 'query', name: 'workload', query: 'label_values(up{zone=~"$zone"}, workload)' },
    ],
  },
  annotations: {
    list: [
      { name: 'Out', expr: 'increase(a{w=~"$workload"}[$__rate_interval])', step: '15s', iconColor: 'red' },
    ],
  },
  panels: [
    {
      type: 'row',
      id: 100,
      panels: [
        { type: 'stat', id: 101, title: 'Folded', targets: [{ refId: 'A', expr: 'up', instant: true }] },
      ],
    },
    {
      type: 'timeseries',
      id: 1,
      title: 'One',
      targets: [
        {
          refId: 'A',
          expr: 'rate(a{pool=~"$pool"}[$__rate_interval])',
          legendFormat: '{{pool}}',
          range: true,
        },
      ],
    },
  ],
})

describe('what is put in for a variable', () => {
  test.for([
    { what: 'one value', values: { workload: 'ingest' }, text: 'a{w=~"$workload"}', is: 'a{w=~"ingest"}' },
    { what: 'several values', values: { workload: ['a', 'b'] }, text: '$workload', is: '(a|b)' },
    { what: 'a list of one value', values: { workload: ['a'] }, text: '$workload', is: 'a' },
    { what: 'braces', values: { workload: 'a' }, text: `$${'{workload}'}!`, is: 'a!' },
    {
      what: 'what means something in a regular expression',
      values: { workload: 'a.b+c' },
      text: '$workload',
      is: 'a\\\\.b\\\\+c',
    },
    {
      what: 'a backslash and a quote',
      values: { workload: 'a\\b"c' },
      text: '$workload',
      is: 'a\\\\\\\\b\\"c',
    },
    { what: 'nothing, where the dashboard says what all are', values: {}, text: '$pool', is: '.+' },
    { what: 'All, where it does not', values: { zone: '$__all' }, text: '$zone', is: '.*' },
    { what: 'anything, where there is no All', values: { workload: '$__all' }, text: '$workload', is: '.*' },
    { what: 'the time between points', values: {}, text: '[$__interval]', is: '[15000ms]' },
    { what: 'the range', values: {}, text: '[$__range] $__range_s', is: '[3600000ms] 3600' },
  ])('$what', ({ values, text, is }) => {
    expect(substitute(model, text, values)).toBe(is)
  })

  test.for([
    { what: 'close points: four scrapes', span: { interval: 15, scrape: 15 }, is: '60000ms' },
    {
      what: 'far points: one scrape more than between two',
      span: { interval: 300, scrape: 15 },
      is: '315000ms',
    },
    { what: 'quick scrapes', span: { interval: 1, scrape: 0.25 }, is: '1250ms' },
  ])('what is looked back over: $what', ({ span, is }) => {
    expect(substitute(model, '$__rate_interval', {}, span)).toBe(is)
  })

  test.for([
    { text: '$workload', says: 'the variable $workload needs a value' },
    { text: '$other', says: 'X: there is no variable $other' },
  ])('$text without a value is an error that names it', ({ text, says }) => {
    expect(() => substitute(model, text, {})).toThrow(says)
  })
})

test('queries of all panels, folded ones too', () => {
  expect(panelQueries(model, {})).toEqual([
    { panel: 'Folded', id: 101, type: 'stat', refId: 'A', expr: 'up', legend: '', kind: 'instant' },
    {
      ...{ panel: 'One', id: 1, type: 'timeseries', refId: 'A', legend: '{{pool}}', kind: 'range' },
      expr: 'rate(a{pool=~".+"}[60000ms])',
    },
  ])
})

test('marks and variables', () => {
  expect(markQueries(model, { workload: 'a' })).toEqual([
    {
      ...{ name: 'Out', colour: 'red', title: 'Out', text: '', timeIsValue: false, step: 15 },
      expr: 'increase(a{w=~"a"}[60000ms])',
    },
  ])
  expect(variableQueries(model, {})).toEqual([
    { name: 'pool', match: 'up', label: 'pool' },
    { name: 'zone', match: 'up{pool=~".+"}', label: 'zone' },
    { name: 'workload', match: 'up{zone=~".*"}', label: 'workload' },
  ])
})

test('the committed dashboards need no value but a workload', async () => {
  for (const name of ['capacity', 'ingest', 'controller'] as const)
    expect(panelQueries(await readBoard(name), {}).length).toBeGreaterThan(30)
  const workload = await readBoard('workload')
  expect(() => panelQueries(workload, {})).toThrow('$workload needs a value')
  expect(markQueries(workload, { workload: 'ingest' })).toHaveLength(3)
})
