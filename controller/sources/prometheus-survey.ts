import { type Survey, type Surveyed, type SurveyQuestion, unsurveyed } from '../decision/reading.ts'
import type { Fault } from './fault.ts'
import type { Answer, Series } from './prometheus-answer.ts'
import type { Range } from './prometheus-ask.ts'
import type { RawSelector } from './selectors.ts'
import { byTheirClock } from './survey-clock.ts'

/** What a survey needs of its source. */
export interface SurveyMeans {
  ask(query: string, range: Range): Promise<Answer>
  parse(query: string): { faults: readonly string[]; selectors: readonly RawSelector[] }
  now(): number
  where: string
}

/** By which label instances are named, unless a probe says another. */
const USUAL_LABEL = 'instance'

/**
 * Surveys of one Prometheus: values, and the times of the raw samples behind them, at the present of the server's own clock. An
 * instant query alone would not do, since it repeats what is up to 5 minutes old.
 */
export function prometheusSurveys(means: SurveyMeans): (question: SurveyQuestion) => Promise<Survey> {
  const clock = byTheirClock(means.now)
  return async (question) => {
    const { faults, selectors } = means.parse(question.query)
    if (faults.length > 0) return unsurveyed('bad-query', faults.join('; '))
    const told = await clock.ask(question.interval, (at) => gather(question, selectors, at, means))
    if (told.answer.kind === 'fault') return unsurveyed(told.answer.reason, told.answer.detail)
    return surveyOf(question, told.answer, told.ahead, means.where)
  }
}

interface Gathered {
  kind: 'gathered'
  values: readonly Series[]
  /** For each selector: when its newest raw sample was, by instance (epoch ms of the server). */
  times: readonly Times[]
  skew?: number
}

type Times = ReadonlyMap<string, number>

async function gather(
  { query, interval, by = USUAL_LABEL }: SurveyQuestion,
  selectors: readonly RawSelector[],
  at: number,
  { ask }: SurveyMeans,
): Promise<Gathered | Fault> {
  const range = { start: at, end: at, step: interval }
  const dated = timely(selectors).map((selector) => ask(timesQuery(selector, by), range))
  const [value, ...rest] = await Promise.all([ask(query, range), ...dated])
  if (value.kind === 'fault') return value
  const times: Times[] = []
  for (const answer of rest) {
    if (answer.kind === 'fault') return answer
    times.push(new Map(answer.series.flatMap((one) => timeIn(one, by))))
  }
  const { series, skew } = value
  return { kind: 'gathered', values: series, times, ...(skew !== undefined && { skew }) }
}

/** What looks back on purpose says nothing of how old a value is, unless all of a query does. */
function timely(selectors: readonly RawSelector[]): readonly RawSelector[] {
  const present = selectors.filter(({ modifiers }) => modifiers === '')
  return present.length > 0 ? present : selectors
}

/** Asks when the newest raw sample of a selector was, for each instance; a label that it lacks is the empty text. */
const timesQuery = ({ text, modifiers }: RawSelector, by: string): string =>
  `max by (${by}) (timestamp(${modifiers === '' ? text : `${text} ${modifiers}`}))`

function timeIn({ labels, points }: Series, by: string): [string, number][] {
  const seconds = points.at(-1)?.value
  return seconds === undefined ? [] : [[labels[by] ?? '', seconds * 1000]]
}

function surveyOf(
  { by = USUAL_LABEL }: SurveyQuestion,
  { values, times, skew }: Gathered,
  ahead: number,
  where: string,
): Survey {
  const series: Surveyed[] = []
  for (const { labels, points } of values) {
    const value = points.at(-1)?.value
    const name = labels[by]
    if (value === undefined || name === undefined) continue
    const t = oldest(name, times)
    if (t !== undefined) series.push({ names: [name], t: t - ahead, value })
  }
  if (series.length === 0 && values.length > 0)
    return unsurveyed(
      'no-instances',
      `no series of the answer of ${where} has the label ${by} with raw data of that very label behind it: is it lost, or renamed, in the query?`,
    )
  if (series.length === 0) return unsurveyed('no-data', `the query gives no series at ${where}`)
  return { kind: 'series', series, ...(skew !== undefined && { skew }) }
}

/** When the oldest was of what a value was made of: the newest raw sample of each selector, of the instance or of nobody's. */
function oldest(name: string, times: readonly Times[]): number | undefined {
  const known = times.flatMap((one) => one.get(name) ?? one.get('') ?? [])
  return known.length === 0 ? undefined : Math.min(...known)
}
