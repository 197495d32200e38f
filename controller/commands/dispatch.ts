import { hint } from '../policy/nearest.ts'
import { type Command, type Context, exits, type Registry, table } from './command.ts'

/** Runs the command that the arguments name; settles with the exit code and never rejects. */
export async function dispatch(
  argv: readonly string[],
  commands: Registry,
  context: Context,
): Promise<number> {
  const [name, ...rest] = argv
  if (name === '--help' || name === '-h' || name === 'help') {
    context.out(overview(await allOf(commands)))
    return exits.ok
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) return await refuse(name, commands, context)
  try {
    const named = await load()
    return await named.run(rest, context)
  } catch (error) {
    context.err(
      `capuchin ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    return exits.failed
  }
}

const allOf = (commands: Registry): Promise<Command[]> =>
  Promise.all(Object.values(commands).map((load) => load()))

async function refuse(name: string | undefined, commands: Registry, context: Context): Promise<number> {
  const names = Object.keys(commands)
  if (name !== undefined) context.err(`capuchin: there is no command "${name}"${hint(name, names)}`)
  context.err(overview(await allOf(commands)))
  return exits.usage
}

function overview(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => hidden !== true)
  const rows = shown.map(({ name, summary }) => [name, summary] as const)
  return `capuchin COMMAND [options]\n\n${table(rows)}\n\ncapuchin COMMAND --help tells its options and exit codes.`
}
