import { CELLS, type Cell, CLIENT_CELLS } from './cells.ts'
import type { Figures, Row } from './figures.ts'
import type { Goal } from './goals.ts'
import type { Conditions } from './machine.ts'
import type { Idle } from './run.ts'

/** Everything that a bench has found. */
export interface Found {
  conditions: Conditions
  options: object
  runs: readonly Figures[]
  rows: readonly Row[]
  hold?: Figures
  idle: readonly ({ contender: string } & Idle)[]
  goals: readonly Goal[]
  /** What could not be measured, and why. */
  missing: readonly string[]
}

const HEAD = [
  'contender',
  'events/s (range)',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'CPU us/event: server',
  'broker',
  'generator',
  'RSS MB',
  'failed',
  'load before',
  'events/s to reference',
  'CPU to reference',
]

const INTO: Record<Cell['into'], string> = {
  kafka: 'Into Kafka',
  memory: 'The gateway alone (a file in memory)',
  nothing: 'The generator alone (a server that does nothing)',
}

/** The figures as Markdown: what is shown to a person, and what is pasted into the documentation. */
export function sayFound({ conditions, rows, hold, idle, goals, missing }: Found): string {
  const parts = [
    Object.entries(conditions).map(([name, text]) => `- ${name}: ${text}`),
    ...[...CELLS, ...CLIENT_CELLS].map((cell) => cellTable(cell, rows)),
    hold === undefined ? [] : holdLines(hold),
    idle.length === 0 ? [] : idleTable(idle),
    goals.length === 0 ? [] : goalTable(goals),
    missing.length === 0 ? [] : ['Not measured:', '', ...missing.map((text) => `- ${text}`)],
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function cellTable(cell: Cell, rows: readonly Row[]): string[] {
  const own = rows.filter((row) => row.cell === cell.name)
  if (own.length === 0) return []
  const flaws = own.flatMap(({ contender, flaws: all }) => all.map((flaw) => `- ${contender}, ${flaw}`))
  const title = `**${INTO[cell.into]}: ${cell.title}** (\`${cell.name}\`)`
  return [title, '', ...table(HEAD, own.map(cellsOf)), ...(flaws.length === 0 ? [] : ['', ...flaws])]
}

function cellsOf({
  contender,
  load,
  eventsPerSecond,
  p50,
  p99,
  p999,
  cpu,
  rss,
  failed,
  ratio,
}: Row): string[] {
  const { median, least, most } = eventsPerSecond
  return [
    contender,
    `${whole(median)} (${whole(least)} to ${whole(most)})`,
    ...[p50, p99, p999].map(fine),
    ...[cpu.server, cpu.broker, cpu.generator].map(fine),
    fine(rss / 1e6),
    whole(failed),
    fine(load),
    ratio === undefined ? '' : ratio.eventsPerSecond.toFixed(2),
    ratio === undefined ? '' : ratio.cpu.toFixed(2),
  ]
}

function holdLines({
  load,
  eventsPerSecond,
  latency,
  failed,
  cpu,
  rss,
  books,
  flaws,
  generatorBusy,
}: Figures): string[] {
  const { p50, p99, p999, max } = latency ?? {
    p50: Number.NaN,
    p99: Number.NaN,
    p999: Number.NaN,
    max: Number.NaN,
  }
  const { acknowledged, unsure, refused, stored } = books
  return [
    '**The hold**',
    '',
    `${whole(eventsPerSecond)} events/s; p50 ${fine(p50)} ms, p99 ${fine(p99)}, p99.9 ${fine(p999)}, most ${fine(max)}; ${failed} requests failed.`,
    `CPU us/event: server ${fine(cpu.server)}, broker ${fine(cpu.broker)}, generator ${fine(cpu.generator)}, which was at work for ${fine(100 * (generatorBusy ?? Number.NaN))} % of the time. RSS ${fine(rss / 1e6)} MB. Load average before it ${fine(load)}.`,
    `Acknowledged ${whole(acknowledged)}, refused ${whole(refused)}, unsure ${whole(unsure)}, in Kafka ${whole(stored)}.`,
    ...flaws.map((flaw) => `- ${flaw}`),
  ]
}

const idleTable = (idle: Found['idle']): string[] => [
  '**Idle**',
  '',
  ...table(
    ['contender', 'CPU, percent of a core', 'RSS MB'],
    idle.map(({ contender, cpu, rss }) => [contender, fine(cpu), fine(rss / 1e6)]),
  ),
]

const goalTable = (goals: readonly Goal[]): string[] => [
  '**Goals**',
  '',
  ...table(
    ['goal', 'found', 'met'],
    goals.map(({ goal, found, met }) => [goal, found, met === true ? 'yes' : '**no**']),
  ),
]

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}

/** Missing is not zero. */
const whole = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en-US')

function fine(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  return value < 10 ? value.toFixed(1) : value.toFixed(0)
}
