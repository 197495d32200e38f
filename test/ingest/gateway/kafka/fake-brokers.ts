import type {
  Outgoing,
  Producer,
  Sent,
  Topic,
  TopicSettings,
} from '../../../../ingest/gateway/kafka/producer.ts'
import { createKafkaSink, KAFKA_LIMITS, type KafkaLimits } from '../../../../ingest/gateway/kafka/sink.ts'

/** An attempt that the brokers have not answered yet. */
export type Attempt = { values: string[]; ids: string[]; partition: number; answer(sent?: Sent): void }

/** Brokers in memory, which answer when the test says so, or at once. */
export const fakeBrokers = () => {
  const open: Attempt[] = []
  const seen: Attempt[] = []
  const ends = new Map<number, number>()
  let topic: Topic = { kind: 'there', usable: [0, 1, 2], partitions: 3 }
  let settings: TopicSettings | undefined = { minInSyncReplicas: 2, maxMessageBytes: 1_048_588 }
  let reply: ((attempt: Attempt) => Sent | undefined) | undefined
  let closed = false

  const append = (partition: number, count: number): Sent => {
    const offset = ends.get(partition) ?? 0
    ends.set(partition, offset + count)
    return { kind: 'stored', offset }
  }

  const sendBatch = (events: readonly Outgoing[], partition: number) =>
    new Promise<Sent>((resolve) => {
      const attempt: Attempt = {
        values: events.map(({ value }) => String(value)),
        ids: events.map(({ id }) => id),
        partition,
        answer: (sent = append(partition, events.length)) => resolve(sent),
      }
      seen.push(attempt)
      if (reply === undefined) open.push(attempt)
      else attempt.answer(reply(attempt))
    })

  const producer: Producer = {
    sendBatch,
    probe: async () => topic,
    settings: async () => settings,
    close: async () => {
      closed = true
    },
  }
  return {
    producer,
    seen,
    /** The oldest attempt that is not answered. */
    next: () => open.shift(),
    /** From now on attempts are answered at once; undefined stands for "stored". */
    answerAll: (by: (attempt: Attempt) => Sent | undefined = () => undefined) => {
      reply = by
    },
    shows: (now: Topic) => {
      topic = now
    },
    promises: (now: TopicSettings | undefined) => {
      settings = now
    },
    ends: () => Object.fromEntries(ends),
    isClosed: () => closed,
  }
}

const FAST = { linger: 5, answerWithin: 5_000, patience: 0, probeEvery: 5 }

/** A sink before such brokers. `utilisation`: how busy the process is said to be. */
export const sinkBefore = (
  brokers: ReturnType<typeof fakeBrokers>,
  limits: Partial<KafkaLimits> = {},
  utilisation = 0,
) => {
  const told: string[] = []
  let count = 0
  const sink = createKafkaSink({
    producer: brokers.producer,
    topic: 'loader',
    limits: { ...KAFKA_LIMITS, ...FAST, ...limits },
    observer: {
      opened: (partitions, settings) => told.push(`opened ${partitions} ${settings?.minInSyncReplicas}`),
      stored: (events) => told.push(`stored ${events}`),
      attemptFailed: (reason) => told.push(`attempt: ${reason}`),
      retried: () => told.push('retried'),
      failed: (why) => told.push(`failed: ${why}`),
      recovered: () => told.push('recovered'),
    },
    now: () => performance.now(),
    random: () => 0,
    nextId: () => {
      count += 1
      return `id-${count}`
    },
    utilisation: () => utilisation,
  })
  return { sink, told, append: (text: string) => sink.append(Buffer.from(text)) }
}
