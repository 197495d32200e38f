import { expect, test } from 'vitest'
import { bars, columnsOf, sparkline } from '../../demo/view/chart.ts'
import { glyphsFor } from '../../demo/view/glyphs.ts'
import { textOf } from '../../demo/view/line.ts'

const glyphs = glyphsFor({})
const plain = glyphsFor({ LANG: 'C' })
const points = (...values: number[]) => values.map((value, second) => ({ t: second * 1000, value }))

test.for([
  { what: 'each point has its column', values: [1, 2, 3], length: 3_000, columns: [1, 2, 3] },
  {
    what: 'points of one column give their mean',
    values: [1, 3, 5, 7],
    length: 4_000,
    width: 2,
    columns: [2, 6],
  },
  {
    what: 'what has not come yet is nothing',
    values: [1],
    length: 3_000,
    columns: [1, undefined, undefined],
  },
  { what: 'what is late pushes the picture on', values: [1, 2, 3, 4], length: 3_000, columns: [2, 3, 4] },
  { what: 'there may be no points', values: [], length: 2_000, width: 2, columns: [undefined, undefined] },
  {
    what: 'a picture finer than the points has no holes',
    values: [1, 2],
    length: 3_000,
    width: 6,
    columns: [1, 1, 2, undefined, undefined, undefined],
  },
])('columns: $what', ({ values, length, width = 3, columns }) => {
  expect(columnsOf(points(...values), { length, width })).toEqual(columns)
})

test('a sparkline draws values in eighths of the top', () => {
  expect(textOf(sparkline([0, 1, 4, 8, undefined, 80], 8, glyphs))).toBe(' ▁▄█ █')
})

test('neighbours of one tone are one span', () => {
  const line = sparkline([1, 2, 9, 9], 10, glyphs, (value) => (value > 5 ? 'high' : 'good'))
  expect(line.map(({ tone }) => tone)).toEqual(['good', 'high'])
})

test('bars stand on the bottom row, with the bounds behind them', () => {
  const shape = { top: 40, rows: 4, bounds: [30, 10] }
  const lines = bars([undefined, 5, 25, 40], shape, glyphs, () => 'good')
  expect(lines.map(textOf)).toEqual(['╌╌╌█', '  ▄█', '╌╌██', ' ▄██'])
})

test('a terminal of another character set gets plain characters', () => {
  const drawn = textOf(sparkline([1, 4, 8], 8, plain))
  expect(drawn).toBe('.:#')
})

test('columns: where nothing was known for long there is a hole', () => {
  const late = [...points(1), { t: 5_000, value: 6 }]
  expect(columnsOf(late, { length: 6_000, width: 6 })).toEqual([1, 1, 1, undefined, undefined, 6])
})
