import { type Model, type PanelModel, panelsOf, type VariableModel } from './model.ts'
import { type Span, substitute, type Values } from './substitute.ts'

export { type Model, readModel } from './model.ts'
export type { Span, Values } from './substitute.ts'

/** One query of a panel as Grafana would send it. */
export interface PanelQuery {
  /** The title of the panel, and its number, which is unique in the dashboard. */
  panel: string
  id: number
  type: string
  refId: string
  expr: string
  /** With the names of labels still in it: `{{pool}} free`. */
  legend: string
  /** `instant`: only for the end of the range. */
  kind: 'range' | 'instant'
}

/** A mark upon the graphs. `timeIsValue`: its values are the times, in milliseconds. */
export interface MarkQuery {
  name: string
  expr: string
  colour: string
  title: string
  text: string
  timeIsValue: boolean
  /** Time between two points, in seconds. */
  step: number
}

/** What a variable offers: the values of a label, of all series that match. */
export interface VariableQuery {
  name: string
  match: string
  label: string
}

/** The queries of all panels, also of those in folded rows. Throws when a variable has no value and no All. */
export const panelQueries = (model: Model, values: Values, span?: Partial<Span>): PanelQuery[] =>
  panelsOf(model).flatMap((panel) => queriesOf(model, panel, values, span))

/** Those of one panel, such as one of several that repeat it with a value each. */
export const queriesOf = (
  model: Model,
  panel: PanelModel,
  values: Values,
  span?: Partial<Span>,
): PanelQuery[] =>
  (panel.targets ?? []).map(({ refId, expr, legendFormat, instant }) => ({
    panel: panel.title ?? '',
    id: panel.id ?? 0,
    type: panel.type,
    refId,
    expr: substitute(model, expr, values, span),
    legend: legendFormat ?? '',
    kind: instant === true ? ('instant' as const) : ('range' as const),
  }))

const DEFAULT_STEP = 60

/** The queries of the marks. */
export const markQueries = (model: Model, values: Values, span?: Partial<Span>): MarkQuery[] =>
  (model.annotations.list ?? []).flatMap((annotation) => {
    const { name, expr, iconColor, titleFormat, textFormat, useValueForTime, step } = annotation
    if (expr === undefined) return []
    const seconds = Number(/^(\d+)s$/.exec(step ?? '')?.[1] ?? DEFAULT_STEP)
    return [
      {
        name,
        expr: substitute(model, expr, values, { ...span, interval: seconds }),
        colour: iconColor ?? 'text',
        title: titleFormat ?? name,
        text: textFormat ?? '',
        timeIsValue: useValueForTime === true,
        step: seconds,
      },
    ]
  })

/** What the variables offer, in the order in which they depend on each other; whatever has no value yet may be anything. */
export function variableQueries(model: Model, values: Values): VariableQuery[] {
  const list = model.templating.list ?? []
  const anything = Object.fromEntries(list.map(({ name }) => [name, '$__all']))
  return list.flatMap((variable) => variableQuery(model, variable, { ...anything, ...values }) ?? [])
}

/** What one variable offers; undefined for one that asks nothing, such as the choice of a source. */
export function variableQuery(
  model: Model,
  { name, type, query }: VariableModel,
  values: Values,
): VariableQuery | undefined {
  if (type !== 'query') return undefined
  const text = typeof query === 'string' ? query : (query?.query ?? '')
  const [, match, label] = /^label_values\((.*), *(\w+)\)$/.exec(text) ?? []
  if (match === undefined || label === undefined)
    throw new Error(
      `${model.title}: the variable $${name} asks "${text}", which is not label_values(series, label)`,
    )
  return { name, match: substitute(model, match, values), label }
}
