import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { colours } from '../parts/colours.ts'
import { source } from '../parts/query.ts'
import { ours } from '../parts/variables.ts'
import { workloads } from './selectors.ts'

const marks = (name: string, colour: string, expr: string): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder().name(name).datasource(source).enable(true).iconColor(colour).expr(expr)

/** `step` is how finely changes are looked for; those of one step are one mark. */
const changes = (name: string, direction: string, colour: string): AnnotationQueryBuilder =>
  marks(
    name,
    colour,
    `sum by (workload) (increase(capuchin_workload_size_changes_total{${workloads},direction="${direction}"}[$__rate_interval])) > 0`,
  )
    .step('15s')
    .titleFormat(`{{workload}} ${direction}`)
    .textFormat(`The granted size went ${direction}.`)
    .tagKeys('workload')

/** Their values are the times themselves, in milliseconds. */
const override = (name: string, metric: string, text: string): AnnotationQueryBuilder =>
  marks(name, colours.going, `max by (id, kind, subject) (${metric}{${ours}}) * 1000`)
    .useValueForTime(true)
    .step('60s')
    .titleFormat('{{kind}} {{subject}}')
    .textFormat(text)
    .tagKeys('kind,subject')

/** Decisions that changed the size and words of operators, upon every graph. */
export const annotations = (): AnnotationQueryBuilder[] => [
  changes('Out', 'out', colours.attention),
  changes('In', 'in', colours.used),
  override('Overrides', 'capuchin_override_start_timestamp_seconds', 'Laid by an operator: {{id}}'),
]
