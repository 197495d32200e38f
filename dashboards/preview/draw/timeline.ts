import type { Window } from '../ask.ts'
import type { Filled, Series } from '../fill.ts'
import { escapeXml } from './colour.ts'
import { across, drawTimes, type Frame } from './frame.ts'
import type { Room } from './graph.ts'
import { show } from './numbers.ts'

/** A bar for each series, in the colour of its state; where there are no samples there is none. */
export function drawTimeline(filled: Filled, { width, height }: Room, window: Window): string {
  const { series } = filled
  const left = Math.min(width * 0.4, 14 + Math.max(4, ...series.map(({ name }) => name.length)) * 6.2)
  const frame: Frame = { left, right: width - 12, top: 6, bottom: height - 22, window }
  const each = (frame.bottom - frame.top) / Math.max(1, series.length)
  const rows = series.map((one, at) =>
    drawRow(filled, one, frame, { y: frame.top + at * each, h: Math.min(each, 40) }),
  )
  const none = filled.panel.fieldConfig?.defaults.noValue ?? 'no data'
  const empty = `<text x="${width / 2}" y="${height / 2}" class="none" text-anchor="middle">${escapeXml(none)}</text>`
  return `<svg width="${width}" height="${height}">${drawTimes(frame)}${series.length === 0 ? empty : rows.join('')}</svg>`
}

function drawRow(filled: Filled, series: Series, frame: Frame, { y, h }: { y: number; h: number }): string {
  const name = `<text x="${frame.left - 6}" y="${y + h / 2 + 3}" class="legend" text-anchor="end">${escapeXml(series.name)}</text>`
  const pieces = statesOf(series, frame.window.step).map(({ from, to, value }) => {
    const [x, end] = [across(frame, from), across(frame, Math.min(to, frame.window.to))]
    const { text, colour } = show(filled.panel, series, value)
    const label =
      end - x > text.length * 7
        ? `<text x="${(x + end) / 2}" y="${y + h / 2 + 4}" class="state" text-anchor="middle">${escapeXml(text)}</text>`
        : ''
    return `<rect x="${x.toFixed(1)}" y="${y + 3}" width="${Math.max(1, end - x).toFixed(1)}" height="${h - 6}" fill="${colour}" opacity="0.8"><title>${escapeXml(text)}</title></rect>${label}`
  })
  return name + pieces.join('')
}

/** Neighbours of the same value are one; a gap ends it. */
function statesOf({ points }: Series, step: number): { from: number; to: number; value: number }[] {
  const states: { from: number; to: number; value: number }[] = []
  for (const [at, value] of points) {
    if (value === null) continue
    const last = states.at(-1)
    if (last !== undefined && last.value === value && last.to === at) last.to = at + step
    else states.push({ from: at, to: at + step, value })
  }
  return states
}
