import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs'
import type { DeadLetter } from '../parse.ts'
import type { DeadLetters } from '../store.ts'
import { sentenceOf } from './client.ts'

/** Bytes of values in one request; brokers take a million by default. */
const REQUEST_BYTES = 500_000

/** Milliseconds that the brokers get to acknowledge a request. */
const ACKNOWLEDGED_WITHIN = 5_000

/**
 * Writes dead letters to their topic: key, value and headers as they were, and in further headers the reason (`dead-reason`,
 * `dead-why`) and where the record stands (`source-topic`, `source-partition`, `source-offset`, `source-timestamp`).
 * Connects with the first letter, as most consumers never write one.
 */
export const createDeadLetters = (kafka: Kafka, topic: string): DeadLetters => {
  let producer: Producer | undefined

  const connected = async (): Promise<Producer> => {
    if (producer === undefined) {
      const created = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: anyPartition })
      await created.connect()
      producer = created
    }
    return producer
  }

  /** After a failure the next attempt has a new connection, since a broken one may not mend. */
  const disconnect = async () => {
    const last = producer
    producer = undefined
    await last?.disconnect().catch(() => {})
  }

  return {
    send: async (letters) => {
      try {
        const open = await connected()
        for (const messages of requestsOf(letters)) {
          const compression = kafkajs.CompressionTypes.Snappy
          await open.send({ topic, messages, acks: -1, timeout: ACKNOWLEDGED_WITHIN, compression })
        }
        return undefined
      } catch (error) {
        await disconnect()
        return `${topic} does not take dead letters: ${sentenceOf(error)}`
      }
    },
    close: disconnect,
  }
}

const anyPartition = kafkajs.Partitioners.DefaultPartitioner

function* requestsOf(letters: readonly DeadLetter[]): Generator<Message[]> {
  let messages: Message[] = []
  let bytes = 0
  for (const letter of letters) {
    const size = letter.record.value?.length ?? 0
    if (messages.length > 0 && bytes + size > REQUEST_BYTES) {
      yield messages
      messages = []
      bytes = 0
    }
    messages.push(messageOf(letter))
    bytes += size
  }
  if (messages.length > 0) yield messages
}

const messageOf = ({ topic, partition, record, reason, why }: DeadLetter): Message => ({
  key: record.key,
  value: record.value,
  headers: {
    ...record.headers,
    'dead-reason': reason,
    'dead-why': why,
    'source-topic': topic,
    'source-partition': String(partition),
    'source-offset': record.offset,
    'source-timestamp': record.timestamp,
  },
})
