import {
  type DynamicConfigValue,
  FieldColorModeId,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** Colours by what they mean, the same on every dashboard. */
export const colours = {
  good: 'green',
  used: 'blue',
  coming: 'yellow',
  going: 'purple',
  attention: 'orange',
  bad: 'red',
  bound: 'text',
  idle: 'semi-dark-green',
} as const

/** Below the first value `good`; from each value on its colour. */
export const from = (
  first: string,
  ...steps: readonly (readonly [number, string])[]
): ThresholdsConfigBuilder => {
  const all: Threshold[] = [{ value: null, color: first }]
  for (const [value, color] of steps) all.push({ value, color })
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all)
}

/** Good below `attention`, bad from `bad` on. */
export const worseAbove = (attention: number, bad: number): ThresholdsConfigBuilder =>
  from(colours.good, [attention, colours.attention], [bad, colours.bad])

/** Bad as soon as there is any. */
export const badAbove = (value: number): ThresholdsConfigBuilder => from(colours.good, [value, colours.bad])

/** Words and colours for numbers: `{ 0: ['sees', 'green'] }`. */
export const words = (of: Readonly<Record<string, readonly [string, string]>>): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(of).map(([value, [text, color]], index) => [value, { text, color, index }]),
    ),
  },
]

/** What an override gives to some series. */
export const coloured = (color: string): DynamicConfigValue => ({
  id: 'color',
  value: { mode: FieldColorModeId.Fixed, fixedColor: color },
})

/** A thin dashed line that is not stacked: a bound, not an amount. */
export const asBound = (color: string = colours.bound): DynamicConfigValue[] => [
  coloured(color),
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none' } },
]

/** On an axis and with a unit of its own, at the right. */
export const atTheRight = (unit: string): DynamicConfigValue[] => [
  { id: 'unit', value: unit },
  { id: 'custom.axisPlacement', value: 'right' },
  { id: 'max', value: null },
]
