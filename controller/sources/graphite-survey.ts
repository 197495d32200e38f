import { type Survey, type Surveyed, type SurveyQuestion, unsurveyed } from '../decision/reading.ts'
import type { Fault } from './fault.ts'
import { MARK, markOf, type Series } from './graphite-answer.ts'
import type { Asker } from './graphite-ask.ts'
import { instanceNodeOf, type Leaf, leavesOf } from './graphite-leaves.ts'
import { faultsOf } from './graphite-syntax.ts'
import { byTheirClock } from './survey-clock.ts'

/** What a survey needs of its source. */
export interface SurveyMeans {
  asker: Pick<Asker, 'render'>
  now(): number
  where: string
  instanceNode: number | undefined
}

/** Values older than this many intervals are of no use to anybody who asks. */
const LOOKS_BACK = 4

/**
 * Surveys of one Graphite. An instance is named by the tag `instance`, by the node of its path that stands for it, or by the whole
 * name of its series, as alias() and aliasByNode() make them.
 */
export function graphiteSurveys(
  means: SurveyMeans,
): (question: SurveyQuestion, signal: AbortSignal) => Promise<Survey> {
  const clock = byTheirClock(means.now)
  return async (question, signal) => {
    const faults = faultsOf(question.query)
    if (faults.length > 0) return unsurveyed('bad-query', faults.join('; '))
    const { answer, ahead } = await clock.ask(question.interval, (at) => gather(question, at, means, signal))
    if (answer.kind === 'fault') return unsurveyed(answer.reason, answer.detail)
    return surveyOf(answer, ahead, means)
  }
}

interface Gathered {
  kind: 'gathered'
  values: readonly Series[]
  raws: readonly { leaf: Leaf; series: readonly Series[] }[]
  skew?: number
}

async function gather(
  { query, interval }: SurveyQuestion,
  at: number,
  { asker }: SurveyMeans,
  signal: AbortSignal,
): Promise<Gathered | Fault> {
  const leaves = leavesOf(query)
  const targets = [
    query,
    ...leaves.map(({ text }, i) => `aliasSub(removeEmptySeries(${text}),"^","${markOf(i)}")`),
  ]
  const answer = await asker.render(targets, at - LOOKS_BACK * interval, at, signal)
  if (answer.kind === 'fault') return answer
  const { series, skew } = answer
  const raws = leaves.map((leaf, i) => ({
    leaf,
    series: series.filter(({ target }) => target.startsWith(markOf(i))),
  }))
  const values = series.filter(({ target }) => !target.startsWith(MARK))
  return { kind: 'gathered', values, raws, ...(skew !== undefined && { skew }) }
}

function surveyOf(
  { values, raws, skew }: Gathered,
  ahead: number,
  { where, instanceNode }: SurveyMeans,
): Survey {
  const nodes = new Set(raws.flatMap(({ leaf }) => nodeOf(leaf, instanceNode) ?? []))
  const series = values.flatMap((one): Surveyed[] => {
    const newest = one.points.at(-1)
    if (newest === undefined) return []
    const names = namesOf(one, nodes)
    const raw = oldestRaw(names, raws, instanceNode)
    return [{ names, t: Math.min(newest.end, raw ?? newest.end) - ahead, value: newest.value }]
  })
  if (series.length === 0) return unsurveyed('no-data', `the query gives no value at ${where}`)
  return { kind: 'series', series, ...(skew !== undefined && { skew }) }
}

const nodeOf = ({ pattern }: Leaf, chosen: number | undefined): number | undefined =>
  pattern === undefined ? undefined : instanceNodeOf(pattern, chosen)

function namesOf({ target, path, instance }: Series, nodes: ReadonlySet<number>): string[] {
  const parts = path.split('.')
  const found = [...nodes].flatMap((node) => parts[node] ?? [])
  return [...(instance === undefined ? [] : [instance]), ...found, target]
}

/** When the oldest was of the newest raw values behind what bears one of these names: functions may fill gaps with old ones. */
function oldestRaw(
  names: readonly string[],
  raws: Gathered['raws'],
  chosen: number | undefined,
): number | undefined {
  const ends = raws.flatMap(({ leaf, series }) => {
    const node = nodeOf(leaf, chosen)
    const nodes = new Set(node === undefined ? [] : [node])
    const mine = series.filter((one) => namesOf(one, nodes).some((name) => names.includes(name)))
    const those = (mine.length > 0 ? mine : node === undefined ? series : []).flatMap(
      ({ points }) => points.at(-1)?.end ?? [],
    )
    return those.length === 0 ? [] : [Math.max(...those)]
  })
  return ends.length === 0 ? undefined : Math.min(...ends)
}
