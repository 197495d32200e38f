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

/** A listing ends after ten seconds; one that has not got through by then goes on with the next tick. */
const LISTING = 9_500

/** Ticks until the listing has got through, and those after it. */
function parted({ first, ticks }: Ran): { adopting: readonly TickWord[]; standing: readonly TickWord[] } {
  const all = [first, ...ticks]
  const at = all.findIndex(({ parts }) => (parts['hosts-listed'] ?? 0) < LISTING)
  if (at < 0 || at === all.length - 1) throw new Error('no listing got through: the machine is too busy')
  return { adopting: all.slice(0, at + 1), standing: all.slice(at + 1) }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The figures for a machine to read. Durations in ms, sizes in bytes. */
export function figuresOf({ options, machine, vms, standing: ran, adoptions, idle }: Measured) {
  const { standing: ticks, adopting } = parted(ran)
  const names = Object.keys(ticks.at(-1)?.parts ?? {})
  const parts = names.map((name) => [name, median(ticks.map((tick) => tick.parts[name] ?? 0))] as const)
  const anew = adoptions.map((one) => parted(one).adopting)
  return {
    ...{ options, machine, vms, stateBytes: ran.stateBytes },
    tick: { count: ticks.length, wall: spread(ticks, ({ wall }) => wall), cpu: spread(ticks, cpuOf) },
    parts: Object.fromEntries(parts),
    saved: adoptionOf([adopting]),
    adoption: adoptionOf(anew),
    memory: { rss: median(ticks.map(({ rss }) => rss)), peakRss: ran.peakRss },
    idle,
  }
}

/** What it takes until all VMs are known: ticks, and of all of them the time by the clock and of the processor. */
function adoptionOf(all: readonly (readonly TickWord[])[]) {
  return {
    ticks: median(all.map((ticks) => ticks.length)),
    wall: median(all.map((ticks) => sum(ticks.map(({ wall }) => wall)))),
    cpu: median(all.map((ticks) => sum(ticks.map(cpuOf)))),
  }
}

export type Figures = ReturnType<typeof figuresOf>

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
const sayIdle = ({ rss, cpu, wall }: Idle): string =>
  `${mb(rss)}, first decision after ${ms(wall)} (CPU ${ms(cpu)})`

const sayAdoption = ({ ticks, wall, cpu }: Figures['adoption']): string =>
  `CPU ${ms(cpu)}, ${ms(wall)} in ${ticks === 1 ? 'the first tick' : `${ticks} ticks`}`

/** The figures for a person. */
export function sayFigures(figures: Figures): string {
  const { options, machine, vms, tick, saved, adoption, memory, idle } = figures
  const parts = Object.entries(figures.parts).map(([name, took]) => `${name} ${ms(took)}`)
  const rows = [
    ['size', `${vms} VMs x 3 slots, ${options.workloads} workloads`],
    ['machine', `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`],
    ['load average before', machine.load.map((value) => value.toFixed(1)).join(' ')],
    ['CPU of a tick', `median ${ms(tick.cpu.median)}, p95 ${ms(tick.cpu.p95)}, of ${tick.count}`],
    ['tick', `median ${ms(tick.wall.median)}, p95 ${ms(tick.wall.p95)}`],
    ['  until', parts.join(', ')],
    ['adoption', sayAdoption(adoption)],
    ['  with saved state', sayAdoption(saved)],
    ['memory', `median ${mb(memory.rss)}, peak ${mb(memory.peakRss)}`],
    ['state file', mb(figures.stateBytes)],
    ['idle, memory pool', sayIdle(idle.without)],
    ['idle, Yandex pool', sayIdle(idle.with)],
    ['loading the SDK', `${ms(idle.load.wall)}, CPU ${ms(idle.load.cpu)}, ${mb(idle.load.rss)}`],
  ]
  return rows.map(([name = '', text = '']) => `${name.padEnd(20)} ${text}`).join('\n')
}
