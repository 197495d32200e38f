import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { REASONS, type Reason } from './parse.ts'

/** What the gauges show, read at the moment of a scrape. */
export type Watched = {
  topic: string
  inFlight(): number
  owned(): number
  lags(): readonly { partition: number; lag: number }[]
  draining(): boolean
  failing(): boolean
}

export type Metrics = {
  /** So many records were read and parsed, and so many of them dropped by the transform. */
  read(events: number, dropped: number): void
  /** So many events are durable in the sink. */
  written(events: number): void
  deadLettered(reason: Reason): void
  /** A batch of so many events was stored and committed within so many seconds. */
  carried(events: number, seconds: number): void
  /** The brokers refused the commit of so many events that the sink has. */
  notCommitted(events: number): void
  /** The group has given out its partitions. */
  rebalanced(): void
  /** The text for Prometheus, and its content type. */
  expose(): Promise<string>
  contentType: string
}

const TIME_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const BATCH_BUCKETS = [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]

/** All metrics of a consumer, with the process's own. */
export const createMetrics = (watched: Watched): Metrics => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  registerGauges(registers, watched)

  const read = counter(
    registers,
    'consumer_events_read_total',
    'Events read from the topic; one that is read again counts again',
  )
  const written = counter(registers, 'consumer_events_written_total', 'Events that are durable in the sink')
  const dropped = counter(registers, 'consumer_events_dropped_total', 'Events that the transform dropped')
  const again = counter(
    registers,
    'consumer_events_not_committed_total',
    'Events that the sink has and the brokers refused to commit, as the group went on without this consumer: they come again',
  )
  const rebalances = counter(
    registers,
    'consumer_rebalances_total',
    'Times that the group gave out its partitions while this consumer was in it, its first time included',
  )
  const dead = new Counter({
    name: 'consumer_events_dead_lettered_total',
    help: 'Events set aside in the dead-letter topic, by reason',
    labelNames: ['reason'] as const,
    registers,
  })
  for (const reason of REASONS) dead.inc({ reason }, 0)
  const seconds = new Histogram({
    name: 'consumer_batch_seconds',
    help: 'Time that a batch took to be stored and committed, with all its attempts',
    buckets: TIME_BUCKETS,
    registers,
  })
  const events = new Histogram({
    name: 'consumer_batch_events',
    help: 'Events in a batch that was stored and committed together',
    buckets: BATCH_BUCKETS,
    registers,
  })

  return {
    read: (count, without) => {
      read.inc(count)
      dropped.inc(without)
    },
    written: (count) => written.inc(count),
    deadLettered: (reason) => dead.inc({ reason }),
    carried: (count, time) => {
      events.observe(count)
      seconds.observe(time)
    },
    notCommitted: (count) => again.inc(count),
    rebalanced: () => rebalances.inc(),
    expose: () => register.metrics(),
    contentType: register.contentType,
  }
}

const counter = (registers: Registry[], name: string, help: string) => new Counter({ name, help, registers })

const registerGauges = (registers: Registry[], watched: Watched) => {
  gauge(registers, 'consumer_in_flight_events', 'Events read, not yet stored and committed', watched.inFlight)
  gauge(
    registers,
    'consumer_partitions_owned',
    'Partitions that this consumer reads; 0: a spare',
    watched.owned,
  )
  gauge(registers, 'consumer_draining', '1 while no more is read', () => Number(watched.draining()))
  gauge(registers, 'consumer_failing', '1 while sink, dead letters or brokers fail', () =>
    Number(watched.failing()),
  )
  registerLag(registers, watched)
}

const registerLag = (registers: Registry[], { topic, lags }: Watched) =>
  new Gauge({
    name: 'consumer_lag',
    help: 'Events in the log of an owned partition (up to its end at the broker) that are not committed',
    labelNames: ['topic', 'partition'] as const,
    registers,
    collect() {
      this.reset()
      for (const { partition, lag } of lags()) this.set({ topic, partition }, lag)
    },
  })

const gauge = (registers: Registry[], name: string, help: string, read: () => number) =>
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
