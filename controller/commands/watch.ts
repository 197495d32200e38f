import { outsideOf } from '../outside.ts'
import { logging } from '../watch/log.ts'
import { once } from '../watch/once.ts'
import { type Ending, session, type Wish } from '../watch/session.ts'
import { blank, taken } from '../watch/state.ts'
import { frameOf } from '../watch/view.ts'
import { type Context, command, exits } from './command.ts'
import { printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { controllerOptions, whichController } from './remote.ts'
import { wallClock } from './wall-clock.ts'

export const watch = command({
  name: 'watch',
  summary: 'Shows a running controller live in the terminal; elsewhere it prints a line for each change.',
  operands: '[WORKLOAD]',
  options: {
    ...controllerOptions,
    once: { type: 'boolean', text: 'print what there is to be seen, and end' },
  },
  exits: {
    [exits.ok]: 'somebody has quit, or with --once: shown',
    [exits.failed]: 'there is no such workload, or with --once: no controller answers',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const [workload, ...more] = positionals
    if (more.length > 0) return misuse('watch', `one workload or all, not also ${more.join(', ')}`, context)
    const json = values.json === true
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('watch', which.message, context)
    if (which.kind === 'refused') {
      printProblems(which.problems, json, context, 'it is not known whom to watch')
      return exits.failed
    }
    const { controller } = which
    const wish: Wish = { controller, ...(workload !== undefined && { workload }) }
    if (values.once === true) return await showOnce(wish, json, context)
    const ending = await followed(wish, json, context)
    if (ending.kind === 'left') return exits.ok
    printRefusal('watch', ending.detail, json, context)
    return exits.failed
  },
})

/** A terminal that knows no more than lines cannot be drawn on. */
const isDumb = ({ env }: Context): boolean => (env['TERM'] ?? 'dumb') === 'dumb'

/** https://no-color.org: whatever its value, unless it is empty. */
const hasColours = (context: Context): boolean =>
  context.isTerminal && !isDumb(context) && (context.env['NO_COLOR'] ?? '') === ''

async function followed(wish: Wish, json: boolean, context: Context): Promise<Ending> {
  const deps = { ...outsideOf(context), zone: wallClock(context).zone }
  const stopped = context.stopped()
  const { terminal, onHangup, out, err } = context
  if (terminal === undefined || json || isDumb(context))
    return await logging(wish, json ? 'json' : 'news', { ...deps, out, err }, stopped)
  return await session(wish, { ...deps, terminal, onHangup, colours: hasColours(context) }, stopped)
}

/** What a page of a log is wide, where there is no terminal that says otherwise. */
const WIDE = 100

async function showOnce(wish: Wish, json: boolean, context: Context): Promise<number> {
  const found = await once(wish, outsideOf(context), context.stopped())
  if (found.kind === 'none') {
    printRefusal('watch', found.detail, json, context)
    return exits.failed
  }
  const { status, ahead } = found
  if (json) {
    context.out(JSON.stringify(status))
    return exits.ok
  }
  const given = Number(context.env['COLUMNS'])
  const columns = context.terminal?.size().columns ?? (given >= 20 ? given : WIDE)
  const state = { ...taken(blank, { kind: 'status', status, ahead }, context.now()), recent: [] }
  const scene = { ...state, columns, colours: hasColours(context), zone: wallClock(context).zone }
  const { lines } = frameOf({ ...scene, url: wish.controller.url, now: context.now() + ahead })
  for (const line of lines) context.out(line)
  return exits.ok
}
