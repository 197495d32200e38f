import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../../test/support/process.ts'
import { median } from './figures.ts'
import { type Size, writeFiles } from './files.ts'
import { type RunOptions, runController, runPure } from './measure.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { prepareFleet } from './prepare.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { figuresOf, type Measured, sayFigures } from './report.ts'
import { startSeries } from './series.ts'
import { firstDecision, type Start } from './starts.ts'
import type { TickWord } from './words.ts'

const SMALL: Size = { workloads: 3, rules: 3, instances: 2 }
const STARTS = 5
const PURE_ROUNDS = 40

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

function machine(): Measured['machine'] {
  const version = execFileSync('prometheus', ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
    prometheus: /prometheus, version [\d.]+/.exec(version)?.[0].replace(', version', '') ?? 'Prometheus',
    load: loadavg(),
  }
}

async function repeated(times: number, measure: () => Promise<Start>): Promise<Start> {
  const all: Start[] = []
  for (let i = 0; i < times; i++) all.push(await measure())
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)) }
}

/** Whatever happens, nothing that was started goes on. */
async function bench(options: Options, folder: string): Promise<Measured> {
  const found = machine()
  keepOffItsCore()
  const prometheus = await startPrometheus(join(folder, 'prometheus'))
  try {
    const small = await writeFiles(join(folder, 'small'), SMALL, prometheus.url, await freePort())
    const big = await writeFiles(join(folder, 'big'), options, prometheus.url, await freePort())
    const starts = await measureStarts(small, big)
    tell('pure judgements')
    const pure = await runPure(big, PURE_ROUNDS, options.rules)
    const ticks = await measureTicks(options, big, prometheus)
    const { wall, cpu } = { wall: ticks.ran.first.sinceStart, cpu: ticks.ran.first.cpuSinceStart }
    return { options, machine: found, ...ticks, pure, starts: { ...starts, again: { wall, cpu } } }
  } finally {
    await prometheus.stop()
  }
}

async function measureStarts(small: string, big: string): Promise<Pick<Measured['starts'], 'small' | 'big'>> {
  tell('start to first decision')
  // What is compiled in the first one is there for the others, as it is for all but the first start of a release.
  await firstDecision(small)
  const starts = {
    small: await repeated(STARTS, () => firstDecision(small)),
    big: await repeated(3, () => firstDecision(big)),
  }
  await rm(join(dirname(big), 'state'), { recursive: true, force: true })
  return starts
}

type Ticks = Pick<Measured, 'series' | 'ran' | 'prometheusCpu'>

async function measureTicks(options: Options, config: string, prometheus: Prometheus): Promise<Ticks> {
  tell('series')
  const series = await startSeries(options, await prepareFleet(config), prometheus)
  try {
    tell(`${series.series} series are there; ticks`)
    const { ticks, every, profile } = options
    await runController(config, { ticks: 0, every: 1 }, () => {})
    const how: RunOptions = { ticks, every, ...(profile !== undefined && { profile }) }
    const before = await prometheus.cpu()
    const ran = await runController(config, how, tellTick)
    const prometheusCpu = (1000 * ((await prometheus.cpu()) - before)) / (ticks + 1)
    return { series: series.series, ran, prometheusCpu }
  } finally {
    await series.stop()
  }
}

function tellTick({ wall, user, system, rss, requests, whole, rules, flaw }: TickWord): void {
  const flaws = whole === rules ? '' : `; ${whole} of ${rules} readings whole: ${flaw}`
  const took = `${wall.toFixed(0)} ms, CPU ${(user + system).toFixed(0)} ms`
  tell(`tick: ${took}, ${(rss / 1e6).toFixed(0)} MB, ${requests} requests${flaws}`)
}

/** Writing series is no work of the controller, so it keeps off its core. */
function keepOffItsCore(): void {
  if (availableParallelism() > 1)
    execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' })
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2))
  if (parsed.kind !== 'run') {
    if (parsed.kind === 'help') process.stdout.write(usage)
    else tell(`bench: ${parsed.why}\nTry --help.`)
    return parsed.kind === 'help' ? 0 : 2
  }
  const { options } = parsed
  const folder = await mkdtemp(join(tmpdir(), 'capuchin-bench-'))
  try {
    const measured = await bench(options, folder)
    const figures = figuresOf(measured)
    const json = `${JSON.stringify(figures, null, 2)}\n`
    if (options.report !== undefined) await writeFile(options.report, json)
    process.stdout.write(options.json ? json : `${sayFigures(figures)}\n`)
    const flawed = measured.ran.ticks.filter(({ whole, rules }) => whole < rules).length
    if (flawed === 0) return 0
    tell(`in ${flawed} ticks readings were not whole, so the figures do not count`)
    return 1
  } catch (error) {
    tell(`bench: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

process.exitCode = await main()
