import type { Window } from '../ask.ts'
import type { Filled, Mark } from '../fill.ts'
import { lookOf } from '../look.ts'
import { withUnit } from '../units.ts'
import { type Axis, axisFor } from './axis.ts'
import { escapeXml, hexOf, paletteColour } from './colour.ts'
import { across, drawAxis, drawTimes, type Frame, up } from './frame.ts'
import { type Drawn, stack } from './stack.ts'
import { drawBand, drawSeries } from './strokes.ts'

/** Width and height in pixels of what is below the title. */
export interface Room {
  width: number
  height: number
}

const LEGEND_LINE = 15

/** A panel of lines over time, as SVG. */
export function drawGraph(
  filled: Filled,
  { width, height }: Room,
  window: Window,
  marks: readonly Mark[],
): string {
  const drawn = stack(
    filled.series.map((series, at) => {
      const look = lookOf(filled.panel, series)
      return { series, look, colour: hexOf(look.colour ?? paletteColour(at)) }
    }),
  )
  const left = sideOf(filled, drawn, 'left')
  const right = sideOf(filled, drawn, 'right')
  const legend = drawLegend(drawn, width)
  const frame = {
    left: widthOf(left),
    right: width - (right.drawn.length > 0 ? widthOf(right) : 12),
    top: 8,
    bottom: height - 22 - legend.lines * LEGEND_LINE,
    window,
  }
  const parts = [drawTimes(frame), drawThresholds(filled.panel, frame, left.axis), drawSide(left, frame)]
  if (right.drawn.length > 0) parts.push(drawSide(right, frame))
  parts.push(...marks.map((mark) => drawMark(frame, mark)))
  if (drawn.length === 0) parts.push(noData(filled, frame))
  parts.push(`<g transform="translate(8 ${height - legend.lines * LEGEND_LINE})">${legend.svg}</g>`)
  return `<svg width="${width}" height="${height}">${parts.join('')}</svg>`
}

/** The series that belong to one axis. */
interface Side {
  side: 'left' | 'right'
  drawn: readonly Drawn[]
  axis: Axis
  unit: string
  decimals: number | undefined
}

function sideOf({ panel }: Filled, all: readonly Drawn[], side: Side['side']): Side {
  const drawn = all.filter(({ look }) => look.atRight === (side === 'right'))
  const { min, max } = panel.fieldConfig?.defaults ?? {}
  const values = drawn.flatMap(({ spots }) => spots.flatMap((spot) => (spot === undefined ? [] : [spot.top])))
  const { unit = 'none', decimals } = drawn[0]?.look ?? panel.fieldConfig?.defaults ?? {}
  const whole = decimals === 0
  const axis = axisFor(values, side === 'left' ? { ...bounds(min, max), whole } : { whole })
  return { side, drawn, axis, unit, decimals }
}

/** In pixels, by the longest of its labels. */
const widthOf = ({ axis, unit, decimals }: Side): number =>
  16 + Math.max(...axis.ticks.map((tick) => withUnit(tick, unit, decimals).length)) * 5.6

function drawSide({ side, drawn, axis, unit, decimals }: Side, frame: Frame): string {
  const parts = [drawAxis(frame, axis, { unit, decimals, side })]
  for (const one of drawn) {
    const lower = drawn.find(({ series }) => series.name === one.look.fillDownTo)
    if (lower !== undefined) parts.push(drawBand(frame, axis, one, lower))
  }
  parts.push(...drawn.map((one) => drawSeries(frame, axis, one)))
  return parts.join('')
}

const bounds = (min: number | undefined, max: number | undefined) => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
})

/** The colours of the thresholds behind the lines, where the panel wants that. */
function drawThresholds({ fieldConfig }: Filled['panel'], frame: Frame, axis: Axis): string {
  const style = JSON.stringify(fieldConfig?.defaults.custom?.['thresholdsStyle'] ?? '')
  if (!style.includes('area')) return ''
  const steps = fieldConfig?.defaults.thresholds?.steps ?? []
  return steps
    .map(({ value, color }, at) => {
      const low = Math.max(axis.low, value ?? axis.low)
      const high = Math.min(axis.high, steps[at + 1]?.value ?? axis.high)
      if (high <= low) return ''
      const [top, bottom] = [up(frame, axis, high), up(frame, axis, low)]
      return `<rect x="${frame.left}" width="${frame.right - frame.left}" y="${top}" height="${bottom - top}" fill="${hexOf(color)}" opacity="0.09"/>`
    })
    .join('')
}

function drawMark(frame: Frame, { at, colour, text }: Mark): string {
  const x = across(frame, at).toFixed(1)
  const hex = hexOf(colour)
  return `<g><title>${escapeXml(text)}</title><line x1="${x}" x2="${x}" y1="${frame.top}" y2="${frame.bottom}" stroke="${hex}" stroke-dasharray="3 3"/><path d="M${x} ${frame.bottom}l-4 6h8z" fill="${hex}"/></g>`
}

const noData = ({ panel }: Filled, { left, right, top, bottom }: Frame): string =>
  `<text x="${(left + right) / 2}" y="${(top + bottom) / 2}" class="none" text-anchor="middle">${escapeXml(panel.fieldConfig?.defaults.noValue ?? 'no data')}</text>`

const MOST_LINES = 3

/** Names below the plot, with the last value of each. */
function drawLegend(drawn: readonly Drawn[], width: number): { svg: string; lines: number } {
  let x = 0
  let line = 0
  const parts: string[] = []
  for (const { series, look, colour } of drawn) {
    const last = series.points.at(-1)?.[1]
    const text =
      last === undefined || last === null
        ? series.name
        : `${series.name}  ${withUnit(last, look.unit, look.decimals)}`
    const needed = 24 + text.length * 6.2
    if (x > 0 && x + needed > width - 16) {
      x = 0
      line++
    }
    if (line >= MOST_LINES) break
    const y = line * LEGEND_LINE
    parts.push(
      `<rect x="${x}" y="${y + 1}" width="12" height="3" fill="${colour}"/><text x="${x + 17}" y="${y + 6}" class="legend">${escapeXml(text)}</text>`,
    )
    x += needed
  }
  return { svg: parts.join(''), lines: drawn.length === 0 ? 0 : Math.min(line + 1, MOST_LINES) }
}
