import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Decision } from '../../controller/decision/decision.ts'
import { openFileHistory, readFileHistory, readFileNumbers } from '../../controller/history/file.ts'
import { decisionOf, MINUTE } from './generate.ts'

/** The median of some runs of a command, in ms, from its start to its end; throws when it fails. */
export function timeCommand(argv: readonly string[], cwd: string, times: number, code = 0): number {
  const [command = '', ...rest] = argv
  const taken: number[] = []
  for (let i = 0; i < times; i++) {
    const begun = performance.now()
    const { status, stderr } = spawnSync(command, rest, { cwd, encoding: 'utf8' })
    taken.push(performance.now() - begun)
    if (status !== code) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`)
  }
  return median(taken)
}

/** As an operator types it: npm, the check of Node, and the command. */
export const throughNpm = (args: readonly string[]): string[] => [
  'npm',
  ...['run', '--silent', '--prefix', resolve('.'), 'capuchin', '--', ...args],
]

export const direct = (args: readonly string[]): string[] => [
  process.execPath,
  resolve('controller/main.ts'),
  ...args,
]

/** How long the files are read for, in ms, in a process that has done nothing else. */
export async function timeReading(dir: string, workload: string, middle: number, ticksAt: number) {
  const [at, entries] = await timed(() =>
    readFileHistory(dir, fs, { workload, kind: 'decision', to: middle, limit: 1 }),
  )
  const [hour, listed] = await timed(() =>
    readFileHistory(dir, fs, { from: middle - 60 * MINUTE, to: middle, limit: 10_000 }),
  )
  const query = { workload, from: ticksAt - 60 * MINUTE, to: ticksAt }
  const [numbers, ticks] = await timed(() => readFileNumbers(dir, fs, query))
  const [stranger] = await timed(() => readFileHistory(dir, fs, { workload: 'nobody', limit: 1 }))
  return { at, found: entries.length, hour, listed: listed.length, numbers, ticks: ticks.length, stranger }
}

/** What a tick of so many workloads pays for its history, in ms: the calls, and all that is done in the background. */
export async function timeTick(dir: string, workloads: number, rules: number, rounds: number) {
  const outcome = await openFileHistory({ dir, fs, now: () => 0 })
  if (outcome.kind === 'refused') throw new Error(outcome.detail)
  const { history } = outcome
  const calls: number[] = []
  const cpu: number[] = []
  for (let round = 0; round < rounds; round++) {
    const decisions: Decision[] = []
    for (let i = 0; i < workloads; i++) decisions.push(decisionOf(i, round * 15_000, rules))
    const before = process.cpuUsage()
    const begun = performance.now()
    for (const decision of decisions) history.decided(decision)
    calls.push(performance.now() - begun)
    await history.flush()
    const used = process.cpuUsage(before)
    cpu.push((used.user + used.system) / 1_000)
  }
  const [read] = await timed(() => history.numbers({ workload: 'workload-7', from: 0, to: rounds * 15_000 }))
  await history.close()
  const size = await sizeOf(dir, /^ring-/)
  return { calls: median(calls), cpu: median(cpu), bytesARule: size / (rounds * workloads * rules), read }
}

/** Bytes of the files in a folder whose names fit. */
export async function sizeOf(dir: string, pattern: RegExp): Promise<number> {
  let sum = 0
  for (const name of await fs.readdir(dir))
    if (pattern.test(name)) sum += (await fs.stat(join(dir, name))).size
  return sum
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const begun = performance.now()
  const value = await work()
  return [performance.now() - begun, value]
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
