import { parseArgs } from 'node:util'
import { addressOf, brokersOf, bytesOf, countOf, timeOf } from '../shared/flags.ts'
import type { Address } from '../shared/listen.ts'
import type { OpenSink } from './sink.ts'
import type { Generation } from './sinks/clickhouse-ddl.ts'
import { type Table, tableOf } from './sinks/clickhouse-table.ts'
import { readSink, sinkNames } from './sinks/index.ts'

/** What the command line asks for. Times in milliseconds, sizes in bytes. */
export type Options = {
  address: Address
  brokers: readonly string[]
  topic: string
  group: string
  deadLetterTopic: string
  from: 'earliest' | 'latest'
  sinkName: string
  openSink: OpenSink
  transform: string | undefined
  batchEvents: number
  batchBytes: number
  linger: number
  sessionTimeout: number
  rebalanceTimeout: number
  grace: number
}

export type Parsed =
  | { kind: 'run'; options: Options }
  | { kind: 'print-ddl'; table: Table; generation: Generation }
  | { kind: 'help' }
  | { kind: 'wrong'; why: string }

export const USAGE = `Usage: node ingest/consumer/main.ts --sink SINK [options]
       node ingest/consumer/main.ts --print-ddl --table DB.TABLE [--newer]

Carries events from a Kafka topic to a sink, as a member of a group that shares the partitions. Offsets are committed
once the sink has the events: none is lost, and after a crash some come again.

  --addr HOST:PORT          where /ready, /status, /metrics and /drain are served (default :8080)
  --kafka HOST:PORT,...     the brokers (default 127.0.0.1:9092)
  --topic TOPIC             what is read (default loader)
  --group GROUP             who reads it (default consumer)
  --from earliest|latest    where a group begins that has committed nothing (default earliest)
  --dead-letter TOPIC       where events go that nobody can read (default: TOPIC.dead; created when missing)
  --transform FILE          a module whose export transform(event, meta) answers the event to store, or undefined
                            to drop it

  --sink ${sinkNames.join('|').padEnd(18)} where events go
  --dir DIR                 file: the folder; created when missing, used by one consumer at a time
  --url URL                 clickhouse: the HTTP interface, such as http://127.0.0.1:8123
  --url-file FILE           clickhouse: a file that holds the URL, for one with a password
  --table DB.TABLE          clickhouse: the table
  --setting NAME=VALUE      clickhouse: a setting of its queries; may be repeated
  --write-timeout TIME      one write to the sink may take so long (default 30s)

  --batch-events N          a batch has so many events at most (default 10000)
  --batch-bytes SIZE        and so many bytes of them (default 8MB)
  --linger TIME             events wait at most so long for others to share a batch with (default 1s; where a
                            batch costs little they wait less)
  --session-timeout TIME    a consumer that is not heard of for so long loses its partitions (default 10s)
  --rebalance-timeout TIME  members have so long to come back when the group forms anew (default 30s)
  --grace TIME              SIGTERM ends the process within this time (default 30s)
  --print-ddl               prints the statement that makes the table of the clickhouse sink, and ends
  --newer                   for servers from 21 on, with milliseconds and compression; else for all from 18.16 on
  --help                    this text

TIME is a number with ms, s or m, such as 500ms, 30s or 2m. SIZE is bytes, or a number with KB or MB.
Environment: CAPUCHIN_DRAIN_TOKEN  who presents it may POST /drain; without it only callers on this machine may.
Exit codes: 0 ended as asked, what was not stored is left to others; 1 could not start (the reason is on stderr);
2 wrong usage.
`

const FLAGS = {
  addr: { type: 'string', default: ':8080' },
  kafka: { type: 'string', default: '127.0.0.1:9092' },
  topic: { type: 'string', default: 'loader' },
  group: { type: 'string', default: 'consumer' },
  from: { type: 'string', default: 'earliest' },
  'dead-letter': { type: 'string' },
  transform: { type: 'string' },
  sink: { type: 'string' },
  dir: { type: 'string' },
  url: { type: 'string' },
  'url-file': { type: 'string' },
  table: { type: 'string' },
  setting: { type: 'string', multiple: true },
  'write-timeout': { type: 'string', default: '30s' },
  'batch-events': { type: 'string', default: '10000' },
  'batch-bytes': { type: 'string', default: '8MB' },
  linger: { type: 'string', default: '1s' },
  'session-timeout': { type: 'string', default: '10s' },
  'rebalance-timeout': { type: 'string', default: '30s' },
  grace: { type: 'string', default: '30s' },
  'print-ddl': { type: 'boolean' },
  newer: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** Reads the command line, or says what is wrong with it. */
export const parseOptions = (args: readonly string[]): Parsed => {
  try {
    const { values } = parse(args)
    if (values.help) return { kind: 'help' }
    return values['print-ddl'] ? ddlOf(values) : { kind: 'run', options: optionsOf(values) }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false })

type Values = ReturnType<typeof parse>['values']

const ddlOf = ({ table, newer }: Values): Parsed => {
  if (!table) throw new Error('--table is missing: say which table, such as default.events')
  return { kind: 'print-ddl', table: tableOf(table), generation: newer ? 'newer' : 'any' }
}

const optionsOf = (values: Values): Options => {
  const topic = topicOf('--topic', values.topic)
  const deadLetterTopic = topicOf('--dead-letter', values['dead-letter'] ?? `${values.topic}.dead`)
  if (deadLetterTopic === topic) throw new Error('--dead-letter has to be another topic than --topic')
  return {
    address: addressOf('--addr', values.addr),
    brokers: brokersOf('--kafka', values.kafka),
    topic,
    group: groupOf(values.group),
    deadLetterTopic,
    from: fromOf(values.from),
    ...sinkOf(values),
    transform: values.transform,
    batchEvents: countOf('--batch-events', values['batch-events']),
    batchBytes: bytesOf('--batch-bytes', values['batch-bytes']),
    linger: timeOf('--linger', values.linger, 0),
    sessionTimeout: timeOf('--session-timeout', values['session-timeout'], 500),
    rebalanceTimeout: timeOf('--rebalance-timeout', values['rebalance-timeout'], 500),
    grace: timeOf('--grace', values.grace),
  }
}

const sinkOf = (values: Values) => {
  const sinkName = values.sink
  if (sinkName === undefined) throw new Error(`--sink is missing: say one of ${sinkNames.join(', ')}`)
  const writeWithin = timeOf('--write-timeout', values['write-timeout'])
  const { dir, url, 'url-file': urlFile, table, setting } = values
  const openSink = readSink(sinkName, { dir, url, 'url-file': urlFile, table, setting, writeWithin })
  return { sinkName, openSink }
}

const topicOf = (flag: string, name: string): string => {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name
  throw new Error(`${flag} ${name} is no topic: say letters, digits, '.', '_' and '-', at most 249 of them`)
}

const groupOf = (name: string): string => {
  if (name.trim() === '') throw new Error('--group is empty: say the name of the group')
  return name
}

const fromOf = (text: string): 'earliest' | 'latest' => {
  if (text === 'earliest' || text === 'latest') return text
  throw new Error(`--from ${text} is not known: say earliest or latest`)
}
