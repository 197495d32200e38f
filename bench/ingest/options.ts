import { parseArgs } from 'node:util'
import { count } from '../count.ts'

export interface Options {
  /** How often each cell is measured with each contender. */
  rounds: number
  /** The measured stretch of one run, and the warm-up before it, seconds. */
  seconds: number
  warmUp: number
  /** Only cells whose name holds this text. */
  only: string
  /** Only the run that has to hold its rate for `holdSeconds`, or all but it, or both. */
  hold: 'with' | 'alone' | 'without'
  holdSeconds: number
  /** Events a second of that run. */
  holdRate: number
  /** Kafka clients are compared, in place of everything else. */
  clients: boolean
  /** The folder with the Go reference's main.go. */
  reference?: string
  json?: string
  markdown?: string
  /** A folder for CPU profiles of the gateway. */
  profile?: string
}

export type Parsed =
  | { kind: 'run'; options: Options }
  | { kind: 'list' }
  | { kind: 'help' }
  | { kind: 'wrong'; why: string }

export const usage = `npm run bench:ingest [-- OPTIONS]

Measures the ingest gateway: alone, and end to end into a real Kafka that it starts in a temporary folder; beside a Go
gateway where one is given. What is and is not in the figures: docs/benchmarks/ingest.md

Options:
  --reference DIR    the folder with main.go of the Go reference; it is built in a temporary folder (needs go)
  --rounds N         how often everything is measured, contenders in turn (3)
  --seconds N        the measured stretch of each run (5)
  --warm-up N        load before it (3)
  --only TEXT        only cells whose name holds TEXT; --list prints the names
  --hold             only the run that holds 10,000 events/s for a minute
  --no-hold          all but that run
  --hold-seconds N   how long it is (60)
  --hold-rate N      events a second of it (10000)
  --clients          compare the Kafka clients behind the gateway, and nothing else
  --json FILE        write all figures as JSON
  --markdown FILE    write the tables as Markdown
  --profile DIR      write CPU profiles of the gateway there; figures are then those of a profiled process
  --list             print the names of the cells
  -h, --help         print this

Exit codes:
  0  it was measured, and nothing that was acknowledged is missing
  1  something could not be measured, or an acknowledged event is missing; the last lines say what
  2  wrong usage
  130  interrupted
`

const flags = {
  reference: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '5' },
  'warm-up': { type: 'string', default: '3' },
  only: { type: 'string', default: '' },
  hold: { type: 'boolean', default: false },
  'no-hold': { type: 'boolean', default: false },
  'hold-seconds': { type: 'string', default: '60' },
  'hold-rate': { type: 'string', default: '10000' },
  clients: { type: 'boolean', default: false },
  json: { type: 'string' },
  markdown: { type: 'string' },
  profile: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    if (values.list) return { kind: 'list' }
    if (values.hold && values['no-hold']) throw new Error('--hold and --no-hold exclude each other')
    const { only, clients, reference, json, markdown, profile } = values
    const options: Options = {
      rounds: count('rounds', values.rounds, 100),
      seconds: count('seconds', values.seconds, 600),
      warmUp: count('warm-up', values['warm-up'], 600),
      holdSeconds: count('hold-seconds', values['hold-seconds'], 3_600),
      holdRate: count('hold-rate', values['hold-rate'], 1_000_000),
      ...{ only, clients, hold: values.hold ? 'alone' : values['no-hold'] ? 'without' : 'with' },
      ...(reference !== undefined && { reference }),
      ...(json !== undefined && { json }),
      ...(markdown !== undefined && { markdown }),
      ...(profile !== undefined && { profile }),
    }
    return { kind: 'run', options }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}
