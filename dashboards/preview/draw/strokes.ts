import type { Axis } from './axis.ts'
import { across, type Frame, up } from './frame.ts'
import { type Drawn, runsOf } from './stack.ts'

interface Place {
  x: number
  y: number
  base: number
}

/** One series: its area, its line, or its bars. A gap stays one. */
export function drawSeries(frame: Frame, axis: Axis, { look, colour, spots }: Drawn): string {
  if (look.kind === 'bars') return drawBars(frame, axis, { look, colour, spots })
  const dash = look.dashed ? ' stroke-dasharray="6 5"' : ''
  return runsOf(spots)
    .map((run) => {
      const places = run.map(({ at, base, top }) => ({
        x: across(frame, at),
        y: up(frame, axis, top),
        base: up(frame, axis, Math.max(base, axis.low)),
      }))
      const line = `<path d="${lineThrough(places, look.kind === 'steps')}" fill="none" stroke="${colour}" stroke-width="${look.lineWidth}"${dash}/>`
      const dot =
        places.length === 1
          ? places.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="2" fill="${colour}"/>`).join('')
          : ''
      if (look.fillOpacity === 0 || look.fillDownTo !== undefined) return line + dot
      return `<path d="${areaUnder(places, look.kind === 'steps')}" fill="${colour}" opacity="${look.fillOpacity / 100}"/>${line}${dot}`
    })
    .join('')
}

function drawBars(
  frame: Frame,
  axis: Axis,
  { look, colour, spots }: Pick<Drawn, 'look' | 'colour' | 'spots'>,
): string {
  const width = Math.max(1, ((frame.right - frame.left) / Math.max(1, spots.length)) * 0.8)
  return spots
    .map((spot) => {
      if (spot === undefined || spot.top === spot.base) return ''
      const x = Math.max(frame.left, Math.min(frame.right - width, across(frame, spot.at) - width / 2))
      const [high, low] = [up(frame, axis, spot.top), up(frame, axis, spot.base)]
      return `<rect x="${x.toFixed(1)}" y="${high.toFixed(1)}" width="${width.toFixed(1)}" height="${Math.max(0.5, low - high).toFixed(1)}" fill="${colour}" opacity="${look.fillOpacity / 100}"/>`
    })
    .join('')
}

/** The room between a series and the one that it is filled down to. */
export function drawBand(frame: Frame, axis: Axis, upper: Drawn, lower: Drawn): string {
  const below = new Map(lower.spots.flatMap((spot) => (spot === undefined ? [] : [[spot.at, spot.top]])))
  const runs = runsOf(
    upper.spots.map((spot) => (spot !== undefined && below.has(spot.at) ? spot : undefined)),
  )
  return runs
    .map((run) => {
      const places = run.map(({ at, top }) => ({
        x: across(frame, at),
        y: up(frame, axis, top),
        base: up(frame, axis, below.get(at) ?? top),
      }))
      return `<path d="${areaUnder(places, false)}" fill="${upper.colour}" opacity="${upper.look.fillOpacity / 100}"/>`
    })
    .join('')
}

const spot = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`

function lineThrough(places: readonly Place[], asSteps: boolean): string {
  const parts: string[] = []
  let before: Place | undefined
  for (const place of places) {
    if (before !== undefined && asSteps) parts.push(`L${spot(place.x, before.y)}`)
    parts.push(`${before === undefined ? 'M' : 'L'}${spot(place.x, place.y)}`)
    before = place
  }
  return parts.join('')
}

function areaUnder(places: readonly Place[], asSteps: boolean): string {
  const back: string[] = []
  let before: Place | undefined
  for (const place of [...places].reverse()) {
    if (before !== undefined && asSteps) back.push(`L${spot(before.x, place.base)}`)
    back.push(`L${spot(place.x, place.base)}`)
    before = place
  }
  return `${lineThrough(places, asSteps)}${back.join('')}Z`
}
