import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'

/** What a panel asks of Prometheus, and how the series are called in its legend, such as `{{pool}} free`. */
export interface Line {
  expr: string
  legend: string
}

/** One query of a panel. `legend` may name labels: `{{pool}} free`. */
export const line = (expr: string, legend: string): Line => ({ expr, legend })

/** The source that the operator chooses at the top of each dashboard. */
export const source = { type: 'prometheus', uid: '$datasource' } as const

/** `A`, `B`, `C`, ... */
const refId = (at: number): string => String.fromCharCode(65 + at)

/** Queries over the range that is shown, by the names A, B, C, ... */
export const overRange = (lines: readonly Line[]): DataqueryBuilder[] =>
  lines.map(({ expr, legend }, at) =>
    new DataqueryBuilder().datasource(source).refId(refId(at)).expr(expr).legendFormat(legend).range(),
  )

/** Queries for the end of the range only, as rows of a table. */
export const asRows = (lines: readonly Line[]): DataqueryBuilder[] =>
  lines.map(({ expr, legend }, at) =>
    new DataqueryBuilder()
      .datasource(source)
      .refId(refId(at))
      .expr(expr)
      .legendFormat(legend)
      .instant()
      .format(PromQueryFormat.Table),
  )

/** Queries for the end of the range only, one number by series. */
export const atTheEnd = (lines: readonly Line[]): DataqueryBuilder[] =>
  lines.map(({ expr, legend }, at) =>
    new DataqueryBuilder().datasource(source).refId(refId(at)).expr(expr).legendFormat(legend).instant(),
  )
