import type { PanelModel } from '../model.ts'

/** How one series is drawn, with defaults and overrides of its panel put together. */
export interface Look {
  unit: string
  decimals?: number
  colour?: string
  lineWidth: number
  fillOpacity: number
  dashed: boolean
  stacked: boolean
  atRight: boolean
  /** The name of the series down to which the room below this one is filled. */
  fillDownTo?: string
  kind: 'line' | 'steps' | 'bars'
}

/** A series by its name in the legend and the query that it came from. */
export interface Named {
  name: string
  refId: string
}

type Properties = ReadonlyMap<string, unknown>

/** Everything that the panel says of a series; later overrides win, as in Grafana. */
export function propertiesOf({ fieldConfig }: PanelModel, series: Named): Properties {
  const { unit, decimals, min, max, custom = {}, mappings, thresholds } = fieldConfig?.defaults ?? {}
  const found = new Map<string, unknown>(Object.entries({ unit, decimals, min, max, mappings, thresholds }))
  for (const [key, value] of Object.entries(custom)) found.set(`custom.${key}`, value)
  for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
    if (!matches(matcher, series)) continue
    for (const { id, value } of properties) found.set(id, value)
  }
  return found
}

function matches({ id, options }: { id: string; options?: unknown }, { name, refId }: Named): boolean {
  if (id === 'byName') return name === options
  if (id === 'byFrameRefID') return refId === options
  if (id !== 'byRegexp' || typeof options !== 'string') return false
  const [, inner = options] = /^\/(.*)\/$/.exec(options) ?? []
  return new RegExp(inner).test(name)
}

export function lookOf(panel: PanelModel, series: Named): Look {
  const found = propertiesOf(panel, series)
  const part = (id: string, key: string): unknown => fieldOf(found.get(id), key)
  const decimals = found.get('decimals')
  const colour = part('color', 'fixedColor')
  const fillDownTo = found.get('custom.fillBelowTo')
  const mode = part('custom.stacking', 'mode')
  return {
    unit: textOr(found.get('unit'), 'none'),
    ...(typeof decimals === 'number' && { decimals }),
    ...(typeof colour === 'string' && { colour }),
    lineWidth: numberOr(found.get('custom.lineWidth'), 1),
    fillOpacity: numberOr(found.get('custom.fillOpacity'), 0),
    dashed: part('custom.lineStyle', 'fill') === 'dash',
    stacked: mode === 'normal',
    atRight: found.get('custom.axisPlacement') === 'right',
    ...(typeof fillDownTo === 'string' && { fillDownTo }),
    kind: kindOf(found),
  }
}

function kindOf(found: Properties): Look['kind'] {
  if (found.get('custom.drawStyle') === 'bars') return 'bars'
  return found.get('custom.lineInterpolation') === 'stepAfter' ? 'steps' : 'line'
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined

const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other)
const textOr = (value: unknown, other: string): string => (typeof value === 'string' ? value : other)

/** The colour of a value by the thresholds of its panel. */
export function thresholdColour(
  steps: readonly { value: number | null; color: string }[],
  value: number,
): string {
  let colour = 'text'
  for (const step of steps) if (step.value === null || value >= step.value) colour = step.color
  return colour
}
