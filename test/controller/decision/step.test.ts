import { describe, expect, test } from 'vitest'
import { clamps } from '../../../controller/decision/clamps.ts'
import { decide } from '../../../controller/decision/decide.ts'
import type { Step } from '../../../controller/decision/policy.ts'
import { quarantine } from '../../../controller/decision/quarantine.ts'
import { stepSize } from '../../../controller/decision/step.ts'
import { aCase, aPolicy, MINUTE, whole } from './builders.ts'

test.for<{ name: string; step: Step; size: number; out: number; in: number }>([
  { name: 'a count is a count', step: 2, size: 50, out: 2, in: 2 },
  { name: 'a percentage of the size', step: { percent: 25 }, size: 8, out: 2, in: 2 },
  { name: 'rounded up going out and down going in', step: { percent: 25 }, size: 10, out: 3, in: 2 },
  { name: 'at least one', step: { percent: 10 }, size: 3, out: 1, in: 1 },
  { name: 'from 0 too', step: { percent: 200 }, size: 0, out: 1, in: 1 },
])('$name', ({ step, size, out, in: into }) => {
  expect(stepSize(step, size, 'out')).toBe(out)
  expect(stepSize(step, size, 'in')).toBe(into)
})

describe('a workload that moves by a quarter of its size', () => {
  const rate = { count: 99, share: 9 }
  const quarter = aPolicy({
    size: { min: 2, max: 40 },
    out: { step: { percent: 25 }, wait: MINUTE, perHour: rate },
    in: {
      step: { percent: 25 },
      wait: MINUTE,
      hold: MINUTE,
      perHour: { count: 99, share: 1 },
      sharePerTick: 1,
    },
  })

  test.for([
    { name: 'out', size: 10, load: 900, granted: 13, says: 'ingest 10 -> 13: load 90 over 70 (5m mean)' },
    { name: 'in', size: 10, load: 100, granted: 8, says: 'ingest 10 -> 8: load 10 under 30 (5m mean)' },
    {
      name: 'out when few',
      size: 2,
      load: 180,
      granted: 3,
      says: 'ingest 2 -> 3: load 90 over 70 (5m mean)',
    },
  ])('$name', ({ size, load, granted, says }) => {
    const decision = decide(aCase({ size, policy: quarter, integrals: [whole(load)] }), clamps, quarantine)
    expect(decision).toMatchObject({ granted, sentence: says })
  })

  test('the clamp says what the step is a percentage of', () => {
    const policy = { ...quarter, out: { ...quarter.out, step: { percent: 25 } } }
    const asked = aCase({ size: 8, policy: { ...policy, rules: [] }, integrals: [] })
    const step = clamps.find(({ name }) => name === 'step')
    const given = { policy, record: asked.record, now: asked.now, rules: [] }
    expect(step?.apply(12, given)).toEqual({ size: 10, reason: 'step', why: 'out.step is 25 % of 8' })
    expect(step?.apply(2, given)).toEqual({ size: 6, reason: 'step', why: 'in.step is 25 % of 8' })
  })
})
