import type { Window } from '../ask.ts'
import { withUnit } from '../units.ts'
import { type Axis, timeText, timeTicks } from './axis.ts'
import { escapeXml } from './colour.ts'

/** Where a plot is in its panel, in pixels, and what its axes show. */
export interface Frame {
  left: number
  right: number
  top: number
  bottom: number
  window: Window
}

export const across = ({ left, right, window }: Frame, at: number): number =>
  left + ((at - window.from) / (window.to - window.from)) * (right - left)

export const up = ({ top, bottom }: Frame, { low, high }: Axis, value: number): number =>
  bottom - ((value - low) / (high - low)) * (bottom - top)

/** Lines and labels of the times. */
export function drawTimes(frame: Frame): string {
  const { from, to } = frame.window
  return timeTicks(from, to)
    .map((at) => {
      const x = across(frame, at).toFixed(1)
      const text = `<text x="${x}" y="${frame.bottom + 14}" class="tick" text-anchor="middle">${timeText(at, to - from)}</text>`
      return `<line x1="${x}" x2="${x}" y1="${frame.top}" y2="${frame.bottom}" class="grid"/>${text}`
    })
    .join('')
}

/** Labels of an axis, and its lines across the plot where it is the left one. */
export function drawAxis(
  frame: Frame,
  axis: Axis,
  { unit, decimals, side }: { unit: string; decimals?: number | undefined; side: 'left' | 'right' },
): string {
  const x = side === 'left' ? frame.left - 6 : frame.right + 6
  const anchor = side === 'left' ? 'end' : 'start'
  return axis.ticks
    .map((value) => {
      const y = up(frame, axis, value)
      const grid = `<line x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}" class="grid"/>`
      const label = escapeXml(withUnit(value, unit, decimals))
      const text = `<text x="${x}" y="${y + 3}" class="tick" text-anchor="${anchor}">${label}</text>`
      return side === 'left' ? grid + text : text
    })
    .join('')
}
