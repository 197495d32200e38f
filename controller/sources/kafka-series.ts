import type { Figure } from './kafka-figure.ts'

/**
 * What a round came to for one query, at epoch ms `t`. A rate is per second, over the `span` ms before it was taken; of what is a
 * level, `span` is 0.
 */
export interface Point extends Figure {
  t: number
  span: number
}

/** More than a window of 6 hours at 15 s, and a bound for shorter intervals. */
const MOST_POINTS = 4_096

/** The points of one query, oldest first. */
export interface Series {
  points(): readonly Point[]
  /** What was later than this one came from a clock that has been set back since, and goes. */
  add(point: Point): void
  /** Forgets what is not later than `t`. */
  prune(t: number): void
}

export function pointSeries(): Series {
  const points: Point[] = []
  return {
    points: () => points,
    add(point) {
      while ((points.at(-1)?.t ?? Number.NEGATIVE_INFINITY) >= point.t) points.pop()
      points.push(point)
      if (points.length > MOST_POINTS) points.shift()
    },
    prune(t) {
      const first = points.findIndex((point) => point.t > t)
      points.splice(0, first < 0 ? points.length : first)
    },
  }
}

/** What the points of one step of a question come to: the newest level, or the mean rate over all of their spans. */
export function together(points: readonly Point[]): Point | undefined {
  const newest = points.at(-1)
  if (newest === undefined || newest.span === 0 || points.length === 1) return newest
  const span = points.reduce((sum, point) => sum + point.span, 0)
  const value = points.reduce((sum, point) => sum + point.value * point.span, 0) / span
  const least = points.reduce((worst, point) => (shareOf(point) < shareOf(worst) ? point : worst))
  return { ...least, t: newest.t, value, span }
}

/** Share (0..1) of the partitions that are in it. */
export const shareOf = ({ known, of }: Figure): number => (of === 0 ? 1 : known / of)
