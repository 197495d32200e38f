import { outsideOf } from '../outside.ts'
import { savedState } from '../saved.ts'
import { type By, type Cost, type CostQuestion, periods } from '../web/cost.ts'
import { answerCost, type CostAnswer, MOST_BILLS } from '../web/cost-answer.ts'
import { costLines, sayCut } from '../web/cost-text.ts'
import type { WallClock } from '../web/times.ts'
import { askFor, hasKey } from './asking.ts'
import { type Command, type Context, command, exits } from './command.ts'
import { printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { openPast, parameters } from './past.ts'
import { type Controller, controllerOptions, type Which, whichController } from './remote.ts'
import { joinPast, optionalTime, wallClock } from './wall-clock.ts'

const shaped = command({
  name: 'cost',
  summary: 'Tells what workloads and idle slots have cost, in hours and money, the present hour included.',
  operands: '[WORKLOAD]',
  options: {
    ...controllerOptions,
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
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('cost', which.message, context)
    if (which.kind === 'refused') {
      printProblems(which.problems, json, context, 'it is not known where its bills are')
      return exits.failed
    }
    const found = await (which.kind === 'remote'
      ? askedCost(asked.question, which.controller)
      : ownCost(asked.question, which, context))
    if (found.kind === 'unknown') {
      printRefusal('cost', found.detail, json, context)
      return exits.failed
    }
    if (found.isCut) context.err(`capuchin cost: ${sayCut(MOST_BILLS)}`)
    context.out(json ? JSON.stringify(found.cost, null, 2) : costLines(found.cost, clock).join('\n'))
    return exits.ok
  },
})

/** `--from -2h` is taken as it is meant. */
export const cost: Command = {
  ...shaped,
  run: (argv, context) => shaped.run(joinPast(argv, ['from', 'to']), context),
}

async function ownCost(
  question: CostQuestion,
  which: Extract<Which, { kind: 'local' }>,
  context: Context,
): Promise<CostAnswer> {
  const saved = await savedState(which.settings, outsideOf(context))
  const ledger = (saved.kind === 'state' ? saved.state.ledger : undefined) ?? {}
  return await answerCost(question, { past: openPast(which, context.fs), ledger, now: context.now() })
}

async function askedCost(question: CostQuestion, controller: Controller): Promise<CostAnswer> {
  const path = `/api/v1/cost?${parameters(question)}`
  const said = await askFor<Cost & { cut?: true }>(controller, path, hasKey('periods'), PATIENCE)
  if (said.kind === 'silent') return { kind: 'unknown', detail: said.detail }
  const { cut, ...cost } = said.value
  return { kind: 'cost', cost, isCut: cut === true }
}

/** How long another machine may take to add up, in ms. */
const PATIENCE = 20_000

type Asked = { kind: 'asked'; question: CostQuestion } | { kind: 'wrong'; message: string }

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
