import type { Decision } from '../../controller/decision/decision.ts'
import type { Counts } from '../../controller/decision/fleet.ts'
import { sayDuration } from '../../controller/policy/duration.ts'
import { totalOf } from '../progress.ts'
import { bars, columnsOf, type Point, type Scale, sparkline } from './chart.ts'
import type { Glyphs } from './glyphs.ts'
import { type Line, span } from './line.ts'
import { consumerDecisionOf, decisionOf, lagOf, latencyInWords, type Scene, whole } from './scene.ts'

/** Columns for the names on the left. */
const LABEL = 14

const label = (text: string): ReturnType<typeof span> => span(text.padEnd(LABEL), 'bold')

function scaleOf({ stages }: Scene, width: number): Scale {
  return { length: totalOf(stages), width: Math.max(10, width - LABEL) }
}

/** What is sent now, and all of it over time. */
export function loadLines(scene: Scene, width: number, glyphs: Glyphs): Line[] {
  const { load, trends, pace } = scene
  const top = Math.max(...pace.wave.map(({ to }) => to))
  const spark = sparkline(columnsOf(trends.rate, scaleOf(scene, width)), top, glyphs)
  if (load === undefined) return [[label('load'), span('not yet', 'dim')], [label('')]]
  const { rate, sent, acknowledged, retries, latency } = load
  const counts = `   sent ${whole(sent)}, acknowledged ${whole(acknowledged)}`
  const slow = latency === undefined ? '' : `, p99 ${latencyInWords(latency.p99)}`
  const again = retries === 0 ? '' : `, ${whole(retries)} retries`
  return [
    [label('load'), span(`${whole(rate)} events/s`), span(`${counts}${slow}${again}`, 'dim')],
    [label(''), ...spark],
  ]
}

/** Where a value lies against the band, which is the tone that it is drawn in. */
type Place = 'high' | 'low' | 'good'

const places: Record<Place, string> = { high: 'over', low: 'under', good: 'inside' }

/** The load per instance, as the policy judges it: its mean over the window against the band. `rows`: of the chart. */
export function levelLines(scene: Scene, width: number, rows: number, glyphs: Glyphs): Line[] {
  const { trends, pace } = scene
  const { above, below } = pace.band
  const values = columnsOf(trends.level, scaleOf(scene, width))
  const top = Math.max(above * 1.5, ...values.map((value) => value ?? 0))
  const tone = (value: number): Place => (value > above ? 'high' : value < below ? 'low' : 'good')
  const pictures = bars(values, { top, rows, bounds: [above, below] }, glyphs, tone)
  const axis = axisOf(top, rows, [above, below])
  return [judgedLine(scene, tone), ...pictures.map((line, i) => [span(axis[i] ?? '', 'dim'), ...line])]
}

function judgedLine(scene: Scene, tone: (value: number) => Place): Line {
  const { pace, load } = scene
  const decision = decisionOf(scene)
  const level = decision?.rules[0]?.level
  const ready = decision?.counts.ready ?? 0
  const band = `the band of ${pace.band.below} to ${pace.band.above}`
  const mean = `${sayDuration(pace.window)} mean`
  if (level === undefined) return [label('per instance'), span(`no ${mean} yet`, 'dim')]
  const now = load === undefined || ready === 0 ? '' : `; now ${whole(load.rate / ready)}`
  return [
    label('per instance'),
    span(`${whole(level)} events/s`, tone(level)),
    span(` (${mean}), ${places[tone(level)]} ${band}`),
    span(now, 'dim'),
  ]
}

/** Labels of the rows that the bounds lie in; the ends of the axis elsewhere. */
function axisOf(top: number, rows: number, bounds: readonly number[]): string[] {
  const perRow = top / rows
  return Array.from({ length: rows }, (_, fromTop) => {
    const floor = top - (fromTop + 1) * perRow
    const bound = bounds.find((one) => one >= floor && one < floor + perRow)
    return (bound === undefined ? '' : String(bound)).padStart(LABEL - 1).padEnd(LABEL)
  })
}

/** The size as the policy wants it, as it was granted and as it is, now and over time. */
export function sizeLines(scene: Scene, width: number): Line[] {
  const name = scene.pace.consumer === undefined ? 'instances' : 'gateways'
  return sizesOf(name, decisionOf(scene), scene.trends.ready, scaleOf(scene, width))
}

/** What waits for the consumers, and how many of them there are, now and over time; nothing in a demo without Kafka. */
export function consumerLines(scene: Scene, width: number, glyphs: Glyphs): Line[] {
  const { pace, trends, status } = scene
  if (pace.consumer === undefined) return []
  const scale = scaleOf(scene, width)
  return [
    ...backlogLines(lagOf(status), trends.lag, scale, glyphs),
    ...sizesOf('consumers', consumerDecisionOf(scene), trends.consumers, scale),
  ]
}

/** A backlog of fewer events is drawn as the trifle that it is. */
const LEAST_TOP = 500

function backlogLines(
  lag: number | undefined,
  trend: readonly Point[],
  scale: Scale,
  glyphs: Glyphs,
): Line[] {
  if (lag === undefined) return [[label('backlog'), span('not measured yet', 'dim')], [label('')]]
  const values = columnsOf(trend, scale)
  const top = Math.max(LEAST_TOP, ...values.map((value) => value ?? 0))
  const most = Math.max(0, ...trend.map(({ value }) => value))
  return [
    [label('backlog'), span(`${whole(lag)} events in Kafka`), span(`   most ${whole(most)}`, 'dim')],
    [label(''), ...sparkline(values, top, glyphs)],
  ]
}

function sizesOf(
  name: string,
  decision: Decision | undefined,
  ready: readonly Point[],
  scale: Scale,
): Line[] {
  if (decision === undefined) return [[label(name), span('not yet', 'dim')], [label('')]]
  const { min, max, wanted, granted, counts } = decision
  const sizes = `min ${min}   wanted ${wanted}   granted ${granted}   `
  const digits = columnsOf(ready, scale).map((value) =>
    value === undefined ? ' ' : String(Math.round(value)),
  )
  return [
    [
      label(name),
      span(sizes),
      span(`ready ${counts.ready}`, 'good'),
      span(`${otherCounts(counts)}   max ${max}`),
    ],
    [label(''), span(digits.join(''), 'dim')],
  ]
}

function otherCounts({ ready: _ready, ...others }: Counts): string {
  const some = Object.entries(others).filter(([, amount]) => amount > 0)
  return some.map(([state, amount]) => ` +${amount} ${state}`).join('')
}
