import { Admin, Consumer, Producer } from '@platformatic/kafka'
import kafkajs from 'kafkajs'
import { KafkaConfig, type KafkaSettings } from '../../../controller/sources/kafka-config.ts'

/** What tests do to a broker, beyond what test/support/kafka.ts does. */
export interface Hands {
  /** Appends that many records to a partition. */
  produce(topic: string, partition: number, count: number): Promise<void>
  /** Commits for a group that nobody is in; an offset for each partition, undefined for none. */
  commit(group: string, topic: string, offsets: readonly (number | undefined)[]): Promise<void>
  /** Deletes the records before these offsets, by partition, as retention does. */
  deleteRecords(topic: string, offsets: readonly number[]): Promise<void>
  /** Joins a group and reads the topic from its start. Answers how to leave. */
  join(group: string, topic: string): Promise<() => Promise<void>>
  /** The same by the newer protocol of groups (KIP-848). */
  joinByNewer(group: string, topic: string): Promise<() => Promise<void>>
  close(): Promise<void>
}

export function handsOn(address: string): Hands {
  const client = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address] })
  return {
    async produce(topic, partition, count) {
      if (count === 0) return
      // A new one each time: one that is kept stumbles over topics that were deleted meanwhile.
      const producer = new Producer({ clientId: 'test', bootstrapBrokers: [address] })
      const messages = Array.from({ length: count }, (_, n) => ({
        topic,
        partition,
        value: Buffer.from(`${n}`),
      }))
      await producer.send({ messages })
      await producer.close()
    },
    async commit(groupId, topic, offsets) {
      const partitionOffsets = offsets.flatMap((offset, partition) =>
        offset === undefined ? [] : [{ partition, offset: BigInt(offset) }],
      )
      await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] })
    },
    async deleteRecords(name, offsets) {
      const partitions = offsets.map((offset, partition) => ({ partition, offset: BigInt(offset) }))
      await admin.deleteRecords({ topics: [{ name, partitions }] })
    },
    async join(groupId, topic) {
      const consumer = client.consumer({ groupId, heartbeatInterval: 200, maxWaitTimeInMs: 200 })
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({ autoCommitInterval: 200, eachMessage: async () => undefined })
      return () => consumer.disconnect()
    },
    async joinByNewer(groupId, topic) {
      const consumer = new Consumer({
        ...{ clientId: 'test', groupId, bootstrapBrokers: [address] },
        groupProtocol: 'consumer',
      })
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: 200 })
      stream.resume()
      return async () => {
        await stream.close()
        await consumer.close(true)
      }
    },
    async close() {
      await admin.close()
    },
  }
}

export const configOf = (address: string, interval: string, more: object = {}): KafkaSettings =>
  KafkaConfig.parse({ type: 'kafka', brokers: [address], interval, ...more })
