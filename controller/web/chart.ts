import { figure } from '../decision/words.ts'
import { judged, type Tick, type TickRule } from '../history/ring/tick.ts'
import { axisLines, columnsOf, LABEL, type Scene } from './chart-axis.ts'

export type { Scene } from './chart-axis.ts'

/** Rows of the picture of a rule, and at most of that of the size. */
const ROWS = 6
const EIGHTHS = ' ▁▂▃▄▅▆▇█'

/**
 * The level of each rule against its band, and the size, as lines of text of the scene's width. Each column is a stretch of time;
 * under a rule's picture a line says whether its level was over the band, under it, or inside, and where there was none.
 */
export function chartLines(ticks: readonly Tick[], scene: Scene): string[] {
  const columns = columnsOf(ticks, scene)
  const newest = ticks.at(-1)
  if (newest === undefined) return ['There are no numbers of that time.']
  const drawn = newest.rules.filter(({ name }) => ticks.some((tick) => levelOf(tick, name) !== undefined))
  return [
    ...drawn.flatMap((rule) => [...ruleLines(rule, columns), '']),
    ...sizeLines(columns, newest),
    ...axisLines(scene),
  ]
}

type Column = readonly Tick[]

const ruleOf = (tick: Tick, name: string): TickRule | undefined =>
  tick.rules.find((rule) => rule.name === name)

function levelOf(tick: Tick, name: string): number | undefined {
  const rule = ruleOf(tick, name)
  return rule && judged(rule)
}

function ruleLines(rule: TickRule, columns: readonly Column[]): string[] {
  const { name, unit, band } = rule
  const levels = columns.map((column) => mean(column.flatMap((tick) => levelOf(tick, name) ?? [])))
  const bounds = [band.above, band.below].filter((bound) => bound !== undefined)
  const highest = Math.max(
    ...levels.filter((level) => level !== undefined),
    ...bounds.map((bound) => bound * 1.1),
  )
  const step = stepOf(highest, band.above)
  const rows = rowsDown(Math.max(1, Math.min(ROWS * 2, Math.ceil(highest / step))))
  const picture = rows.map((row) => {
    const low = row * step
    const isLined = bounds.some((bound) => bound >= low && bound < low + step)
    return line(figure(low), levels.map((level) => cell(level, low, step, isLined)).join(''))
  })
  const marks = columns.map((column) => markOf(column, name))
  return [titleOf(rule, unit), ...picture, line('', marks.join(''))]
}

function titleOf({ name, strategy, band: { above, below } }: TickRule, unit: string): string {
  const inUnit = (bound: number): string => `${figure(bound)}${unit === '' ? '' : ` ${unit}`}`
  const over = above === undefined ? [] : [`+ over ${inUnit(above)}`]
  const under = below === undefined ? [] : [`- under ${inUnit(below)}`]
  return `${name}: ${strategy === 'veto' ? 'value' : 'level'}${unit === '' ? '' : ` in ${unit}`} (${[...over, '= between', ...under, '? no reading'].join(', ')})`
}

/** What a row stands for: such that the upper bound is the lower edge of a row, if that leaves the picture low enough. */
function stepOf(highest: number, above: number | undefined): number {
  if (!(highest > 0)) return 1
  if (above === undefined || above <= 0) return highest / ROWS
  for (let under = ROWS - 2; under >= 1; under--) if ((above / under) * ROWS >= highest) return above / under
  return highest / ROWS
}

/** The part of a bar that is in a row; a bound is a dotted line where no bar covers it. */
function cell(level: number | undefined, low: number, step: number, isLined: boolean): string {
  const eighths = level === undefined ? 0 : Math.round(((level - low) / step) * 8)
  const block = EIGHTHS[Math.max(0, Math.min(8, eighths))] ?? ' '
  return block === ' ' && isLined ? '·' : block
}

/** The newest tick of the column judges it, as the tick itself did. */
function markOf(column: Column, name: string): string {
  const rule = column.map((tick) => ruleOf(tick, name)).findLast((one) => one !== undefined)
  const level = rule && judged(rule)
  if (level === undefined) return '?'
  const { above, below } = rule?.band ?? {}
  if (above !== undefined && level > above) return '+'
  return below !== undefined && level < below ? '-' : '='
}

function sizeLines(columns: readonly Column[], { min, max }: Tick): string[] {
  const largest = Math.max(1, ...columns.flat().map(({ size, ready }) => Math.max(size, ready)))
  const step = Math.ceil(largest / ROWS)
  const rows = rowsDown(Math.ceil(largest / step))
  const picture = rows.map((row) => {
    const cells = columns.map((column) => sizeCell(column.at(-1), row * step, step))
    return line(String((row + 1) * step), cells.join(''))
  })
  return [`size: ${min} to ${max} allowed (█ ready, ░ granted, not ready)`, ...picture]
}

/** A row is full when its upper end is reached; one that stands for several instances is also when half of it is. */
function sizeCell(tick: Tick | undefined, low: number, step: number): string {
  if (tick === undefined) return ' '
  const reaches = low + step / 2
  if (tick.ready > reaches) return '█'
  return tick.size > reaches ? '░' : ' '
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length

const rowsDown = (rows: number): number[] => Array.from({ length: rows }, (_, i) => rows - 1 - i)

const line = (label: string, cells: string): string => `${label.padStart(LABEL - 2)} |${cells}`.trimEnd()
