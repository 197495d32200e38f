import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Reason } from './producer.ts'

/** Told of what goes to the brokers. */
export type KafkaMetrics = {
  /** A batch was acknowledged after so many seconds. */
  stored(seconds: number): void
  failed(reason: Reason, seconds: number): void
  retried(): void
}

const OUTCOMES = ['stored', 'too-large', 'timeout', 'network', 'broker'] as const
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The metrics of a gateway that writes to Kafka; `inFlight` is read at a scrape. */
export const createKafkaMetrics = (register: Registry, inFlight: () => number): KafkaMetrics => {
  const registers = [register]
  const batches = new Counter({
    name: 'ingest_kafka_batches_total',
    help: 'Attempts to write a batch to Kafka, by what became of them',
    labelNames: ['outcome'] as const,
    registers,
  })
  for (const outcome of OUTCOMES) batches.inc({ outcome }, 0)
  const retries = new Counter({
    name: 'ingest_kafka_retries_total',
    help: 'Attempts that followed a failed one with the same events',
    registers,
  })
  const seconds = new Histogram({
    name: 'ingest_kafka_produce_seconds',
    help: 'Time from sending a batch until the answer of the broker, or until it failed',
    buckets: SECONDS,
    registers,
  })
  new Gauge({
    name: 'ingest_kafka_batches_in_flight',
    help: 'Batches that wait for a broker',
    registers,
    collect() {
      this.set(inFlight())
    },
  })
  const ended = (outcome: (typeof OUTCOMES)[number], time: number) => {
    batches.inc({ outcome })
    seconds.observe(time)
  }
  return {
    stored: (time) => ended('stored', time),
    failed: ended,
    retried: () => retries.inc(),
  }
}
