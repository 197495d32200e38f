import { figure } from '../../../decision/words.ts'
import type { Hour, RuleHour } from './hour.ts'

/** A chart as it is drawn, in units of its box: x from the left, y from the top. */
export interface Chart {
  width: number
  height: number
  /** Stretches without a gap, each a row of points. */
  lines: readonly (readonly Point[])[]
  gaps: readonly Stretch[]
  /** What is inside of the band. */
  band?: { top: number; bottom: number }
  bounds: readonly number[]
  title: string
  desc: string
}

export type Point = readonly [x: number, y: number]
export interface Stretch {
  x: number
  width: number
}

const HEIGHT = 48
/** What a column is wide. */
const COLUMN = 4

/** The level of a rule against its band. A column without a level is a gap: nothing is drawn there, least of all a zero. */
export function ruleChart(rule: RuleHour, { width }: Pick<Hour, 'width'>): Chart {
  const { levels, band } = rule
  const known = levels.filter((level) => level !== undefined)
  const bounds = [band.above, band.below].filter((bound) => bound !== undefined)
  const top = Math.max(...known, ...bounds.map((bound) => bound * 1.25), Number.MIN_VALUE) * 1.05
  const y = (value: number): number => round(HEIGHT - (Math.max(0, value) / top) * HEIGHT)
  const inside = bandOf(band, y)
  return {
    width: levels.length * COLUMN,
    height: HEIGHT,
    lines: linesOf(levels, y),
    gaps: gapsOf(levels),
    ...(inside !== undefined && { band: inside }),
    bounds: bounds.map(y),
    title: titleOf(rule),
    desc: descOf(known, levels.length, width),
  }
}

const round = (value: number): number => Math.round(value * 2) / 2

function bandOf({ above, below }: RuleHour['band'], y: (value: number) => number): Chart['band'] {
  if (above === undefined && below === undefined) return undefined
  return { top: above === undefined ? 0 : y(above), bottom: below === undefined ? HEIGHT : y(below) }
}

function linesOf(levels: RuleHour['levels'], y: (value: number) => number): Point[][] {
  const lines: Point[][] = []
  let line: Point[] | undefined
  for (const [i, level] of levels.entries()) {
    if (level === undefined) {
      line = undefined
      continue
    }
    if (line === undefined) {
      line = []
      lines.push(line)
    }
    line.push([i * COLUMN + COLUMN / 2, y(level)])
  }
  return lines
}

function gapsOf(levels: readonly unknown[]): Stretch[] {
  const gaps: { x: number; width: number }[] = []
  for (const [i, level] of levels.entries()) {
    if (level !== undefined) continue
    const last = gaps.at(-1)
    if (last !== undefined && last.x + last.width === i * COLUMN) last.width += COLUMN
    else gaps.push({ x: i * COLUMN, width: COLUMN })
  }
  return gaps
}

/** "cpu: level in %, band 30 to 70" */
function titleOf({ name, strategy, unit, band: { above, below } }: RuleHour): string {
  const what = `${name}: ${strategy === 'veto' ? 'value' : 'level'}${unit === '' ? '' : ` in ${unit}`}`
  if (above === undefined && below === undefined) return what
  if (below === undefined) return `${what}, bound ${figure(above ?? 0)}`
  return above === undefined
    ? `${what}, bound ${figure(below)}`
    : `${what}, band ${figure(below)} to ${figure(above)}`
}

function descOf(known: readonly number[], columns: number, width: number, lacks = 'No reading for'): string {
  const minutes = Math.round((columns * width) / 60_000)
  if (known.length === 0) return `No reading in the last ${minutes} minutes.`
  const missing = Math.round(((columns - known.length) * width) / 60_000)
  const gaps = missing === 0 ? '' : ` ${lacks} ${missing} of them.`
  return `The last ${minutes} minutes: from ${figure(Math.min(...known))} to ${figure(Math.max(...known))}, last ${figure(known.at(-1) ?? 0)}.${gaps}`
}

/** What was granted and what was ready, between min and max, in steps. */
export function sizeChart({ sizes, width }: Hour): Chart & { ready: readonly (readonly Point[])[] } {
  const known = sizes.filter((one) => one !== undefined)
  const { min = 0, max = 1 } = known.at(-1) ?? {}
  const top = Math.max(1, max, ...known.map(({ size, ready }) => Math.max(size, ready))) * 1.08
  const y = (value: number): number => round(HEIGHT - (value / top) * HEIGHT)
  return {
    width: sizes.length * COLUMN,
    height: HEIGHT,
    lines: stepsOf(
      sizes.map((one) => one?.size),
      y,
    ),
    ready: stepsOf(
      sizes.map((one) => one?.ready),
      y,
    ),
    gaps: gapsOf(sizes),
    band: { top: y(max), bottom: y(min) },
    bounds: [y(max), y(min)],
    title: `size: granted and ready, ${min} to ${max} allowed`,
    desc: descOf(
      known.map(({ size }) => size),
      sizes.length,
      width,
      'Nothing is known of',
    ),
  }
}

/** Sizes do not glide. */
function stepsOf(values: RuleHour['levels'], y: (value: number) => number): Point[][] {
  return linesOf(values, y).map((line) =>
    line.flatMap(([x, at]): Point[] => [
      [x - COLUMN / 2, at],
      [x + COLUMN / 2, at],
    ]),
  )
}
