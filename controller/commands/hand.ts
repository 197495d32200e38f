import type { Override } from '../decision/overrides.ts'
import { outsideOf } from '../outside.ts'
import { type Changed, layInto, takeFrom } from '../overrides/change.ts'
import { describe } from '../overrides/outlook.ts'
import { Speaker, type Target, type Wish, Word, type WordText } from '../overrides/wish.ts'
import { validate } from '../policy/issues.ts'
import { type Fault, sayPath } from '../policy/problem.ts'
import { changeSaved } from '../unattended.ts'
import { type Answered, askToLay, askToTakeBack } from './ask-hand.ts'
import { type Context, exits } from './command.ts'
import { configuration, printProblems, printRefusal } from './configuration.ts'
import { type Controller, controllerOptions, whichController } from './remote.ts'

const who = { type: 'string', value: 'NAME', text: 'who says so (the user, also behind sudo)' } as const

/** What every command has that lays something over the judgement. */
export const handOptions = {
  ...controllerOptions,
  for: { type: 'string', value: 'TIME', default: '1h', text: 'how long, such as 30m, 2h, or ever' },
  why: { type: 'string', value: 'TEXT', text: 'why, for whoever finds it (required)' },
  as: who,
} as const

/** What every command has that takes something back. */
export const endOptions = {
  ...controllerOptions,
  why: { type: 'string', value: 'TEXT', text: 'why' },
  as: who,
} as const

export const handExits = {
  [exits.ok]: 'done, and durable',
  [exits.failed]: 'refused; nothing was changed, unless it says that it is not known',
  [exits.usage]: 'wrong usage',
} as const

interface Values {
  config: string
  url?: string | undefined
  'token-file'?: string | undefined
  ca?: string | undefined
  json?: boolean | undefined
  for?: string
  why?: string | undefined
  as?: string | undefined
}

/** Says what is wrong with a command line, as the parser of options does. */
export function misuse(name: string, message: string, context: Context): number {
  context.err(`capuchin ${name}: ${message}`)
  context.err(`capuchin ${name} --help tells its options`)
  return exits.usage
}

/** The only operand of a command, or undefined when there is none, or more. */
export const onlyOne = (positionals: readonly string[]): string | undefined =>
  positionals.length === 1 ? positionals[0] : undefined

/** Lays a wish over the judgement of the controller that runs, else over the saved state. Settles with the exit code. */
export async function speak(name: string, act: Wish, values: Values, context: Context): Promise<number> {
  if (values.why === undefined)
    return misuse(name, `--why is missing: say why, such as --why "load test"`, context)
  const by = speakerOf(values, context)
  const text = { act, by, why: values.why, for: values.for ?? '1h' }
  const { data, faults } = validate<Word>(Word, text)
  if (data === undefined) return misuse(name, sayFaults(faults), context)
  return await say(name, values, context, {
    ask: (controller) => askToLay(controller, text satisfies WordText),
    write: (ground) => layInto(ground, data),
    tell: ({ override, replaced, said }) => [
      said,
      ...replaced.map((former) => `in place of ${former.id}: ${describe(former, override.at)}`),
    ],
  })
}

/** Takes back what was laid. */
export async function unsay(name: string, target: Target, values: Values, context: Context): Promise<number> {
  const ender = { by: speakerOf(values, context), ...(values.why !== undefined && { why: values.why }) }
  const { data, faults } = validate<Speaker>(Speaker, { why: 'over', ...ender })
  if (data === undefined) return misuse(name, sayFaults(faults), context)
  return await say(name, values, context, {
    ask: async (controller) => {
      const answered = await askToTakeBack(controller, target, ender)
      return answered.kind === 'done' ? { kind: 'done', value: answered.value.taken } : answered
    },
    write: (ground) => takeFrom(ground, target, ender),
    tell: (taken: readonly Override[]) =>
      taken.map((one) => `taken back: ${one.id}: ${describe(one, context.now())}`),
  })
}

/** Behind sudo the person is meant, and not root. */
const speakerOf = ({ as: name }: Values, { env, user }: Context): string =>
  name ?? env['SUDO_USER'] ?? env['USER'] ?? user ?? ''

/** A fault names the option, and not the key that goes over the wire. */
const sayFaults = (faults: readonly Fault[]): string =>
  faults.map(({ path, message }) => `${optionOf(sayPath(path))} ${message}`).join('; ')

const optionOf = (path: string): string => {
  if (path === 'by') return '--as (who says so)'
  return path.startsWith('act.') ? path.slice('act.'.length) : `--${path}`
}

/** How something is said to a controller, to the saved state, and to the operator. */
interface Saying<T> {
  ask(controller: Controller): Promise<Answered<T>>
  write(ground: Parameters<typeof layInto>[0]): Changed<T>
  tell(value: T): string[]
}

async function say<T>(
  name: string,
  values: Values,
  context: Context,
  { ask, write, tell }: Saying<T>,
): Promise<number> {
  const { config, json } = values
  const which = await whichController(values, context)
  if (which.kind === 'wrong') return misuse(name, which.message, context)
  if (which.kind === 'refused') {
    printProblems(which.problems, json, context, 'nothing was changed')
    return exits.failed
  }
  const answered = await ask(which.controller)
  // Which one was meant is easily forgotten where it comes from the environment.
  if (which.kind === 'remote' && json !== true) context.err(`at ${which.controller.url}:`)
  if (answered.kind === 'done') return print(answered.value, tell, undefined, json, context)
  if (answered.kind === 'refused' || which.kind === 'remote') {
    printRefusal(name, answered.detail, json, context)
    return exits.failed
  }
  const whole = configuration(config, context)
  if (whole.kind === 'refused') {
    printProblems(whole.problems, json, context, `${answered.detail}, and nothing was changed`)
    return exits.failed
  }
  const pools = [...whole.settings.pools.values()].map(({ pool }) => pool)
  const common = { policies: whole.policies, pools, now: context.now() }
  const written = await changeSaved(whole.settings, outsideOf(context), (state) =>
    write({ ...common, state }),
  )
  if (written.kind === 'done') return print(written.value, tell, answered.detail, json, context)
  printRefusal(name, written.detail, json, context)
  return exits.failed
}

/** `absent`: why no controller was told. */
function print<T>(
  value: T,
  tell: (value: T) => string[],
  absent: string | undefined,
  json: boolean | undefined,
  context: Context,
): number {
  if (json === true) {
    context.out(JSON.stringify({ ok: true, running: absent === undefined, ...asObject(value) }, null, 2))
    return exits.ok
  }
  for (const line of tell(value)) context.out(line)
  if (absent !== undefined) context.err(`${absent}: it binds from the next start`)
  return exits.ok
}

const asObject = (value: unknown): object =>
  Array.isArray(value) ? { taken: value } : typeof value === 'object' && value !== null ? value : {}
