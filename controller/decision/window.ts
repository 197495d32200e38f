import type { Rule } from './policy.ts'
import type { MissingReason, Question, Reading, Sample } from './reading.ts'

/** How many instances were ready from `at` to `until` (epoch ms). */
export interface ReadySpan {
  at: number
  until: number
  ready: number
}

/** Who is to be found in a reading: each ready instance by all the names that raw data may know it under. */
export interface Expected {
  ready: readonly (readonly string[])[]
  /** Ready counts over the window, oldest first; what came before the first is taken to be the present count. */
  spans: readonly ReadySpan[]
}

/**
 * The integral of a reading over its window. `load` is the mean total load in the rule's unit. In `partial` it is a lower
 * bound, with everything absent counted as zero, and good for a scale-out only.
 */
export type Integral =
  | { kind: 'whole'; load: number; coverage: number; newest: number }
  | { kind: 'partial'; load: number; coverage: number; newest: number; detail: string }
  | { kind: 'missing'; reason: MissingReason; detail: string }

const POINTS_AT_MOST = 240
const BRIDGE = 60_000

/** The question that a rule asks at `now`. It ends one interval in the past, since the newest sample may not have arrived. */
export function questionOf(rule: Rule, now: number): Question | undefined {
  if (rule.query === undefined) return undefined
  const { text, interval } = rule.query
  const to = now - interval
  const step = interval * Math.max(1, Math.ceil(rule.window / interval / POINTS_AT_MOST))
  return { query: text, per: rule.per, from: to - rule.window, to, step, interval }
}

/** A sample with the stretch of the window that it vouches for. */
interface Covered {
  value: number
  present: number
  from: number
  to: number
}

/** Each sample vouches for at most `step` before it and never for what an earlier sample vouches for already. */
function cover(samples: readonly Sample[], step: number, from: number, to: number): Covered[] {
  const covered: Covered[] = []
  let end = from
  for (const { t, value, present } of samples) {
    if (t <= end || t > to || !Number.isFinite(value)) continue
    covered.push({ value, present: present ?? 0, from: Math.max(end, t - step), to: t })
    end = t
  }
  return covered
}

const width = ({ from, to }: Covered): number => to - from

/** Sums `measure` x time over the covered stretches. */
function area(covered: readonly Covered[], measure: (part: Covered) => number): number {
  let sum = 0
  for (const part of covered) sum += measure(part) * width(part)
  return sum
}

/** Ready instance-milliseconds that the window ought to hold. */
function expectedArea(expected: Expected, from: number, to: number): number {
  const now = expected.ready.length
  let sum = 0
  let end = to
  for (let i = expected.spans.length - 1; i >= 0 && end > from; i--) {
    const span = expected.spans[i]
    if (span === undefined || span.at >= end) continue
    // A count holds until the next tick. Over a longer silence nothing is known, so the present count stands in.
    const until = end - span.until <= BRIDGE ? end : span.until
    sum += Math.max(0, end - Math.max(until, from)) * now
    const start = Math.max(span.at, from)
    sum += Math.max(0, until - start) * span.ready
    end = start
  }
  return sum + Math.max(0, end - from) * now
}

/** The ready instances that the raw data of the newest sample does not show, if it shows who is in it. */
function absentees(seen: readonly string[], expected: Expected): number {
  const names = new Set(seen)
  const shown = expected.ready.filter((known) => known.some((name) => names.has(name))).length
  // A query about something else, such as a queue, names none of the instances: then absence says nothing.
  if (shown === 0) return 0
  return expected.ready.length - shown
}

/**
 * Integrates a reading over the window of its question (time-weighted mean of the load over (from, to]).
 * `least`: share (0..1) of the window that has to be covered for the result to be whole.
 */
export function integrate(
  question: Question,
  reading: Reading,
  expected: Expected,
  least: number,
  scale = 1,
): Integral {
  if (reading.kind === 'missing') return { kind: 'missing', reason: reading.reason, detail: reading.detail }
  const perInstance = question.per === 'instance'
  const usable = perInstance
    ? reading.samples.filter(({ present }) => present !== undefined)
    : reading.samples
  if (usable.length < reading.samples.length && usable.length === 0) {
    return {
      kind: 'missing',
      reason: 'no-instances',
      detail: 'the source cannot tell how many instances are in the mean',
    }
  }
  const covered = cover(usable, reading.step, question.from, question.to)
  const last = covered.at(-1)
  if (last === undefined) return { kind: 'missing', reason: 'no-data', detail: 'no samples in the window' }
  const behind = question.to - last.to
  if (behind >= 2 * question.step) {
    return {
      kind: 'missing',
      reason: 'stale',
      detail: `the newest sample is ${seconds(behind + question.interval)} old`,
    }
  }
  const load = (part: Covered): number => scale * part.value * (perInstance ? part.present : 1)
  return judge(question, reading, expected, least, covered, area(covered, load), last.to)
}

function judge(
  question: Question,
  reading: Exclude<Reading, { kind: 'missing' }>,
  expected: Expected,
  least: number,
  covered: readonly Covered[],
  total: number,
  newest: number,
): Integral {
  const window = question.to - question.from
  const time = area(covered, () => 1)
  const coverage =
    question.per === 'instance' ? instanceCoverage(question, expected, covered, time) : time / window
  const present = question.per === 'instance' ? covered.at(-1)?.present : undefined
  const flaw = flawOf(reading, expected, coverage, least, present)
  if (flaw === undefined) return { kind: 'whole', load: total / time, coverage, newest }
  return { kind: 'partial', load: total / window, coverage, newest, detail: flaw }
}

function instanceCoverage(
  { from, to }: Question,
  expected: Expected,
  covered: readonly Covered[],
  time: number,
): number {
  const ought = expectedArea(expected, from, to)
  const byTime = time / (to - from)
  if (ought === 0) return byTime
  // Instances that are on their way out may be present beyond the ready ones; they must not make up for holes in time.
  return Math.min(byTime, area(covered, ({ present }) => present) / ought)
}

function flawOf(
  reading: Exclude<Reading, { kind: 'missing' }>,
  expected: Expected,
  coverage: number,
  least: number,
  present: number | undefined,
): string | undefined {
  if (reading.kind === 'partial') return reading.detail
  if (coverage < least)
    return `samples cover ${percent(coverage)} of the window, ${percent(least)} are needed`
  const absent = absentees(reading.seen, expected)
  const ready = expected.ready.length
  if (absent > 0) return `${ready - absent} of ${ready} ready instances are in the reading`
  if (present !== undefined && present < ready)
    return `${present} of ${ready} ready instances are in the reading`
  return undefined
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
