import { type Survey, type Surveyed, type SurveyQuestion, unsurveyed } from '../decision/reading.ts'
import { evaluate } from './evaluate.ts'
import { type Expression, type Leaf, leavesOf } from './expression.ts'
import type { SampleStore } from './sample-store.ts'
import { elementsAt, matching } from './scrape-window.ts'

/** By which label instances are named, unless a probe says another. */
const USUAL_LABEL = 'instance'

/** Samples older than this many intervals are of no use to anybody who asks. */
const LOOKS_BACK = 4

/** The newest value of each instance, of the samples that were scraped, and how old the oldest sample behind it is. */
export function surveyOf(
  { interval, by = USUAL_LABEL }: SurveyQuestion,
  expression: Expression,
  store: SampleStore,
  now: number,
): Survey {
  const look = (leaf: Leaf) => elementsAt(leaf, matching(leaf.selector, store), now, LOOKS_BACK * interval)
  const elements = evaluate(expression, look)
  const times = leavesOf(expression).map((leaf) => timesOf(leaf, store, by))
  const series = elements.flatMap(({ labels, value }): Surveyed[] => {
    const name = labels[by]
    const known = name === undefined ? [] : times.flatMap((one) => one.get(name) ?? one.get('') ?? [])
    return name === undefined || known.length === 0 ? [] : [{ names: [name], t: Math.min(...known), value }]
  })
  if (series.length > 0) return { kind: 'series', series }
  if (elements.length > 0) return unsurveyed('no-instances', `no series of the query has the label ${by}`)
  return unsurveyed('no-data', 'no instance has shown what the query asks for in its last scrapes')
}

/** When the newest sample of a leaf was, by the name of the instance; empty where it has none. */
function timesOf({ selector }: Leaf, store: SampleStore, by: string): Map<string, number> {
  const times = new Map<string, number>()
  for (const { labels, samples } of matching(selector, store)) {
    const name = labels[by] ?? ''
    const t = samples.at(-1)?.t
    if (t !== undefined) times.set(name, Math.max(t, times.get(name) ?? t))
  }
  return times
}
