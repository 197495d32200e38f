import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import type { Point, Series } from './graphite-answer.ts'
import { instanceNodeOf, type Leaf } from './graphite-leaves.ts'
import { type Crowd, crowdAt, type Presence } from './presence.ts'

/** The raw series behind a query, one entry for each of its leaves; those without a value are not in it. */
export interface Raw {
  leaf: Leaf
  series: readonly Series[]
}

/** What the server says: the series of the query itself, and the raw ones. */
export interface Evidence {
  series: readonly Series[]
  raws: readonly Raw[]
  skew?: number
}

/** What is known beside an answer. `instanceNode`: which node of a path names the instance, where that is set. */
export interface Known {
  now: number
  where: string
  instanceNode?: number | undefined
}

const SHOWN = 3

/**
 * The reading that an answer amounts to. A value is kept only where every leaf has a raw value too, because transformNull(),
 * keepLastValue() and the like make values of nothing. Steps that have not ended by the question's `to` are not whole and left out.
 */
export function readingOf(question: Question, evidence: Evidence, known: Known): Reading {
  const { series, raws, skew } = evidence
  if (series.length > 1) return missing('many-series', sayMany(series))
  const [value] = series
  if (value === undefined || value.points.length === 0) return missing('no-data', sayEmpty(evidence, known))
  if (value.step === undefined || value.step > question.to - question.from) {
    return missing('bad-query', sayFew(value.step))
  }
  const { step: width } = value
  const timely = value.points.filter(({ end }) => end <= known.now + question.interval)
  if (timely.length === 0) {
    const future = value.points.every(({ end }) => end - width > known.now)
    return future ? missing('future', sayFuture(known)) : missing('stale', sayUnended(known))
  }
  const finite = timely.filter((point) => Number.isFinite(point.value))
  if (finite.length === 0) {
    return missing('not-a-number', 'the query gives only NaN or infinity: does it overflow?')
  }
  const step = Math.max(question.step, width)
  const { samples, newest } = sampled(question, finite, step, raws, known)
  if (newest === undefined) return missing('stale', sayStale(question, finite, evidence, known))
  if (question.per === 'instance' && newest.present === undefined) {
    return missing('no-instances', sayUnknown(raws, known))
  }
  return { kind: 'samples', samples, step, seen: newest.seen, ...(skew !== undefined && { skew }) }
}

/** The mean of the values in each step of the grid, where all leaves vouch for it. */
function sampled(
  question: Question,
  points: readonly Point[],
  step: number,
  raws: readonly Raw[],
  { instanceNode }: Known,
): { samples: Sample[]; newest?: Crowd } {
  const presences = raws.map((raw) => presenceOf(raw, question, step, instanceNode))
  const samples: Sample[] = []
  let newest: Crowd | undefined
  for (const [t, values] of gridded(question, points)) {
    const crowd = crowdAt(presences, t)
    if (crowd === undefined) continue
    newest = crowd
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    samples.push({ t, value: mean, ...(crowd.present !== undefined && { present: crowd.present }) })
  }
  return { samples, ...(newest && { newest }) }
}

/** The time of the grid (counted back from `to`) at or after `end`. */
const cellOf = ({ to, step }: Question, end: number): number => to - Math.floor((to - end) / step) * step

/** The values in (from, to] by the time of the grid, ascending. */
function gridded(question: Question, points: readonly Point[]): [number, number[]][] {
  const cells = new Map<number, number[]>()
  for (const { end, value } of points) {
    if (end <= question.from || end > question.to) continue
    const t = cellOf(question, end)
    const values = cells.get(t)
    if (values === undefined) cells.set(t, [value])
    else values.push(value)
  }
  return [...cells].toSorted(([a], [b]) => a - b)
}

/** For which times of the grid a leaf has a raw value in the `width` ms before, and of whom. */
function presenceOf(
  { leaf, series }: Raw,
  question: Question,
  width: number,
  chosen: number | undefined,
): Presence {
  const presence = new Map<number, Set<string>>()
  const node = leaf.pattern === undefined ? undefined : instanceNodeOf(leaf.pattern, chosen)
  for (const one of series) {
    const name = one.instance ?? (node === undefined ? undefined : one.path.split('.')[node])
    for (const { end } of one.points) {
      for (let t = cellOf(question, end); t < end + width && t <= question.to; t += question.step) {
        const names = presence.get(t) ?? new Set()
        if (name !== undefined) names.add(name)
        presence.set(t, names)
      }
    }
  }
  return presence
}

/** The leaves without any raw value. */
export const absentIn = (raws: readonly Raw[]): Leaf[] =>
  raws.filter(({ series }) => series.length === 0).map(({ leaf }) => leaf)

function sayMany(series: readonly Series[]): string {
  const names = series.slice(0, SHOWN).map(({ target }) => target)
  const more = series.length > SHOWN ? ', ...' : ''
  return `the query gives ${series.length} series (${names.join(', ')}${more}) where one is needed: wrap it in sumSeries() or averageSeries()`
}

function sayEmpty({ series, raws }: Evidence, { where }: Known): string {
  const [absent] = absentIn(raws)
  if (absent !== undefined) return `${where} has no value of ${absent.text} in the window`
  const what = series.length === 0 ? 'no series' : 'a series without a value'
  if (raws.length === 0) return `the query gives ${what}`
  const names = raws.map(({ leaf }) => leaf.text).join(' and ')
  return `the query gives ${what}, though ${where} has values of ${names}: does a function leave all of them out?`
}

function sayFew(step: number | undefined): string {
  const few =
    step === undefined
      ? 'one value for the whole window'
      : `a value for each ${step / 1000} s, which is more than the window`
  return `the query gives ${few}, and a rule integrates by itself: does it summarize(), is the retention coarser than the rule supposes?`
}

const sayUnended = ({ where }: Pick<Known, 'where'>): string =>
  `${where} has only values of a step that has not ended yet`

const sayFuture = ({ where }: Known): string =>
  `all values of ${where} are later than now: compare its clock with the controller's`

function sayStale({ to }: Question, finite: readonly Point[], { raws }: Evidence, { where }: Known): string {
  const [absent] = absentIn(raws)
  if (absent !== undefined) {
    return `${where} has no value of ${absent.text} in the window and the query makes values of nothing: does it fill gaps?`
  }
  if (finite.every(({ end }) => end > to)) return sayUnended({ where })
  return `${where} never has values of all paths of the query in the same step`
}

function sayUnknown(raws: readonly Raw[], { instanceNode }: Known): string {
  const cannot = 'cannot tell how many instances are in the mean'
  const leaf = raws.find((raw) => raw.leaf.pattern !== undefined)?.leaf
  if (leaf === undefined) return `${cannot}: the query reads no path in which * stands for the instance`
  const set =
    instanceNode === undefined
      ? 'set instanceNode of the source to the number of the node that names the instance'
      : `node ${instanceNode} (instanceNode of the source) is none with *`
  return `${cannot}: ${leaf.text} should have one * for the instance; ${set} (0 is the first)`
}
