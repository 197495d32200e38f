import { parseArgs } from 'node:util'
import { count } from '../count.ts'

export interface Options {
  /** VMs of the pool, each with three slots that are all filled. */
  vms: number
  workloads: number
  /** Ticks that are measured of a fleet that stands, after the first one. */
  ticks: number
  json: boolean
  /** A folder for CPU profiles of the controller. */
  profile?: string
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const usage = `npm run bench:yandex [-- OPTIONS]

Measures a controller with a pool of VMs on a fake Yandex Cloud in another process: what it takes to adopt them all from nothing, what
a tick takes then, and what the provider costs a controller that does nothing. What is in it: docs/benchmarks/yandex.md

Options:
  --vms N          VMs of the pool, of three slots each (1000)
  --workloads N    workloads that share them (10)
  --ticks N        ticks to measure after the first one (20)
  --json           print the figures as JSON
  --profile DIR    write CPU profiles of the controller there; figures are then those of a profiled process
  -h, --help       print this

Exit codes:
  0  it was measured
  1  it could not be measured; the last lines say why
  2  wrong usage
`

const flags = {
  vms: { type: 'string', default: '1000' },
  workloads: { type: 'string', default: '10' },
  ticks: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    const { json, profile } = values
    const options: Options = {
      vms: count('vms', values.vms, 10_000),
      workloads: count('workloads', values.workloads, 1_000),
      ticks: count('ticks', values.ticks, 1_000),
      json,
      ...(profile !== undefined && { profile }),
    }
    return { kind: 'run', options }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}
