import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { measureBrowser } from './browser.ts'
import { measureBytes } from './bytes.ts'
import { startMeasured } from './child.ts'
import { type Options, optionsOf, usage } from './options.ts'
import { type Figures, tableOf } from './report.ts'
import { measureViewers } from './viewers.ts'

const VIEWERS = [0, 1, 10, 50]
const PAGE = 'docs/benchmarks/page.md'
const [BEGIN, END] = ['<!-- figures: npm run bench:page -- --write -->', '<!-- end of figures -->']

const tell = (text: string): void => void process.stderr.write(`${text}\n`)

async function measure({ workloads, instances, ticks, loads }: Options): Promise<Figures> {
  const began = loadavg()[0] ?? 0
  const server = await startMeasured(workloads, instances)
  try {
    const idle = await server.usage()
    tell('the page is opened')
    const browser = await measureBrowser(server, loads, ticks)
    const bytes = await measureBytes(server)
    const costs = []
    for (const viewers of VIEWERS) {
      tell(`${viewers} watch`)
      costs.push(await measureViewers(server, viewers, ticks, 'gzip'))
    }
    const plain = await measureViewers(server, 1, ticks, 'identity')
    const memory = { idle, watched: await server.usage() }
    const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}, Chromium ${browser.version}`
    const load = `${began.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`
    return { workloads, instances, ticks, loads, machine, load, browser, bytes, costs, plain, memory }
  } finally {
    await server.stop()
  }
}

function write(table: string): void {
  const text = readFileSync(PAGE, 'utf8')
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined)
    throw new Error(`${PAGE} has no place for figures: ${BEGIN} and ${END}`)
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`)
}

const parsed = optionsOf(process.argv.slice(2))
if (parsed.kind === 'help') console.log(usage)
else if (parsed.kind === 'wrong') {
  console.error(`bench:page: ${parsed.why}\n\n${usage}`)
  process.exitCode = 2
} else if (parsed.options.serve !== undefined) {
  const { workloads, instances, serve } = parsed.options
  const args = ['bench/page/server.ts', workloads, instances, serve, 5_000].map(String)
  spawnSync(process.execPath, args, { stdio: 'inherit' })
} else {
  const table = tableOf(await measure(parsed.options))
  console.log(table)
  if (parsed.options.write) write(table)
}
