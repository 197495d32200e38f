import type { HistoryQuery } from '../history/history.ts'
import { hint } from '../policy/nearest.ts'
import { historyLines } from '../web/history-text.ts'
import type { WallClock } from '../web/times.ts'
import { type Command, command, exits } from './command.ts'
import { printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { openPast, type Past } from './past.ts'
import { controllerOptions, whichController } from './remote.ts'
import { joinPast, optionalTime, wallClock } from './wall-clock.ts'

const shaped = command({
  name: 'history',
  summary:
    'Prints what was decided and done, a line each in order of time; runs of the same decision are one line.',
  operands: '[WORKLOAD]',
  options: {
    ...controllerOptions,
    from: { type: 'string', value: 'TIME', text: '14:02, 2026-11-22 14:02, ISO 8601, or -2h' },
    to: { type: 'string', value: 'TIME', text: 'likewise' },
    kind: {
      type: 'string',
      value: 'KIND',
      text: 'decision, outcome or bill; the first two without',
      choices: ['decision', 'outcome', 'bill'],
    },
    limit: { type: 'string', value: 'N', default: '1000', text: 'the newest so many, at most 10000' },
  },
  exits: {
    [exits.ok]: 'printed, be it nothing',
    [exits.failed]: 'there is no such workload, or the settings are refused',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const clock = wallClock(context)
    const asked = askedOf(values, positionals, clock)
    if (asked.kind === 'wrong') {
      context.err(`capuchin history: ${asked.message}`)
      return exits.usage
    }
    const json = values.json === true
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('history', which.message, context)
    if (which.kind === 'refused') {
      printProblems(which.problems, json, context, 'it is not known where its history is')
      return exits.failed
    }
    const past = openPast(which, context.fs)
    const stranger = await strangerIn(asked.query, past)
    const entries = stranger === undefined ? await past.read(asked.query) : []
    const refusal = past.trouble() ?? stranger
    if (refusal !== undefined) {
      printRefusal('history', refusal, json, context)
      return exits.failed
    }
    const lines = json ? entries.map((entry) => JSON.stringify(entry)) : historyLines(entries, clock)
    for (const line of lines) context.out(line)
    return exits.ok
  },
})

/** `--from -2h` is taken as it is meant. */
export const history: Command = {
  ...shaped,
  run: (argv, context) => shaped.run(joinPast(argv, ['from', 'to']), context),
}

type Asked = { kind: 'asked'; query: HistoryQuery } | { kind: 'wrong'; message: string }

const MOST = 10_000

function askedOf(
  values: { from?: string; to?: string; kind?: string; limit: string },
  [workload, ...more]: readonly string[],
  clock: WallClock,
): Asked {
  if (more.length > 0) return { kind: 'wrong', message: `one workload or all, not also ${more.join(', ')}` }
  const from = optionalTime('from', values.from, clock)
  if (from?.kind === 'wrong') return from
  const to = optionalTime('to', values.to, clock)
  if (to?.kind === 'wrong') return to
  const { kind } = values
  if (kind !== undefined && kind !== 'decision' && kind !== 'outcome' && kind !== 'bill')
    return { kind: 'wrong', message: `--kind is decision, outcome or bill, not "${kind}"` }
  const limit = Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    return { kind: 'wrong', message: `--limit has to be a number from 1 to ${MOST}, not "${values.limit}"` }
  const query: HistoryQuery = {
    ...(workload !== undefined && { workload }),
    ...(from !== undefined && { from: from.at }),
    ...(to !== undefined && { to: to.at }),
    ...(kind !== undefined && { kind }),
    limit,
  }
  return { kind: 'asked', query }
}

/** A workload of which nothing was decided lately most probably is a slip of the pen, and all of the history takes long to read. */
async function strangerIn({ workload, from }: HistoryQuery, past: Past): Promise<string | undefined> {
  if (workload === undefined || from !== undefined) return undefined
  const recent = await past.read({ kind: 'decision' })
  const names = new Set(recent.flatMap((one) => (one.kind === 'decision' ? one.workload : [])))
  if (names.has(workload)) return undefined
  return `nothing was decided lately on a workload "${workload}"${hint(workload, names)} (--from looks further back)`
}
