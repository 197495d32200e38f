import { expect, test } from 'vitest'
import { type Asked, prepareTopics } from '../../../../ingest/consumer/kafka/topics.ts'

const WANTED = {
  topic: 'loader',
  deadLetterTopic: 'loader.dead',
  group: 'consumer',
  from: 'earliest' as const,
}

/** Brokers with those topics, whose offsets for the group are those, and whose group has so many members. */
const brokers = (topics: readonly string[], { offset = '-1', members = 0, mayCreate = true } = {}) => {
  const done: string[] = []
  const asked: Asked = {
    connect: async () => {},
    listTopics: async () => [...topics],
    createTopics: async ({ topics: [first] }) => {
      if (!mayCreate) throw Object.assign(new Error('not authorized'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
      done.push(`create ${first?.topic} with ${first?.numPartitions}`)
      return true
    },
    fetchOffsets: async () => [{ topic: 'loader', partitions: [{ partition: 0, offset, metadata: null }] }],
    describeGroups: async ([groupId = '']) => {
      const member = {
        clientHost: '',
        clientId: '',
        memberId: '',
        memberAssignment: Buffer.alloc(0),
        memberMetadata: Buffer.alloc(0),
      }
      const group = {
        groupId,
        protocol: '',
        protocolType: '',
        state: 'Stable' as const,
        members: Array(members).fill(member),
      }
      return { groups: [{ ...group, errorCode: 0 }] }
    },
    fetchTopicOffsets: async () => [{ partition: 0, offset: '7', high: '7', low: '2' }],
    setOffsets: async ({ partitions: [first] }) => {
      done.push(`begin at ${first?.offset}`)
    },
  }
  return { asked, done }
}

test.for([
  { name: 'nothing is done when all is there', topics: ['loader', 'loader.dead'], done: [] },
  { name: 'the dead-letter topic is created', topics: ['loader'], done: ['create loader.dead with 1'] },
])('$name', async ({ topics, done }) => {
  const there = brokers(topics)
  expect(await prepareTopics(there.asked, WANTED)).toBeUndefined()
  expect(there.done).toEqual(done)
})

test('a topic that is missing is told', async () => {
  expect(await prepareTopics(brokers([]).asked, WANTED)).toBe('topic loader does not exist: create it')
})

test('a dead-letter topic that may not be created is told, with what helps', async () => {
  expect(await prepareTopics(brokers(['loader'], { mayCreate: false }).asked, WANTED)).toBe(
    'dead-letter topic loader.dead does not exist and cannot be created: not authorized ' +
      '(TOPIC_AUTHORIZATION_FAILED); create it, or name another by --dead-letter',
  )
})

test.for([
  { name: 'where nothing was committed', offset: '-1', members: 0, done: ['begin at 7'] },
  { name: 'not where something was', offset: '3', members: 0, done: [] },
  { name: 'not while others are in the group', offset: '-1', members: 1, done: [] },
])('a group begins at the end, $name', async ({ offset, members, done }) => {
  const there = brokers(['loader', 'loader.dead'], { offset, members })
  expect(await prepareTopics(there.asked, { ...WANTED, from: 'latest' })).toBeUndefined()
  expect(there.done).toEqual(done)
})
