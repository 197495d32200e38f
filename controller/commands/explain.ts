import type { Policy } from '../decision/policy.ts'
import { parseDuration } from '../policy/duration.ts'
import { type Explained, type ExplainQuestion, explain as explainFrom } from '../web/explain.ts'
import { explainLines } from '../web/explain-text.ts'
import type { Explanation } from '../web/explanation.ts'
import { stampOf, type WallClock } from '../web/times.ts'
import { askFor, hasKey } from './asking.ts'
import { type Command, type Context, command, exits } from './command.ts'
import { configuration, printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { openPast, parameters } from './past.ts'
import { type Controller, controllerOptions, whichController } from './remote.ts'
import { joinPast, optionalTime, wallClock } from './wall-clock.ts'

const shaped = command({
  name: 'explain',
  summary: 'Tells why a workload has the size that it has, or had at a time, with every number.',
  operands: 'WORKLOAD',
  options: {
    ...controllerOptions,
    at: {
      type: 'string',
      value: 'TIME',
      text: '14:02, 2026-11-22 14:02, ISO 8601, or -2h; the newest without',
    },
    span: { type: 'string', value: 'DURATION', default: '1h', text: 'what the chart shows, up to that time' },
    width: { type: 'string', value: 'COLUMNS', default: '80', text: 'how wide the chart is' },
  },
  exits: {
    [exits.ok]: 'told',
    [exits.failed]: 'nothing is known of that workload at that time',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const asked = askedOf(values, positionals, wallClock(context))
    if (asked.kind === 'wrong') {
      context.err(`capuchin explain: ${asked.message}`)
      return exits.usage
    }
    const json = values.json === true
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('explain', which.message, context)
    if (which.kind === 'refused') {
      printProblems(which.problems, json, context, 'it is not known where its history is')
      return exits.failed
    }
    const question = { ...asked, now: asked.clock.now, zone: asked.clock.zone }
    const outcome = await (which.kind === 'remote'
      ? askToExplain(question, which.controller)
      : explainFrom(question, { past: openPast(which, context.fs), ...policiesOf(values.config, context) }))
    if (outcome.kind === 'unknown') {
      printRefusal('explain', outcome.detail, json, context)
      return exits.failed
    }
    const { explanation } = outcome
    if (json) context.out(JSON.stringify(explanation, null, 2))
    else context.out(explainLines(explanation, asked.clock.now, asked.width).join('\n'))
    return exits.ok
  },
})

/** `--at -2h` is taken as it is meant. */
export const explain: Command = {
  ...shaped,
  run: (argv, context) => shaped.run(joinPast(argv, ['at']), context),
}

interface Asked {
  kind: 'asked'
  workload: string
  clock: WallClock
  /** The time asked about; undefined: that of the newest decision. */
  at: number | undefined
  /** What the chart shows, in ms and columns. */
  span: number
  width: number
}

type Wrong = { kind: 'wrong'; message: string }

const wrong = (message: string): Wrong => ({ kind: 'wrong', message })

function askedOf(
  { at: time, span, width }: { at?: string; span: string; width: string },
  [workload, ...more]: readonly string[],
  clock: WallClock,
): Asked | Wrong {
  if (workload === undefined) return wrong('which workload? capuchin explain WORKLOAD')
  if (more.length > 0) return wrong(`one workload at a time, not also ${more.join(', ')}`)
  const outcome = optionalTime('at', time, clock)
  if (outcome?.kind === 'wrong') return outcome
  const at = outcome?.at
  if (at !== undefined && at > clock.now)
    return wrong(`--at: ${stampOf(at, clock.zone)} is still to come: it is ${stampOf(clock.now, clock.zone)}`)
  const length = parseDuration(span)
  if (length === undefined || length < SHORTEST || length > LONGEST)
    return wrong(`--span has to be a duration from 1m to 3d, such as 1h30m, not "${span}"`)
  const columns = Number(width)
  if (!Number.isInteger(columns) || columns < 40 || columns > 400)
    return wrong(`--width has to be a number of columns from 40 to 400, not "${width}"`)
  return { kind: 'asked', workload, clock, at, span: length, width: columns }
}

const SHORTEST = 60_000
const LONGEST = 3 * 86_400_000

/** The policies where they are sound: a mistake in one is no reason to explain nothing. */
function policiesOf(config: string, context: Context): { policies: readonly Policy[]; doubt?: string } {
  const whole = configuration(config, context)
  return whole.kind === 'loaded' ? { policies: whole.policies } : { policies: [], doubt: NO_POLICIES }
}

const NO_POLICIES =
  'the policies cannot be read (capuchin check tells why), so what the next step takes is not known'

/** How long another machine may take to look, in ms. */
const PATIENCE = 20_000

async function askToExplain(question: ExplainQuestion, controller: Controller): Promise<Explained> {
  const { workload, at, span, zone } = question
  const path = `/api/v1/explain/${encodeURIComponent(workload)}?${parameters({ at, span, zone })}`
  const said = await askFor<Explanation>(controller, path, hasKey('decision'), PATIENCE)
  return said.kind === 'silent'
    ? { kind: 'unknown', detail: said.detail }
    : { kind: 'explained', explanation: said.value }
}
