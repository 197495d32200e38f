import type { Decision, RuleNumbers } from '../decision/decision.ts'
import { figure, plural } from '../decision/words.ts'
import { sayDuration } from '../policy/duration.ts'
import { sayProblem } from '../policy/problem.ts'
import type { Failure } from './judge.ts'
import type { Suite } from './load.ts'
import { clockAt } from './local-time.ts'
import { picture } from './picture.ts'
import type { Frame, Played } from './play.ts'
import type { Scenario } from './scenario.ts'

/** A scenario that was played, and what of it was not as expected. */
export interface Verdict {
  scenario: Scenario
  played: Played
  failures: readonly Failure[]
}

/** `ok    a spike (30m, 121 ticks, size 2 to 3)` */
export function headline({ scenario: { name, length }, played: { frames }, failures }: Verdict): string {
  const sizes = frames.map(({ decision }) => decision.granted)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const span = sizes.length === 0 ? '' : `, size ${least === most ? least : `${least} to ${most}`}`
  const word = failures.length === 0 ? 'ok  ' : 'FAIL'
  return `${word}  ${name} (${sayDuration(length)}, ${plural(frames.length, 'tick')}${span})`
}

/** The failures, those of one time together, with the decision of that time, its numbers and a picture. */
export function failureLines({ scenario, played, failures }: Verdict): string[] {
  const times = [...new Set(failures.map(({ at }) => at))].toSorted((a, b) => a - b)
  return times.flatMap((at) => [
    ...failures
      .filter((failure) => failure.at === at)
      .map((failure) => `  ${sayProblem({ ...failure.place, message: sayFailure(failure, scenario) })}`),
    ...decisionAt(at, played, scenario).map((line) => (line === '' ? '' : `    ${line}`)),
    '',
  ])
}

/** `expected size 2, but size 3 at 12m15s (12:12:15)` */
export function sayFailure({ at, expected, happened }: Failure, { start, zone }: Scenario): string {
  return `expected ${expected}, but ${happened} at ${sayDuration(at)} (${clockAt(start + at, zone)})`
}

function decisionAt(at: number, { frames }: Played, scenario: Scenario): string[] {
  const frame = frames.findLast((one) => one.at <= at)
  if (frame === undefined) return []
  const { decision } = frame
  return [
    timelineOf(frame, scenario),
    ...decision.rules.map(ruleLine),
    ...decision.clamps.map(
      ({ clamp, before, after, why }) => `clamp ${clamp}: ${before} -> ${after}, ${why}`,
    ),
    ...decision.alarms.map((alarm) => `alarm: ${alarm}`),
    '',
    ...picture(frames, at),
  ]
}

function ruleLine({
  name,
  reading,
  detail,
  load,
  level,
  coverage,
  unit,
  band,
  proposal,
}: RuleNumbers): string {
  if (reading === 'missing') return `rule ${name}: missing, ${detail}`
  const numbers = [
    load === undefined ? '' : `load ${figure(load)}${unit}`,
    level === undefined ? '' : `each ${figure(level)}${unit}${bandOf(band, unit)}`,
    coverage === undefined ? '' : `${reading} with ${figure(coverage * 100)} % covered`,
    proposal.kind === 'out' || proposal.kind === 'in' ? `asks for ${proposal.size}` : proposal.kind,
  ]
  return `rule ${name}: ${numbers.filter((part) => part !== '').join(', ')}`
}

const bandOf = ({ below, above }: RuleNumbers['band'], unit: string): string =>
  below === undefined || above === undefined ? '' : ` of ${figure(below)}..${figure(above)}${unit}`

/** The decisions that differ from the one before, and what happened, in the order of time. */
export function timeline({ scenario, played: { frames, happened } }: Verdict): string[] {
  const lines: { at: number; line: string }[] = happened.map(({ at, what }) => ({
    at,
    line: `${timeOf(at, scenario)}  *  ${what}`,
  }))
  let former: Decision | undefined
  for (const frame of frames) {
    if (former === undefined || isNews(former, frame.decision))
      lines.push({ at: frame.at, line: timelineOf(frame, scenario) })
    former = frame.decision
  }
  return lines.toSorted((a, b) => a.at - b.at).map(({ line }) => `  ${line}`)
}

function isNews(former: Decision, { size, granted, reason, counts, alarms }: Decision): boolean {
  const isMove = size !== granted || former.size !== former.granted
  return (
    isMove ||
    reason !== former.reason ||
    counts.ready !== former.counts.ready ||
    alarms.length !== former.alarms.length
  )
}

function timelineOf({ at, hosts, decision }: Frame, scenario: Scenario): string {
  const { counts, reason, sentence } = decision
  return `${timeOf(at, scenario)}  ready ${counts.ready}, hosts ${hosts}  ${reason}: ${sentence}`
}

const timeOf = (at: number, { start, zone }: Scenario): string =>
  `${sayDuration(at).padEnd(9)} ${clockAt(start + at, zone)}`

/** All outcomes for programs; times are ms since the beginning of a scenario. */
export function jsonOf(verdicts: readonly Verdict[], { problems, hints }: Suite): object {
  const scenarios = verdicts.map(({ scenario, played, failures }) => ({
    workload: scenario.policy.workload,
    ...scenario.place,
    name: scenario.name,
    ok: failures.length === 0,
    ticks: played.frames.length,
    failures: failures.map(({ place, ...rest }) => ({ ...place, ...rest })),
  }))
  const ok = problems.length === 0 && scenarios.every((one) => one.ok)
  return { ok, scenarios, problems, hints }
}
