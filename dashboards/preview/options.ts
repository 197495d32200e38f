import { parseArgs } from 'node:util'
import { type BoardName, boardNames } from '../files.ts'
import type { Values } from '../substitute.ts'

export interface Options {
  prometheus: string
  boards: readonly BoardName[]
  /** From how long ago, until how long ago, and how often Prometheus scrapes, in ms. */
  from: number
  to: number
  scrape: number
  values: Values
  out: string
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export const usage = `npm run dashboards:preview -- --prometheus URL --out FOLDER [OPTIONS]

Draws the dashboards with what a real Prometheus answers to their queries, as HTML, and as pictures where
Chromium is installed. It is a preview, not Grafana: good for seeing what a panel would show, and that it
shows something.

Options:
  --prometheus URL    the Prometheus that scrapes the controller, such as http://127.0.0.1:9090
  --out FOLDER        where NAME.html and NAME.png go; it is made where it is missing
  --dashboard NAME    ${boardNames.join(', ')}; may be given several times (all)
  --from TIME         from how long ago, such as 15m, 6h or 2d (1h)
  --to TIME           until how long ago (now)
  --scrape TIME       how often Prometheus scrapes (15s)
  --var NAME=VALUE    a value of a variable, such as workload=ingest; may be given several times, also with
                      one name. Otherwise all values, or the first one where there is no All
  -h, --help          print this

Exit codes: 0 drawn; 1 Prometheus could not be asked, or refused a query; 2 wrong usage
`

const flags = {
  prometheus: { type: 'string' },
  out: { type: 'string' },
  dashboard: { type: 'string', multiple: true },
  from: { type: 'string', default: '1h' },
  to: { type: 'string' },
  scrape: { type: 'string', default: '15s' },
  var: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Reads the command line, or says what is wrong with it. */
export function parseOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    const { prometheus, out, dashboard = boardNames, var: given = [] } = values
    if (prometheus === undefined || !URL.canParse(prometheus))
      return wrong('--prometheus needs the address of one, such as http://127.0.0.1:9090')
    if (out === undefined || out === '') return wrong('--out needs a folder')
    const boards = boardNames.filter((name) => dashboard.includes(name))
    const unknown = dashboard.find((name) => !boards.some((board) => board === name))
    if (unknown !== undefined)
      return wrong(`--dashboard has to be one of ${boardNames.join(', ')}, not ${unknown}`)
    const [from, scrape] = [durationOf(values.from), durationOf(values.scrape)]
    const to = values.to === undefined ? 0 : durationOf(values.to)
    if (from === undefined) return wrong(`--from has to be a time such as 15m, not ${values.from}`)
    if (scrape === undefined) return wrong(`--scrape has to be a time such as 15s, not ${values.scrape}`)
    if (to === undefined) return wrong(`--to has to be a time such as 15m, not ${values.to}`)
    if (to >= from) return wrong('--to has to be less long ago than --from')
    const unnamed = given.find((text) => !/^\w+=/.test(text))
    if (unnamed !== undefined) return wrong(`--var has to be NAME=VALUE, not ${unnamed}`)
    return { kind: 'run', options: { prometheus, out, boards, from, to, scrape, values: valuesOf(given) } }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

const wrong = (why: string): Parsed => ({ kind: 'wrong', why })

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function durationOf(text: string): number | undefined {
  const [, number, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  const per = units[unit]
  return number === undefined || per === undefined ? undefined : Number(number) * per
}

function valuesOf(given: readonly string[]): Values {
  const values = new Map<string, string[]>()
  for (const text of given) {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    values.set(name, [...(values.get(name) ?? []), text.slice(at + 1)])
  }
  return Object.fromEntries(values)
}
