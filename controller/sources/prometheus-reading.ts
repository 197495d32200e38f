import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { type Crowd, crowdAt, type Presence } from './presence.ts'
import type { Series } from './prometheus-answer.ts'
import type { RawSelector } from './selectors.ts'

/** The raw data behind a query, one entry for each of its selectors. */
export interface Raw {
  selector: RawSelector
  presence: Presence
}

export interface Evidence {
  series: readonly Series[]
  raws: readonly Raw[]
  warnings: readonly string[]
  skew?: number
}

const SHOWN = 3

/**
 * The reading that a query's answer amounts to at `now`. Values are kept only where every selector has raw data in the step before,
 * because query_range repeats old values for up to 5 minutes.
 */
export function readingOf(question: Question, evidence: Evidence, now: number, where: string): Reading {
  const { series, raws } = evidence
  if (series.length > 1) return missing('many-series', sayMany(series))
  const points = series[0]?.points ?? []
  if (points.length === 0) return missing('no-data', sayEmpty(raws, where))
  const timely = points.filter(({ t }) => t <= now + question.interval)
  if (timely.length === 0) return missing('future', sayFuture(where))
  const finite = timely.filter(({ value }) => Number.isFinite(value))
  if (finite.length === 0) {
    return missing('not-a-number', 'the query gives only NaN or infinity: does it divide by zero?')
  }
  const { samples, newest } = covered(question, finite, raws)
  if (newest === undefined) return missing('stale', sayStale(raws, where))
  return whole(question, samples, newest, evidence)
}

function covered(
  { from, to }: Question,
  points: Series['points'],
  raws: readonly Raw[],
): { samples: Sample[]; newest?: Crowd } {
  const presences = raws.map(({ presence }) => presence)
  const samples: Sample[] = []
  let newest: Crowd | undefined
  for (const { t, value } of points) {
    const crowd = t > from && t <= to && t > (samples.at(-1)?.t ?? from) ? crowdAt(presences, t) : undefined
    if (crowd === undefined) continue
    newest = crowd
    samples.push({ t, value, ...(crowd.present !== undefined && { present: crowd.present }) })
  }
  return { samples, ...(newest && { newest }) }
}

function whole(
  { step }: Question,
  samples: Sample[],
  { seen }: Crowd,
  { warnings, skew }: Evidence,
): Reading {
  const known = { samples, step, seen, ...(skew !== undefined && { skew }) }
  if (warnings.length === 0) return { kind: 'samples', ...known }
  // The server does not say how much is absent, so no share of it is vouched for.
  return {
    kind: 'partial',
    ...known,
    share: 0,
    detail: `the server warns: ${warnings.slice(0, SHOWN).join('; ')}`,
  }
}

function sayMany(series: readonly Series[]): string {
  const names = series.slice(0, SHOWN).map(({ labels }) => sayLabels(labels))
  const more = series.length > SHOWN ? ', ...' : ''
  return `the query gives ${series.length} series (${names.join(', ')}${more}) where one is needed: wrap it in sum() or avg()`
}

function sayLabels(labels: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...others } = labels
  const pairs = Object.entries(others).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${name}{${pairs.join(',')}}`
}

/** The selectors without any raw data in the window. */
export const absentIn = (raws: readonly Raw[]): RawSelector[] =>
  raws.filter(({ presence }) => presence.size === 0).map(({ selector }) => selector)

function sayEmpty(raws: readonly Raw[], where: string): string {
  const [absent] = absentIn(raws)
  if (absent !== undefined) return `${where} has no raw data of ${absent.text} in the window`
  if (raws.length === 0) return 'the query gives no series'
  const names = raws.map(({ selector }) => selector.text).join(' and ')
  return `the query gives no series, though ${where} has raw data of ${names}: do the labels of both sides match, is a range at least two intervals long?`
}

function sayStale(raws: readonly Raw[], where: string): string {
  const [absent] = absentIn(raws)
  if (absent === undefined)
    return `${where} never has raw data of all selectors of the query in the same step`
  return `${where} has no raw data of ${absent.text} in the window and only repeats old values: is its target still scraped?`
}

const sayFuture = (where: string): string =>
  `all samples of ${where} are later than now: compare its clock with the controller's`
