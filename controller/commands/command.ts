import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util'
import type { Files } from '../policy/load.ts'
import { hint } from '../policy/nearest.ts'
import type { FileSystem } from '../store/file-system.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Exit codes that all commands share; a command may document more. */
export const exits = { ok: 0, failed: 1, usage: 2 } as const

/** What a command may use of the world; main.ts is the only place that makes one. */
export interface Context {
  /** Writes a line to standard output. */
  out(line: string): void
  /** Writes a line to standard error. */
  err(line: string): void
  env: Readonly<Record<string, string | undefined>>
  /** Where it was started, absolute. */
  cwd: string
  /** Epoch ms. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  files: Files
  fs: FileSystem
  machine: { cores: number }
  /** The Node that runs this. */
  execPath: string
  pid: number
  /** The name of the user who runs this, where the system knows it. */
  user?: string | undefined
  /** Standard output is a terminal. */
  isTerminal: boolean
  /** The terminal that standard output is; absent where it goes elsewhere. */
  terminal?: Terminal | undefined
  /** All commands that there are, for the one that completes what is typed. */
  commands?: Registry
  /** From the first call on, SIGINT and SIGTERM abort this signal instead of ending the process. */
  stopped(): AbortSignal
  /** Calls `run` at each SIGHUP, which otherwise does nothing, until the answered function is called. */
  onHangup(run: () => void): () => void
}

/** An option of the command line. `value` is what help calls what follows it. */
export interface Option extends ParseArgsOptionDescriptor {
  value?: string
  text: string
  /** All that may follow it, for shells that complete what is typed. */
  choices?: readonly string[]
}

export type Options = Readonly<Record<string, Option>>

const common = {
  json: { type: 'boolean', text: 'print JSON' },
  help: { type: 'boolean', short: 'h', text: 'print this' },
} as const satisfies Options

/** Where the settings are, for commands that need them. */
export const configOption = {
  config: { type: 'string', short: 'c', value: 'FILE', default: 'capuchin.yaml', text: 'the settings' },
} as const satisfies Options

/** What a command's file writes down. `operands` stands in the usage line, such as `WORKLOAD`; without it there are none. */
export interface CommandShape<O extends Options> {
  name: string
  summary: string
  operands?: string
  options: O
  /** It is for other programs, and the overview does not name it. */
  hidden?: true
  /** Exit codes with their meaning. */
  exits: Readonly<Record<number, string>>
  run(args: Args<O>, context: Context): Promise<number> | number
}

export type Args<O extends Options> = ReturnType<typeof parse<O>>

/** A registered command. `run` settles with the exit code. */
export interface Command {
  name: string
  summary: string
  operands?: string
  /** Those that all commands have, included. */
  options: Options
  hidden?: true
  run(argv: readonly string[], context: Context): Promise<number>
}

/** Commands by name, each with what loads it. */
export type Registry = Readonly<Record<string, () => Promise<Command>>>

/** Binds a command to its options: wrong usage never reaches it, and `--help` is answered without it. */
export function command<O extends Options>(shape: CommandShape<O>): Command {
  const { name, summary, operands, hidden } = shape
  return {
    name,
    summary,
    ...(operands !== undefined && { operands }),
    options: { ...shape.options, ...common },
    ...(hidden !== undefined && { hidden }),
    async run(argv, context) {
      const outcome = attempt(argv, shape)
      if (outcome.kind === 'wrong') {
        context.err(`capuchin ${name}: ${outcome.message}`)
        context.err(`capuchin ${name} --help tells its options`)
        return exits.usage
      }
      const { values } = outcome.args
      if (!('help' in values) || values.help !== true) return await shape.run(outcome.args, context)
      context.out(helpOf(shape))
      return exits.ok
    },
  }
}

function parse<O extends Options>(argv: readonly string[], options: O, allowPositionals: boolean) {
  return parseArgs({ args: [...argv], options: { ...options, ...common }, allowPositionals, strict: true })
}

type Attempt<O extends Options> = { kind: 'args'; args: Args<O> } | { kind: 'wrong'; message: string }

function attempt<O extends Options>(argv: readonly string[], shape: CommandShape<O>): Attempt<O> {
  try {
    return { kind: 'args', args: parse(argv, shape.options, shape.operands !== undefined) }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const unknown = /^Unknown option '--?([^']*)'/.exec(said)?.[1]
    if (unknown === undefined) return { kind: 'wrong', message: said }
    const names = Object.keys({ ...shape.options, ...common }).map((key) => `--${key}`)
    return { kind: 'wrong', message: `there is no option --${unknown}${hint(`--${unknown}`, names)}` }
  }
}

function helpOf<O extends Options>({
  name,
  summary,
  operands,
  options,
  exits: codes,
}: CommandShape<O>): string {
  const all = Object.entries<Option>({ ...options, ...common })
  const rows = all.map(([key, option]) => [flagOf(key, option), textOf(option)] as const)
  const usage = ['capuchin', name, operands, '[options]'].filter((part) => part !== undefined).join(' ')
  const outcomes = Object.entries(codes).map(([code, meaning]) => [code, meaning] as const)
  return [`${usage}\n\n${summary}`, `Options:\n${table(rows)}`, `Exit codes:\n${table(outcomes)}`].join(
    '\n\n',
  )
}

function flagOf(key: string, { short, value }: Option): string {
  const long = value === undefined ? `--${key}` : `--${key} ${value}`
  return short === undefined ? `    ${long}` : `-${short}, ${long}`
}

const textOf = ({ text, default: usual }: Option): string =>
  usual === undefined ? text : `${text} (${String(usual)})`

/** Two columns, indented, the second one aligned. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
