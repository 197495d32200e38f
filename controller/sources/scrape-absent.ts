import type { Question, Sample } from '../decision/reading.ts'
import { accepts, type Selector } from './matchers.ts'
import { type RawSample, type SampleStore, samplesIn } from './sample-store.ts'
import { labelsOf, UP } from './scrape-round.ts'
import { matching } from './scrape-window.ts'
import type { Target } from './source.ts'

/** Who ought to be in a reading and is not. `share` (0..1): of what was expected over the window, what answered. */
export interface Absence {
  expected: number
  absent: readonly Target[]
  share: number
}

/** The ready targets that a selector can mean, by the labels that targets have. */
export function meant(selector: Selector, targets: readonly Target[]): Target[] {
  return targets.filter((target) => {
    const labels = labelsOf(target)
    const matchers = selector.matchers.filter(({ label }) => Object.hasOwn(labels, label))
    return target.ready && accepts({ ...selector, matchers }, labels)
  })
}

/** Which targets did not answer for these samples, of those whose workload exposes what the selectors ask for. */
export function absenceIn(
  { to, step }: Question,
  samples: readonly Sample[],
  selectors: readonly Selector[],
  targets: readonly Target[],
  store: SampleStore,
): Absence {
  const expected = new Set(selectors.flatMap((selector) => exposing(selector, targets, store)))
  const newest = samples.at(-1)?.t ?? to
  const absent: Target[] = []
  let [due, answered] = [0, 0]
  for (const target of expected) {
    const ups = store.series(UP).find(({ labels }) => labels['instance'] === target.id)?.samples ?? []
    if (isAbsent(ups, newest, step)) absent.push(target)
    const first = ups.find(({ value }) => value === 1)?.t ?? Number.POSITIVE_INFINITY
    // Before its first answer it was starting, and not expected.
    const times = samples.filter(({ t }) => t >= first).map(({ t }) => t)
    due += times.length
    answered += times.filter((t) => hasAnswered(ups, t, step)).length
  }
  const shareNow = expected.size === 0 ? 1 : 1 - absent.length / expected.size
  return { expected: expected.size, absent, share: Math.min(shareNow, due === 0 ? 1 : answered / due) }
}

function exposing(selector: Selector, targets: readonly Target[], store: SampleStore): Target[] {
  const workloads = new Set(matching(selector, store).map(({ labels }) => labels['workload']))
  return meant(selector, targets).filter(({ workload }) => workloads.has(workload))
}

/** One that was not scraped yet is no absentee. */
function isAbsent(ups: readonly RawSample[], t: number, step: number): boolean {
  return ups.some((up) => up.t <= t) && !hasAnswered(ups, t, step)
}

const hasAnswered = (ups: readonly RawSample[], t: number, step: number): boolean =>
  samplesIn(ups, t - step, t).some(({ value }) => value === 1)
