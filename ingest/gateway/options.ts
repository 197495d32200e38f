import { parseArgs } from 'node:util'
import { addressOf, timeOf } from '../shared/flags.ts'
import type { Address } from '../shared/listen.ts'
import type { SinkChoice } from './open-sink.ts'
import { type SinkValues, sinkOf } from './options-of-sink.ts'
import type { TlsFiles } from './tls-pair.ts'

/** What the command line asks for. Times in milliseconds. */
export type Options = {
  address: Address
  sink: SinkChoice
  grace: number
  readWithin: number
  tls?: TlsFiles
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const USAGE = `Usage: node ingest/gateway/main.ts --kafka HOST:PORT[,HOST:PORT...] [options]
       node ingest/gateway/main.ts --sink file --dir DIR [options]

Takes events over HTTP (POST /post, one JSON object each; POST /post/batch, many: NDJSON or a JSON array) and
acknowledges each one once it is safe in the sink.

  --addr HOST:PORT      where to listen (default :8080, on all addresses; port 0 takes a free one)
  --kafka BROKERS       events go to Kafka: one or more HOST:PORT, separated by commas
  --topic NAME          the topic, which has to exist (default loader)
  --acks all|1          an event is acknowledged when all in-sync replicas have it (all, the default), or when
                        the leader alone has it (1: quicker, and events are lost when a leader fails)
  --answer-within TIME  a client waits this long for the brokers, and is told to try again then (default 10s)
  --sink file           events go to an append-only file instead
  --dir DIR             the folder of the file sink; created when missing, used by one gateway at a time
  --tls-cert FILE       serve HTTPS with this certificate (PEM, its chain behind it), and with
  --tls-key FILE        this key; both are read anew when they change, and on SIGHUP
  --grace TIME          SIGTERM ends the process within this time (default 30s)
  --read-timeout TIME   a client has this long to send a request (default 20s; headers at most 10s)
  --help                this text

TIME is a number with ms, s or m, such as 500ms, 30s or 2m.
Environment: CAPUCHIN_DRAIN_TOKEN  who presents it may POST /drain; without it only callers on this machine may.
Exit codes: 0 ended as asked, with all events safe; 1 could not start (the reason is on stderr); 2 wrong usage.
When the sink hangs for longer than the grace, the process ends itself by SIGKILL.
`

const FLAGS = {
  addr: { type: 'string', default: ':8080' },
  kafka: { type: 'string' },
  topic: { type: 'string' },
  acks: { type: 'string' },
  'answer-within': { type: 'string' },
  sink: { type: 'string' },
  dir: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  grace: { type: 'string', default: '30s' },
  'read-timeout': { type: 'string', default: '20s' },
  help: { type: 'boolean' },
} as const

/** Reads the command line, or says what is wrong with it. */
export const parseOptions = (args: readonly string[]): Parsed => {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false })
    return values.help ? { kind: 'help' } : { kind: 'run', options: optionsOf(values) }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

type Values = SinkValues & {
  addr: string
  'tls-cert'?: string
  'tls-key'?: string
  grace: string
  'read-timeout': string
}

const optionsOf = (values: Values): Options => {
  return {
    address: addressOf('--addr', values.addr),
    sink: sinkOf(values),
    grace: timeOf('--grace', values.grace),
    readWithin: timeOf('--read-timeout', values['read-timeout']),
    ...tlsOf(values),
  }
}

const tlsOf = ({ 'tls-cert': cert, 'tls-key': key }: Values): { tls?: TlsFiles } => {
  if (!cert && !key) return {}
  if (!cert || !key) throw new Error('--tls-cert and --tls-key belong together: say both')
  return { tls: { cert, key } }
}
