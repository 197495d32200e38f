import type { Logger } from 'pino'
import { openEventFile } from '../shared/file/open-file.ts'
import { batching } from './batch.ts'
import { createIds } from './kafka/ids.ts'
import type { Acks, OpenProducer, TopicSettings } from './kafka/producer.ts'
import { createKafkaSink, KAFKA_LIMITS } from './kafka/sink.ts'
import { createUtilisation } from './kafka/utilisation.ts'
import type { Metrics } from './metrics.ts'
import type { Sink } from './sink.ts'

/** Where events go, as the command line says it. Times in milliseconds. */
export type SinkChoice = { kind: 'file'; dir: string } | ({ kind: 'kafka' } & KafkaChoice)

type KafkaChoice = { brokers: readonly string[]; topic: string; acks: Acks; answerWithin: number }

/** An opened sink with what the log tells about it, or why it cannot be had. */
export type OpenedSink =
  | { kind: 'open'; sink: Sink; about: Readonly<Record<string, unknown>> }
  | { kind: 'refused'; why: string }

/** `now` is a monotonic clock in milliseconds; `processId` differs from that of every other process. */
export type OpeningDeps = {
  metrics: Metrics
  log: Logger
  openProducer: OpenProducer
  now: () => number
  random: () => number
  processId: string
}

const FILE_LIMITS = { maxQueued: 20_000, writeWithin: 10_000, probeEvery: 1_000 }

/** Never rejects. A Kafka that cannot be reached is no refusal: the sink says so, and keeps trying. */
export const openSink = (choice: SinkChoice, deps: OpeningDeps): Promise<OpenedSink> | OpenedSink =>
  choice.kind === 'file' ? openFile(choice.dir, deps) : openKafka(choice, deps)

const openFile = async (dir: string, { metrics, log }: OpeningDeps): Promise<OpenedSink> => {
  const opened = await openEventFile(dir)
  if (opened.kind === 'refused') return opened
  const { writer, events, tornBytes } = opened
  const observer = { wrote: metrics.wrote, ...logging(log) }
  return { kind: 'open', sink: batching(writer, FILE_LIMITS, observer), about: { dir, events, tornBytes } }
}

const openKafka = (choice: KafkaChoice, deps: OpeningDeps): OpenedSink => {
  const { metrics, log, openProducer, now, random, processId } = deps
  const { brokers, topic, acks, answerWithin } = choice
  const kafka = metrics.kafka(() => sink.batchesUnderWay())
  const sink = createKafkaSink({
    producer: openProducer({ brokers, topic, acks }),
    topic,
    limits: { ...KAFKA_LIMITS, answerWithin },
    observer: {
      ...logging(log),
      opened: (partitions, settings) => tellOpened(log, { topic, acks, partitions, settings }),
      stored: (events, seconds) => {
        metrics.wrote(events)
        kafka.stored(seconds)
      },
      attemptFailed: (reason, _, seconds) => kafka.failed(reason, seconds),
      retried: kafka.retried,
    },
    now,
    random,
    nextId: createIds(processId),
    utilisation: createUtilisation((since) => performance.eventLoopUtilization(since), now),
  })
  return { kind: 'open', sink, about: { brokers, topic, acks } }
}

const logging = (log: Logger) => ({
  failed: (why: string) => log.error({ why }, 'events cannot be stored'),
  recovered: () => log.info('events can be stored again'),
})

type Opened = { topic: string; acks: Acks; partitions: number; settings: TopicSettings | undefined }

/** A write that one replica has is lost with that replica's disk, whatever it was acknowledged by. */
const tellOpened = (log: Logger, { topic, acks, partitions, settings }: Opened) => {
  log.info({ topic, acks, partitions, ...settings }, 'the topic is there')
  if (acks === '1') {
    log.warn({ topic }, 'acks=1: events that the leader alone has are acknowledged, and lost if it fails')
  } else if (settings === undefined) {
    log.warn({ topic }, 'the settings of the topic cannot be read, so min.insync.replicas is unknown')
  } else if (settings.minInSyncReplicas < 2) {
    log.warn(
      { topic },
      'min.insync.replicas is below 2: acks=all waits for the leader alone when it is alone',
    )
  }
}
