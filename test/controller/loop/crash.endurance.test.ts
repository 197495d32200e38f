import { expect, test } from 'vitest'
import { firstSeed, stories, tellSeeds } from '../../support/seeds.ts'
import { notDurable, tell } from '../../support/storm.ts'

const RUNS = stories(5_000)

test(`${RUNS} stories of random workloads, a bad cloud and crashes anywhere: nothing doubled, orphaned, cut off or out of bounds`, {
  timeout: 900_000,
}, async () => {
  const { found, failed } = await tellSeeds('crashes', RUNS)
  expect(found.map(({ seed, violations }) => `seed ${seed}: ${violations.slice(0, 3).join('; ')}`)).toEqual(
    [],
  )
  expect(failed).toBe(0)
})

test('a store that says saved before it has is found out, so these stories can tell', {
  timeout: 120_000,
}, async () => {
  const found: string[] = []
  for (let seed = firstSeed; seed < firstSeed + 1_000 && found.length === 0; seed++) {
    const { violations } = await tell(seed, notDurable)
    found.push(...violations.map((violation) => `seed ${seed}: ${violation}`))
  }
  process.stdout.write(`planted mistake: ${found.join('; ')}\n`)
  expect(found).not.toEqual([])
})

test('in these stories operators drain hosts, and freeze hosts and instances', async () => {
  const happened = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + 100 && happened.size < 2; seed++)
    for (const what of (await tell(seed)).happened) if (what !== 'consolidation') happened.add(what)
  expect([...happened].sort()).toEqual(['frozen', 'operator'])
})
