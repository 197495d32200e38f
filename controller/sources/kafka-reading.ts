import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { gridOf } from './grid.ts'
import type { Known } from './kafka-poll.ts'
import { type Point, shareOf, together } from './kafka-series.ts'

/**
 * The reading that the points of a query amount to. Where partitions are absent from the newest point, it is partial, with what is
 * known summed up; where they were absent earlier only, those points are holes, which the coverage of the window then counts.
 */
export function readingOf(question: Question, { points, fault }: Known, now: number): Reading {
  if (fault !== undefined) return missing(fault.reason, fault.detail)
  const found = pointsOn(question, points, now).filter(({ known }) => known > 0)
  const newest = found.at(-1)
  if (newest === undefined) return explain(question, points)
  const isWhole = newest.known === newest.of
  const kept = isWhole ? found.filter(({ known, of }) => known === of) : found
  const samples: Sample[] = kept.map(({ t, value }) => ({ t, value }))
  const common = { samples, step: question.step, seen: [] }
  if (isWhole) return { kind: 'samples', ...common }
  return { kind: 'partial', ...common, share: shareOf(newest), detail: sayAbsent(newest) }
}

/** One point for each step of the question that has any. */
function pointsOn(question: Question, points: readonly Point[], now: number): Point[] {
  const { step, interval } = question
  const usable = points.filter(({ t }) => t <= now + interval)
  const found: Point[] = []
  let next = 0
  for (const t of gridOf(question)) {
    while ((usable[next]?.t ?? Number.POSITIVE_INFINITY) <= t - step) next++
    const first = next
    while ((usable[next]?.t ?? Number.POSITIVE_INFINITY) <= t) next++
    const point = together(usable.slice(first, next))
    if (point !== undefined) found.push({ ...point, t })
  }
  return found
}

const sayAbsent = ({ known, of, why }: Point): string =>
  `${known} of ${of} partitions are known: ${why ?? 'the others did not answer'}`

/** Why there is not one value in the window. */
function explain({ query, from, to, step }: Question, points: readonly Point[]): Reading {
  if (to - from < step) return missing('bad-query', 'the window of the rule is shorter than one step')
  const newest = points.at(-1)
  if (newest === undefined) {
    return missing('no-data', `nothing is known yet of ${query}: it is asked for from now on`)
  }
  if (newest.known === 0) return missing('no-data', `no partition is known of ${query}: ${newest.why ?? ''}`)
  if (newest.t <= from) return missing('stale', `the newest value of ${query} is older than the window`)
  return missing('no-data', `there are too few values of ${query} yet`)
}
