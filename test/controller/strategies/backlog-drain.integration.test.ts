import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../controller/decision/decision.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import { limitOf, strengthOf } from '../../../controller/strategies/backlog-sizes.ts'
import { drained, drainingPolicy, level } from '../../support/queue-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Clamps that bind little, so that what is seen is what the strategy wants. */
const loose = (min: number, max: number, step: number): Partial<Policy> => ({
  size: { min, max },
  out: { step, wait: MINUTE, perHour: { count: 999, share: 9 } },
  in: { step, wait: MINUTE, hold: 5 * MINUTE, perHour: { count: 999, share: 1 }, sharePerTick: 1 },
})

const sizesOf = (decisions: readonly Decision[]): number[] => decisions.map(({ granted }) => granted)

const changesIn = (sizes: readonly number[]): number =>
  sizes.filter((size, i) => i > 0 && size !== sizes[i - 1]).length

const cases = fc.record({
  /** Partitions, and the capacity of an instance. */
  partitions: fc.integer({ min: 1, max: 24 }),
  each: fc.integer({ min: 20, max: 500 }),
  /** What comes in, as a share of what as many instances as there are partitions manage. */
  share: fc.double({ min: 0, max: 1.3, noNaN: true }),
  /** What waits at the beginning, in minutes of what comes in. */
  waits: fc.integer({ min: 0, max: 30 }),
  min: fc.integer({ min: 1, max: 4 }),
  more: fc.integer({ min: 0, max: 24 }),
  step: fc.constantFrom(1, 3, 99),
  rebalance: fc.constantFrom(0, 5_000, 20_000),
  /** In the first half hour so many times as much comes in. */
  before: fc.constantFrom(0, 1, 4),
})

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

function specOf({ partitions, each, share, waits, rebalance, before }: Case) {
  const production = share * each * partitions
  return {
    ...{ production: level(production, HOUR / 2, before * production), each: level(each) },
    ...{ limit: Number.POSITIVE_INFINITY },
    ...{ partitions, rebalance, waits: Math.round(waits * 60 * production) },
  }
}

describe('a constant production', () => {
  test('ends at a size that keeps up with it, whatever it began with, and stays there', {
    timeout: 120_000,
  }, async () => {
    const property = fc.asyncProperty(cases, async (one) => {
      const { partitions, each, share, min, more, step } = one
      const max = min + more
      const policy = drainingPolicy({}, loose(min, max, step))
      const decisions = await drained(policy, specOf(one), { ticks: (3.5 * HOUR) / 30_000, every: 30_000 })
      const sizes = sizesOf(decisions)
      const lanes = { partitions, threads: 1 }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(min, Math.min(max, limitOf(lanes))))
      const last = sizes.slice(-120)
      expect(changesIn(last)).toBe(0)
      const [end = 0] = last
      const production = share * each * partitions
      const enough = Math.min(max, limitOf(lanes))
      const lag = decisions.at(-1)?.rules[0]?.load ?? Number.NaN
      if (production <= 0.9 * each * strengthOf(enough, lanes))
        expect(lag).toBeLessThanOrEqual(30 * each * strengthOf(end, lanes))
    })
    await fc.assert(property, { numRuns: 12, seed: Number(process.env['CAPUCHIN_SEED'] ?? 4) })
  })
})

describe('what is missing', () => {
  test('never makes it go in, whichever reading it is', { timeout: 60_000 }, async () => {
    for (const gone of ['nothing', 'lag', 'production', 'consumption', 'partitions', 'rebalancing']) {
      const policy = drainingPolicy({}, loose(1, 12, 99))
      const spec = {
        ...{ production: level(500), each: level(300), limit: Number.POSITIVE_INFINITY },
        ...{ partitions: 12, rebalance: 5_000, waits: 600_000 },
      }
      let asked = 0
      const decisions = await drained(policy, spec, { ticks: 240 }, (reading, question) => {
        asked += question.query === gone ? 1 : 0
        const isGone = question.query === gone && asked > 8
        return isGone ? { kind: 'missing', reason: 'timeout', detail: 'no answer' } : reading
      })
      const sizes = sizesOf(decisions).slice(10)
      const goesIn = sizes.some((size, at) => at > 0 && size < (sizes[at - 1] ?? 0))
      expect(goesIn, gone).toBe(gone === 'nothing')
    }
  })
})
