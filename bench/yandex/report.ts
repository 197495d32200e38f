import { median } from '../controller/figures.ts'
import { type Ran, spread } from '../controller/measure.ts'
import type { TickWord } from '../controller/words.ts'
import type { Idle } from './idle.ts'
import type { Options } from './options.ts'

export interface Measured {
  options: Options
  machine: { cpu: string; cores: number; node: string; load: number[] }
  vms: number
  standing: Ran
  adoptions: readonly Ran[]
  idle: { without: Idle; with: Idle; load: Idle }
}

const cpuOf = ({ user, system }: TickWord): number => user + system

/** The figures for a machine to read. Durations in ms, sizes in bytes. */
export function figuresOf({ options, machine, vms, standing, adoptions, idle }: Measured) {
  const { ticks, first, peakRss, stateBytes } = standing
  const names = Object.keys(ticks.at(-1)?.parts ?? {})
  const parts = names.map((name) => [name, median(ticks.map((tick) => tick.parts[name] ?? 0))] as const)
  const { cpu, cpuSinceStart } = {
    cpu: median(adoptions.map((ran) => cpuOf(ran.first))),
    cpuSinceStart: median(adoptions.map((ran) => ran.first.cpuSinceStart)),
  }
  return {
    ...{ options, machine, vms, stateBytes },
    tick: { wall: spread(ticks, ({ wall }) => wall), cpu: spread(ticks, cpuOf) },
    firstTick: { wall: first.wall, cpu: cpuOf(first) },
    parts: Object.fromEntries(parts),
    adoption: { wall: median(adoptions.map((ran) => ran.first.wall)), cpu, cpuSinceStart },
    memory: { rss: median(ticks.map(({ rss }) => rss)), peakRss },
    idle,
  }
}

export type Figures = ReturnType<typeof figuresOf>

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
const sayIdle = ({ rss, cpu, wall }: Idle): string =>
  `${mb(rss)}, first decision after ${ms(wall)} (CPU ${ms(cpu)})`

/** The figures for a person. */
export function sayFigures(figures: Figures): string {
  const { options, machine, vms, tick, firstTick, adoption, memory, idle } = figures
  const parts = Object.entries(figures.parts).map(([name, took]) => `${name} ${ms(took)}`)
  const rows = [
    ['size', `${vms} VMs x 3 slots, ${options.workloads} workloads`],
    ['machine', `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`],
    ['load average before', machine.load.map((value) => value.toFixed(1)).join(' ')],
    ['CPU of a tick', `median ${ms(tick.cpu.median)}, p95 ${ms(tick.cpu.p95)}, of ${options.ticks}`],
    ['tick', `median ${ms(tick.wall.median)}, p95 ${ms(tick.wall.p95)}`],
    ['  until', parts.join(', ')],
    ['first tick', `${ms(firstTick.wall)}, CPU ${ms(firstTick.cpu)}`],
    ['adoption', `first tick with nothing saved: ${ms(adoption.wall)}, CPU ${ms(adoption.cpu)}`],
    ['  since start', `CPU ${ms(adoption.cpuSinceStart)}`],
    ['memory', `median ${mb(memory.rss)}, peak ${mb(memory.peakRss)}`],
    ['state file', mb(figures.stateBytes)],
    ['idle, memory pool', sayIdle(idle.without)],
    ['idle, Yandex pool', sayIdle(idle.with)],
    ['loading the SDK', `${ms(idle.load.wall)}, CPU ${ms(idle.load.cpu)}, ${mb(idle.load.rss)}`],
  ]
  return rows.map(([name = '', text = '']) => `${name.padEnd(20)} ${text}`).join('\n')
}
