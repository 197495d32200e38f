import { type Model, type PanelModel, panelsOf } from '../../dashboards/model.ts'
import { substitute } from '../../dashboards/substitute.ts'
import { type Exported, type Exporter, targetLabels } from './exported.ts'
import { namedIn, resultLabels } from './promql.ts'
import type { Rule } from './rules.ts'

type Everything = Readonly<Record<Exporter, readonly Exported[]>>

/** A metric as a query may name it, with all labels that its series have. */
interface Known extends Exported {
  part: 'whole' | 'bucket' | 'sum' | 'count'
}

/** Metrics by the names of their series. */
export function knownSeries(everything: Everything): Map<string, Known> {
  const known = new Map<string, Known>()
  const add = (name: string, metric: Exported, part: Known['part'], more: readonly string[]): void => {
    const labels = new Set([...(known.get(name)?.labels ?? []), ...metric.labels, ...more])
    known.set(name, { ...metric, part, labels: [...labels] })
  }
  for (const [exporter, metrics] of Object.entries(everything) as [Exporter, readonly Exported[]][]) {
    const more = targetLabels[exporter]
    for (const metric of metrics) {
      if (metric.type !== 'histogram') add(metric.name, metric, 'whole', more)
      if (metric.type === 'histogram') add(`${metric.name}_bucket`, metric, 'bucket', [...more, 'le'])
      if (metric.type === 'histogram' || metric.type === 'summary')
        for (const part of ['sum', 'count'] as const) add(`${metric.name}_${part}`, metric, part, more)
    }
  }
  return known
}

/** A query, and where it stands. */
interface Asked {
  where: string
  expr: string
  legend: string
}

/** Queries with values put in for all variables: of panels and of marks. */
function queriesIn(model: Model): Asked[] {
  const values = Object.fromEntries((model.templating.list ?? []).map(({ name }) => [name, 'x']))
  const fill = (expr: string): string => substitute(model, expr, values)
  const ofPanel = ({ title = '', targets = [] }: PanelModel): Asked[] =>
    targets.map(({ expr, legendFormat = '' }) => ({ where: title, expr: fill(expr), legend: legendFormat }))
  const marks = (model.annotations.list ?? []).map(
    ({ name, expr = '', titleFormat = '', textFormat = '' }) => ({
      where: `mark ${name}`,
      expr: fill(expr),
      legend: `${titleFormat} ${textFormat}`,
    }),
  )
  return [...panelsOf(model).flatMap(ofPanel), ...marks]
}

/** Each query of a dashboard that breaks a rule. */
const queries =
  (breaks: (asked: Asked) => string[]): Rule =>
  (model) =>
    queriesIn(model).flatMap((asked) => breaks(asked).map((why) => `${asked.where}: ${why}`))

const growing = new Set(['rate', 'increase', 'irate'])

/** What every dashboard has to keep about the metrics that there are. */
export function metricRules(everything: Everything): Readonly<Record<string, Rule>> {
  const known = knownSeries(everything)
  const labelsOf = (metric: string): readonly string[] => known.get(metric)?.labels ?? []
  return {
    exported: queries(({ expr }) =>
      namedIn(expr)
        .selectors.filter(({ metric }) => !known.has(metric))
        .map(({ metric }) => `nothing exports ${metric}`),
    ),
    labels: queries(({ expr }) => {
      const { selectors, groupings } = namedIn(expr)
      const matched = selectors.flatMap(({ metric, matched: labels }) =>
        labels
          .filter((label) => !labelsOf(metric).includes(label))
          .map((label) => `${metric} has no label ${label}`),
      )
      const grouped = groupings.flatMap(({ labels, metrics }) =>
        labels
          .filter((label) => !metrics.some((metric) => labelsOf(metric).includes(label)))
          .map((label) => `none of ${metrics.join(', ')} has a label ${label}`),
      )
      return [...matched, ...grouped]
    }),
    legends: queries(({ expr, legend }) => {
      const there = resultLabels(expr, labelsOf)
      const named = [...legend.matchAll(/[{][{](\w+)[}][}]/g)].map(([, label = '']) => label)
      return named
        .filter((label) => !there.has(label))
        .map((label) => `its series have no label ${label} to be called by`)
    }),
    counters: queries(({ expr }) =>
      namedIn(expr).selectors.flatMap(({ metric, within }) => {
        const found = known.get(metric)
        if (found === undefined) return []
        const counts = found.type === 'counter' || found.part !== 'whole'
        if (counts && !growing.has(within ?? ''))
          return [`${metric} only ever grows: take its rate or increase`]
        return !counts && growing.has(within ?? '') ? [`${metric} goes up and down: it has no ${within}`] : []
      }),
    ),
    quantiles: queries(({ expr }) =>
      namedIn(expr)
        .quantiles.map((node) => expr.slice(node.from, node.to))
        .filter((text) => !/by \([^)]*\ble\b[^)]*\) \(rate\(\w+_bucket/.test(text))
        .map((text) => `${text} is not taken of rates of buckets by le`),
    ),
  }
}

/** Names of all metrics that expressions take series of, without what is put to the names of histograms. */
export function metricsOf(expressions: readonly string[], everything: Everything): Set<string> {
  const known = knownSeries(everything)
  const named = expressions.flatMap((expr) => namedIn(expr).selectors.map(({ metric }) => metric))
  return new Set(named.map((metric) => known.get(metric)?.name ?? metric))
}

/** What is exported and neither used nor excused, and what is excused without need: a sentence each. */
export function unusedOf(
  exported: readonly Exported[],
  used: ReadonlySet<string>,
  excused: Readonly<Record<string, string>>,
): string[] {
  const names = exported.map(({ name }) => name)
  return [
    ...names
      .filter((name) => !used.has(name) && !(name in excused))
      .map((name) => `${name} is neither shown nor excused`),
    ...Object.keys(excused).flatMap((name) => {
      if (used.has(name)) return [`${name} is excused, though it is used`]
      return names.includes(name) ? [] : [`${name} is excused, though there is none`]
    }),
  ]
}

/** All expressions of a dashboard. */
export const expressionsOf = (model: Model): string[] => queriesIn(model).map(({ expr }) => expr)
