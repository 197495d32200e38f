import { expect, test } from 'vitest'
import type { Position } from '../../../../ingest/consumer/carrier.ts'
import { createCommitter, type Send } from '../../../../ingest/consumer/kafka/committer.ts'

const WANTED = new AbortController().signal
const at = (partition: number, position: number): Position => ({ topic: 'loader', partition, position })

const setUp = (send: Send) => {
  const committed: Position[] = []
  let now = 0
  const committer = createCommitter({
    within: 5,
    backoff: { first: 1, most: 1 },
    random: () => 1,
    now: () => now++,
    owns: (partition) => partition < 2,
    onCommitted: (position) => committed.push(position),
  })
  committer.through(send)
  return { commit: committer.commit, committed }
}

const failing = (type?: string): Error => Object.assign(new Error('refused'), type && { type })

test('positions of owned partitions are committed in one request, those of others are not', async () => {
  const sent: unknown[] = []
  const { commit, committed } = setUp(async (offsets) => void sent.push(offsets))
  expect(await commit([at(0, 5), at(1, 7), at(2, 9)], WANTED)).toBeUndefined()
  const partitions = [
    { partition: 0, offset: '5' },
    { partition: 1, offset: '7' },
  ]
  expect(sent).toEqual([{ topics: [{ topic: 'loader', partitions }] }])
  expect(committed).toEqual([at(0, 5), at(1, 7)])
})

test('nothing is sent when nothing is owned any more', async () => {
  const { commit } = setUp(() => Promise.reject(failing()))
  expect(await commit([at(2, 9)], WANTED)).toBeUndefined()
})

test('what may pass is repeated', async () => {
  let attempts = 0
  const { commit, committed } = setUp(async () => {
    attempts += 1
    if (attempts < 3) throw failing('GROUP_LOAD_IN_PROGRESS')
  })
  expect(await commit([at(0, 5)], WANTED)).toBeUndefined()
  expect([attempts, committed]).toEqual([3, [at(0, 5)]])
})

test.for([
  { name: 'brokers that do not answer are given up in time', type: undefined, attempts: 6 },
  { name: 'a member of earlier days is refused at once', type: 'ILLEGAL_GENERATION', attempts: 1 },
  { name: 'a member that was thrown out is refused at once', type: 'UNKNOWN_MEMBER_ID', attempts: 1 },
  { name: 'a group that forms anew refuses at once', type: 'REBALANCE_IN_PROGRESS', attempts: 1 },
  {
    name: 'a coordinator that is another one now refuses at once',
    type: 'NOT_COORDINATOR_FOR_GROUP',
    attempts: 1,
  },
])('$name', async ({ type, attempts }) => {
  let made = 0
  const error = failing(type)
  const { commit, committed } = setUp(() => {
    made += 1
    return Promise.reject(error)
  })
  expect(await commit([at(0, 5)], WANTED)).toBe(error)
  expect([made, committed]).toEqual([attempts, []])
})

test('who no longer wants it does not wait', async () => {
  const given = new AbortController()
  const { commit } = setUp(() => {
    given.abort()
    return Promise.reject(failing())
  })
  expect(await commit([at(0, 5)], given.signal)).toBeInstanceOf(Error)
})
