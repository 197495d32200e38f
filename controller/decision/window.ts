import {
  type Covered,
  type Expected,
  instanceCoverage,
  type Stretch,
  timeCoverage,
  width,
} from './coverage.ts'
import type { AsideQuery, Rule } from './policy.ts'
import type { MissingReason, Question, Reading, Sample } from './reading.ts'
import type { Series } from './series.ts'
import { duration, plural } from './words.ts'

export type { Expected } from './coverage.ts'

/**
 * The integral of a reading over its window. `load` is the mean total load in the rule's unit. In `partial` it is a lower
 * bound, with everything absent counted as zero, and good for a scale-out only.
 */
export type Integral =
  | ({ kind: 'whole' } & Numbers)
  | ({ kind: 'partial'; detail: string } & Numbers)
  | { kind: 'missing'; reason: MissingReason; detail: string }

interface Numbers {
  load: number
  coverage: number
  newest: number
  /** The load of the newest stretch that samples cover. */
  last?: number
  /** All of the question, where a strategy looks at more than the mean over the window. */
  series?: Series
  /** What the rule's further questions came to, by their names. */
  asides?: Readonly<Record<string, Integral>>
  /** How many instances were ready when, for a rule with further questions that looks back. */
  ready?: Series
}

/** What samples there are. */
type Data = Exclude<Reading, { kind: 'missing' }>

const POINTS_AT_MOST = 240
/** Fewer points than this do not make a mean. */
export const FEWEST_POINTS = 4

/** How far back a rule looks, in ms. */
export const reachOf = ({ window, strategy }: Rule): number => Math.max(window, strategy.reach ?? 0)

/** The spacing of the samples to ask for: coarse for a long look back, and fine enough for the shortest stretch (ms) that is judged. */
export function stepOf(reach: number, interval: number, finest = reach): number {
  const coarsest = Math.floor(finest / FEWEST_POINTS / interval)
  const wanted = Math.ceil(reach / interval / POINTS_AT_MOST)
  return interval * Math.max(1, Math.min(wanted, coarsest))
}

/** The question that a rule asks at `now`. It ends one interval in the past, since the newest sample may not have arrived. */
export function questionOf(rule: Rule, now: number): Question | undefined {
  if (rule.query === undefined) return undefined
  const { text, interval } = rule.query
  const reach = reachOf(rule)
  const step = stepOf(reach, interval, Math.min(rule.strategy.finest ?? reach, rule.window))
  const to = now - interval
  return { query: text, per: rule.per, from: to - reach, to, step, interval }
}

/** A further question of a rule, over as much time as the strategy wants to see of it. */
export function asideQuestionOf(
  { text, interval, window, reach = window }: AsideQuery,
  now: number,
): Question {
  const to = now - interval
  const step = stepOf(reach, interval, window)
  return { query: text, per: 'workload', from: to - reach, to, step, interval }
}

/** The window over which the mean is taken, for a question that reaches further back. */
export interface Within {
  window: number
}

/**
 * Integrates a reading over its question (time-weighted mean of the load over (from, to]), or over the last `within.window` ms of it;
 * the load over all of the question then comes with it. `least`: share (0..1) of the window that has to be covered for the result
 * to be whole. `scale`: into the rule's unit.
 */
export function integrate(
  question: Question,
  answered: Reading,
  expected: Expected,
  least: number,
  scale = 1,
  within?: Within,
): Integral {
  if (answered.kind === 'missing') return missing(answered.reason, answered.detail)
  const reading = forEach(question, answered, expected)
  const all = cover(question, reading)
  const last = all.at(-1)
  if (last === undefined) return nothing(question, reading)
  const newest = last.to
  const behind = question.to - newest
  // Storage that keeps a value a minute cannot have one that is newer than the minute before.
  if (behind >= 2 * Math.max(question.step, reading.step))
    return missing('stale', `the newest sample is ${duration(behind + question.interval)} old`)
  const window = within === undefined ? question : { ...question, from: question.to - within.window }
  const covered = within === undefined ? all : since(all, window.from)
  if (covered.length === 0) return missing('stale', 'no sample in the window')
  const area = scale * areaOf(covered, question.per)
  if (!Number.isFinite(area)) return missing('not-a-number', `its load is ${area}`)
  const isCounted = question.per === 'instance' || countsInstances(reading, expected)
  const coverage = coverageOf(covered, expected, window, isCounted)
  const isOfAll = question.per === 'workload' || holdsForEach(reading)
  const present = isOfAll ? expected.ready.length : last.present
  const detail = flawOf(reading, expected, coverage, least, present)
  const about = { coverage, newest, last: scale * loadOf(last, question.per) }
  const series = within === undefined ? {} : { series: seriesOf(question, all, expected, isCounted, scale) }
  if (detail !== undefined)
    return { kind: 'partial', load: area / width(window), ...about, ...series, detail }
  const time = covered.reduce((sum, part) => sum + width(part), 0)
  return { kind: 'whole', load: area / time, ...about, ...series }
}

const holdsForEach = (reading: Data): boolean => reading.kind === 'samples' && reading.each === true

/**
 * What holds for every instance alike is the load of as many as were ready, as a mean over them would be. Before the first one is
 * ready there is one to be judged by all the same: an alert that fires is not calm because nobody is there.
 */
function forEach({ per }: Question, reading: Data, { spans, ready }: Expected): Data {
  if (per === 'workload' || !holdsForEach(reading)) return reading
  const countAt = (t: number): number => spans.findLast(({ at }) => at <= t)?.ready ?? ready.length
  return {
    ...reading,
    samples: reading.samples.map((one) => ({ ...one, present: Math.max(1, countAt(one.t)) })),
  }
}

/** What of covered stretches is after `from`. */
function since(all: readonly Covered[], from: number): Covered[] {
  const kept = all.filter(({ to }) => to > from)
  return kept.map((part) => (part.from >= from ? part : { ...part, from }))
}

function seriesOf(
  question: Question,
  covered: readonly Covered[],
  expected: Expected,
  isCounted: boolean,
  scale: number,
): Series {
  const { from, to, per } = question
  const parts = covered.map((part) => ({ from: part.from, to: part.to, load: scale * loadOf(part, per) }))
  return { from, to, parts, coverage: coverageOf(covered, expected, question, isCounted) }
}

const missing = (reason: MissingReason, detail: string): Integral => ({ kind: 'missing', reason, detail })

/** Samples up to one interval in the future are taken, since clocks differ; later ones are not believed. */
const latest = ({ to, interval }: Question): number => to + 2 * interval

/** Each usable sample vouches for at most `step` before it, and never for what an earlier one vouches for already. */
function cover(question: Question, { samples, step }: Data): Covered[] {
  const covered: Covered[] = []
  let end = question.from
  for (const sample of samples) {
    const { t, value, present = 0 } = sample
    if (t > latest(question) || !isUsable(sample, question)) continue
    const from = Math.max(end, t - step)
    const to = Math.min(t, question.to)
    if (from >= to) continue
    covered.push({ value, present, from, to })
    end = to
  }
  return covered
}

function isUsable({ value, present }: Sample, { per }: Question): boolean {
  return Number.isFinite(value) && (per === 'workload' || present !== undefined)
}

/** Load x time over the covered stretches. */
function areaOf(covered: readonly Covered[], per: Question['per']): number {
  let sum = 0
  for (const part of covered) sum += loadOf(part, per) * width(part)
  return sum
}

const loadOf = ({ value, present }: Covered, per: Question['per']): number =>
  per === 'instance' ? value * present : value

function coverageOf(
  covered: readonly Covered[],
  expected: Expected,
  window: Stretch,
  isCounted: boolean,
): number {
  return isCounted ? instanceCoverage(covered, expected, window) : timeCoverage(covered, window)
}

/**
 * Whether the raw data behind a total is that of the instances, with their number at each time: a total that some of them were
 * absent from is then known to be too small, also when they are back.
 */
function countsInstances({ seen, samples }: Data, { ready }: Expected): boolean {
  const names = new Set(seen)
  const isAbout = ready.some((known) => known.some((name) => names.has(name)))
  return isAbout && samples.every(({ present }) => present !== undefined)
}

/** Why there is nothing to integrate. */
function nothing(question: Question, { samples }: Data): Integral {
  const ahead = samples.find(({ t }) => t > latest(question))
  if (ahead !== undefined) {
    const by = duration(ahead.t - question.to - question.interval)
    return missing('future', `its samples are ${by} in the future: compare the clocks`)
  }
  const inside = samples.filter(({ t }) => t > question.from)
  if (inside.length === 0) return missing('no-data', 'no samples in the window')
  if (inside.some(({ value }) => Number.isFinite(value)))
    return missing('no-instances', 'the source cannot tell how many instances are in the mean')
  return missing('not-a-number', `${plural(inside.length, 'sample')} in the window, none a number`)
}

/** Why a reading is not whole. `present`: the instances behind its newest sample. */
function flawOf(
  reading: Data,
  { ready }: Expected,
  coverage: number,
  least: number,
  present: number,
): string | undefined {
  if (reading.kind === 'partial') return reading.detail
  if (coverage < least)
    return `samples cover ${percent(coverage)} of the window, ${percent(least)} are needed`
  const found = Math.min(named(reading.seen, ready), present)
  return found < ready.length ? `${found} of ${ready.length} ready instances are in the reading` : undefined
}

/** How many of the ready instances raw data shows by name. */
function named(seen: readonly string[], ready: Expected['ready']): number {
  const names = new Set(seen)
  const shown = ready.filter((known) => known.some((name) => names.has(name))).length
  // A query about something else, such as a queue, names none of the instances: then absence says nothing.
  return shown === 0 ? ready.length : shown
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`
