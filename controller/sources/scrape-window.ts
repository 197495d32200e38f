import type { Question } from '../decision/reading.ts'
import { type Element, evaluate } from './evaluate.ts'
import { type Expression, type Leaf, leavesOf } from './expression.ts'
import { gridOf } from './grid.ts'
import { accepts, type Selector } from './matchers.ts'
import type { Presence } from './presence.ts'
import {
  type RawSample,
  ratePerSecond,
  type SampleStore,
  type StoredSeries,
  samplesIn,
} from './sample-store.ts'

/** What an expression came to over the window of a question. */
export interface Evaluated {
  /** At each time, none, one or several elements. */
  points: readonly { t: number; elements: readonly Element[] }[]
  /** For each leaf of the expression, when it had data and of whom. */
  presences: readonly Presence[]
}

/** Evaluates an expression over stored samples, at each time of the question's grid. */
export function evaluateOver(question: Question, expression: Expression, store: SampleStore): Evaluated {
  const leaves = leavesOf(expression).map((leaf) => ({
    leaf,
    series: matching(leaf.selector, store),
    presence: new Map<number, ReadonlySet<string>>(),
  }))
  const points = gridOf(question).map((t) => {
    const found = new Map<Leaf, readonly Element[]>()
    for (const { leaf, series, presence } of leaves) {
      const elements = elementsAt(leaf, series, t, question.step)
      found.set(leaf, elements)
      if (elements.length > 0) presence.set(t, instancesOf(elements))
    }
    return { t, elements: evaluate(expression, (leaf) => found.get(leaf) ?? []) }
  })
  return { points, presences: leaves.map(({ presence }) => presence) }
}

/** The stored series that a selector means. */
export const matching = (selector: Selector, store: SampleStore): StoredSeries[] =>
  store.series(selector.name).filter(({ labels }) => accepts(selector, labels))

const instancesOf = (elements: readonly Element[]): ReadonlySet<string> =>
  new Set(elements.flatMap(({ labels }) => labels['instance'] ?? []))

/** The elements of a leaf at `t`: of each series that has a raw sample in the `step` ms before. */
export function elementsAt(leaf: Leaf, series: readonly StoredSeries[], t: number, step: number): Element[] {
  const elements: Element[] = []
  for (const { labels, samples } of series) {
    const newest = samplesIn(samples, t - step, t).at(-1)
    if (newest === undefined) continue
    const value = leaf.kind === 'latest' ? newest.value : rateBefore(samples, t, leaf.range)
    if (value !== undefined) elements.push({ labels, value })
  }
  return elements
}

/** One sample is not a rate yet: a new instance is absent, which is not zero. */
const rateBefore = (samples: readonly RawSample[], t: number, range: number): number | undefined =>
  ratePerSecond(samplesIn(samples, t - range, t))
