import type { StoreState } from '../decision/state.ts'
import type { BillEntry, HistoryEntry } from '../history/history.ts'
import { openBills } from '../loop/bill.ts'
import { outsideOf } from '../outside.ts'
import { hint } from '../policy/nearest.ts'
import { savedState } from '../saved.ts'
import { type By, type CostQuestion, costOf, periods } from '../web/cost.ts'
import { costLines, sayCut } from '../web/cost-text.ts'
import { stampOf, type WallClock } from '../web/times.ts'
import { type Command, command, configOption, exits } from './command.ts'
import { printProblems, printRefusal, settingsOnly } from './configuration.ts'
import { openPast } from './past.ts'
import { joinPast, optionalTime, wallClock } from './wall-clock.ts'

const shaped = command({
  name: 'cost',
  summary: 'Tells what workloads and idle slots have cost, in hours and money, the present hour included.',
  operands: '[WORKLOAD]',
  options: {
    ...configOption,
    from: { type: 'string', value: 'TIME', default: '-24h', text: '14:02, 2026-11-22, ISO 8601, or -2h' },
    to: { type: 'string', value: 'TIME', default: 'now', text: 'likewise' },
    by: {
      type: 'string',
      value: 'PERIOD',
      default: 'total',
      text: 'hour, day or total',
      choices: periods,
    },
  },
  exits: {
    [exits.ok]: 'told, be it nothing',
    [exits.failed]: 'nothing was spent on such a workload, or the settings are refused',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const clock = wallClock(context)
    const asked = askedOf(values, positionals, clock)
    if (asked.kind === 'wrong') {
      context.err(`capuchin cost: ${asked.message}`)
      return exits.usage
    }
    const json = values.json === true
    const outcome = settingsOnly(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, json, context, 'it is not known where its bills are')
      return exits.failed
    }
    const { question } = asked
    const { from, to } = question
    const entries = await openPast(outcome.settings, context.fs).read({ kind: 'bill', from, to, limit: MOST })
    const saved = await savedState(outcome.settings, outsideOf(context))
    const ledger = (saved.kind === 'state' ? saved.state.ledger : undefined) ?? {}
    const bills = fullest(entries, ledger, context.now())
    const stranger = strangerIn(question, bills, clock)
    if (stranger !== undefined) {
      printRefusal('cost', stranger, json, context)
      return exits.failed
    }
    const cost = costOf(bills, question)
    if (bills.length === MOST) context.err(`capuchin cost: ${sayCut(MOST)}`)
    context.out(json ? JSON.stringify(cost, null, 2) : costLines(cost, clock).join('\n'))
    return exits.ok
  },
})

/** `--from -2h` is taken as it is meant. */
export const cost: Command = {
  ...shaped,
  run: (argv, context) => shaped.run(joinPast(argv, ['from', 'to']), context),
}

/** A process that was killed has not told the last minutes to its history, but the state has them. Bills only ever grow. */
function fullest(
  entries: readonly HistoryEntry[],
  ledger: NonNullable<StoreState['ledger']>,
  now: number,
): BillEntry[] {
  const bills = new Map<string, BillEntry>()
  for (const entry of entries) if (entry.kind === 'bill') bills.set(entry.id, entry)
  for (const open of openBills(ledger, now))
    if (open.hostMs > (bills.get(open.id)?.hostMs ?? 0))
      bills.set(open.id, { kind: 'bill', version: 1, ...open })
  return [...bills.values()]
}

type Asked = { kind: 'asked'; question: CostQuestion } | { kind: 'wrong'; message: string }

/** A year of one pool. */
const MOST = 10_000

function askedOf(
  values: { from: string; to: string; by: string },
  [workload, ...more]: readonly string[],
  clock: WallClock,
): Asked {
  if (more.length > 0) return { kind: 'wrong', message: `one workload or all, not also ${more.join(', ')}` }
  const from = optionalTime('from', values.from, clock)
  if (from?.kind !== 'time') return from ?? { kind: 'wrong', message: 'from when?' }
  const to = optionalTime('to', values.to, clock)
  if (to?.kind !== 'time') return to ?? { kind: 'wrong', message: 'to when?' }
  const by = periodOf(values.by)
  if (by === undefined) return { kind: 'wrong', message: `--by is hour, day or total, not "${values.by}"` }
  if (from.at >= to.at) return { kind: 'wrong', message: '--from has to be before --to' }
  const question = {
    from: from.at,
    to: to.at,
    by,
    zone: clock.zone,
    ...(workload !== undefined && { workload }),
  }
  return { kind: 'asked', question }
}

const periodOf = (text: string): By | undefined => periods.find((one) => one === text)

/** A workload on which nothing was spent, where something was on others, most probably is a slip of the pen. */
function strangerIn(
  { workload, from, to }: CostQuestion,
  bills: readonly BillEntry[],
  { zone }: WallClock,
): string | undefined {
  const names = new Set(bills.flatMap(({ workloads }) => Object.keys(workloads)))
  if (workload === undefined || names.has(workload) || bills.length === 0) return undefined
  const time = `from ${stampOf(from, zone)} to ${stampOf(to, zone)} (${zone})`
  return `nothing was spent on a workload "${workload}"${hint(workload, names)} ${time}`
}
