import { expect, test } from 'vitest'
import { guards } from '../../../controller/decision/conclude.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
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

test('a pool that goes on ordering hosts that come to nothing is found out', {
  timeout: 120_000,
}, async () => {
  const found: string[] = []
  for (let seed = firstSeed; seed < firstSeed + 1_000 && found.length === 0; seed++)
    found.push(...(await tell(seed, undefined, { ...guards, isTripped: () => false })).violations)
  expect(found.join()).toContain('in a row had come to nothing')
})

test('in these stories machines are preempted, hang, come to nothing, are changed by hand and turn up', {
  timeout: 120_000,
}, async () => {
  const steps = new Set<string>()
  const listen = (deps: Deps): Deps => ({
    ...deps,
    observer: {
      ...deps.observer,
      stepped: ({ kind, sentence }) => {
        steps.add(kind)
        if (sentence.includes('in a row came to nothing')) steps.add('pause')
        if (sentence.includes('orders nothing in zone')) steps.add('zone')
        if (sentence.includes('nothing on it answers')) steps.add('hang')
      },
    },
  })
  const wanted = ['restart-host', 'stray', 'drift', 'pause', 'zone', 'hang']
  for (let seed = firstSeed; seed < firstSeed + 300 && wanted.some((kind) => !steps.has(kind)); seed++)
    await tell(seed, listen)
  expect([...steps]).toEqual(expect.arrayContaining(wanted))
})

test('in these stories operators drain hosts, and freeze hosts and instances', async () => {
  const happened = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + 100 && happened.size < 2; seed++)
    for (const what of (await tell(seed)).happened) if (what !== 'consolidation') happened.add(what)
  expect([...happened].sort()).toEqual(['frozen', 'operator'])
})
