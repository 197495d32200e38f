import kafkajs, { type Producer as Client } from 'kafkajs'
import snappy from 'kafkajs-snappy'
import {
  ATTEMPT_WITHIN,
  BROKER_WITHIN,
  type OpenProducer,
  type Outgoing,
  type Reason,
  type Sent,
  type Topic,
  type TopicSettings,
} from '../../../ingest/gateway/kafka/producer.ts'

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs

CompressionCodecs[CompressionTypes.Snappy] = snappy

/** A producer on kafkajs with the same duties as the gateway's own, so that the two can be compared. */
export const openKafkajs: OpenProducer = ({ brokers, topic, acks }) => {
  const kafka = new Kafka({
    clientId: 'capuchin-gateway',
    brokers: [...brokers],
    connectionTimeout: ATTEMPT_WITHIN,
    requestTimeout: ATTEMPT_WITHIN,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  })
  const client = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 8 })
  let connected: Promise<void> | undefined

  const connect = (): Promise<void> => {
    connected ??= client.connect()
    return connected
  }

  const sendBatch = async (events: readonly Outgoing[], partition: number): Promise<Sent> => {
    try {
      await connect()
      return placeIn(await client.send(toRequest(events, topic, partition, acks === 'all' ? -1 : 1)))
    } catch (error) {
      return { kind: 'failed', ...explain(error) }
    }
  }

  const asked = async <T>(question: (admin: ReturnType<typeof kafka.admin>) => Promise<T>): Promise<T> => {
    const admin = kafka.admin()
    try {
      await admin.connect()
      return await question(admin)
    } finally {
      await admin.disconnect()
    }
  }

  const probe = async (): Promise<Topic> => {
    try {
      await connect()
      const { topics } = await asked((admin) => admin.fetchTopicMetadata({ topics: [topic] }))
      const partitions = topics[0]?.partitions ?? []
      const usable = partitions.flatMap(({ leader, partitionId }) => (leader >= 0 ? [partitionId] : []))
      return { kind: 'there', usable, partitions: partitions.length }
    } catch (error) {
      connected = undefined
      if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return { kind: 'missing' }
      return { kind: 'unreachable', why: explain(error).why }
    }
  }

  const settings = async (): Promise<TopicSettings | undefined> => {
    try {
      return settingsIn(await asked((admin) => describe(admin, topic)))
    } catch {
      return undefined
    }
  }

  return { sendBatch, probe, settings, close: () => client.disconnect() }
}

const toRequest = (events: readonly Outgoing[], topic: string, partition: number, acks: number) => ({
  topic,
  acks,
  timeout: BROKER_WITHIN,
  compression: CompressionTypes.Snappy,
  messages: events.map(({ value, id }) => ({ value, partition, headers: { id } })),
})

const placeIn = (answer: Awaited<ReturnType<Client['send']>>): Sent => {
  const offset = answer[0]?.baseOffset
  if (offset === undefined) return { kind: 'failed', reason: 'broker', why: 'the answer has no offset' }
  return { kind: 'stored', offset: Number(offset) }
}

const describe = (admin: ReturnType<InstanceType<typeof Kafka>['admin']>, name: string) =>
  admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name }],
  })

const settingsIn = ({ resources }: Awaited<ReturnType<typeof describe>>): TopicSettings => {
  const read = (name: string) =>
    Number(resources[0]?.configEntries.find(({ configName }) => configName === name)?.configValue)
  return { minInSyncReplicas: read('min.insync.replicas'), maxMessageBytes: read('max.message.bytes') }
}

/** The name that the client gives to an answer of the broker; empty for errors of its own. */
const typeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  const type: unknown = Reflect.get(error, 'type')
  return typeof type === 'string' ? type : typeOf(error.cause)
}

const explain = (error: unknown): { reason: Reason; why: string } => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { reason: reasonOf(typeOf(error), text), why: text }
}

const reasonOf = (type: string, text: string): Reason => {
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return 'too-large'
  if (/timed? ?out/i.test(text)) return 'timeout'
  return /connection/i.test(text) ? 'network' : 'broker'
}
