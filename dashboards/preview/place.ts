import type { Model, PanelModel } from '../model.ts'
import { variableQuery } from '../queries.ts'
import type { Values } from '../substitute.ts'
import type { Prometheus, Window } from './ask.ts'

/** A panel, or the heading of a row, at its place in the grid of 24 columns. `values`: those that it is drawn for. */
export interface Placed {
  panel: PanelModel
  values: Values
  x: number
  y: number
  w: number
  h: number
}

/** What each variable offers. */
type Offered = ReadonlyMap<string, readonly string[]>

/** Values for all variables: those that are given, all there are where there is an All, and otherwise the first one. */
export async function chooseValues(
  model: Model,
  given: Values,
  window: Window,
  prometheus: Prometheus,
): Promise<{ values: Values; offered: Offered }> {
  let values = given
  const offered = new Map<string, readonly string[]>()
  for (const variable of model.templating.list ?? []) {
    const { name, includeAll } = variable
    const query = variableQuery(model, variable, values)
    if (query === undefined) continue
    const all = await prometheus.labelValues(query.label, query.match, window)
    const chosen = values[name]
    offered.set(name, chosen === undefined ? all : [chosen].flat())
    if (chosen !== undefined || includeAll === true) continue
    const [first] = all
    if (first === undefined) throw new Error(`Prometheus has no value for $${name}: no series ${query.match}`)
    values = { ...values, [name]: first }
    offered.set(name, [first])
  }
  return { values, offered }
}

/** Panels that are repeated for several values of a variable stand beside each other, and push down what is below. */
export function placePanels(model: Model, values: Values, offered: Offered): Placed[] {
  const placed: Placed[] = []
  let down = 0
  for (const panel of model.panels.flatMap((one) => [one, ...(one.panels ?? [])])) {
    const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 8, h: 8 }
    const { repeat, maxPerRow = 4 } = panel
    const of = repeat === undefined ? [] : (offered.get(repeat) ?? [])
    if (repeat === undefined || of.length === 0) {
      placed.push({ panel, values, x, y: y + down, w, h })
      continue
    }
    const perRow = Math.min(maxPerRow, of.length)
    const width = 24 / perRow
    of.forEach((value, at) => {
      const row = Math.floor(at / perRow)
      const place = { x: (at % perRow) * width, y: y + down + row * h, w: width, h }
      placed.push({ panel, values: { ...values, [repeat]: value }, ...place })
    })
    down += (Math.ceil(of.length / perRow) - 1) * h
  }
  return placed
}
