import { TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common'
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { named, type Subject } from './panels.ts'
import { asRows } from './query.ts'

/** A column: what it is called at the source (a label, or `Value #A`) and above the table; the order is that of the list. */
export type Columns = Readonly<Record<string, string>>

/** One row by combination of labels, one column by label and by query. Labels that are not among the columns are left out. */
export const table = (subject: Subject, columns: Columns): Table => {
  const names = Object.keys(columns)
  return named(new Table(), subject)
    .targets(asRows(subject.lines))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(names.map((name, at) => [name, at])),
        renameByName: columns,
      },
    })
    .filterable(true)
    .noValue('–')
}

/** The colour of the threshold as the colour of the cell's text. */
export const colouredText: DynamicConfigValue = {
  id: 'custom.cellOptions',
  value: { type: TableCellDisplayMode.ColorText },
}
