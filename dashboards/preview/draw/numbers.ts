import type { Filled, Series } from '../fill.ts'
import { propertiesOf, thresholdColour } from '../look.ts'
import { withUnit } from '../units.ts'
import { escapeXml, hexOf } from './colour.ts'

/** What a value is shown as: its word where there is one, otherwise the number; and its colour. */
export interface Shown {
  text: string
  colour: string
}

interface Words {
  type: string
  options: Record<string, { text?: string | undefined; color?: string | undefined }>
}

type Steps = { value: number | null; color: string }[]

/** `panel` says how the values of a series are called and coloured. */
export function show(panel: Filled['panel'], series: { name: string; refId: string }, value: number): Shown {
  const found = propertiesOf(panel, series)
  const words = ((found.get('mappings') ?? []) as Words[]).find(({ type }) => type === 'value')?.options[
    String(value)
  ]
  const steps = ((found.get('thresholds') as { steps: Steps } | undefined)?.steps ?? []) as Steps
  const colour = hexOf(words?.color ?? thresholdColour(steps, value))
  const decimals = found.get('decimals')
  const unit = String(found.get('unit') ?? 'none')
  return {
    text: words?.text ?? withUnit(value, unit, typeof decimals === 'number' ? decimals : undefined),
    colour,
  }
}

const lastOf = ({ points }: Series): number | undefined =>
  points.findLast(([, value]) => value !== null)?.[1] ?? undefined

const nothing = ({ panel }: Filled): string =>
  `<div class="stat"><span class="none">${escapeXml(panel.fieldConfig?.defaults.noValue ?? 'no data')}</span></div>`

/** The last value of each series, large, as HTML. */
export function drawStat(filled: Filled): string {
  const cells = filled.series.flatMap((series) => {
    const value = lastOf(series)
    if (value === undefined) return []
    const { text, colour } = show(filled.panel, series, value)
    if (filled.panel.options?.textMode === 'name')
      return [`<div class="value small"><b style="color:${colour}">${escapeXml(series.name)}</b></div>`]
    const size = filled.series.length > 3 ? ' small' : ''
    return [
      `<div class="value${size}"><b style="color:${colour}">${escapeXml(text)}</b><span>${escapeXml(series.name)}</span></div>`,
    ]
  })
  return cells.length === 0 ? nothing(filled) : `<div class="stat">${cells.join('')}</div>`
}

/** The last value of each series as a bar between the least and the most that the panel shows. */
export function drawBars(filled: Filled): string {
  const { min = 0, max = 1 } = filled.panel.fieldConfig?.defaults ?? {}
  const rows = filled.series.flatMap((series) => {
    const value = lastOf(series)
    if (value === undefined) return []
    const { text, colour } = show(filled.panel, series, value)
    const share = Math.max(0, Math.min(1, (value - min) / (max - min))) * 100
    return [
      `<div class="bar"><span>${escapeXml(series.name)}</span><i><em style="width:${share}%;background:${colour}"></em></i><b style="color:${colour}">${escapeXml(text)}</b></div>`,
    ]
  })
  return rows.length === 0 ? nothing(filled) : `<div class="bars">${rows.join('')}</div>`
}
