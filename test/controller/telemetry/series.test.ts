import { expect, test } from 'vitest'
import { createSeries } from '../../../controller/telemetry/series.ts'

const lines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('a series is written with its labels in the order of the gauge, the newest value counts', () => {
  const series = createSeries('size', 'How many.', ['workload', 'rule'])
  series.set({ rule: 'cpu', workload: 'a' }, 1)
  series.set({ workload: 'a', rule: 'cpu' }, 2.5)
  expect(series.text()).toBe(
    '# HELP size How many.\n# TYPE size gauge\nsize{workload="a",rule="cpu"} 2.5\n\n',
  )
})

test('without a finite value there is no series: missing is not zero', () => {
  const series = createSeries('size', 'How many.', [])
  expect(lines(series.text())).toEqual([])
  series.set({}, 0)
  expect(lines(series.text())).toEqual(['size 0'])
  series.set({}, undefined)
  series.set({}, Number.NaN)
  expect(lines(series.text())).toEqual([])
})

test('quotes, backslashes and line ends are escaped', () => {
  const series = createSeries('size', 'How many.', ['rule'])
  series.set({ rule: 'a "b" \\ c\nd' }, 1)
  expect(lines(series.text())).toEqual(['size{rule="a \\"b\\" \\\\ c\\nd"} 1'])
})

test('series are dropped by whole labels only, whatever values look like', () => {
  const series = createSeries('size', 'How many.', ['workload', 'rule'])
  series.set({ workload: 'a', rule: 'x' }, 1)
  series.set({ workload: 'ab', rule: 'workload="a"' }, 2)
  series.set({ workload: 'b', rule: ',workload="a",' }, 3)
  series.drop({ workload: 'a' })
  expect(lines(series.text()).map((line) => line.at(-1))).toEqual(['2', '3'])
  series.drop({ workload: 'b', rule: ',workload="a",' })
  expect(lines(series.text()).map((line) => line.at(-1))).toEqual(['2'])
})
