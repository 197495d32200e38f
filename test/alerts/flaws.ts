import type { Exported, Exporter } from '../dashboards/exported.ts'
import { knownSeries } from '../dashboards/metric-rules.ts'
import { namedIn } from '../dashboards/promql.ts'
import type { Rule } from './rule-files.ts'

const severities = ['critical', 'warning', 'info']

/** What a section of the runbook has to say, beside what the alert means. */
const parts = ['By itself', 'Look', 'Do']

/** What is wrong with an alert by itself, its words above all. */
export function flawsOf({ alert, labels, annotations }: Rule): string[] {
  const { summary, description, runbook_url: link } = annotations
  return [
    ...(severities.includes(labels.severity) ? [] : [`${alert}: ${labels.severity} is no severity`]),
    ...(link.endsWith(`docs/alerts.md#${alert.toLowerCase()}`)
      ? []
      : [`${alert}: ${link} is not its section`]),
    ...(/[.!?]$/.test(description) ? [] : [`${alert}: its description is no sentence`]),
    ...(/[.!?]$/.test(summary) ? [`${alert}: its summary is a sentence`] : []),
  ]
}

/** Alerts without a section of the runbook, sections without an alert, and sections in which something is missing. */
export function runbookFlaws(rules: readonly Rule[], text: string): string[] {
  const names = rules.map(({ alert }) => alert)
  const sections = new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section): [string, string] => [section.split('\n', 1)[0] ?? '', section]),
  )
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} is there twice`),
    ...names.filter((name) => !sections.has(name)).map((name) => `${name} has no section in the runbook`),
    ...[...sections.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `no alert is called ${name}`),
    ...[...sections].flatMap(([name, section]) =>
      parts
        .filter((part) => !section.includes(`- **${part}:**`))
        .map((part) => `${name} does not say "${part}"`),
    ),
  ]
}

/** Metrics, and labels of them, that are not there, and counters that are taken as they are. */
export function metricFlaws(
  { alert, expr }: Rule,
  everything: Readonly<Record<Exporter, readonly Exported[]>>,
): string[] {
  const known = knownSeries(everything)
  return namedIn(expr).selectors.flatMap(({ metric, matched, within }) => {
    const found = known.get(metric)
    if (found === undefined) return [`${alert}: nothing exports ${metric}`]
    const strange = matched.filter((label) => !found.labels.includes(label))
    const isBare = found.type === 'counter' && within === undefined
    return [
      ...strange.map((label) => `${alert}: ${metric} has no label ${label}`),
      ...(isBare ? [`${alert}: ${metric} is a counter, and has to be under rate or increase`] : []),
    ]
  })
}
