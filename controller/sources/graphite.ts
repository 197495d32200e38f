import { missing, type Question, type Reading } from '../decision/reading.ts'
import { sayDuration } from '../policy/duration.ts'
import { defineSource } from './define.ts'
import type { Fault } from './fault.ts'
import { MARK, markOf } from './graphite-answer.ts'
import { type Asker, graphiteAsker } from './graphite-ask.ts'
import { GraphiteConfig, type GraphiteSettings } from './graphite-config.ts'
import { sayKnown } from './graphite-known.ts'
import { type Leaf, leavesOf } from './graphite-leaves.ts'
import { absentIn, type Evidence, readingOf } from './graphite-reading.ts'
import { graphiteSurveys } from './graphite-survey.ts'
import { faultsOf } from './graphite-syntax.ts'
import { settle, settleSurvey } from './settle.ts'
import type { Source, SourceDeps } from './source.ts'

/**
 * Reads from a Graphite, or a server with its render API. A query is any target that gives one series.
 *
 * Coverage and instances come from the raw series that the query reads (its leaves: path patterns and seriesByTag()), which are asked
 * in the same request. An instance is named by the tag `instance`, or by the only node of a pattern with `*`, `?` or `[`, such as
 * `averageSeries(capuchin.ingest.*.cpu)`; with several such nodes by the one that `instanceNode` says. Otherwise nobody is seen, which
 * does for a total, and a rule `per: instance` is missing with reason `no-instances`.
 *
 * One deadline (`timeout`) holds for all that a reading asks. A carbon that hangs costs graphite-web a second for each metric.
 */
function open(config: GraphiteSettings, deps: SourceDeps): Source {
  const where = `graphite at ${config.url}`
  const late = `${where} did not answer within ${config.timeout} ms: is it overloaded, is carbon behind it stuck?`
  const asker = graphiteAsker(config, deps, where)
  const closing = new AbortController()
  const known = { where, instanceNode: config.instanceNode }
  const surveys = graphiteSurveys({ asker, now: deps.now, ...known })
  return {
    read(question, signal) {
      const deadline = AbortSignal.timeout(config.timeout)
      const ended = AbortSignal.any([signal, closing.signal, deadline])
      const work = () => read(question, asker, { ...known, now: deps.now }, ended)
      return settle(work, ended, late)
    },
    survey(question, signal) {
      const deadline = AbortSignal.timeout(config.timeout)
      const ended = AbortSignal.any([signal, closing.signal, deadline])
      return settleSurvey(() => surveys(question, ended), ended, late)
    },
    async close() {
      closing.abort()
      asker.close()
    },
  }
}

interface Means {
  now(): number
  where: string
  instanceNode: number | undefined
}

async function read(question: Question, asker: Asker, means: Means, signal: AbortSignal): Promise<Reading> {
  const faults = faultsOf(question.query)
  if (faults.length > 0) return missing('bad-query', faults.join('; '))
  if (question.to - question.from < question.step) {
    return missing('bad-query', 'the window of the rule is shorter than one step')
  }
  const evidence = await gather(question, asker, signal)
  if (evidence.kind === 'fault') return missing(evidence.reason, evidence.detail)
  const reading = readingOf(question, evidence, { ...means, now: means.now() })
  if (reading.kind !== 'missing' || (reading.reason !== 'no-data' && reading.reason !== 'stale'))
    return reading
  const known = await sayKnown(absentIn(evidence.raws)[0], asker, signal)
  return { ...reading, detail: `${reading.detail}${known}${saySkew(evidence.skew, question)}` }
}

type Gathered = ({ kind: 'evidence' } & Evidence) | Fault

/**
 * Storage steps that end in the window begin up to one step before it. How wide they are only the answer tells, so that it is asked
 * again where they are wider than supposed.
 */
async function gather(question: Question, asker: Asker, signal: AbortSignal): Promise<Gathered> {
  const leaves = leavesOf(question.query)
  const targets = [question.query, ...leaves.map(targetOf)]
  const ask = (before: number) => asker.render(targets, question.from - before, question.to, signal)
  let answer = await ask(question.step)
  if (answer.kind === 'fault') return answer
  const widest = Math.max(...answer.series.map(({ step = 0 }) => step))
  if (widest > question.step && widest <= question.to - question.from) answer = await ask(widest)
  if (answer.kind === 'fault') return answer
  const { series, skew } = answer
  const raws = leaves.map((leaf, i) => ({
    leaf,
    series: series.filter(({ target }) => target.startsWith(markOf(i))),
  }))
  const values = series.filter(({ target }) => !target.startsWith(MARK))
  return { kind: 'evidence', series: values, raws, ...(skew !== undefined && { skew }) }
}

/** Paths that nothing has been sent to in the window, such as those of instances that are long gone, are not worth their way. */
const targetOf = ({ text }: Leaf, i: number): string =>
  `aliasSub(removeEmptySeries(${text}),"^","${markOf(i)}")`

function saySkew(skew: number | undefined, { interval }: Question): string {
  if (skew === undefined || Math.abs(skew) < interval) return ''
  const seconds = Math.round(Math.abs(skew) / 1000)
  return ` (its clock is ${sayDuration(seconds * 1000)} ${skew < 0 ? 'behind' : 'ahead'})`
}

export const graphite = defineSource(GraphiteConfig, faultsOf, open, 'by-name')
