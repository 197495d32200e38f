import { parseArgs } from 'node:util'
import { count } from '../count.ts'

export interface Options {
  workloads: number
  /** Instances of each workload. */
  instances: number
  /** Ticks that are measured with each number of viewers. */
  ticks: number
  /** How often the page is opened. */
  loads: number
  /** Write the figures into docs/benchmarks/page.md. */
  write: boolean
  /** Measure nothing: serve the page, to be looked at, on this port. */
  serve?: number
}

export const usage = `npm run bench:page [-- OPTIONS]

Measures the status page of a fleet that is made up, served by the real routes: time to first paint in Chromium, bytes, what a tick
costs the server and each viewer of it, memory.

Options:
  --workloads N   workloads (200)
  --instances N   instances of each workload (10)
  --ticks N       ticks that are measured with each number of viewers (20)
  --loads N       how often the page is opened (9)
  --write         write the figures into docs/benchmarks/page.md
  --serve PORT    measure nothing, and serve the page on this port: a tick every 5 s, until it is interrupted
  -h, --help      print this

It needs Linux with chromium and setpriv.`

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export function optionsOf(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: shapes })
    if (values.help === true) return { kind: 'help' }
    const { workloads, instances, ticks, loads, write, serve } = values
    const options = {
      ...{ workloads: count('workloads', workloads, 2_000), instances: count('instances', instances, 100) },
      ...{ ticks: count('ticks', ticks, 1_000), loads: count('loads', loads, 1_000), write },
      ...(serve !== undefined && { serve: count('serve', serve, 65_535) }),
    }
    return { kind: 'run', options }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

const shapes = {
  workloads: { type: 'string', default: '200' },
  instances: { type: 'string', default: '10' },
  ticks: { type: 'string', default: '20' },
  loads: { type: 'string', default: '9' },
  write: { type: 'boolean', default: false },
  serve: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const
