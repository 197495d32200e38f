import { hint } from '../policy/nearest.ts'
import { type Command, type Context, exits, table } from './command.ts'

/** Runs the command that the arguments name; settles with the exit code and never rejects. */
export async function dispatch(
  argv: readonly string[],
  commands: readonly Command[],
  context: Context,
): Promise<number> {
  const [name, ...rest] = argv
  if (name === '--help' || name === '-h' || name === 'help') {
    context.out(overview(commands))
    return exits.ok
  }
  const named = commands.find((command) => command.name === name)
  if (named === undefined) return refuse(name, commands, context)
  try {
    return await named.run(rest, context)
  } catch (error) {
    context.err(
      `capuchin ${named.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    return exits.failed
  }
}

function refuse(name: string | undefined, commands: readonly Command[], context: Context): number {
  const names = commands.map((command) => command.name)
  if (name !== undefined) context.err(`capuchin: there is no command "${name}"${hint(name, names)}`)
  context.err(overview(commands))
  return exits.usage
}

function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return `capuchin COMMAND [options]\n\n${table(rows)}\n\ncapuchin COMMAND --help tells its options and exit codes.`
}
