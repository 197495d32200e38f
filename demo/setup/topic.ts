import { Admin } from '@platformatic/kafka'
import { brokerAddress, group, type Ports, topic } from './files.ts'

type Address = Pick<Ports, 'broker'>

/** The end of a partition, where the next record goes, in the terms of Kafka's request for offsets by time. */
const END = -1n

/** Creates the demo's topic, unless it is there; undefined while the broker does not serve yet. */
export const createTopic = (at: Address, partitions: number): Promise<true | undefined> =>
  ask<true>(at, async (admin) => {
    const present = await admin.listTopics()
    if (!present.includes(topic)) await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
    await endsOf(admin, partitions)
    return true
  })

/**
 * Records of the topic that the consumers have not committed yet, as the broker knows it; undefined when it does not answer. A
 * partition that nothing was committed of counts from its begin on.
 */
export const backlogAt = (at: Address, partitions: number): Promise<number | undefined> =>
  ask(at, async (admin) => {
    const ends = await endsOf(admin, partitions)
    const [answer] = await admin.listConsumerGroupOffsets({ groups: [group] })
    const committed = answer?.topics.find(({ name }) => name === topic)?.partitions ?? []
    const done = new Map(committed.map((one) => [one.partitionIndex, Number(one.committedOffset)]))
    return ends.reduce((sum, end, partition) => sum + end - Math.max(0, done.get(partition) ?? 0), 0)
  })

/** By partition. */
async function endsOf(admin: Admin, partitions: number): Promise<number[]> {
  const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: END,
  }))
  const [answer] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] })
  const ends = new Map(answer?.partitions.map((one) => [one.partitionIndex, Number(one.offset)]))
  return wanted.map(({ partitionIndex }) => ends.get(partitionIndex) ?? 0)
}

/** Every question has a connection of its own: there are few of them. */
async function ask<T>(at: Address, question: (admin: Admin) => Promise<T>): Promise<T | undefined> {
  const admin = new Admin({
    ...{ clientId: 'demo', bootstrapBrokers: [brokerAddress(at)] },
    ...{ connectTimeout: 1_000, timeout: 3_000, retries: false },
  })
  try {
    return await question(admin)
  } catch {
    return undefined
  } finally {
    await admin.close()
  }
}
