import { parseArgs } from 'node:util'
import { isPaceName, type PaceName } from './pace.ts'

export interface Options {
  pace: PaceName
  /** Events go through Kafka, and the consumers behind it are scaled as well. */
  kafka: boolean
  /** Hosts are VMs of a fake Yandex Cloud, which runs on this machine. */
  fakeYandex: boolean
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

With --fake-yandex the hosts are VMs that are ordered from a Yandex Cloud. It is a fake: a process of
this machine that speaks the cloud's own protocol, and runs what its VMs' metadata declares as processes.
One zone runs out of capacity and one VM is taken away under load, and what it all cost is held against
the fake's own bill.

Options:
  --fake-yandex       hosts are VMs of a fake Yandex Cloud; nothing is ordered and nothing is paid; needs Linux
                      and openssl
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
  0  it scaled out by at least 3 instances and back, no event was lost, and no VM was left
  1  it did not, or something went wrong; the last lines say what
  2  wrong usage
  130  it was interrupted; everything that it started is stopped
`

const flags = {
  kafka: { type: 'boolean', default: false },
  'fake-yandex': { type: 'boolean', default: false },
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
    const { wave, kafka, 'fake-yandex': fakeYandex, report, keep } = values
    if (!isPaceName(wave)) return { kind: 'wrong', why: `--wave has to be full or short, not ${wave}` }
    if (report === '') return { kind: 'wrong', why: '--report needs the name of a file' }
    if (kafka && fakeYandex)
      return { kind: 'wrong', why: '--kafka and --fake-yandex are two demos: take one at a time' }
    return {
      kind: 'run',
      options: { pace: wave, kafka, fakeYandex, keep, ...(report !== undefined && { report }) },
    }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}
