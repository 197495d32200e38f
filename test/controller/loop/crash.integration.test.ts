import { expect, test } from 'vitest'
import { notDurable, tell } from '../../support/storm.ts'

/** CAPUCHIN_SEED moves on to other stories; a seed that is printed tells its story again. */
const first = Number(process.env['CAPUCHIN_SEED'] ?? 1)
const RUNS = 5_000

test(`${RUNS} stories of random workloads, a bad cloud and crashes anywhere: nothing doubled, orphaned, cut off or out of bounds`, {
  timeout: 900_000,
}, async () => {
  const found: string[] = []
  let ticks = 0
  for (let seed = first; seed < first + RUNS; seed++) {
    const story = await tell(seed)
    ticks += story.ticks
    if (story.violations.length > 0) found.push(`seed ${seed}: ${story.violations.slice(0, 3).join('; ')}`)
  }
  process.stdout.write(`crash stories: seeds ${first} to ${first + RUNS - 1}, ${ticks} ticks\n`)
  expect(found).toEqual([])
})

test('a store that says saved before it has is found out, so these stories can tell', {
  timeout: 120_000,
}, async () => {
  const found: string[] = []
  for (let seed = first; seed < first + 1_000 && found.length === 0; seed++) {
    const { violations } = await tell(seed, notDurable)
    found.push(...violations.map((violation) => `seed ${seed}: ${violation}`))
  }
  process.stdout.write(`planted mistake: ${found.join('; ')}\n`)
  expect(found).not.toEqual([])
})
