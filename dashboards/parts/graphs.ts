import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LineInterpolation,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries'
import { listLegend } from './legend.ts'
import { named, type Subject } from './panels.ts'
import { overRange } from './query.ts'

/** Lines over time. A gap stays a gap: what is missing is neither zero nor what it was before. */
export const graph = (subject: Subject): Timeseries =>
  named(new Timeseries(), subject)
    .targets(overRange(subject.lines))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .drawStyle(GraphDrawStyle.Line)
    .lineInterpolation(LineInterpolation.Linear)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Auto)
    .pointSize(4)
    .spanNulls(false)
    .axisSoftMin(0)
    .legend(listLegend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .noValue('no data')

/** Lines that change at once and stay: sizes, counts, states. */
export const steps = (subject: Subject): Timeseries =>
  graph(subject).lineInterpolation(LineInterpolation.StepAfter).decimals(0)

/** Areas upon each other, whose height is the sum. */
export const stacked = (subject: Subject): Timeseries =>
  graph(subject)
    .lineWidth(1)
    .fillOpacity(45)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))

/** Whole numbers upon each other. */
export const stackedSteps = (subject: Subject): Timeseries =>
  stacked(subject).lineInterpolation(LineInterpolation.StepAfter).decimals(0)

/**
 * How often something happened, as bars upon each other. A bar stands for a minute at least, so that bars of `increase` over
 * `$__rate_interval`, which reaches one scrape further back, hardly count anything twice.
 */
export const counted = (subject: Subject): Timeseries =>
  stacked(subject).drawStyle(GraphDrawStyle.Bars).fillOpacity(80).lineWidth(0).interval('1m')

/** The colours of the thresholds behind the lines. */
export const shaded = (): GraphThresholdsStyleConfigBuilder =>
  new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.DashedAndArea)
