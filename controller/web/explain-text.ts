import type { ClampRecord, Decision, RuleNumbers } from '../decision/decision.ts'
import type { Override } from '../decision/overrides.ts'
import type { Scheduled } from '../decision/schedule.ts'
import { countsInWords } from '../decision/sentence.ts'
import { duration, figure, plural } from '../decision/words.ts'
import type { OutcomeEntry } from '../history/history.ts'
import type { Tick, TickRule } from '../history/ring/tick.ts'
import type { Amount, Rate } from '../strategies/strategy.ts'
import { chartLines } from './chart.ts'
import type { Explanation } from './explanation.ts'
import { wayInWords } from './next-words.ts'
import { shortly, stampOf, timeOf, type WallClock } from './times.ts'

/** An explanation as lines of text; the chart is `width` characters wide. */
export function explainLines(explanation: Explanation, now: number, width: number): string[] {
  const { zone, chart } = explanation
  return [
    ...toldLines(explanation, now),
    '',
    `From ${stampOf(chart.from, zone)} to ${stampOf(chart.to, zone)} (${zone})`,
    '',
    ...chartLines(chart.ticks, { from: chart.from, to: chart.to, width, zone }),
  ]
}

/** The same without the chart. */
export function toldLines(explanation: Explanation, now: number): string[] {
  const { at, zone, decision, next, notes, outcomes } = explanation
  const clock = { now, zone }
  const say = (time: number): string => shortly(time, clock)
  return [
    `${decision.workload} at ${stampOf(at, zone)} (${zone})`,
    ...notes.map((note) => `  ! ${note}`),
    ...aboutRun(explanation, say),
    ...section(rulesTitle(explanation, clock), rulesLines(explanation, say)),
    ...section('Hand and calendar', laidOverLines(decision, say)),
    ...section('Clamps', clampLines(decision, say)),
    ...section('Next step', [wayInWords(next.out, say), wayInWords(next.in, say)]),
    ...section(
      'Alarms',
      decision.alarms.map((alarm) => `! ${alarm}`),
    ),
    ...section(
      'Steps around that time',
      outcomes.map((one) => outcomeLine(one, say)),
    ),
  ]
}

type Say = (time: number) => string

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]

function aboutRun({ run, decision }: Explanation, say: Say): string[] {
  const { sentence, reason, granted, min, max, counts } = decision
  const { first, last, count } = run
  const how = `${say(first)} to ${say(last)}, ${duration(last - first)}, ${plural(count, 'tick')}`
  const since = count === 1 ? `decided once, at ${say(last)}` : `so from ${how}`
  return [
    `  ${sentence}`,
    `  reason ${reason}; ${since}`,
    `  size ${granted} of ${min}..${max} (${countsInWords(counts)})`,
  ]
}

/** A run is written once a minute, so its words may be a little younger than the time that was asked about. */
function rulesTitle({ tick, decision }: Explanation, { zone }: WallClock): string {
  return tick === undefined ? 'Rules' : `Rules, as written at ${timeOf(decision.at, zone)}`
}

function rulesLines({ decision, run, tick }: Explanation, say: Say): string[] {
  const lines = decision.rules.flatMap((rule) => [
    `${rule.name} (${rule.strategy}${bandOf(rule)})`,
    ...readingLines(rule, decision.at).map((line) => `  ${line}`),
    `  ${proposalOf(rule)}`,
    ...spanLines(rule, run).map((line) => `  ${line}`),
    ...tickLines(
      tick?.rules.find(({ name }) => name === rule.name),
      tick,
      say,
    ).map((line) => `  ${line}`),
  ])
  const { rules, size, wanted } = decision
  if (rules.length === 0) return [`it has none; it wants ${wanted}`]
  return [...lines, `together they ask for ${wanted}${wanted === size ? ', as it is' : `, from ${size}`}`]
}

function bandOf({ strategy, band: { above, below }, unit }: RuleNumbers): string {
  const [low, high] = strategy === 'veto' ? ['below', 'above'] : ['in below', 'out above']
  const bounds = [
    ...(below === undefined ? [] : [`${low} ${amount(below, unit)}`]),
    ...(above === undefined ? [] : [`${high} ${amount(above, unit)}`]),
  ]
  return bounds.length === 0 ? '' : `; band: ${bounds.join(', ')}`
}

const amount = (value: number, unit: string): string =>
  unit === '' ? figure(value) : `${figure(value)} ${unit}`

/** Numbers that were not to be had are left out, and never told as zero. */
function numbersIn({ strategy, level, load, coverage, unit }: TickRule): string[] {
  const isShared = strategy !== 'veto'
  return [
    ...(level === undefined || !isShared ? [] : [`level ${amount(level, unit)}`]),
    ...(load === undefined ? [] : [`${isShared ? 'load' : 'value'} ${amount(load, unit)}`]),
    ...(coverage === undefined ? [] : [`coverage ${figure(100 * coverage)} %`]),
  ]
}

function readingLines(rule: RuleNumbers, at: number): string[] {
  const { reading, detail, newest, asides = {}, signal, proposal } = rule
  if (reading === 'none') return []
  const flaw = detail === undefined ? '' : ` (${detail})`
  const parts = [
    `reading ${reading}${flaw}`,
    ...numbersIn(rule),
    ...(newest === undefined ? [] : [`newest sample ${duration(at - newest)} old`]),
    ...Object.entries(asides).map(([name, aside]) => `${name} ${sayAmount(aside)}`),
    ...(proposal.rate === undefined ? [] : [sayRate(proposal.rate)]),
    ...(signal === undefined ? [] : [`signal ${signal}`]),
  ]
  return [parts.join(', ')]
}

/** `310 a second each (measured)` */
function sayRate({ each, from, atLeast }: Rate): string {
  return `${figure(each)} a second each${atLeast === true ? ' or more' : ''} (${from})`
}

/** `at least 120` of a partial one, and never a number of one that is missing. */
function sayAmount(amount: Amount): string {
  if (amount.kind === 'missing') return `missing (${amount.detail})`
  return `${amount.kind === 'partial' ? 'at least ' : ''}${figure(amount.amount)}`
}

function proposalOf({ proposal: { kind, size, why, forbids } }: RuleNumbers): string {
  const what = [kind, ...(forbids ?? []), ...(size === undefined ? [] : [`to ${size}`])].join(' ')
  return `${what}: ${why}`
}

function spanLines({ name, strategy, unit }: RuleNumbers, { spans, count }: Explanation['run']): string[] {
  if (count === 1) return []
  const parts = (['level', 'load', 'coverage'] as const).flatMap((number) => {
    const span = spans[`${name}.${number}`]
    if (span === undefined || (strategy === 'veto' && number === 'level')) return []
    const times = number === 'coverage' ? 100 : 1
    const of = number === 'coverage' ? '%' : unit
    const [least, most] = [figure(times * span.min), figure(times * span.max)]
    return [`${number} ${least === most ? '' : `${least} to `}${amount(times * span.max, of)}`]
  })
  return parts.length === 0 ? [] : [`while it was so: ${parts.join(', ')}`]
}

function tickLines(rule: TickRule | undefined, tick: Tick | undefined, say: Say): string[] {
  if (rule === undefined || tick === undefined) return []
  const numbers = numbersIn(rule)
  return [`at ${say(tick.at)}: ${numbers.length === 0 ? 'no numbers' : numbers.join(', ')}`]
}

function laidOverLines({ overrides = [], scheduled }: Decision, say: Say): string[] {
  return [...overrides.map((one) => overrideLine(one, say)), ...scheduleLines(scheduled ?? {}, say)]
}

function overrideLine({ act, by, why, at, until }: Override, say: Say): string {
  const size = 'size' in act ? ` ${act.size}` : ''
  const end = until === undefined ? 'until it is taken back' : `until ${say(until)}`
  return `${act.kind}${size} by ${by} since ${say(at)}, ${end}: ${why}`
}

function scheduleLines({ floor, ceiling, pin, next }: Scheduled, say: Say): string[] {
  const bounds = Object.entries({ floor, ceiling, pin }).flatMap(([what, bound]) =>
    bound === undefined ? [] : [`${what} ${bound.size} by ${bound.item}, until ${say(bound.until)}`],
  )
  return [...bounds, ...(next === undefined ? [] : [`${next.item} ${next.what} at ${say(next.at)}`])]
}

function clampLines({ clamps, granted, size, wanted }: Decision, say: Say): string[] {
  if (clamps.length === 0) return wanted === size ? [] : ['none bound it']
  const width = Math.max(...clamps.map(({ clamp }) => clamp.length))
  return [...clamps.map((one) => clampLine(one, width, say)), `granted: ${granted}`]
}

function clampLine({ clamp, before, after, why, until }: ClampRecord, width: number, say: Say): string {
  const end = until === undefined ? '' : ` (until ${say(until)})`
  return `${clamp.padEnd(width)}  ${before} -> ${after}  ${why}${end}`
}

const outcomeLine = ({ at, step, subject, result, sentence }: OutcomeEntry, say: Say): string =>
  `${say(at)} ${step} ${subject} ${result}: ${sentence}`
