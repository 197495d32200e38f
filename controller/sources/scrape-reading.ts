import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { keyOf } from './evaluate.ts'
import { type Expression, type Leaf, leavesOf } from './expression.ts'
import { type Crowd, crowdAt } from './presence.ts'
import type { SampleStore } from './sample-store.ts'
import { type Absence, absenceIn, meant } from './scrape-absent.ts'
import { type Evaluated, evaluateOver, matching } from './scrape-window.ts'
import type { Target } from './source.ts'

/** What is known when a question is answered. `trouble`: why the newest scrape of a target failed. */
export interface Known {
  store: SampleStore
  targets: readonly Target[]
  trouble(id: string): string | undefined
  now: number
}

/** A sum over instances may be this much too low before its reading is partial: less than the width of any sensible band. */
const LEAST_SHARE = 0.95

/** The reading that stored samples amount to for a question. */
export function readingOf(question: Question, expression: Expression, known: Known): Reading {
  const evaluated = evaluateOver(question, expression, known.store)
  const several = countSeries(evaluated)
  if (several > 1) {
    return missing(
      'many-series',
      `the query gives ${several} series where one is needed: wrap it in sum() or avg()`,
    )
  }
  const { samples, crowd, unusable } = sampled(question, evaluated, known.now)
  if (crowd !== undefined) return whole(question, expression, samples, crowd, known)
  if (unusable)
    return missing('not-a-number', 'the query gives only NaN or infinity: does it divide by zero?')
  return explain(question, leavesOf(expression), known)
}

const countSeries = ({ points }: Evaluated): number =>
  new Set(points.flatMap(({ elements }) => elements.map(({ labels }) => keyOf(labels)))).size

/** The finite values, with the crowd of the newest; `unusable` where there were others. */
function sampled(
  { interval }: Question,
  { points, presences }: Evaluated,
  now: number,
): { samples: Sample[]; crowd?: Crowd; unusable: boolean } {
  const samples: Sample[] = []
  let newest: Crowd | undefined
  let unusable = false
  for (const { t, elements } of points) {
    const value = elements[0]?.value
    const crowd = t > now + interval ? undefined : crowdAt(presences, t)
    if (value === undefined || crowd === undefined) continue
    if (Number.isFinite(value)) {
      newest = crowd
      samples.push({ t, value, ...(crowd.present !== undefined && { present: crowd.present }) })
    } else unusable = true
  }
  return { samples, unusable, ...(newest && { crowd: newest }) }
}

function whole(
  question: Question,
  expression: Expression,
  samples: readonly Sample[],
  { seen }: Crowd,
  { store, targets, trouble }: Known,
): Reading {
  const selectors = leavesOf(expression).map(({ selector }) => selector)
  const absence = absenceIn(question, samples, selectors, targets, store)
  const common = { samples, step: question.step, seen }
  if (absence.absent.length === 0 && absence.share >= LEAST_SHARE) return { kind: 'samples', ...common }
  return { kind: 'partial', ...common, share: absence.share, detail: sayAbsent(absence, trouble) }
}

function sayAbsent({ expected, absent, share }: Absence, trouble: Known['trouble']): string {
  const [first] = absent
  if (first === undefined) return `${Math.floor(share * 100)} % of the scrapes of the window were answered`
  const why = trouble(first.id) ?? 'did not answer'
  return `${expected - absent.length} of ${expected} ready instances answered the newest scrape: ${first.id} ${why}`
}

/** Why there is not one value in the window. */
function explain({ from, interval }: Question, leaves: readonly Leaf[], known: Known): Reading {
  const { store, targets, trouble } = known
  const leaf = leaves.find((one) => matching(one.selector, store).length === 0) ?? leaves[0]
  if (targets.length === 0) return missing('no-instances', 'there are no instances to scrape')
  if (leaf === undefined) return missing('no-data', 'the window is shorter than one step')
  const { selector } = leaf
  const failing = meant(selector, targets).flatMap(({ id }) => ({ id, why: trouble(id) }))
  const [worst] = failing
  if (worst !== undefined && failing.every(({ why }) => why !== undefined)) {
    return missing(
      'unreachable',
      `none of ${failing.length} ready instances answers its scrape: ${worst.id} ${worst.why}`,
    )
  }
  const all = store.series(selector.name).length
  if (all === 0) {
    return missing(
      'no-data',
      `no instance has shown ${selector.name} since it was asked for: if the name is right, it comes with the next scrapes`,
    )
  }
  const found = matching(selector, store)
  if (found.length === 0)
    return missing('no-data', `none of the ${all} series of ${selector.name} matches ${selector.text}`)
  const newest = Math.max(...found.map(({ samples }) => samples.at(-1)?.t ?? 0))
  if (newest <= from)
    return missing('stale', `the newest sample of ${selector.text} is older than the window`)
  if (leaf.kind === 'rate' && leaf.range < 2 * interval) {
    return missing(
      'no-data',
      `a rate needs two samples, and [${leaf.range / 1000}s] holds fewer: make the range at least ${(2 * interval) / 1000}s`,
    )
  }
  return missing('no-data', `there are too few samples of ${selector.text} yet`)
}
