import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { reasonOf } from '../../shared/file/file-writer.ts'
import type { ConsumerSink, ReadSink, Row } from '../sink.ts'
import { bisect, type Inserted } from './bisect.ts'
import { faultOf, type Said, saidBy } from './clickhouse-fault.ts'
import { type Place, placeOf } from './clickhouse-place.ts'
import { type Settings, settingsOf } from './clickhouse-settings.ts'
import { quoted, type Table, tableOf } from './clickhouse-table.ts'
import { type Deadline, type Stopped, withDeadline } from './deadline.ts'

/** What the sink has to know. `within`: milliseconds that one write may take. */
type Target = { place: Place; table: Table; settings: Settings; within: number }

const COLUMNS: [string, ...string[]] = ['topic', 'partition', 'offset', 'id', 'timestamp_ms', 'event']

/** Servers of before 23.11 close connections that are idle for 3 s, and one may be used when it is just being closed. */
const IDLE = 800

/**
 * ClickHouse over HTTP, into the table of clickhouse.sql. A row that comes again replaces itself there, in whatever
 * batch it comes.
 */
export const clickhouse: ReadSink = (flags) => {
  const locate = placeOf(flags)
  if (!flags.table) throw new Error('--table is missing: say into which table, such as default.events')
  const table = tableOf(flags.table)
  const settings = settingsOf(flags.setting ?? [])
  return async ({ environment }) => ({
    kind: 'open',
    sink: sinkOf({ place: locate(environment), table, settings, within: flags.writeWithin }),
  })
}

const sinkOf = (target: Target): ConsumerSink => {
  const { table, within } = target
  const client = connect(target)

  const insert = (rows: readonly Row[], deadline: Deadline) =>
    attempt(target, deadline, () =>
      client.insert({
        table: quoted(table),
        columns: COLUMNS,
        format: 'JSONEachRow',
        values: rows.map(recordOf),
        abort_signal: deadline.signal,
      }),
    )

  const look = `SELECT ${COLUMNS.join(', ')} FROM ${quoted(table)} LIMIT 0`
  const lookAt = (deadline: Deadline) =>
    attempt(target, deadline, () => client.command({ query: look, abort_signal: deadline.signal }))

  return {
    write: async (rows, signal) => {
      if (rows.length === 0) return { kind: 'stored' }
      return withDeadline(within, signal, (deadline) => bisect(rows, (part) => insert(part, deadline)))
    },
    probe: async (signal) => {
      const looked = await withDeadline(within, signal, lookAt)
      return looked.kind === 'stored' ? undefined : looked.why
    },
    close: () => client.close(),
  }
}

/** Runs a statement, and tells what its failure means. */
const attempt = async (
  target: Target,
  { stopped }: Deadline,
  run: () => Promise<unknown>,
): Promise<Inserted> => {
  const before = stopped()
  if (before !== undefined) return { kind: 'failed', why: unanswered(before, target) }
  try {
    await run()
    return { kind: 'stored' }
  } catch (error) {
    const stop = stopped()
    if (stop !== undefined) return { kind: 'failed', why: unanswered(stop, target) }
    const said = saidIn(error)
    if (said.code === undefined) return { kind: 'failed', why: unreachable(target.place, error) }
    const { blame, why } = faultOf(said, target.table)
    return { kind: blame === 'row' ? 'row' : 'failed', why }
  }
}

/** The client takes apart what newer servers say, and leaves alone what older ones do. */
const saidIn = (error: unknown): Said =>
  error instanceof ClickHouseError
    ? { code: Number(error.code), text: error.message }
    : saidBy(reasonOf(error))

const recordOf = ({ topic, partition, offset, id, timestamp, json }: Row) => ({
  topic,
  partition,
  offset,
  id,
  timestamp_ms: timestamp,
  event: json,
})

const connect = ({ place, table, settings, within }: Target) =>
  createClient({
    url: place.origin,
    pathname: place.path,
    username: place.username,
    password: place.password,
    database: table.database,
    application: 'capuchin-consumer',
    clickhouse_settings: settings,
    // The sink's own deadline comes first and says more.
    request_timeout: within + 1_000,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE },
    // What goes wrong is answered; whether it is logged, and how often, is the consumer's to say.
    log: { level: ClickHouseLogLevel.OFF },
  })

const unanswered = (stop: Stopped, { place, within }: Target): string =>
  stop === 'late'
    ? `ClickHouse at ${place.origin} has not answered within ${within} ms`
    : 'given up, as the consumer ends'

const unreachable = ({ origin }: Place, error: unknown): string =>
  `ClickHouse at ${origin} cannot be reached: ${reasonOf(error) || codeOf(error)}`

/** Node's error for a name with several addresses has a code and no message. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'for no reason that is told'
