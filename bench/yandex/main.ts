import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { freePort } from '../../test/support/process.ts'
import { type Child, startChild } from '../controller/child.ts'
import { type Ran, runController } from '../controller/measure.ts'
import { writeFiles } from './files.ts'
import { type Idle, measureIdle, measureLoad } from './idle.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { figuresOf, sayFigures } from './report.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const tell = (line: string): void => void process.stderr.write(`${line}\n`)
const ADOPTIONS = 3
/** Ticks in which all VMs should have been adopted, also on a busy machine. */
const MARGIN = 3
const EVERY = 2_000

const Filled = z.object({ config: z.string(), vms: z.number() })

interface Cloud {
  config: string
  vms: number
  child: Child
}

/** A fake cloud with so many VMs that run, and the settings and the saved state of a controller of theirs. */
async function startCloud(
  folder: string,
  { vms, workloads }: Pick<Options, 'vms' | 'workloads'>,
): Promise<Cloud> {
  const { promise, resolve, reject } = Promise.withResolvers<z.output<typeof Filled>>()
  const args = [here('cloud.ts'), folder, String(vms), String(workloads), String(await freePort())]
  await mkdir(folder, { recursive: true })
  const child = await startChild([process.execPath, ...args], 'others', (line) =>
    resolve(Filled.parse(JSON.parse(line))),
  )
  void child.ended.then((code) => reject(new Error(`the cloud ended with ${code}: ${child.lastWords()}`)))
  return { ...(await promise), child }
}

/** With nothing saved: every VM is looked at as a whole and adopted. */
async function adopt({ config }: Cloud, options: Options): Promise<Ran> {
  await rm(join(dirname(config), 'state'), { recursive: true, force: true })
  return await run(config, options, MARGIN)
}

async function run(config: string, { vms, workloads, profile }: Options, ticks: number): Promise<Ran> {
  const load = 50 * Math.floor((3 * vms) / workloads)
  const how = { ticks, every: EVERY, script: here('controller.ts'), args: [String(load)] }
  return await runController(config, { ...how, ...(profile !== undefined && { profile }) }, (tick) => {
    const parts = Object.entries(tick.parts).map(([name, took]) => `${name} ${took.toFixed(0)}`)
    tell(
      `tick: ${tick.wall.toFixed(0)} ms, CPU ${(tick.user + tick.system).toFixed(0)} ms (${parts.join(', ')})`,
    )
  })
}

async function measureFleet(options: Options, folder: string) {
  tell(`a cloud with ${options.vms} VMs`)
  const cloud = await startCloud(join(folder, 'fleet'), options)
  try {
    tell('ticks of a fleet that stands')
    const standing = await run(cloud.config, options, options.ticks + 1)
    tell('adoption from nothing')
    const adoptions: Ran[] = []
    for (let i = 0; i < ADOPTIONS; i++) adoptions.push(await adopt(cloud, options))
    return { vms: cloud.vms, standing, adoptions }
  } finally {
    await cloud.child.stop()
  }
}

async function measureIdles(folder: string): Promise<{ without: Idle; with: Idle; load: Idle }> {
  tell('a controller that has nothing to do')
  const small = { vms: 1, workloads: 1 }
  const plain = await writeFiles(join(folder, 'plain'), { ...small, port: await freePort() })
  // What is compiled in the first one is there for the others, as it is for all but the first start of a release.
  await measureIdle(plain)
  const cloud = await startCloud(join(folder, 'small'), small)
  try {
    await measureIdle(cloud.config)
    return {
      without: await measureIdle(plain),
      with: await measureIdle(cloud.config),
      load: await measureLoad(),
    }
  } finally {
    await cloud.child.stop()
  }
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
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
    load: loadavg(),
  }
  try {
    const fleet = await measureFleet(options, folder)
    const figures = figuresOf({ options, machine, ...fleet, idle: await measureIdles(folder) })
    process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : `${sayFigures(figures)}\n`)
    return 0
  } catch (error) {
    tell(`bench: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

process.exitCode = await main()
