import { expect, test } from 'vitest'
import { readyOver } from '../../../controller/decision/ready.ts'
import { MINUTE, NOW, SECOND } from './builders.ts'

const at = (minutes: number): number => NOW - minutes * MINUTE
const window = { from: at(10), to: NOW }

test.for<{
  name: string
  spans: [from: number, until: number, ready: number][]
  parts: number[][]
  known: number
}>([
  { name: 'nothing that was noted is nothing known', spans: [], parts: [], known: 0 },
  {
    name: 'a count holds until the next one',
    spans: [
      [12, 6.5, 2],
      [6, 0, 3],
    ],
    parts: [
      [10, 6, 2],
      [6, 0, 3],
    ],
    known: 1,
  },
  {
    name: 'and for a minute where none follows: over a longer silence nothing is known',
    spans: [
      [12, 8, 2],
      [3, 0, 2],
    ],
    parts: [
      [10, 7, 2],
      [3, 0, 2],
    ],
    known: 0.6,
  },
  {
    name: 'the same count again is no change',
    spans: [
      [12, 8, 2],
      [7.5, 0, 2],
    ],
    parts: [[10, 0, 2]],
    known: 1,
  },
])('$name', ({ spans, parts, known }) => {
  const noted = spans.map(([from, until, ready]) => ({ at: at(from), until: at(until), ready }))
  const series = readyOver(noted, window)
  expect(series.parts).toEqual(
    parts.map(([from = 0, to = 0, load]) => ({ from: at(from), to: at(to), load })),
  )
  expect(series.coverage).toBeCloseTo(known)
})

test('what was noted last holds for a while: a tick does not end with the window', () => {
  const series = readyOver([{ at: at(5), until: NOW - 15 * SECOND, ready: 4 }], window)
  expect(series.parts).toEqual([{ from: at(5), to: NOW, load: 4 }])
})
