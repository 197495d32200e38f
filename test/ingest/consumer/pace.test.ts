import { expect, test } from 'vitest'
import { createPace } from '../../../ingest/consumer/pace.ts'

const COST = 10

test.for([
  { name: 'after a cheap flush a little', reads: [{ events: 1, behind: 0 }], cost: COST, wait: 40 },
  {
    name: 'after a dear one as long as events may wait',
    reads: [{ events: 1, behind: 0 }],
    cost: 900,
    wait: 1_000,
  },
  { name: 'not at all when more is there', reads: [{ events: 1, behind: 1 }], cost: COST, wait: 0 },
  {
    name: 'not at all when another partition has more',
    reads: [
      { events: 1, behind: 0 },
      { events: 1, behind: 9 },
    ],
    cost: COST,
    wait: 0,
  },
  {
    name: 'not at all when they make a full batch together',
    reads: [
      { events: 60, behind: 0 },
      { events: 40, behind: 0 },
    ],
    cost: COST,
    wait: 0,
  },
])('waits for more events: $name', ({ reads, cost, wait }) => {
  const pace = createPace(1_000, 100)
  for (const { events, behind } of reads) pace.read(events, behind)
  expect(reads.map(() => pace.wait(cost))).toEqual(reads.map(() => wait))
})

test('what was read before does not count', () => {
  const pace = createPace(1_000, 100)
  pace.read(200, 5)
  expect(pace.wait(COST)).toBe(0)
  pace.read(1, 0)
  expect(pace.wait(COST)).toBe(40)
})
