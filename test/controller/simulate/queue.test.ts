import { describe, expect, test } from 'vitest'
import { createCrowd } from '../../../controller/simulate/crowd.ts'
import { createQueue, type QueuePart, type QueueSpec } from '../../../controller/simulate/queue.ts'
import { level } from '../../support/queue-world.ts'

const START = 1_000_000
const SECOND = 1_000

const spec: QueueSpec = {
  ...{ production: level(100), each: level(40), limit: Number.POSITIVE_INFINITY },
  ...{ partitions: 4, waits: 0, rebalance: 0 },
}

/** A queue with so many ready from the beginning, and others from later seconds on. */
function queueOf(given: Partial<QueueSpec>, ready: number, ...later: [second: number, ready: number][]) {
  const crowd = createCrowd()
  const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `i${i}`)
  crowd.note(START, ids(ready))
  for (const [second, count] of later) crowd.note(START + second * SECOND, ids(count))
  const queue = createQueue({ ...spec, ...given }, crowd, START)
  return (part: QueuePart, second: number): number => queue.at(part, second * SECOND, 10 * SECOND)
}

describe('a queue', () => {
  test('grows by what those who are ready do not manage', () => {
    const at = queueOf({}, 2)
    expect([at('lag', 10), at('lag', 60)]).toEqual([200, 1_200])
    expect([at('production', 60), at('consumption', 60)]).toEqual([100, 80])
  })

  test('stays empty where they do', () => {
    const at = queueOf({}, 4)
    expect(at('lag', 60)).toBeCloseTo(0)
    expect(at('consumption', 60)).toBeCloseTo(100)
  })

  test('is worked off by as many as there are partitions, and the others have nothing to do', () => {
    const at = queueOf({ waits: 100_000 }, 9)
    expect(at('consumption', 60)).toBeCloseTo(160)
  })

  test('is held up by the one that has most partitions', () => {
    // Two of three have one of four partitions, and keep up with it; the third has two, and does not.
    const at = queueOf({}, 3)
    expect(at('lag', 100)).toBeCloseTo(100 * (50 - 40))
  })

  test('is not worked off while partitions are shared out anew', () => {
    const at = queueOf({ rebalance: 5 * SECOND }, 4, [20, 5])
    expect([19, 22, 26].map((second) => at('rebalancing', second))).toEqual([0, 1, 0])
    expect(at('lag', 24)).toBeCloseTo(500)
    expect(at('lag', 19)).toBeCloseTo(0)
  })

  test('is not worked off by more than what they write to takes', () => {
    expect(queueOf({ limit: 60 }, 4)('consumption', 60)).toBeCloseTo(60)
  })

  test('is not worked off by nobody', () => {
    const at = queueOf({ waits: 50 }, 0)
    expect([at('consumption', 60), at('lag', 60)]).toEqual([0, 6_050])
  })

  test('was before the beginning as it is then', () => {
    const at = queueOf({ waits: 700 }, 2)
    expect([at('lag', -60), at('production', -60), at('consumption', -60)]).toEqual([700, 100, 80])
  })
})
