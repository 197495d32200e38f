import {
  Admin,
  Producer as Client,
  type ClusterMetadata,
  ConfigResourceTypes,
  ProduceAcks,
} from '@platformatic/kafka'
import { explain, isMissingTopic } from './platformatic-errors.ts'
import {
  ATTEMPT_WITHIN,
  BROKER_WITHIN,
  type OpenProducer,
  type Outgoing,
  type Sent,
  type Topic,
  type TopicSettings,
} from './producer.ts'

const ID = Buffer.from('id')

/** Requests that one broker may have unanswered. The lanes above hold back earlier. */
const IN_FLIGHT = 8

/**
 * What is known of the topic never expires by itself: the sink asks again from time to time, and after failures. The
 * client would ask in front of a batch, and fail all of them while one partition is without a leader.
 */
const METADATA_AGE = Number.MAX_SAFE_INTEGER

/** A producer on @platformatic/kafka. It connects with the first request, and again after each failure. */
export const openPlatformatic: OpenProducer = ({ brokers, topic, acks }) => {
  const common = {
    clientId: 'capuchin-gateway',
    bootstrapBrokers: [...brokers],
    connectTimeout: ATTEMPT_WITHIN,
    requestTimeout: ATTEMPT_WITHIN,
    timeout: BROKER_WITHIN,
    // The lanes retry: they know until when a client waits, and which partition else there is.
    retries: 0,
    retryDelay: 50,
  }
  const client = new Client({
    ...common,
    acks: acks === 'all' ? ProduceAcks.ALL : ProduceAcks.LEADER,
    compression: 'snappy',
    maxInflights: IN_FLIGHT,
    metadataMaxAge: METADATA_AGE,
    // The client would forget the brokers that it has found, and ask those of the command line alone.
    repeatOnStaleMetadata: false,
  })

  const sendBatch = async (events: readonly Outgoing[], partition: number): Promise<Sent> => {
    try {
      const { offsets } = await client.send({ messages: toMessages(events, topic, partition) })
      const offset = offsets?.[0]?.offset
      if (offset === undefined) return { kind: 'failed', reason: 'broker', why: 'the answer has no offset' }
      return { kind: 'stored', offset: Number(offset) }
    } catch (error) {
      const failure = explain(error)
      // The leader may be another broker by now. The next attempt does not wait for the news.
      if (failure.reason !== 'too-large') void probe()
      return { kind: 'failed', ...failure }
    }
  }

  const probe = async (): Promise<Topic> => {
    try {
      return seen(await client.metadata({ topics: [topic], forceUpdate: true, retries: 1 }), topic, inSync)
    } catch (error) {
      if (isMissingTopic(error)) return { kind: 'missing' }
      return { kind: 'unreachable', why: explain(error).why }
    }
  }

  // What acks=all asks of a partition: without as many replicas in sync it refuses every write.
  let inSync = 0

  const settings = async (): Promise<TopicSettings | undefined> => {
    const admin = new Admin(common)
    try {
      const found = settingsIn(await admin.describeConfigs({ resources: [resource(topic)] }))
      if (acks === 'all') inSync = found?.minInSyncReplicas ?? 0
      return found
    } catch {
      return undefined
    } finally {
      await settled(admin.close())
    }
  }

  return { sendBatch, probe, settings, close: () => settled(client.close()) }
}

const toMessages = (events: readonly Outgoing[], topic: string, partition: number) =>
  events.map(({ value, id }) => ({ topic, partition, value, headers: new Map([[ID, id]]) }))

/** A partition takes nothing while it has no leader, or too few replicas in sync. */
const seen = (metadata: ClusterMetadata, topic: string, inSync: number): Topic => {
  const found = metadata.topics.get(topic)
  if (found === undefined) return { kind: 'missing' }
  const usable = found.partitions.flatMap(({ leader, isr }, number) =>
    leader >= 0 && isr.length >= inSync ? [number] : [],
  )
  if (usable.length === 0) {
    return {
      kind: 'unreachable',
      why: `no partition of ${topic} has a leader and ${inSync} replicas in sync`,
    }
  }
  return { kind: 'there', usable, partitions: found.partitionsCount }
}

const resource = (topic: string) => ({
  resourceType: ConfigResourceTypes.TOPIC,
  resourceName: topic,
  configurationKeys: ['min.insync.replicas', 'max.message.bytes'],
})

type Described = readonly { configs: readonly { name: string; value?: string | null | undefined }[] }[]

const settingsIn = (described: Described): TopicSettings | undefined => {
  const read = (wanted: string) =>
    Number(described.flatMap(({ configs }) => configs).find(({ name }) => name === wanted)?.value)
  const minInSyncReplicas = read('min.insync.replicas')
  const maxMessageBytes = read('max.message.bytes')
  return minInSyncReplicas > 0 && maxMessageBytes > 0 ? { minInSyncReplicas, maxMessageBytes } : undefined
}

const settled = async (closing: Promise<void>) => {
  try {
    await closing
  } catch {
    // Connections that are gone cannot be closed; there is nothing to do about it.
  }
}
