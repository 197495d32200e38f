import { ddlOf } from '../../../ingest/consumer/sinks/clickhouse-ddl.ts'
import { tableOf } from '../../../ingest/consumer/sinks/clickhouse-table.ts'
import { type ClickHouse, startClickHouse } from '../../support/clickhouse.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { type Running, start } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import type { Copies } from './account.ts'

/** A gateway or a consumer that serves. */
export type Instance = { child: Running; port: number }

/** A broker and a store, both real. */
export type Servers = { broker: Broker; clickhouse: ClickHouse }

/** A topic, the table that it is carried to, and who serves them. */
export type Place = {
  gateway(): Promise<Instance>
  consumer(): Promise<Instance>
  /** Settles when the group has committed all that was in the topic at the time of the call. */
  carried(): Promise<void>
  /** Records in the topic. */
  records(): Promise<number>
  /** Rows as the store counts them: each record once. */
  rows(): Promise<number>
  copies(): Promise<Copies[]>
}

/** How long a consumer may be silent before its partitions go to others. Short, so that a kill costs little time. */
const SESSION = 1_500

const PARTITIONS = 4

export const startServers = async (): Promise<Servers> => {
  const settings = { 'group.min.session.timeout.ms': SESSION }
  const [broker, clickhouse] = await Promise.all([startKafka({ settings }), startClickHouse()])
  return { broker, clickhouse }
}

/** Makes a topic and a table of this name. */
export const makePlace = async ({ broker, clickhouse }: Servers, topic: string): Promise<Place> => {
  const table = `default.${topic}`
  await broker.createTopic(topic, PARTITIONS)
  await clickhouse.query(await ddlOf(tableOf(table)))
  const common = ['--addr', '127.0.0.1:0', '--kafka', broker.address, '--topic', topic]
  const sink = ['--sink', 'clickhouse', '--url', clickhouse.url, '--table', table]
  const group = ['--group', topic, '--session-timeout', `${SESSION}ms`]
  return {
    gateway: () => launch('ingest/gateway/main.ts', common),
    consumer: () => launch('ingest/consumer/main.ts', [...common, ...sink, ...group]),
    carried: () => carried(broker, topic),
    records: async () => (await broker.endOffsets(topic)).reduce((sum, end) => sum + end, 0),
    rows: async () => Number(await clickhouse.query(`SELECT count() FROM ${table} FINAL`)),
    copies: async () => copiesIn(await clickhouse.query(countedIn(table))),
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
  await until(isReady, { within: 90_000, every: 100, what: `a ready ${main}` })
  if (child.exit() === undefined) return { child, port: portOf() }
  throw new Error(`${main} ended: ${child.stdout()}${child.stderr()}`)
}

const carried = async (broker: Broker, topic: string): Promise<void> => {
  const ends = await broker.endOffsets(topic)
  const isCarried = async () => {
    const committed = await broker.committed(topic, topic)
    return ends.every((end, partition) => end === 0 || (committed[partition] ?? 0) >= end)
  }
  await until(isCarried, { within: 90_000, every: 200, what: 'the group to have carried all that was there' })
}

const countedIn = (table: string): string =>
  `SELECT visitParamExtractUInt(event, 'n') AS n, count(), uniqExact(id) FROM ${table} FINAL GROUP BY n FORMAT TabSeparated`

const copiesIn = (text: string): Copies[] =>
  text.split('\n').map((line) => {
    const [n = Number.NaN, records = 0, ids = 0] = line.split('\t').map(Number)
    return { n, records, ids }
  })
