import kafkajs, { type Admin } from 'kafkajs'
import { brokerAddress, group, type Ports, topic } from './files.ts'

const { Kafka, logLevel } = kafkajs

type Address = Pick<Ports, 'broker'>

/** Creates the demo's topic; undefined while the broker does not serve yet. */
export const createTopic = (at: Address, numPartitions: number): Promise<true | undefined> =>
  ask<true>(at, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true })
    return true
  })

/**
 * Records of the topic that the consumers have not committed yet, as the broker knows it; undefined when it does not answer. A
 * partition that nothing was committed of counts from its begin on.
 */
export const backlogAt = (at: Address): Promise<number | undefined> =>
  ask(at, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic)
    const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const done = new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    return ends.reduce(
      (sum, { partition, high }) => sum + Number(high) - Math.max(0, done.get(partition) ?? 0),
      0,
    )
  })

/** Every question has a connection of its own: there are few, and a client that waits costs as much as one that works. */
async function ask<T>(at: Address, question: (admin: Admin) => Promise<T>): Promise<T | undefined> {
  const client = new Kafka({
    ...{ clientId: 'demo', brokers: [brokerAddress(at)], logLevel: logLevel.NOTHING },
    ...{ connectionTimeout: 1_000, retry: { retries: 0 } },
  })
  const admin = client.admin()
  try {
    await admin.connect()
    return await question(admin)
  } catch {
    return undefined
  } finally {
    await admin.disconnect()
  }
}
