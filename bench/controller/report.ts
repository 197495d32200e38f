import { median } from './figures.ts'
import { type Pure, type Ran, spread } from './measure.ts'
import type { Options } from './options.ts'
import type { Start } from './starts.ts'

export interface Measured {
  options: Options
  machine: { cpu: string; cores: number; node: string; prometheus: string; load: number[] }
  series: number
  ran: Ran
  prometheusCpu: number
  pure: Pure
  /** To the first decision: a small configuration, this one with nothing saved, and this one with its saved state. */
  starts: { small: Start; big: Start; again: Start }
}

/** The figures for a machine to read. Durations in ms, sizes in bytes. */
export function figuresOf({ options, machine, series, ran, prometheusCpu, pure, starts }: Measured) {
  const { first, ticks, peakRss, stateBytes } = ran
  const names = Object.keys(ticks.at(-1)?.parts ?? {})
  const parts = names.map((name) => [name, median(ticks.map((tick) => tick.parts[name] ?? 0))] as const)
  const last = ticks.at(-1) ?? first
  return {
    ...{ options, machine, series },
    tick: spread(ticks, ({ wall }) => wall),
    cpu: spread(ticks, ({ user, system }) => user + system),
    firstTick: { wall: first.wall, cpu: first.user + first.system },
    parts: Object.fromEntries(parts),
    memory: { rss: median(ticks.map(({ rss }) => rss)), peakRss },
    queries: { rules: last.rules, questions: last.questions, requests: last.requests },
    ...{ prometheusCpu, stateBytes, pure, starts },
  }
}

export type Figures = ReturnType<typeof figuresOf>

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const sayStart = ({ wall, cpu }: Start): string => `${ms(wall)} (CPU ${ms(cpu)})`
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
const count = (value: number): string => value.toLocaleString('en-US')

/** The figures for a person. */
export function sayFigures(figures: Figures): string {
  const { options, machine, tick, cpu, firstTick, memory, queries, pure, starts } = figures
  const parts = Object.entries(figures.parts).map(([name, took]) => `${name} ${ms(took)}`)
  const rows = [
    ['size', `${options.workloads} workloads x ${options.rules} rules x ${options.instances} instances`],
    ['machine', `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.prometheus}`],
    ['load average before', machine.load.map((value) => value.toFixed(1)).join(' ')],
    ['series', count(figures.series)],
    ['tick', `median ${ms(tick.median)}, p95 ${ms(tick.p95)}, of ${options.ticks}`],
    ['  until', parts.join(', ')],
    ['CPU of a tick', `median ${ms(cpu.median)}, p95 ${ms(cpu.p95)}`],
    ['first tick', `${ms(firstTick.wall)}, CPU ${ms(firstTick.cpu)}`],
    ['memory', `median ${mb(memory.rss)}, peak ${mb(memory.peakRss)}`],
    [
      'asked in a tick',
      `${count(queries.rules)} rules, ${count(queries.questions)} questions, ${count(queries.requests)} HTTP requests`,
    ],
    ['CPU of Prometheus', `${ms(figures.prometheusCpu)} a tick`],
    ['state file', mb(figures.stateBytes)],
    [
      'pure',
      `${count(pure.judgements)} rule judgements/s, ${count(pure.decisions)} decisions/s, ${count(pure.integrals)} integrals/s`,
    ],
    [
      'first decision',
      `small ${sayStart(starts.small)}, this ${sayStart(starts.big)}, this again ${sayStart(starts.again)}`,
    ],
  ]
  return rows.map(([name = '', text = '']) => `${name.padEnd(20)} ${text}`).join('\n')
}
