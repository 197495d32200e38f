import { describe, expect, test } from 'vitest'
import { plants } from '../../support/plants.ts'
import { firstSeed, stories, tellSeeds } from '../../support/seeds.ts'
import { tryOut } from '../../support/trial.ts'

const RUNS = stories(10_000)
const SEEDS_TO_FIND = 1_500

test(`promises 1 to 4 and 6 hold in ${RUNS} random worlds: loads, policies, delays, outages, deaths, restarts`, {
  timeout: 900_000,
}, async () => {
  const { found, failed, outs, ins } = await tellSeeds('promises', RUNS)
  expect(found.map(({ seed, violations }) => `seed ${seed}: ${violations.slice(0, 3).join('; ')}`)).toEqual(
    [],
  )
  expect(failed).toBe(0)
  // Promises about changes are kept easily where nothing changes.
  expect(outs).toBeGreaterThan(RUNS)
  expect(ins).toBeGreaterThan(RUNS / 4)
})

describe('the judge can tell: each planted mistake is found by the promise that it breaks', () => {
  test.for(plants.map((one) => [one.name, one] as const))(
    '%s',
    {
      timeout: 120_000,
    },
    async ([name, { promise, plant }]) => {
      let found: string | undefined
      for (let seed = firstSeed; seed < firstSeed + SEEDS_TO_FIND && found === undefined; seed++) {
        const { violations } = await tryOut(seed, plant)
        const broken = violations.find((what) => what.startsWith(`promise ${promise}`))
        if (broken !== undefined) found = `seed ${seed}: ${broken}`
      }
      process.stdout.write(`planted: ${name}: ${found}\n`)
      expect(found).toBeDefined()
    },
  )
})
