import { figure } from '../decision/words.ts'
import { sayDuration } from '../policy/duration.ts'
import type { Frame } from './play.ts'

const WIDTH = 60
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const NOTHING = ' '

/**
 * A stretch of a scenario in a few lines of text: the load by each rule and the sizes over time, with a mark under `at`. A column is
 * so many ticks that a quarter of the scenario fits, and shows the first of them.
 */
export function picture(frames: readonly Frame[], at: number): string[] {
  const shown = around(frames, at)
  const [first] = shown
  const last = shown.at(-1)
  if (first === undefined || last === undefined) return []
  const rules = first.decision.rules.filter(({ reading }) => reading !== 'none').map(({ name }) => name)
  const rows = [
    ...rules.map((name) => loads(name, shown)),
    counts('size', shown, ({ decision }) => decision.granted),
    counts('ready', shown, ({ decision }) => decision.counts.ready),
  ]
  const left = Math.max(...rows.map(({ label }) => label.length))
  const lines = rows.map(({ label, bars, span }) => `${label.padEnd(left)} ${bars}  ${span}`)
  const column = Math.max(
    0,
    shown.findLastIndex((frame) => frame.at <= at),
  )
  const mark = `${' '.repeat(left + 1 + column)}^ ${sayDuration(at)}`
  return [...lines, `${mark}   (${sayDuration(first.at)} to ${sayDuration(last.at)})`]
}

/** As many columns as fit, most of them before the time that matters. */
function around(frames: readonly Frame[], at: number): Frame[] {
  const every = Math.max(1, Math.ceil(frames.length / 4 / WIDTH))
  const middle = frames.findLastIndex((frame) => frame.at <= at)
  const first =
    (middle % every) + every * Math.max(0, Math.floor(middle / every) - Math.floor((WIDTH * 2) / 3))
  const shown: Frame[] = []
  for (let i = first; i < frames.length && shown.length < WIDTH; i += every)
    shown.push(...frames.slice(i, i + 1))
  return shown
}

interface Row {
  label: string
  bars: string
  span: string
}

function loads(name: string, shown: readonly Frame[]): Row {
  const values = shown.map(({ decision }) => decision.rules.find((rule) => rule.name === name)?.load)
  const known = values.filter((value) => value !== undefined)
  const label = `${name} load`
  if (known.length === 0) return { label, bars: NOTHING.repeat(values.length), span: 'nothing measured' }
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const bars = values.map((value) => (value === undefined ? NOTHING : barOf(value, low, high))).join('')
  return { label, bars, span: spanOf(low, high) }
}

/** Small numbers are shown as they are. */
function counts(label: string, shown: readonly Frame[], measure: (frame: Frame) => number): Row {
  const values = shown.map(measure)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const bars = values.map((value) => (high < 10 ? String(value) : barOf(value, 0, high))).join('')
  return { label, bars, span: spanOf(low, high) }
}

const spanOf = (low: number, high: number): string =>
  figure(low) === figure(high) ? figure(low) : `${figure(low)} to ${figure(high)}`

function barOf(value: number, low: number, high: number): string {
  const share = high === low ? 0.5 : (value - low) / (high - low)
  return BARS[Math.round(share * (BARS.length - 1))] ?? NOTHING
}
