import type { Tick } from '../history/ring/tick.ts'
import { dayOf, timeOf } from './times.ts'

/** What a chart shows: a stretch of time (epoch ms), by the clocks of a zone, so many characters wide. */
export interface Scene {
  from: number
  to: number
  width: number
  zone: string
}

/** Characters before the first column. */
export const LABEL = 9

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** What the marks of an axis may be apart. */
const STEPS = [
  ...[15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
]
/** Characters that a mark needs, its label and a gap. */
const ROOM = 10

const columns = ({ width }: Scene): number => Math.max(10, width - LABEL)

/** The ticks of each column. Where ticks are rarer than columns, a tick also stands for those up to the next one. */
export function columnsOf(ticks: readonly Tick[], scene: Scene): Tick[][] {
  const { from, to } = scene
  const found: Tick[][] = Array.from({ length: columns(scene) }, () => [])
  const width = (to - from) / found.length
  for (const tick of ticks) {
    const index = Math.min(found.length - 1, Math.floor((tick.at - from) / width))
    found[index]?.push(tick)
  }
  const vouches = 1.5 * spacing(ticks)
  for (const [i, column] of found.entries()) {
    const last = found[i - 1]?.at(-1)
    if (column.length === 0 && last !== undefined && from + i * width - last.at < vouches) column.push(last)
  }
  return found
}

/** The usual time between ticks: the median. */
function spacing(ticks: readonly Tick[]): number {
  const gaps = ticks.slice(1).map(({ at }, i) => at - (ticks[i]?.at ?? at))
  return gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0
}

/** The axis with its marks, and their times under it; whole days are told by their date. */
export function axisLines(scene: Scene): string[] {
  const { from, to, zone } = scene
  const length = columns(scene)
  const perColumn = (to - from) / length
  const step = STEPS.find((one) => one / perColumn >= ROOM) ?? to - from
  const axis = Array.from({ length }, () => '-')
  let times = ''
  for (const at of marksOf(from, to, step, zone)) {
    const column = Math.min(length - 1, Math.round((at - from) / perColumn))
    const label = step >= DAY ? dayOf(at, zone).slice(5) : timeOf(at, zone).slice(0, step < MINUTE ? 8 : 5)
    axis[column] = '+'
    if (LABEL + column + label.length > scene.width) continue
    times = `${times.padEnd(column)}${label}`
  }
  return [`${' '.repeat(LABEL - 1)}+${axis.join('')}`, `${' '.repeat(LABEL)}${times}`]
}

/** Times that are whole steps of the zone's day. */
function marksOf(from: number, to: number, step: number, zone: string): number[] {
  const wall = Date.parse(`${dayOf(from, zone)}T${timeOf(from, zone)}Z`)
  const marks: number[] = []
  for (let at = from + ((step - (wall % step)) % step) - (from % SECOND); at <= to; at += step)
    if (at >= from) marks.push(at)
  return marks
}
