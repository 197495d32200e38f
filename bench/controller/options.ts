import { parseArgs } from 'node:util'
import { count } from '../count.ts'

export interface Options {
  workloads: number
  /** Rules of each workload. */
  rules: number
  /** Instances of each workload. */
  instances: number
  /** Ticks that are measured, after the first one. */
  ticks: number
  /** From the beginning of a tick to that of the next, ms. */
  every: number
  json: boolean
  /** Where the figures go as JSON. */
  report?: string
  /** A folder for CPU profiles of the controller. */
  profile?: string
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const usage = `npm run bench:controller [-- OPTIONS]

Measures a controller against a real Prometheus that holds the series: ticks, CPU, memory, queries, pure judgements,
and the time from the start of the process to the first decision. What is and is not in it: docs/benchmarks/controller.md

Options:
  --workloads N    workloads (1000)
  --rules N        rules of each workload (3)
  --instances N    instances of each workload (3)
  --ticks N        ticks to measure after the first one (20)
  --every MS       from one tick to the next, in ms (3000)
  --json           print the figures as JSON
  --report FILE    write the figures as JSON
  --profile DIR    write CPU profiles of the controller there; figures are then those of a profiled process
  -h, --help       print this

Exit codes:
  0  it was measured
  1  it could not be measured, or readings were not whole; the last lines say why
  2  wrong usage
`

const flags = {
  workloads: { type: 'string', default: '1000' },
  rules: { type: 'string', default: '3' },
  instances: { type: 'string', default: '3' },
  ticks: { type: 'string', default: '20' },
  every: { type: 'string', default: '3000' },
  json: { type: 'boolean', default: false },
  report: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    const { report, profile, json } = values
    const options: Options = {
      workloads: count('workloads', values.workloads, 5_000),
      rules: count('rules', values.rules, 20),
      instances: count('instances', values.instances, 50),
      ticks: count('ticks', values.ticks, 1_000),
      every: count('every', values.every, 60_000),
      json,
      ...(report !== undefined && { report }),
      ...(profile !== undefined && { profile }),
    }
    return { kind: 'run', options }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}
