import type { Admin } from 'kafkajs'
import { sentenceOf } from './client.ts'

/** `from`: where a group begins that has no offsets yet. */
export type TopicsWanted = {
  topic: string
  deadLetterTopic: string
  group: string
  from: 'earliest' | 'latest'
}

/** What is asked of the brokers about topics and groups. */
export type Asked = Pick<
  Admin,
  | 'connect'
  | 'listTopics'
  | 'createTopics'
  | 'fetchOffsets'
  | 'describeGroups'
  | 'fetchTopicOffsets'
  | 'setOffsets'
>

/** Twice what topics take by default, so that a letter with its reason fits where its record did. */
const DEAD_LETTER_BYTES = '2097176'

/**
 * Sees to it that the group can read its topic and set dead letters aside, before it is joined. Answers a sentence about
 * what is wrong, or undefined. Never rejects.
 */
export const prepareTopics = async (admin: Asked, wanted: TopicsWanted): Promise<string | undefined> => {
  try {
    await admin.connect()
    const topics = await admin.listTopics()
    if (!topics.includes(wanted.topic)) return `topic ${wanted.topic} does not exist: create it`
    if (!topics.includes(wanted.deadLetterTopic)) {
      const refused = await createDeadLetterTopic(admin, wanted.deadLetterTopic)
      if (refused !== undefined) return refused
    }
    if (wanted.from === 'latest') await beginAtEnd(admin, wanted)
    return undefined
  } catch (error) {
    return sentenceOf(error)
  }
}

const createDeadLetterTopic = async (admin: Asked, topic: string): Promise<string | undefined> => {
  try {
    const configEntries = [{ name: 'max.message.bytes', value: DEAD_LETTER_BYTES }]
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true })
    return undefined
  } catch (error) {
    return `dead-letter topic ${topic} does not exist and cannot be created: ${sentenceOf(error)}; create it, or name another by --dead-letter`
  }
}

/**
 * Commits the ends of a group that has committed nothing, so that it begins there for good: were the end looked up when a
 * partition is first read, what came in between would be skipped whenever a partition changes hands before that.
 */
const beginAtEnd = async (admin: Asked, { topic, group }: TopicsWanted) => {
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  if (committed?.partitions.some(({ offset }) => Number(offset) >= 0)) return
  const { groups } = await admin.describeGroups([group])
  if (groups.some(({ members }) => members.length > 0)) return
  const ends = await admin.fetchTopicOffsets(topic)
  const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }))
  await admin.setOffsets({ groupId: group, topic, partitions })
}
