import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Graphite, startGraphite } from '../../test/support/graphite.ts'
import { freePort, type Running, start, tempFolder } from '../../test/support/process.ts'
import { until } from '../../test/support/until.ts'

const here = (name: string): string => new URL(name, import.meta.url).pathname

/** What takes the lines in the end. */
export interface Sink {
  port: number
  pid(): number
  /** How many lines have come, where that is known. */
  lines(): number | undefined
  stop(): Promise<void>
}

export async function countingSink(port?: number): Promise<Sink> {
  const own = port ?? (await freePort())
  const running = await start([process.execPath, here('sink.ts'), String(own)])
  await until(() => running.stdout().length > 0, { what: 'the sink', within: 30_000 })
  return {
    port: own,
    pid: () => running.pid,
    lines: () => Number(running.stdout().trim().split('\n').at(-1)),
    stop: async () => void (await running.stop()),
  }
}

/** A real carbon, which says only by closing a connection that it has read it. */
export async function carbonSink(): Promise<Sink> {
  const { port, carbon }: Graphite = await startGraphite()
  return { port, pid: carbon.pid, lines: () => undefined, stop: () => carbon.kill() }
}

export interface Relay {
  pid: number
  port: number
  metric(name: string): Promise<number>
  stop(): Promise<void>
}

/** As in the image, where it is compiled beforehand. */
export async function compileRelay(): Promise<void> {
  compiled = await tempFolder('bench-compiled')
  await (await start([process.execPath, RELAY, '--help'], { env: { NODE_COMPILE_CACHE: compiled } })).exited
}

const RELAY = here('../../relay/main.ts')
let compiled: string | undefined

export async function startRelay(graphite: number, ...more: string[]): Promise<Relay> {
  const [port, http, dir] = await Promise.all([freePort(), freePort(), tempFolder('bench-relay')])
  const where = ['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${http}`]
  const what = [
    '--graphite',
    `127.0.0.1:${graphite}`,
    '--dir',
    dir,
    '--report',
    'off',
    '--client-rate',
    '1000000',
  ]
  const running: Running = await start([
    process.execPath,
    here('../../relay/main.ts'),
    ...what,
    ...where,
    ...more,
  ])
  const metric = async (name: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${http}/metrics`)
    const found = new RegExp(`^capuchin_relay_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await answer.text())
    return Number(found?.[1] ?? Number.NaN)
  }
  const isThere = async () => Number.isFinite(await metric('lines_waiting'))
  await until(isThere, { within: 30_000, what: 'the relay' })
  const stop = async () => void (await running.stop(15_000))
  return { pid: running.pid, port, metric, stop }
}

export const generate = (port: number, lines: number, rate: number): Promise<Running> =>
  start([process.execPath, here('generator.ts'), String(port), String(lines), String(rate)])

/** User and system time of a process so far, in ms. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Memory of a process in MB: all of it, what is its own alone, and the most so far. */
export function memoryOf(pid: number): { resident: number; own: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1_000
  return { resident: of('VmRSS'), own: of('RssAnon'), peak: of('VmHWM') }
}

export { sleep }
