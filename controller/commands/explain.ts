import type { Policy } from '../decision/policy.ts'
import type { DecisionEntry } from '../history/history.ts'
import { parseDuration } from '../policy/duration.ts'
import { hint } from '../policy/nearest.ts'
import type { Settings } from '../settings.ts'
import { explainLines } from '../web/explain-text.ts'
import { type Explanation, explanationOf } from '../web/explanation.ts'
import { stampOf, type WallClock } from '../web/times.ts'
import { type Command, type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems, printRefusal, settingsOnly } from './configuration.ts'
import { openPast, type Past } from './past.ts'
import { joinPast, optionalTime, wallClock } from './wall-clock.ts'

const shaped = command({
  name: 'explain',
  summary: 'Tells why a workload has the size that it has, or had at a time, with every number.',
  operands: 'WORKLOAD',
  options: {
    ...configOption,
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
    const known = knownOf(values.config, context, json)
    if (known === undefined) return exits.failed
    const past = openPast(known.settings, context.fs)
    const outcome = await explained(asked, known, past)
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
/** As many as the server gives at once: three days of ticks of 15 s. */
const TICKS = 20_000
const STEPS = 1_000
/** How long after a decision its steps are told, in ms. */
const AFTER = 300_000

/** The settings, and the policies where they are sound; undefined when the settings are refused, which has been told then. */
interface Known {
  settings: Settings
  policies: readonly Policy[]
  doubt?: string
}

function knownOf(config: string, context: Context, json: boolean): Known | undefined {
  const whole = configuration(config, context)
  if (whole.kind === 'loaded') return whole
  const outcome = settingsOnly(config, context)
  if (outcome.kind === 'loaded') return { settings: outcome.settings, policies: [], doubt: NO_POLICIES }
  printProblems(outcome.problems, json, context, 'it is not known where its history is')
  return undefined
}

const NO_POLICIES =
  'the policies cannot be read (capuchin check tells why), so what the next step takes is not known'

type Outcome = { kind: 'explained'; explanation: Explanation } | { kind: 'unknown'; detail: string }

async function explained(asked: Asked, known: Known, past: Past): Promise<Outcome> {
  const { workload, clock } = asked
  const found = await inForce(asked, known, past)
  if (found.kind === 'unknown') return found
  const { entry } = found
  const at = asked.at ?? entry.last
  const from = at - asked.span
  const ticks = await past.numbers({ workload, from, to: at, limit: TICKS })
  const steps = await past.read({ kind: 'outcome', from, to: at + AFTER, limit: STEPS })
  const outcomes = steps.filter((one) => one.kind === 'outcome')
  const policy = known.policies.find((one) => one.workload === workload)
  const doubt = known.doubt ?? (policy === undefined ? `no policy is for ${workload} any more` : undefined)
  const evidence = { entry, ticks, outcomes, policy, ...(doubt !== undefined && { doubt }) }
  return { kind: 'explained', explanation: explanationOf(evidence, { at, from, zone: clock.zone }) }
}

type InForce = { kind: 'entry'; entry: DecisionEntry } | { kind: 'unknown'; detail: string }

/** All of the history is only gone through for a workload that there is: a slip of the pen is told at once. */
async function inForce({ workload, at, clock }: Asked, { policies }: Known, past: Past): Promise<InForce> {
  const to = at ?? clock.now
  const last = async (from?: number): Promise<DecisionEntry | undefined> => {
    const since = from === undefined ? {} : { from }
    const [entry] = await past.read({ workload, kind: 'decision', to, limit: 1, ...since })
    return entry?.kind === 'decision' ? entry : undefined
  }
  const entry = await last(to - RECENT)
  if (entry !== undefined) return { kind: 'entry', entry }
  const decided = await past.read({ kind: 'decision', to })
  const names = new Set(
    [...policies, ...decided].flatMap((one) => ('workload' in one ? (one.workload ?? []) : [])),
  )
  if (!names.has(workload))
    return { kind: 'unknown', detail: `there is no workload "${workload}"${hint(workload, names)}` }
  const older = await last()
  if (older !== undefined) return { kind: 'entry', entry: older }
  const detail = `nothing is written down of ${workload} up to ${stampOf(to, clock.zone)} (${clock.zone})`
  return { kind: 'unknown', detail }
}

/** Whoever is decided on at all is so within this time, in ms. */
const RECENT = 3_600_000
