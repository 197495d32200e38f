import type { Model } from '../../model.ts'
import type { Window } from '../ask.ts'
import type { Filled, Mark } from '../fill.ts'
import type { Placed } from '../place.ts'
import { escapeXml } from './colour.ts'
import { drawGraph, type Room } from './graph.ts'
import { drawBars, drawStat } from './numbers.ts'
import { style } from './style.ts'
import { drawTable } from './table.ts'
import { drawTimeline } from './timeline.ts'

/** The grid of Grafana: 24 columns, and rows of 30 pixels with room between. */
const GRID = { width: 1600, cell: 30, gap: 8, title: 28 }

export interface Scene {
  model: Model
  from: string
  values: string
  window: Window
  marks: readonly Mark[]
  panels: readonly { placed: Placed; filled: Filled }[]
}

/** The whole dashboard as one HTML page, which loads nothing and runs nothing. */
export function drawPage(scene: Scene): string {
  const { model, from, values, window, panels } = scene
  const height = Math.max(0, ...panels.map(({ placed: { y, h } }) => y + h)) * (GRID.cell + GRID.gap)
  const time = `${new Date(window.from).toISOString()} to ${new Date(window.to).toISOString()}`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Preview of ${escapeXml(model.title)}</title><style>${style(GRID.width)}</style></head><body>
<header><h1>PREVIEW, NOT GRAFANA</h1><h2>${escapeXml(model.title)}</h2><p>${escapeXml(from)}, ${time}; ${escapeXml(values)}. Drawn by npm run dashboards:preview from what Prometheus answered; Grafana draws it differently.</p></header>
<main style="height:${height}px">${panels.map((one) => drawPanel(one, scene)).join('\n')}</main></body></html>
`
}

function drawPanel({ placed, filled }: Scene['panels'][number], scene: Scene): string {
  const { x, y, w, h } = placed
  const column = (GRID.width + GRID.gap) / 24
  const place = { width: w * column - GRID.gap, height: h * (GRID.cell + GRID.gap) - GRID.gap }
  const at = `left:${x * column}px;top:${y * (GRID.cell + GRID.gap)}px;width:${place.width}px;height:${place.height}px`
  const title = escapeXml(filled.title)
  if (filled.panel.type === 'row') return `<h3 style="${at}">${title}</h3>`
  const about = escapeXml(filled.panel.description ?? '')
  const body =
    filled.fault === undefined
      ? drawBody(filled, { width: place.width, height: place.height - GRID.title }, scene)
      : `<p class="fault">${escapeXml(filled.fault)}</p>`
  return `<section style="${at}" title="${about}"><h4>${title}</h4>${body}</section>`
}

function drawBody(filled: Filled, room: Room, { window, marks }: Scene): string {
  const { type } = filled.panel
  if (type === 'timeseries') return drawGraph(filled, room, window, marks)
  if (type === 'state-timeline') return drawTimeline(filled, room, window)
  if (type === 'bargauge') return drawBars(filled)
  if (type === 'table') return drawTable(filled)
  return drawStat(filled)
}
