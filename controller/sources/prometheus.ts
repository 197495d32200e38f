import { missing, type Question, type Reading } from '../decision/reading.ts'
import { defineSource } from './define.ts'
import type { Fault } from './fault.ts'
import { gridOf } from './grid.ts'
import { memo } from './memo.ts'
import { type Answer, presenceOf } from './prometheus-answer.ts'
import { type Asker, prometheusAsker, type Range } from './prometheus-ask.ts'
import { PrometheusConfig, type PrometheusSettings } from './prometheus-config.ts'
import { absentIn, type Evidence, type Raw, readingOf } from './prometheus-reading.ts'
import { faultsOf } from './promql.ts'
import { presenceQuery, type RawSelector, selectorsOf } from './selectors.ts'
import { settle } from './settle.ts'
import type { Source, SourceDeps } from './source.ts'

/** More than the selectors of all rules that ask at the same time; a tick later nobody asks for them again. */
const MOST_PRESENCES = 512

/**
 * Reads from a Prometheus, or a server with its API. Values come from query_range, coverage from the raw selectors of the query.
 * One deadline (`timeout`) holds for all that a reading asks.
 */
function open(config: PrometheusSettings, deps: SourceDeps): Source {
  const where = `prometheus at ${config.url}`
  const late = `${where} did not answer within ${config.timeout} ms: is it overloaded or stuck?`
  const asker = prometheusAsker(config, deps, where)
  const presences = memo<Answer>(MOST_PRESENCES)
  const closing = new AbortController()
  const deadline = (): AbortSignal => AbortSignal.any([closing.signal, AbortSignal.timeout(config.timeout)])
  const present: AskPresence = (selector, range) => {
    // Others may wait for the same answer, so the signal of the first who asks does not end it.
    const query = presenceQuery(selector, range.step)
    const key = `${query} ${range.start} ${range.end}`
    return presences.once(
      key,
      () => asker.ask(query, range, deadline()),
      ({ kind }) => kind === 'series',
    )
  }
  return {
    read(question, signal) {
      const ended = AbortSignal.any([signal, deadline()])
      return settle(() => read(question, { asker, present, now: deps.now, where }, ended), ended, late)
    },
    async close() {
      closing.abort()
      asker.close()
    },
  }
}

type AskPresence = (selector: RawSelector, range: Range) => Promise<Answer>

interface Means {
  asker: Asker
  present: AskPresence
  now(): number
  where: string
}

async function read(question: Question, means: Means, signal: AbortSignal): Promise<Reading> {
  const faults = faultsOf(question.query)
  if (faults.length > 0) return missing('bad-query', faults.join('; '))
  const range = rangeOf(question)
  if (range === undefined) return missing('bad-query', 'the window of the rule is shorter than one step')
  const evidence = await gather(question.query, range, means, signal)
  if (evidence.kind === 'fault') return missing(evidence.reason, evidence.detail)
  const reading = readingOf(question, evidence, means.now(), means.where)
  if (reading.kind !== 'missing' || (reading.reason !== 'no-data' && reading.reason !== 'stale'))
    return reading
  const known = await sayKnown(absentIn(evidence.raws)[0], range, means, signal)
  return { ...reading, detail: `${reading.detail}${known}` }
}

type Gathered = ({ kind: 'evidence' } & Evidence) | Fault

/** Values and raw data are asked at the same time, over the same grid. */
async function gather(query: string, range: Range, means: Means, signal: AbortSignal): Promise<Gathered> {
  const selectors = selectorsOf(query)
  const presence = selectors.map(async (selector) => ({
    selector,
    answer: await means.present(selector, range),
  }))
  const [value, ...answers] = await Promise.all([means.asker.ask(query, range, signal), ...presence])
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
  { asker }: Means,
  signal: AbortSignal,
): Promise<string> {
  if (selector?.metric === undefined) return ''
  const query = `count(last_over_time(${selector.metric}[${end - start + step}ms]))`
  const answer = await asker.ask(query, { start: end, end, step }, signal)
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

export const prometheus = defineSource(PrometheusConfig, faultsOf, open)
