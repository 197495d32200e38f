import type { RuleNumbers } from '../../decision/decision.ts'
import type { Rule } from '../../decision/policy.ts'
import type { MissingReason } from '../../decision/reading.ts'
import { duration, figure } from '../../decision/words.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** A rule that was asked over its window. `reason`: why its reading is missing. `spacing`: of its raw samples as they come, ms. */
export interface RuleFacts {
  workload: string
  rule: Rule
  numbers: RuleNumbers
  reason?: MissingReason
  spacing?: number
  /** How many instances are in the raw data. */
  seen?: number
  /** They are the numbers of the controller that runs, since only it remembers what its source has seen. */
  isTold?: boolean
  now: number
}

export function judgeRule(facts: RuleFacts): Remark[] {
  const { workload, rule, numbers, reason } = facts
  const about = `rule ${workload}/${rule.name}`
  const { ok, warning, wrong } = remarksOn(about)
  const { reading, detail = '' } = numbers
  if (reading === 'none') return [ok(rule.query === undefined ? 'it measures nothing' : numbers.proposal.why)]
  if (reading === 'missing')
    return [
      wrong(`it has no reading: ${detail}`, remedyOf(reason ?? reasonIn(detail), rule)),
      ...judgeSpacing(about, facts),
      ...judgeAsides(about, facts),
    ]
  const said = numbersOf(facts)
  const shape =
    reading === 'partial'
      ? warning(
          `only a part can be seen, so that nothing goes in by it: ${detail} (${said})`,
          remedyOfPart(detail),
        )
      : ok(said)
  return [shape, ...judgeFreshness(about, facts), ...judgeSpacing(about, facts), ...judgeAsides(about, facts)]
}

const remedyOfPart = (detail: string): string =>
  detail.startsWith('samples cover')
    ? 'after a start wait until the window is full; when it stays, see whether what scrapes or sends has holes'
    : 'find out which instances do not report: capuchin status, and the targets of the source'

/** The controller's own numbers name the reason in front. */
const reasonIn = (detail: string): MissingReason | undefined => {
  const word = detail.split(':')[0] ?? ''
  return Object.hasOwn(remedies, word) ? (word as MissingReason) : undefined
}

const remedies: Readonly<Record<MissingReason, string>> = {
  'no-data':
    'ask the query in the source itself: is the name right, do its matchers fit, is what it asks for up and scraped?',
  stale:
    'nothing new arrives: see what scrapes or sends it, and whether `interval` is the spacing in which it does',
  timeout:
    'see what the source is busy with; make the query cheaper (a recording rule), or raise the timeout of the source',
  unreachable: 'see that the source runs, and its address in the settings',
  refused: 'see what the source says: the credentials in the settings, or its limits',
  'bad-query': 'correct the query in the policy: capuchin check says where it stands',
  'bad-answer': 'see what answers at the address of the source: a proxy, a sign-in page, another server?',
  'many-series':
    'aggregate in the query, such as sum(...) of a total or avg(...) of instances: a rule takes one series',
  'not-a-number':
    'see what it divides by: 0 / 0 is no number; add `or vector(0)` only where nothing really means zero',
  future: 'compare the clocks (below): samples of the future are not believed',
  'no-instances':
    'after a start look again in a minute; when it stays, instances have to be told apart in the raw data: see `per`, and that what is scraped carries the labels of the lists',
}

const remedyOf = (reason: MissingReason | undefined, { query }: Rule): string => {
  const asked = query === undefined ? '' : ` (source ${query.source}: ${query.text})`
  return `${reason === undefined ? 'ask the query in the source itself' : remedies[reason]}${asked}`
}

function numbersOf({ numbers, seen, isTold, now, rule }: RuleFacts): string {
  const { strategy, level, load, coverage, newest, unit, proposal } = numbers
  const inUnit = (value: number): string => `${figure(value)}${unit === '' ? '' : ` ${unit}`}`
  const value = strategy === 'veto' || level === undefined ? load : level
  const parts = [
    ...(value === undefined
      ? []
      : [
          `${strategy === 'veto' || level === undefined ? 'value' : 'level'} ${inUnit(value)}${placeOf(numbers, value)}`,
        ]),
    ...(coverage === undefined ? [] : [`${figure(100 * coverage)} % of ${duration(rule.window)} covered`]),
    ...(newest === undefined ? [] : [`newest sample ${duration(Math.max(0, now - newest))} old`]),
    ...(seen === undefined || seen === 0 ? [] : [`${seen} instances in it`]),
    ...(proposal.kind === 'out' || proposal.kind === 'in' ? [`it asks for ${proposal.size}`] : []),
  ]
  return `${parts.join(', ')}${isTold === true ? ' (as the controller tells)' : ''}`
}

function placeOf({ band, unit }: RuleNumbers, value: number): string {
  const inUnit = (bound: number): string => `${figure(bound)}${unit === '' ? '' : ` ${unit}`}`
  if (band.above !== undefined && value > band.above) return `, over ${inUnit(band.above)}`
  if (band.below !== undefined && value < band.below) return `, under ${inUnit(band.below)}`
  return band.above === undefined && band.below === undefined ? '' : ', inside its band'
}

/** A newest sample of before so many intervals is late. */
const LATE = 3

function judgeFreshness(about: string, { numbers: { newest }, rule, now }: RuleFacts): Remark[] {
  const interval = rule.query?.interval
  if (newest === undefined || interval === undefined || now - newest <= LATE * interval + 2_000) return []
  return [
    remarksOn(about).warning(
      `its newest sample is ${duration(now - newest)} old, though one is to come every ${duration(interval)}`,
      'see what scrapes or sends it; where it is meant, set `interval` of the rule or source to what it really is',
    ),
  ]
}

/** What comes less often than is said leaves holes; what comes more often does no harm. */
function judgeSpacing(about: string, { spacing, rule }: RuleFacts): Remark[] {
  const interval = rule.query?.interval
  if (spacing === undefined || interval === undefined || spacing <= interval * 1.5) return []
  return [
    remarksOn(about).warning(
      `raw samples come every ${duration(spacing)}, and not every ${duration(interval)} as \`interval\` says`,
      `set interval: ${duration(spacing)} for the source or the rule, or have it scraped more often`,
    ),
  ]
}

function judgeAsides(about: string, { numbers: { asides = {} } }: RuleFacts): Remark[] {
  return Object.entries(asides).flatMap(([name, amount]) =>
    amount.kind === 'missing'
      ? [
          remarksOn(about).wrong(
            `its ${name} cannot be had: ${amount.detail}`,
            'ask that query in the source itself',
          ),
        ]
      : [],
  )
}
