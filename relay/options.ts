import { parseArgs } from 'node:util'
import type { IntakeBounds } from './intake.ts'
import type { Rules } from './line.ts'
import type { Bounds } from './spool.ts'
import { addressOf, bytesOf, countOf, timeOf } from './units.ts'
import { FLAGS, type FlagName, usualOf, variableOf } from './usage.ts'
import type { Destination } from './wire.ts'

/** What the relay is asked to do. Times in ms. */
export interface Options {
  graphite: Destination[]
  dir: string
  tcp?: { host: string; port: number }
  socket?: string
  http?: { host: string; port: number }
  bounds: Bounds
  resendRate: number
  overlap: number
  confirmEvery: number
  answerWithin: number
  rules: Rules
  intake: IntakeBounds
  /** What its own metrics are called in Graphite, up to the last dot; without it they are not sent there. */
  report?: string
  grace: number
}

export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

/** Reads the command line, and the environment for what is not said there. `host` is the name of this machine. */
export const parseOptions = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  host: string,
): Parsed => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: parsable(),
      strict: true,
      allowPositionals: false,
    })
    if (values['help'] === true) return { kind: 'help' }
    return { kind: 'run', options: optionsOf(reading(values, env), host) }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

const parsable = () => ({
  ...Object.fromEntries(
    Object.keys(FLAGS).map((name) => [name, { type: 'string' as const, multiple: name === 'graphite' }]),
  ),
  json: { type: 'boolean' as const },
  help: { type: 'boolean' as const, short: 'h' },
})

/** How to get at the text of an option: the command line, the environment, the default; `off` and empty are none. */
const reading = (
  values: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
) => {
  const all = (name: FlagName): string[] => {
    const said = values[name]
    if (Array.isArray(said)) return said.map(String)
    const text = said === undefined ? (env[variableOf(name)] ?? usualOf(name)) : String(said)
    return text === undefined || text === '' || text === 'off' ? [] : [text]
  }
  return all
}

const optionsOf = (all: (name: FlagName) => string[], host: string): Options => {
  const one = (name: FlagName): string | undefined => all(name)[0]
  const some = (name: FlagName): string => {
    const text = one(name)
    if (text === undefined) throw new Error(`--${name} is missing: ${FLAGS[name].text}`)
    return text
  }
  const listen = one('listen')
  const socket = one('socket')
  const http = one('http')
  const age = one('max-age')
  const report = one('report')
  if (listen === undefined && socket === undefined)
    throw new Error('neither --listen nor --socket: nobody could send anything')
  return {
    graphite: destinationsOf(all('graphite')),
    dir: some('dir'),
    ...(listen !== undefined && { tcp: addressOf('--listen', listen) }),
    ...(socket !== undefined && { socket }),
    ...(http !== undefined && { http: addressOf('--http', http) }),
    bounds: {
      disk: bytesOf('--buffer', some('buffer'), 4 * 2 ** 20),
      memory: bytesOf('--memory', some('memory'), 2 ** 20),
      ...(age !== undefined && { age: timeOf('--max-age', age) }),
    },
    resendRate: countOf('--resend-rate', some('resend-rate')),
    overlap: timeOf('--overlap', some('overlap'), 0),
    confirmEvery: timeOf('--confirm-every', some('confirm-every')),
    answerWithin: timeOf('--answer-within', some('answer-within')),
    rules: rulesOf(one('prefix') ?? '', one('allow')),
    intake: {
      clients: countOf('--max-clients', some('max-clients')),
      idle: timeOf('--idle', some('idle')),
      clientRate: countOf('--client-rate', some('client-rate')),
    },
    ...(report !== undefined && {
      report: report.replaceAll('HOST', host.replaceAll(/[^A-Za-z0-9_-]/g, '_')),
    }),
    grace: timeOf('--grace', some('grace')),
  }
}

/** `HOST:PORT` or `NAME=HOST:PORT`, several of them separated by commas. */
const destinationsOf = (said: readonly string[]): Destination[] => {
  const destinations = said
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [, name, address = text] = /^([A-Za-z0-9_-]+)=(.*)$/.exec(text) ?? []
      return { name: name ?? address, ...addressOf('--graphite', address) }
    })
  if (destinations.length === 0) throw new Error(`--graphite is missing: ${FLAGS.graphite.text}`)
  const names = new Set(destinations.map(({ name }) => name))
  if (names.size < destinations.length) throw new Error('--graphite names one server twice')
  return destinations
}

const rulesOf = (prefix: string, allow: string | undefined): Rules => {
  if (!/^[!-:<-~]*$/.test(prefix)) throw new Error(`--prefix ${prefix} cannot begin a name`)
  if (allow === undefined) return { prefix }
  try {
    return { prefix, allow: new RegExp(allow) }
  } catch (error) {
    throw new Error(
      `--allow ${allow} is no regular expression: ${error instanceof Error ? error.message : ''}`,
    )
  }
}
