import type { Glyphs } from './glyphs.ts'
import { type Line, type Span, span, type Tone } from './line.ts'

/** A value at `t` ms. */
export interface Point {
  t: number
  value: number
}

/** The time that a picture shows: from 0 to `length` ms in `width` characters; what is later pushes it on. */
export interface Scale {
  length: number
  width: number
}

/** A point stands for this time (ms) after it, so that a picture which is finer than the points has no holes. */
const HOLDS = 2_000

/** The mean of the points in each column, or what holds there from before; undefined where there is nothing. */
export function columnsOf(points: readonly Point[], { length, width }: Scale): (number | undefined)[] {
  const last = points.at(-1)?.t ?? 0
  const perColumn = length / width
  const shift = Math.max(0, Math.floor(last / perColumn) - width + 1)
  const sums: { sum: number; count: number }[] = Array.from({ length: width }, () => ({ sum: 0, count: 0 }))
  for (const { t, value } of points) {
    const cell = sums[Math.floor(t / perColumn) - shift]
    if (cell === undefined) continue
    cell.sum += value
    cell.count++
  }
  const means = sums.map(({ sum, count }) => (count === 0 ? undefined : sum / count))
  return held(means, Math.floor(HOLDS / perColumn))
}

/** Fills at most `most` columns between two values with the former one. */
function held(values: readonly (number | undefined)[], most: number): (number | undefined)[] {
  const last = values.findLastIndex((value) => value !== undefined)
  let before = Number.NEGATIVE_INFINITY
  return values.map((value, at) => {
    if (value !== undefined) before = at
    return at < last && at - before <= most ? values[before] : value
  })
}

/** One line of bars; `top` is the value of a whole one. */
export function sparkline(
  values: readonly (number | undefined)[],
  top: number,
  glyphs: Glyphs,
  toneOf: (value: number) => Tone | undefined = () => undefined,
): Line {
  return merged(values.map((value) => cellOf(value, top, glyphs, toneOf, ' ')))
}

/** Bars over several rows, from the top one down. `bounds`: values at which a line is drawn behind the bars. */
export function bars(
  values: readonly (number | undefined)[],
  { top, rows, bounds }: { top: number; rows: number; bounds: readonly number[] },
  glyphs: Glyphs,
  toneOf: (value: number) => Tone | undefined,
): Line[] {
  const perRow = top / rows
  return Array.from({ length: rows }, (_, fromTop) => {
    const floor = top - (fromTop + 1) * perRow
    const isBound = bounds.some((bound) => bound >= floor && bound < floor + perRow)
    const empty = isBound ? glyphs.bound : ' '
    return merged(
      values.map((value) => {
        const part = value === undefined ? undefined : value - floor
        return cellOf(part, perRow, glyphs, () => (value === undefined ? undefined : toneOf(value)), empty)
      }),
    )
  })
}

function cellOf(
  value: number | undefined,
  top: number,
  { levels }: Glyphs,
  toneOf: (value: number) => Tone | undefined,
  empty: string,
): Span {
  if (value === undefined || value <= 0) return empty === ' ' ? span(' ') : span(empty, 'dim')
  const level = Math.min(levels.length, Math.max(1, Math.round((value / top) * levels.length)))
  return span(levels[level - 1] ?? ' ', toneOf(value))
}

/** Neighbours of one tone become one span, so that a line is short to write. */
function merged(spans: readonly Span[]): Line {
  const line: Span[] = []
  for (const one of spans) {
    const last = line.at(-1)
    if (last !== undefined && last.tone === one.tone) last.text += one.text
    else line.push({ ...one })
  }
  return line
}
