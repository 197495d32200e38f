import { missing, type Question, type Reading } from '../decision/reading.ts'
import { defineSource } from './define.ts'
import type { Fault } from './fault.ts'
import { gridOf } from './grid.ts'
import { memo } from './memo.ts'
import { type Answer, presenceOf } from './prometheus-answer.ts'
import { prometheusAsker, type Range } from './prometheus-ask.ts'
import { type Ask, batching } from './prometheus-batch.ts'
import { PrometheusConfig, type PrometheusSettings } from './prometheus-config.ts'
import { absentIn, type Evidence, type Raw, readingOf } from './prometheus-reading.ts'
import { prometheusSurveys } from './prometheus-survey.ts'
import { faultsOf } from './promql.ts'
import { recall } from './recall.ts'
import { presenceQuery, type RawSelector, selectorsOf } from './selectors.ts'
import { settle, settleSurvey } from './settle.ts'
import type { Source, SourceDeps } from './source.ts'
import { oncePerTurn } from './turn.ts'

/** More than a controller has rules. */
const MOST_QUERIES = 20_000
/** Of selectors that several queries share; a tick later nobody asks for them again. */
const MOST_PRESENCES = 512

/**
 * Reads from a Prometheus, or a server with its API. Values come from query_range, coverage from the raw selectors of the query.
 * One deadline (`timeout`) holds for all that a reading asks. What is asked at the same time is asked together where that makes no
 * difference to the answers.
 */
function open(config: PrometheusSettings, deps: SourceDeps): Source {
  const where = `prometheus at ${config.url}`
  const late = `${where} did not answer within ${config.timeout} ms: is it overloaded or stuck?`
  const asker = prometheusAsker(config, deps, where)
  const closing = new AbortController()
  const deadline = (): AbortSignal => AbortSignal.any([closing.signal, AbortSignal.timeout(config.timeout)])
  const endOf = oncePerTurn((signal: AbortSignal) => AbortSignal.any([signal, deadline()]))
  // Others may wait for the same answer, so the signal of one who asks does not end it.
  const ask = batching((query, range) => asker.ask(query, range, deadline()))
  const presences = memo<Answer>(MOST_PRESENCES)
  const present: AskPresence = (selector, range) => {
    const query = presenceQuery(selector, range.step)
    const key = `${query} ${range.start} ${range.end}`
    return presences.once(
      key,
      () => ask(query, range),
      ({ kind }) => kind === 'series',
    )
  }
  const means = { ask, present, parse: recall(parse, MOST_QUERIES), now: deps.now, where }
  const surveys = prometheusSurveys(means)
  return {
    read(question, signal) {
      const ended = endOf(signal)
      return settle(() => read(question, means), ended, late)
    },
    survey(question, signal) {
      const ended = endOf(signal)
      return settleSurvey(() => surveys(question), ended, late)
    },
    async close() {
      closing.abort()
      asker.close()
    },
  }
}

/** What is known of a query by its text alone. */
interface Parsed {
  faults: readonly string[]
  selectors: readonly RawSelector[]
}

const parse = (query: string): Parsed => {
  const faults = faultsOf(query)
  return { faults, selectors: faults.length > 0 ? [] : selectorsOf(query) }
}

type AskPresence = (selector: RawSelector, range: Range) => Promise<Answer>

interface Means {
  ask: Ask
  present: AskPresence
  parse(query: string): Parsed
  now(): number
  where: string
}

async function read(question: Question, means: Means): Promise<Reading> {
  const { faults, selectors } = means.parse(question.query)
  if (faults.length > 0) return missing('bad-query', faults.join('; '))
  const range = rangeOf(question)
  if (range === undefined) return missing('bad-query', 'the window of the rule is shorter than one step')
  const evidence = await gather(question.query, selectors, range, means)
  if (evidence.kind === 'fault') return missing(evidence.reason, evidence.detail)
  const reading = readingOf(question, evidence, means.now(), means.where)
  if (reading.kind !== 'missing' || (reading.reason !== 'no-data' && reading.reason !== 'stale'))
    return reading
  const known = await sayKnown(absentIn(evidence.raws)[0], range, means)
  return { ...reading, detail: `${reading.detail}${known}` }
}

type Gathered = ({ kind: 'evidence' } & Evidence) | Fault

/** Values and raw data are asked at the same time, over the same grid. */
async function gather(
  query: string,
  selectors: readonly RawSelector[],
  range: Range,
  { ask, present }: Means,
): Promise<Gathered> {
  const presence = selectors.map(async (selector) => ({
    selector,
    answer: await present(selector, range),
  }))
  const [value, ...answers] = await Promise.all([ask(query, range), ...presence])
  if (value.kind === 'fault') return value
  const warnings = new Set(value.warnings)
  const raws: Raw[] = []
  for (const { selector, answer } of answers) {
    if (answer.kind === 'fault') return answer
    for (const warning of answer.warnings) warnings.add(warning)
    raws.push({ selector, presence: presenceOf(answer.series) })
  }
  const { series, skew } = value
  return { kind: 'evidence', series, raws, warnings: [...warnings], ...(skew !== undefined && { skew }) }
}

/** Whether a metric without data is misspelt or only matched by nothing: it costs a query, so only a rule without data asks it. */
async function sayKnown(
  selector: RawSelector | undefined,
  { start, end, step }: Range,
  { ask }: Means,
): Promise<string> {
  if (selector?.metric === undefined) return ''
  const query = `count(last_over_time(${selector.metric}[${end - start + step}ms]))`
  const answer = await ask(query, { start: end, end, step })
  if (answer.kind === 'fault') return ''
  const count = answer.series[0]?.points[0]?.value ?? 0
  if (count === 0)
    return ` (no series is named ${selector.metric}: is the name right, is its target scraped?)`
  return ` (${selector.metric} has ${count} series, none of them matches)`
}

function rangeOf(question: Question): Range | undefined {
  const grid = gridOf(question)
  const [start, end] = [grid[0], grid.at(-1)]
  return start === undefined || end === undefined ? undefined : { start, end, step: question.step }
}

export const prometheus = defineSource(PrometheusConfig, faultsOf, open, 'by-label')
