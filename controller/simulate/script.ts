import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { gridOf } from '../sources/grid.ts'
import type { Crowd } from './crowd.ts'
import type { VirtualQueue } from './queue.ts'
import type { Course } from './scenario.ts'
import { type Segment, segmentAt, truthAt } from './series.ts'

/** What a script looks at. `start`: the beginning of the scenario, epoch ms. */
export interface Sight {
  now(): number
  start: number
  crowd: Crowd
  /** By the rules that measure them. */
  queues: ReadonlyMap<string, VirtualQueue>
  isBlind(): boolean
}

/** Answers the questions of rules from the courses of a scenario, as a source would that has seen what the world was like. */
export function scriptOf(
  source: string,
  courses: readonly Course[],
  sight: Sight,
): (question: Question) => Reading {
  return (question) => {
    if (sight.isBlind()) return missing('unreachable', `${source} refuses connections`)
    const course = courses.find(({ query, per }) => query === question.query && per === question.per)
    if (course === undefined) return missing('no-data', `the scenario has no series for ${question.query}`)
    if (course.queue !== undefined) return queueReading(course.queue, question, sight)
    const present = segmentAt(course.series, sight.now() - sight.start)
    if (present?.arrival.kind === 'error') return missing(present.arrival.reason, present.arrival.detail)
    const newest = present?.arrival.kind === 'late' ? sight.start + present.from : Number.POSITIVE_INFINITY
    return readingOf(course, question, sight, newest)
  }
}

/** What a queue shows of itself: its own totals, which name no instance. */
function queueReading(
  { rule, part }: NonNullable<Course['queue']>,
  question: Question,
  { queues, start }: Sight,
): Reading {
  const queue = queues.get(rule)
  if (queue === undefined) return missing('no-data', `there is no queue for ${rule}`)
  const { step } = question
  const samples = [...gridOf(question)].map((t) => ({ t, value: queue.at(part, t - start, step) }))
  return { kind: 'samples', samples, step, seen: [] }
}

function readingOf(course: Course, question: Question, { start, crowd }: Sight, newest: number): Reading {
  const samples: Sample[] = []
  let last: { sight: Glimpse; ready: readonly string[] } | undefined
  for (const t of gridOf(question)) {
    if (t > newest) break
    // A sample stands for the time before it.
    const segment = segmentAt(course.series, t - start - 1)
    const ready = crowd.at(t)
    const sight = segment && glimpse(course, segment, t - start, ready.length)
    if (sight === undefined) continue
    samples.push({ t, value: sight.value, present: sight.present })
    last = { sight, ready }
  }
  if (last === undefined) return missing('no-data', 'it has no samples in the window')
  const { sight, ready } = last
  const known = { samples, step: question.step, seen: ready.slice(0, sight.present) }
  if (sight.share === undefined) return { kind: 'samples', ...known }
  const detail = `${sight.present} of ${ready.length} instances are in it`
  return { kind: 'partial', ...known, share: sight.share, detail }
}

interface Glimpse {
  value: number
  present: number
  share?: number
}

/** What the query gives at a time with so many ready; nothing in a hole, and no mean of nobody. */
function glimpse(
  { series, factor, per }: Course,
  segment: Segment,
  time: number,
  ready: number,
): Glimpse | undefined {
  const truth = truthAt(segment, time)
  if (truth === undefined) return undefined
  const { arrival } = segment
  const share = arrival.kind === 'partial' ? arrival.share : 1
  const present = Math.floor(ready * share)
  const flaw = arrival.kind === 'partial' ? { share } : {}
  const value = truth * factor
  if (per === 'workload') return { value: value * (ready === 0 ? share : present / ready), present, ...flaw }
  if (present === 0) return undefined
  return { value: series.isShared ? value / ready : value, present, ...flaw }
}
