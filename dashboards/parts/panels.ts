import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline'
import { listLegend } from './legend.ts'
import { atTheEnd, type Line, overRange, source } from './query.ts'

/** `about`: what it is, what is normal, and what to do when it is not, in sentences. `unit`: of Grafana. */
export interface Subject {
  title: string
  about: string
  unit: string
  lines: readonly Line[]
}

/** What all kinds of panels are called by. */
interface Named<P> {
  title(title: string): P
  description(about: string): P
  unit(unit: string): P
  datasource(of: typeof source): P
  span(columns: number): P
  height(rows: number): P
}

/** Title, description, unit and source of a panel, which is a third of a row wide unless told otherwise. */
export function named<P extends Named<P>>(panel: P, { title, about, unit }: Omit<Subject, 'lines'>): P {
  return panel.title(title).description(about).unit(unit).datasource(source).span(8).height(8)
}

/** By thresholds, which is said since Grafana colours some kinds of panels by the amount otherwise. */
const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds)

const last = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull'])

/** The last number of each series, large. */
export const stat = (subject: Subject): Stat =>
  named(new Stat(), subject)
    .targets(atTheEnd(subject.lines))
    .colorScheme(byThreshold())
    .reduceOptions(last())
    .textMode(BigValueTextMode.ValueAndName)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .orientation(VizOrientation.Auto)
    .noValue('no data')

/** The last number of each series as a bar. */
export const bars = (subject: Subject): BarGauge =>
  named(new BarGauge(), subject)
    .targets(atTheEnd(subject.lines))
    .colorScheme(byThreshold())
    .reduceOptions(last())
    .orientation(VizOrientation.Horizontal)
    .noValue('no data')

/** What state each series was in over time. Where there are no samples there is no bar. */
export const timeline = (subject: Subject): StateTimeline =>
  named(new StateTimeline(), subject)
    .targets(overRange(subject.lines))
    .colorScheme(byThreshold())
    .mergeValues(true)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .spanNulls(false)
    .legend(listLegend())
    .noValue('no data')
