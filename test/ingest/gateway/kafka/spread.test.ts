import { expect, test } from 'vitest'
import { createSpread } from '../../../../ingest/gateway/kafka/spread.ts'

const spreadOver = (partitions: readonly number[], random = 0) => {
  const clock = { now: 0 }
  const spread = createSpread(
    () => clock.now,
    () => random,
  )
  spread.use(partitions)
  return { spread, clock }
}

const give = (spread: ReturnType<typeof createSpread>, sizes: readonly number[]) => {
  const given = new Map<number | undefined, number>()
  for (const size of sizes) {
    const partition = spread.next(size)
    given.set(partition, (given.get(partition) ?? 0) + size)
  }
  return given
}

test('partitions get the same number of events, also when large and small batches alternate', () => {
  const { spread } = spreadOver([0, 1])
  const given = give(
    spread,
    Array.from({ length: 1_000 }, (_, n) => (n % 2 === 0 ? 60 : 4)),
  )
  expect(Math.abs((given.get(0) ?? 0) - (given.get(1) ?? 0))).toBeLessThanOrEqual(60)
})

test('gateways that start together begin with different partitions', () => {
  const firsts = [0, 0.3, 0.6, 0.9].map((random) => spreadOver([0, 1, 2, 3], random).spread.next(1))
  expect(firsts).toEqual([0, 1, 2, 3])
})

test('without a partition there is none to choose', () => {
  expect(spreadOver([]).spread.next(1)).toBeUndefined()
})

test('a partition that failed is left alone for a second, and then has no arrears', () => {
  const { spread, clock } = spreadOver([0, 1, 2])
  spread.avoid(1)
  expect([...give(spread, Array(30).fill(1)).keys()].toSorted()).toEqual([0, 2])
  clock.now = 1_000
  const after = give(spread, Array(30).fill(1))
  expect(after.get(1)).toBeLessThanOrEqual(30)
  expect(after.size).toBe(3)
})

test('a partition that fails again and again is tried less and less often, until it works', () => {
  const { spread, clock } = spreadOver([0, 1])
  const leftAlone = () => {
    const start = clock.now
    spread.avoid(1)
    while (![...give(spread, [1, 1, 1]).keys()].includes(1)) clock.now += 500
    return clock.now - start
  }
  expect([leftAlone(), leftAlone(), leftAlone(), leftAlone(), leftAlone()]).toEqual([
    1_000, 2_000, 4_000, 8_000, 8_000,
  ])
  spread.worked(1)
  expect(leftAlone()).toBe(1_000)
})

test('when all have failed, the one that has waited longest is tried', () => {
  const { spread, clock } = spreadOver([0, 1])
  spread.avoid(1)
  clock.now = 100
  spread.avoid(0)
  expect(spread.next(1)).toBe(1)
})

test('partitions that are added get their share from then on, those that are gone get nothing', () => {
  const { spread } = spreadOver([0, 1])
  give(spread, Array(1_000).fill(1))
  spread.use([1, 2])
  const given = give(spread, Array(100).fill(1))
  expect([given.get(0), given.get(1), given.get(2)]).toEqual([undefined, 50, 50])
})
