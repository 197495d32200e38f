import { ddlOf } from '../../../ingest/consumer/sinks/clickhouse-ddl.ts'
import { tableOf } from '../../../ingest/consumer/sinks/clickhouse-table.ts'
import { type ClickHouse, startClickHouse } from '../../support/clickhouse.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { type Running, start } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import type { Copies } from './account.ts'

export const TOPIC = 'loader'
export const GROUP = 'consumer'
const TABLE = 'default.events'

/** A gateway or a consumer that serves. */
export type Instance = { child: Running; port: number }

/** Gateways, a broker, consumers and a store, all real. */
export type Place = {
  broker: Broker
  clickhouse: ClickHouse
  gateway(): Promise<Instance>
  consumer(): Promise<Instance>
  /** Settles when the group has committed all that was in the topic at the time of the call. */
  carried(): Promise<void>
  /** Rows as the store counts them: each record once. */
  rows(): Promise<number>
  /** Rows that were ever inserted, repetitions included. */
  inserted(): Promise<number>
  copies(): Promise<Copies[]>
}

/** How long a consumer may be silent before its partitions go to others. Short, so that a kill costs little time. */
const SESSION = 1_500

/** Starts broker and store, with a topic of so many partitions. */
export const startPlace = async (partitions: number): Promise<Place> => {
  const settings = { 'group.min.session.timeout.ms': SESSION }
  const [broker, clickhouse] = await Promise.all([startKafka({ settings }), startClickHouse()])
  await broker.createTopic(TOPIC, partitions)
  await clickhouse.query(await ddlOf(tableOf(TABLE)))
  const common = ['--addr', '127.0.0.1:0', '--kafka', broker.address, '--topic', TOPIC]
  const sink = ['--sink', 'clickhouse', '--url', clickhouse.url, '--table', TABLE]
  return {
    broker,
    clickhouse,
    gateway: () => launch('ingest/gateway/main.ts', common),
    consumer: () =>
      launch('ingest/consumer/main.ts', [
        ...common,
        ...sink,
        '--group',
        GROUP,
        '--session-timeout',
        `${SESSION}ms`,
      ]),
    carried: () => carried(broker),
    rows: async () => Number(await clickhouse.query(`SELECT count() FROM ${TABLE} FINAL`)),
    inserted: async () => Number(await clickhouse.query(INSERTED)),
    copies: async () => copiesIn(await clickhouse.query(COPIES)),
  }
}

/** Starts a service on a free port, and waits until it is ready. */
const launch = async (main: string, args: readonly string[]): Promise<Instance> => {
  const child = await start([process.execPath, main, ...args])
  // A consumer says it on stderr, as its standard output may be its sink.
  const portOf = () => Number(/"port":(\d+)/.exec(child.stdout() + child.stderr())?.[1] ?? 0)
  const isReady = async () => {
    if (child.exit() !== undefined) return true
    return (await fetch(`http://127.0.0.1:${portOf()}/ready`, { signal: AbortSignal.timeout(1_000) })).ok
  }
  await until(isReady, { within: 30_000, what: `a ready ${main}` })
  if (child.exit() === undefined) return { child, port: portOf() }
  throw new Error(`${main} ended: ${child.stdout()}${child.stderr()}`)
}

const carried = async (broker: Broker): Promise<void> => {
  const ends = await broker.endOffsets(TOPIC)
  const isCarried = async () => {
    const committed = await broker.committed(GROUP, TOPIC)
    return ends.every((end, partition) => end === 0 || (committed[partition] ?? 0) >= end)
  }
  await until(isCarried, { within: 60_000, every: 100, what: 'the group to have carried all that was there' })
}

const INSERTED = "SELECT value FROM system.events WHERE event = 'InsertedRows'"

const COPIES = `SELECT visitParamExtractUInt(event, 'n') AS n, count(), uniqExact(id) FROM ${TABLE} FINAL
  GROUP BY n FORMAT TabSeparated`

const copiesIn = (text: string): Copies[] =>
  text.split('\n').map((line) => {
    const [n = Number.NaN, records = 0, ids = 0] = line.split('\t').map(Number)
    return { n, records, ids }
  })
