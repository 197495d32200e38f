import { parseArgs } from 'node:util'
import type { Address } from './server.ts'

/** What the command line asks for. Times in milliseconds. */
export type Options = { address: Address; dir: string; grace: number; readWithin: number }

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const USAGE = `Usage: node ingest/gateway/main.ts --sink file --dir DIR [options]

Takes events over HTTP (POST /post, one JSON object each) and acknowledges each one once it is safe in the sink.

  --addr HOST:PORT      where to listen (default :8080, on all addresses; port 0 takes a free one)
  --sink file           where events go: an append-only file
  --dir DIR             the folder of the file sink; created when missing, used by one gateway at a time
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
  sink: { type: 'string' },
  dir: { type: 'string' },
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

type Values = { addr: string; sink?: string; dir?: string; grace: string; 'read-timeout': string }

const optionsOf = (values: Values): Options => {
  if (values.sink === undefined) throw new Error('--sink is missing: say --sink file')
  if (values.sink !== 'file') throw new Error(`--sink ${values.sink} is not known: the only sink is file`)
  if (!values.dir) throw new Error('--dir is missing: say in which folder the file sink keeps the events')
  return {
    address: addressOf(values.addr),
    dir: values.dir,
    grace: timeOf('--grace', values.grace),
    readWithin: timeOf('--read-timeout', values['read-timeout']),
  }
}

/** `HOST:PORT`, `:PORT` or `[IPv6]:PORT`. */
const addressOf = (text: string): Address => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) {
    throw new Error(`--addr ${text} is no address: say HOST:PORT, such as 127.0.0.1:8080`)
  }
  const host = bracketed ?? plain
  return host ? { host, port } : { port }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }

const timeOf = (flag: string, text: string): number => {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  const time = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (!(time > 0)) throw new Error(`${flag} ${text} is no time: say a number with ms, s or m, such as 30s`)
  return time
}
