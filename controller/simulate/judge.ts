import type { Decision } from '../decision/decision.ts'
import type { Expectation } from './expectation.ts'
import type { Frame, Played } from './play.ts'
import { isIn, type Range, sayRange } from './range.ts'
import type { Expected, Place, Scenario } from './scenario.ts'

/** An expectation that was not met. `at`: ms since the beginning, where it shows. */
export interface Failure {
  place: Place
  at: number
  expected: string
  happened: string
}

/** What of a scenario's expectations its course does not meet. */
export function judge({ expectations }: Scenario, { frames, mishaps }: Played): Failure[] {
  const broken = mishaps.map(
    ({ place, at, message }): Failure => ({ place, at, expected: 'that it can happen', happened: message }),
  )
  if (frames.length === 0) return broken
  return [...broken, ...expectations.flatMap((expected) => judgeOne(expected, frames))]
}

type Flaw = Omit<Failure, 'place'>

function judgeOne(expected: Expected, all: readonly Frame[]): Failure[] {
  const { place, from, expectation } = expected
  const frames = framesOf(expected, all)
  const before = all.findLast(({ at }) => at < from)
  const flaws =
    frames.length === 0
      ? [{ at: from, expected: 'a tick in that time', happened: 'there is none' }]
      : [
          ...sizes(expectation, frames),
          ...reached(expectation, frames),
          ...changed(expectation, frames, before),
          ...reasons(expectation, frames),
          ...alarms(expectation, frames),
          ...said(expectation, frames),
        ]
  return flaws.map((flaw) => ({ place, ...flaw }))
}

/** The ticks that an expectation is about; a time is that of the last tick until then. */
function framesOf({ from, to, isStretch }: Expected, frames: readonly Frame[]): readonly Frame[] {
  if (isStretch) return frames.filter(({ at }) => at >= from && at <= to)
  const last = frames.findLast(({ at }) => at <= from)
  return last === undefined ? [] : [last]
}

/** Numbers have to hold in every tick; the first one in which one does not is told. */
function sizes({ size, ready, hosts }: Expectation, frames: readonly Frame[]): Flaw[] {
  return [
    ...everywhere('size', size, frames, ({ decision }) => decision.granted),
    ...everywhere('ready', ready, frames, ({ decision }) => decision.counts.ready),
    ...everywhere('hosts', hosts, frames, (frame) => frame.hosts),
  ]
}

function everywhere(
  what: string,
  range: Range | undefined,
  frames: readonly Frame[],
  measure: (frame: Frame) => number,
): Flaw[] {
  const miss = range && frames.find((frame) => !isIn(measure(frame), range))
  if (range === undefined || miss === undefined) return []
  return [{ at: miss.at, expected: `${what} ${sayRange(range)}`, happened: `${what} ${measure(miss)}` }]
}

function reached({ reaches }: Expectation, frames: readonly Frame[]): Flaw[] {
  if (reaches === undefined || frames.some(({ decision }) => isIn(decision.granted, reaches))) return []
  const far = ({ decision: { granted } }: Frame): number =>
    Math.max(reaches.min - granted, granted - reaches.max)
  const nearest = frames.toSorted((a, b) => far(a) - far(b))[0]
  if (nearest === undefined) return []
  return [
    {
      at: nearest.at,
      expected: `size ${sayRange(reaches)} at some time`,
      happened: `the nearest is ${nearest.decision.granted}`,
    },
  ]
}

function changed({ changes }: Expectation, frames: readonly Frame[], before: Frame | undefined): Flaw[] {
  if (changes === undefined) return []
  let former = before?.decision.granted ?? frames[0]?.decision.size
  const moves: { at: number; to: number }[] = []
  for (const { at, decision } of frames) {
    if (decision.granted !== former) moves.push({ at, to: decision.granted })
    former = decision.granted
  }
  if (isIn(moves.length, changes)) return []
  const at = moves[Math.min(changes.max, moves.length - 1)]?.at ?? frames.at(-1)?.at ?? 0
  const sequence =
    moves.length === 0
      ? ''
      : `, to ${moves
          .slice(0, 12)
          .map(({ to }) => to)
          .join(', ')}`
  return [
    { at, expected: `${sayRange(changes)} changes of the size`, happened: `${moves.length}${sequence}` },
  ]
}

function reasons({ never, only }: Expectation, frames: readonly Frame[]): Flaw[] {
  const flaws: Flaw[] = []
  const banned = frames.find(({ decision }) => never?.includes(decision.reason))
  if (banned !== undefined)
    flaws.push({ at: banned.at, expected: `never ${never?.join(', ')}`, happened: banned.decision.reason })
  const other = only && frames.find(({ decision }) => !only.includes(decision.reason))
  if (other !== undefined)
    flaws.push({ at: other.at, expected: `only ${only?.join(', ')}`, happened: other.decision.reason })
  return flaws
}

/** The word for no alarm at all. */
const NONE = 'none'

function alarms({ alarm }: Expectation, frames: readonly Frame[]): Flaw[] {
  const raised = alarm === NONE && frames.find(({ decision }) => decision.alarms.length > 0)
  if (!raised) return []
  return [{ at: raised.at, expected: 'no alarm', happened: raised.decision.alarms.join('; ') }]
}

/** What a decision says has to come up once, all of it in the same one. */
function said(expectation: Expectation, frames: readonly Frame[]): Flaw[] {
  const tests = testsOf(expectation)
  if (tests.length === 0 || frames.some(({ decision }) => tests.every(({ holds }) => holds(decision))))
    return []
  const score = ({ decision }: Frame): number => tests.filter(({ holds }) => holds(decision)).length
  const best = Math.max(...frames.map(score))
  const nearest = frames.findLast((frame) => score(frame) === best)
  const wanted = tests.map(({ words }) => words).join(', ')
  if (frames.length === 1)
    return [{ at: nearest?.at ?? 0, expected: wanted, happened: `${nearest?.decision.reason}` }]
  return [
    {
      at: nearest?.at ?? 0,
      expected: `a decision with ${wanted}`,
      happened: `none; reasons are ${tally(frames)}`,
    },
  ]
}

interface Test {
  words: string
  holds(decision: Decision): boolean
}

function testsOf({ reason, rule, says, alarm }: Expectation): Test[] {
  const tests: Test[] = []
  if (reason !== undefined)
    tests.push({
      words: `reason ${reason.join(' or ')}`,
      holds: (decision) => reason.includes(decision.reason),
    })
  if (rule !== undefined)
    tests.push({
      words: `${rule} asking for a change`,
      holds: ({ rules }) => rules.some((one) => one.name === rule && asks(one.proposal.kind)),
    })
  if (says !== undefined)
    tests.push({ words: `"${says}" in its sentence`, holds: ({ sentence }) => contains(sentence, says) })
  if (alarm !== undefined && alarm !== NONE)
    tests.push({
      words: `an alarm with "${alarm}"`,
      holds: (decision) => decision.alarms.some((one) => contains(one, alarm)),
    })
  return tests
}

const asks = (kind: string): boolean => kind === 'out' || kind === 'in'

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())

/** `inside-band 30x, wait-out 4x`, the most frequent first. */
function tally(frames: readonly Frame[]): string {
  const counts = new Map<string, number>()
  for (const { decision } of frames) counts.set(decision.reason, (counts.get(decision.reason) ?? 0) + 1)
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1])
  return sorted.map(([reason, times]) => `${reason} ${times}x`).join(', ')
}
