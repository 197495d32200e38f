import type { Filled } from '../fill.ts'
import { escapeXml } from './colour.ts'
import { show } from './numbers.ts'

interface Column {
  source: string
  title: string
  refId: string
}

/** Rows of the same labels are one; the columns are those that the panel's transformations name. */
export function drawTable({ panel, series }: Filled): string {
  const columns = columnsOf(panel)
  const rows = new Map<string, Map<string, string | number>>()
  for (const { labels, points, refId } of series) {
    const key = JSON.stringify(Object.entries(labels).sort())
    const row = rows.get(key) ?? new Map<string, string | number>(Object.entries(labels))
    const value = points.at(-1)?.[1]
    if (value !== null && value !== undefined) row.set(`Value #${refId}`, value).set('Value', value)
    rows.set(key, row)
  }
  if (rows.size === 0)
    return `<div class="stat"><span class="none">${escapeXml(panel.fieldConfig?.defaults.noValue ?? 'no data')}</span></div>`
  const head = columns.map(({ title }) => `<th>${escapeXml(title)}</th>`).join('')
  const body = [...rows.values()].map(
    (row) => `<tr>${columns.map((column) => drawCell(panel, column, row.get(column.source))).join('')}</tr>`,
  )
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

function drawCell(
  panel: Filled['panel'],
  { title, refId }: Column,
  value: string | number | undefined,
): string {
  if (value === undefined) return '<td class="none">–</td>'
  if (typeof value === 'string') return `<td>${escapeXml(value)}</td>`
  const { text, colour } = show(panel, { name: title, refId }, value)
  return `<td style="color:${colour}">${escapeXml(text)}</td>`
}

function columnsOf({ transformations = [] }: Filled['panel']): Column[] {
  const organize = transformations.find(({ id }) => id === 'organize')?.options
  const { renameByName = {}, indexByName = {} } = (organize ?? {}) as {
    renameByName?: Record<string, string>
    indexByName?: Record<string, number>
  }
  return Object.entries(renameByName)
    .sort(([a], [b]) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0))
    .map(([source, title]) => ({ source, title, refId: source.replace('Value #', '') }))
}
