import { Admin, Base, type ClusterMetadata, ConfigResourceTypes, ProduceAcks } from '@platformatic/kafka'
import { explain, isMissingTopic } from './platformatic-errors.ts'
import { produce } from './produce.ts'
import {
  ATTEMPT_WITHIN,
  BROKER_WITHIN,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type Sent,
  type Topic,
  type TopicSettings,
} from './producer.ts'
import { encodeBatch } from './record-batch.ts'

/** Requests that one broker may have unanswered. The lanes above hold back earlier. */
const IN_FLIGHT = 8

/**
 * What is known of the topic never expires by itself: the sink asks again from time to time, and after failures. The
 * client would ask in front of a batch, and fail all of them while one partition is without a leader.
 */
const METADATA_AGE = Number.MAX_SAFE_INTEGER

/**
 * A producer on @platformatic/kafka. It connects with the first request, and again after each failure. `wallClock`:
 * epoch milliseconds, for the timestamps of records.
 */
export const openPlatformatic = (
  { brokers, topic, acks }: ProducerOptions,
  wallClock: () => number,
): Producer => {
  const options = {
    clientId: 'capuchin-gateway',
    bootstrapBrokers: [...brokers],
    connectTimeout: ATTEMPT_WITHIN,
    requestTimeout: ATTEMPT_WITHIN,
    maxInflights: IN_FLIGHT,
    metadataMaxAge: METADATA_AGE,
    // The lanes retry: they know until when a client waits, and which partition else there is.
    retries: 0,
    retryDelay: 50,
  }
  const client = new Base(options)
  const required = acks === 'all' ? ProduceAcks.ALL : ProduceAcks.LEADER

  const sendBatch = async (events: readonly Outgoing[], partition: number): Promise<Sent> => {
    try {
      const leader = leaderOf(client.currentMetadata, topic, partition)
      const connection = (await client.connectToBrokers([leader])).get(leader)
      if (connection === undefined) throw new Error(`broker ${leader} is not in the cluster`)
      const records = encodeBatch(events, wallClock())
      return {
        kind: 'stored',
        offset: await produce(connection, { ...TO, acks: required, topic, partition, records }),
      }
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
    const admin = new Admin(options)
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

const TO = { within: BROKER_WITHIN }

const leaderOf = (metadata: ClusterMetadata | undefined, topic: string, partition: number): number => {
  const leader = metadata?.topics.get(topic)?.partitions[partition]?.leader
  if (leader === undefined || leader < 0) throw new Error(`partition ${partition} of ${topic} has no leader`)
  return leader
}

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
