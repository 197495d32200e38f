import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openFileHistory, readFileHistory, readFileNumbers } from '../../controller/history/file.ts'
import { tickOf } from '../../controller/history/ring/tick.ts'
import { openRing } from '../../controller/history/ring/writer.ts'
import { decisionOf, MINUTE } from './generate.ts'

/** How long something took, in ms: by the clock, and on processors. */
export interface Taken {
  wall: number
  cpu: number
}

/** The median of some runs of a command, each a process of its own, from its start to its end; throws when it fails. */
export function timeCommand(argv: readonly string[], cwd: string, times: number): Taken {
  const [command = '', ...rest] = argv
  const taken: Taken[] = []
  for (let i = 0; i < times; i++) {
    const [begun, used] = [performance.now(), cpuOfChildren()]
    const { status, stderr } = spawnSync(command, rest, { cwd, encoding: 'utf8' })
    taken.push({ wall: performance.now() - begun, cpu: cpuOfChildren() - used })
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`)
  }
  return { wall: median(taken.map(({ wall }) => wall)), cpu: median(taken.map(({ cpu }) => cpu)) }
}

/** Of all that have ended, in ms, as Linux counts it. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return 10 * (Number(fields[13]) + Number(fields[14]))
}

/** As an operator types it: npm, the check of Node, and the command. */
export const throughNpm = (args: readonly string[]): string[] => [
  ...['npm', 'run', '--silent', '--prefix', resolve('.'), 'capuchin', '--', ...args],
]

export const direct = (args: readonly string[]): string[] => [
  process.execPath,
  resolve('controller/main.ts'),
  ...args,
]

/** How long the files are read for, in ms, in a process that has done nothing else. */
export async function timeReading(dir: string, workload: string, middle: number, ticksAt: number) {
  const asked = { workload, kind: 'decision', to: middle, limit: 1 } as const
  const [at, entries] = await timed(() => readFileHistory(dir, fs, asked))
  const [again] = await timed(() => readFileHistory(dir, fs, asked))
  const [hour, listed] = await timed(() =>
    readFileHistory(dir, fs, { from: middle - 60 * MINUTE, to: middle, limit: 10_000 }),
  )
  const query = { workload, from: ticksAt - 60 * MINUTE, to: ticksAt }
  const [numbers, ticks] = await timed(() => readFileNumbers(dir, fs, query))
  const [stranger] = await timed(() => readFileHistory(dir, fs, { workload: 'nobody', limit: 1 }))
  const [opening, outcome] = await timed(() => openFileHistory({ dir, fs, now: Date.now }))
  if (outcome.kind === 'open') await outcome.history.close()
  return {
    opening,
    at,
    again,
    found: entries.length,
    hour,
    listed: listed.length,
    numbers,
    ticks: ticks.length,
    stranger,
  }
}

/** What a tick of so many workloads pays for its numbers, in ms: what it waits for, and all with what is written behind it. */
export async function timeRing(dir: string, workloads: number, rules: number, rounds: number) {
  await fs.mkdir(dir, { recursive: true })
  const ring = await openRing({ fs, dir, bytes: 64 * 1024 * 1024 })
  const pushed: number[] = []
  const cpu: number[] = []
  for (let round = 0; round < rounds; round++) {
    const decisions = Array.from({ length: workloads }, (_, i) => decisionOf(i, round * 15_000, rules))
    const before = process.cpuUsage()
    const begun = performance.now()
    for (const decision of decisions) ring.push(tickOf(decision))
    pushed.push(performance.now() - begun)
    await ring.drained()
    const used = process.cpuUsage(before)
    cpu.push((used.user + used.system) / 1_000)
  }
  await ring.close()
  const bytesARule = (await sizeOf(dir, /^ring-/)) / (rounds * workloads * rules)
  const query = { workload: 'workload-7', from: 0, to: rounds * 15_000 }
  const [read] = await timed(() => readFileNumbers(dir, fs, query))
  return { pushed: median(pushed), cpu: median(cpu), bytesARule, read }
}

/** Bytes of the files in a folder whose names fit. */
export async function sizeOf(dir: string, pattern: RegExp): Promise<number> {
  let sum = 0
  for (const name of await fs.readdir(dir))
    if (pattern.test(name)) sum += (await fs.stat(join(dir, name))).size
  return sum
}

async function timed<T>(work: () => Promise<T>): Promise<[Taken, T]> {
  const [begun, before] = [performance.now(), process.cpuUsage()]
  const value = await work()
  const used = process.cpuUsage(before)
  return [{ wall: performance.now() - begun, cpu: (used.user + used.system) / 1_000 }, value]
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
