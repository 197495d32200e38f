import { describe, expect, test } from 'vitest'
import { firstSeed, stories, tellSeeds } from '../support/seeds.ts'
import { anew, forgetful, unlabelled } from '../support/yandex-plants.ts'
import { tellYandex } from '../support/yandex-storm.ts'

const RUNS = stories(200)

test(`${RUNS} stories on a fake Yandex Cloud, over gRPC, of controllers that crash anywhere: nothing doubled, orphaned, cut off or out of bounds`, {
  timeout: 900_000,
}, async () => {
  const { found, failed } = await tellSeeds('yandex', RUNS)
  expect(found.map(({ seed, violations }) => `seed ${seed}: ${violations.slice(0, 3).join('; ')}`)).toEqual(
    [],
  )
  expect(failed).toBe(0)
})

describe('a planted mistake is found out, so these stories can tell', { timeout: 120_000 }, () => {
  const plants = [
    { what: 'a store that says saved and has not', plant: forgetful },
    { what: 'VMs that do not say whose they are', plant: unlabelled },
    { what: 'a name, and with it a key, that is another for each try', plant: anew },
  ]
  test.for(plants)('$what', async ({ what, plant }) => {
    const found: string[] = []
    for (let seed = firstSeed; seed < firstSeed + 200 && found.length === 0; seed++) {
      const { violations } = await tellYandex(seed, plant)
      found.push(...violations.map((violation) => `seed ${seed}: ${violation}`))
    }
    process.stdout.write(`${what}: ${found.join('; ')}\n`)
    expect(found).not.toEqual([])
  })
})

test('in these stories all kinds of mishaps happen, and operators act', async () => {
  const happened = new Set<string>()
  for (let seed = firstSeed; seed < firstSeed + 100 && happened.size < 9; seed++)
    for (const what of (await tellYandex(seed)).happened) happened.add(what)
  expect([...happened].sort()).toEqual(
    expect.arrayContaining([
      'VM hangs',
      'VM is deleted by hand',
      'VM is preempted',
      'instance hangs',
      'operator',
    ]),
  )
})
