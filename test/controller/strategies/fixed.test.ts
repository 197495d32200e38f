import { describe, expect, test } from 'vitest'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Seen } from '../../../controller/strategies/strategy.ts'

const times = { window: 300_000, hold: 600_000 }
const limits: Limits = { min: 2, max: 6, outStep: 1, inStep: 1, unit: 'plain', ...times }
const at = (size: number): Seen => ({ load: 0, counted: 0, size, min: 2, max: 6, outStep: 1, inStep: 1 })
const four = strategies.fixed.parse({ size: 4 })

test.for([
  { name: 'fewer: out to it', size: 2, proposal: { kind: 'out', size: 4, why: 'fixed at 4, now 2' } },
  { name: 'more: in to it', size: 6, proposal: { kind: 'in', size: 4, why: 'fixed at 4, now 6' } },
  { name: 'just so: stay', size: 4, proposal: { kind: 'stay', why: 'fixed at 4' } },
])('$name', ({ size, proposal }) => {
  expect(four.strategy({ unit: 'plain', window: '5m' }).propose(at(size))).toEqual(proposal)
})

test('it measures nothing, so a rule of it needs no query', () => {
  expect(four.measures).toBe('nothing')
})

describe('faults', () => {
  test.for([
    { name: 'between min and max', size: 6, says: [] },
    {
      name: 'under min',
      size: 1,
      says: ["size (1) is under the workload's min (2), so it can never be reached"],
    },
    {
      name: 'over max',
      size: 7,
      says: ["size (7) is over the workload's max (6), so it can never be reached"],
    },
  ])('$name', ({ size, says }) => {
    expect(strategies.fixed.parse({ size }).faults(limits)).toEqual(says)
  })
})
