import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createKafkaMetrics, type KafkaMetrics } from './kafka/metrics.ts'
import { createQuantiles } from './quantiles.ts'

/** Why a post or an event of it was not acknowledged. The first three are the seed's; `refused` counts the answers 503 and 405. */
export type ErrorType = 'body' | 'json' | 'kafka' | 'refused'

/** What the gauges show, read at the moment of a scrape; `now` is a monotonic clock in milliseconds. */
export type Watched = {
  inFlight(): number
  queued(): number
  heldBytes(): number
  draining(): boolean
  now(): number
}

export type Metrics = {
  /** A request to /post or /post/batch has come in. */
  arrived(): void
  /** It was answered after so many seconds. */
  answered(seconds: number): void
  /** It was not answered with 200. */
  failed(type: ErrorType): void
  /** So many events have come in whole, sound or not. */
  received(events: number): void
  /** So many of them were not acknowledged. */
  lost(type: ErrorType, events: number): void
  /** A batch of so many events became durable. */
  wrote(events: number): void
  /** Adds the metrics of a sink that writes to Kafka, of which so many batches are in flight. */
  kafka(inFlight: () => number): KafkaMetrics
  /** Adds the moment, in epoch milliseconds, until which the certificate in force is valid. */
  tls(notAfter: () => number): void
  /** The text for Prometheus, and its content type. */
  expose(): Promise<string>
  contentType: string
}

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000]

const TLS_HELP = 'Until when the TLS certificate in force is valid, in seconds since 1970'

/**
 * All metrics of a gateway: the seed's by their old names (`api_...`, without `_total`), a histogram beside its summary
 * because quantiles of several instances cannot be averaged, the process's CPU time and event-loop lag, and gauges.
 */
export const createMetrics = (watched: Watched): Metrics => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  registerGauges(registers, watched)

  const requests = new Counter({ name: 'api_requests_count', help: 'API requests count', registers })
  const errors = new Counter({
    name: 'api_errors_count',
    help: 'API errors count',
    labelNames: ['type'] as const,
    registers,
  })
  const received = new Counter({
    name: 'ingest_events_received_total',
    help: 'Events that came in whole, by /post and /post/batch, sound or not',
    registers,
  })
  const lost = new Counter({
    name: 'ingest_events_failed_total',
    help: 'Events that came in and were not acknowledged',
    labelNames: ['type'] as const,
    registers,
  })
  for (const type of ['body', 'json', 'kafka', 'refused'] as const) {
    errors.inc({ type }, 0)
    lost.inc({ type }, 0)
  }
  const summary = createQuantiles('api_durations_seconds', 'API duration seconds', watched.now)
  const histogram = new Histogram({
    name: 'api_request_duration_seconds',
    help: 'Time from a request to /post or /post/batch until its answer, failures included',
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const acknowledged = new Counter({
    name: 'ingest_events_stored_total',
    help: 'Events that became durable',
    registers,
  })
  const batches = new Histogram({
    name: 'ingest_batch_events',
    help: 'Events in a batch that became durable together',
    buckets: BATCH_BUCKETS,
    registers,
  })

  return {
    arrived: () => requests.inc(),
    answered: (seconds) => {
      summary.observe(seconds)
      histogram.observe(seconds)
    },
    failed: (type) => errors.inc({ type }),
    received: (events) => received.inc(events),
    lost: (type, events) => lost.inc({ type }, events),
    wrote: (events) => {
      acknowledged.inc(events)
      batches.observe(events)
    },
    kafka: (inFlight) => createKafkaMetrics(register, inFlight),
    tls: (notAfter) => {
      gauge(registers, 'ingest_tls_not_after_seconds', TLS_HELP, () => notAfter() / 1_000)
    },
    expose: async () => `${await register.metrics()}\n${summary.expose()}`,
    contentType: register.contentType,
  }
}

const registerGauges = (registers: Registry[], watched: Watched) => {
  gauge(
    registers,
    'ingest_requests_in_flight',
    'Requests to /post and /post/batch under way',
    watched.inFlight,
  )
  gauge(registers, 'ingest_queue_events', 'Events that wait until they are durable', watched.queued)
  gauge(registers, 'ingest_held_bytes', 'Bytes of bodies being read or waiting', watched.heldBytes)
  gauge(registers, 'ingest_draining', '1 while no new work is taken', () => Number(watched.draining()))
}

const gauge = (registers: Registry[], name: string, help: string, read: () => number) =>
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
