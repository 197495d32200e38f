import { faultsOf } from '../../controller/sources/promql.ts'
import { type Model, type PanelModel, panelsOf } from '../../dashboards/model.ts'

/** What is wrong with a dashboard, by the rule that says so. */
export interface Finding {
  rule: string
  what: string
}

/** A rule over one dashboard: a sentence for each place that breaks it. */
export type Rule = (model: Model) => string[]

const SOURCE = '$datasource'

/** Each panel that breaks a rule, by its title. */
const panels =
  (breaks: (panel: PanelModel) => string | undefined): Rule =>
  (model) =>
    panelsOf(model).flatMap((panel) => {
      const why = breaks(panel)
      return why === undefined ? [] : [`${panel.title ?? `panel ${panel.id}`}: ${why}`]
    })

const source: Rule = (model) => [
  ...panels(({ datasource, targets = [] }) =>
    [datasource, ...targets.map((target) => target.datasource)].every((of) => of?.uid === SOURCE)
      ? undefined
      : 'asks another source than the chosen one',
  )(model),
  ...[...(model.templating.list ?? []), ...(model.annotations.list ?? [])]
    .filter((one) => one['datasource'] !== undefined && !JSON.stringify(one['datasource']).includes(SOURCE))
    .map(({ name }) => `${name}: asks another source than the chosen one`),
]

const SHORTEST = 40

const words = panels(({ title = '', description = '' }) => {
  if (title === '') return 'has no title'
  return description.length < SHORTEST || !description.endsWith('.')
    ? 'has no description in sentences'
    : undefined
})

const unit = panels(({ fieldConfig }) =>
  fieldConfig?.defaults.unit === undefined ? 'has no unit' : undefined,
)

const targets = panels(({ targets: all = [] }) => {
  if (all.length === 0) return 'asks nothing'
  if (new Set(all.map(({ refId }) => refId)).size < all.length) return 'has two queries of one name'
  return all.some(({ legendFormat = '' }) => legendFormat === '') ? 'has a series without a name' : undefined
})

const legend = panels(({ type, options }) =>
  ['timeseries', 'state-timeline'].includes(type) && options?.legend?.showLegend !== true
    ? 'has no legend'
    : undefined,
)

const gaps = panels(({ type, fieldConfig, targets: all = [] }) => {
  if (all.some(({ expr }) => /\bvector\(|\babsent/.test(expr))) return 'makes numbers of silence'
  const spans = fieldConfig?.defaults.custom?.['spanNulls']
  return ['timeseries', 'state-timeline'].includes(type) && spans !== false
    ? 'draws a line over gaps'
    : undefined
})

const ranges = panels(({ targets: all = [] }) => {
  const found = all.flatMap(({ expr }) => [...expr.matchAll(/\[([^\]]+)\]/g)].map(([, range = '']) => range))
  const fixed = found.find((range) => range !== '$__rate_interval' && range !== '$__range')
  return fixed === undefined ? undefined : `looks back over ${fixed}, however far apart its points are`
})

const bounds = panels(({ fieldConfig }) =>
  (fieldConfig?.defaults.thresholds?.steps ?? []).some(({ value }, at) => (at === 0) !== (value === null))
    ? 'has thresholds that do not begin below all values'
    : undefined,
)

const byThreshold = ['stat', 'bargauge', 'state-timeline']

const colours = panels(({ type, fieldConfig }) =>
  byThreshold.includes(type) && fieldConfig?.defaults.color?.mode !== 'thresholds'
    ? 'is not coloured by its thresholds'
    : undefined,
)

const syntax = panels(
  ({ targets: all = [] }) => all.flatMap(({ expr }) => faultsOf(expr.replace(/[$]\w+/g, '5m')))[0],
)

const numbers: Rule = ({ panels: all }) => {
  const ids = all.flatMap((panel) => [panel, ...(panel.panels ?? [])]).map(({ id }) => id ?? 0)
  return ids
    .filter((id, at) => id < 1 || ids.indexOf(id) < at)
    .map((id) => `the number ${id} is not a panel's own`)
}

const GRID = 24

const places: Rule = (model) => {
  const placed = model.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])])
  return placed.flatMap(({ gridPos: a, title = '' }, at) => {
    if (a === undefined || a.x + a.w > GRID) return [`${title}: is not within the grid`]
    const over = placed.slice(0, at).find(({ gridPos: b }) => b !== undefined && overlap(a, b))
    return over === undefined ? [] : [`${title}: lies upon ${over.title}`]
  })
}

type Place = { x: number; y: number; w: number; h: number }
const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

const variables: Rule = (model) => {
  const list = model.templating.list ?? []
  const text = JSON.stringify([model.panels, list.map(({ query }) => query ?? ''), model.annotations])
  const named = new Set([...text.matchAll(/[$](?!__)(\w+)/g)].map(([, name]) => name))
  const known = list.map(({ name }) => name)
  return [
    ...known.filter((name) => !named.has(name)).map((name) => `nothing asks by $${name}`),
    ...[...named]
      .filter((name) => name !== undefined && !known.includes(name))
      .map((name) => `there is no $${name}`),
  ]
}

/** What every dashboard has to keep, whatever metrics there are. */
export const rules: Readonly<Record<string, Rule>> = {
  ...{
    source,
    words,
    unit,
    targets,
    legend,
    gaps,
    ranges,
    bounds,
    colours,
    syntax,
    numbers,
    places,
    variables,
  },
}

/** Everything that a dashboard breaks. */
export const findings = (model: Model, among: Readonly<Record<string, Rule>> = rules): Finding[] =>
  Object.entries(among).flatMap(([rule, find]) => find(model).map((what) => ({ rule, what })))
