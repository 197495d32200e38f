import { parseArgs } from 'node:util'
import { isPaceName, type PaceName } from './pace.ts'

export interface Options {
  pace: PaceName
  /** Events go through Kafka, and the consumers behind it are scaled as well. */
  kafka: boolean
  /** Where the JSON report goes. */
  report?: string
  /** The folder with settings, state, logs and events stays. */
  keep: boolean
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const usage = `npm run demo [-- OPTIONS]

Capuchin at work on this machine, in about two minutes: a wave of events goes to the bundled ingest
service, which grows from 2 instances to 7 on up to 4 local hosts and shrinks again, and every event
that was acknowledged is then found on disk.

With --kafka the events go on through a real Apache Kafka that the demo starts for itself, and the
consumers behind it are scaled as well, by how long their backlog takes to drain; it ends when every
event that was acknowledged is found where the consumers put it. That takes a minute longer.

Options:
  --kafka             through Kafka; needs Java 17, and KAFKA_HOME or mvn to fetch Kafka with, once
  --wave full|short   short: 450 events a second at most, 5 instances, in less than a minute (full)
  --report FILE       write what happened as JSON
  --keep              keep the folder with settings, policy, state, logs and events, and say where
  -h, --help          print this

Environment:
  KAFKA_HOME          a Kafka to start, instead of one from Maven Central
  NO_COLOR            no colours
  TERM=dumb           plain lines, as when the output is not a terminal

Exit codes:
  0  it scaled out by at least 3 instances and back, and no event was lost
  1  it did not, or something went wrong; the last lines say what
  2  wrong usage
  130  it was interrupted; everything that it started is stopped
`

const flags = {
  kafka: { type: 'boolean', default: false },
  wave: { type: 'string', default: 'full' },
  report: { type: 'string' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    const { wave, kafka, report, keep } = values
    if (!isPaceName(wave)) return { kind: 'wrong', why: `--wave has to be full or short, not ${wave}` }
    if (report === '') return { kind: 'wrong', why: '--report needs the name of a file' }
    return { kind: 'run', options: { pace: wave, kafka, keep, ...(report !== undefined && { report }) } }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}
