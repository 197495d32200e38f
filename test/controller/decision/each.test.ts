import { expect, test } from 'vitest'
import type { Question, Reading, Sample } from '../../../controller/decision/reading.ts'
import { type Expected, integrate } from '../../../controller/decision/window.ts'
import { MINUTE, NOW, SECOND } from './builders.ts'

const step = 15 * SECOND
const question: Question = {
  query: 'q',
  per: 'instance',
  from: NOW - 5 * MINUTE,
  to: NOW,
  step,
  interval: step,
}

/** A value that holds for every instance alike, such as an alert that fires. */
function each(value: number, has = (_: number) => true): Reading {
  const times = Array.from({ length: 20 }, (_, i) => question.from + (i + 1) * step).filter(has)
  const samples: Sample[] = times.map((t) => ({ t, value }))
  return { kind: 'samples', samples, step, seen: [], each: true }
}

const ready = (count: number, spans: Expected['spans'] = []): Expected => ({
  ready: Array.from({ length: count }, (_, i) => [`ingest-${i}`]),
  spans,
})

const grown = [
  { at: NOW - 10 * MINUTE, until: NOW - 150 * SECOND, ready: 2 },
  { at: NOW - 150 * SECOND, until: NOW, ready: 4 },
]

test.for<[string, Reading, Expected, object]>([
  ['it is the load of as many as are ready', each(1), ready(3), { kind: 'whole', load: 3, coverage: 1 }],
  ['of as many as were ready when', each(1), ready(4, grown), { kind: 'whole', load: expect.closeTo(3, 0) }],
  ['where nobody is ready, of one', each(1), ready(0), { kind: 'whole', load: 1 }],
  ['nobody is absent from it, whoever came last', each(1), ready(5, grown), { kind: 'whole' }],
  [
    'holes in it are holes',
    each(1, (t) => t <= NOW - 2 * MINUTE || t > NOW - MINUTE),
    ready(2),
    { kind: 'whole', coverage: 0.8 },
  ],
  [
    'too many of them make it partial',
    each(1, (t) => t > NOW - 2 * MINUTE),
    ready(2),
    { kind: 'partial', coverage: 0.4 },
  ],
])('a value that holds for each instance: %s', ([, reading, expected, wanted]) => {
  expect(integrate(question, reading, expected, 0.8)).toMatchObject(wanted)
})

test('a total of it is not multiplied', () => {
  expect(integrate({ ...question, per: 'workload' }, each(1), ready(3), 0.8)).toMatchObject({
    kind: 'whole',
    load: 1,
  })
})
