import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import { isInstalled } from '../../scripts/servers.ts'
import { cleanUp } from '../../test/support/process.ts'
import { compileRelay } from './measure.ts'
import { memoryStates, type State } from './memory.ts'
import { type Cell, type Run, runOnce, type Way } from './throughput.ts'

const usage = `npm run bench:relay -- [options]

  --rounds N      how often each way takes its turn (5)
  --seconds N     how long a round of a given rate takes (10)
  --buffered N    lines that wait in the buffer when its memory is measured (2000000)
  --write         writes the figures into docs/benchmarks/relay.md
  --help          prints this`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    buffered: { type: 'string', default: '2000000' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)

const PAGE = new URL('../../docs/benchmarks/relay.md', import.meta.url)
const HEADING = '## Figures\n'

const cells: Cell[] = [
  { name: '1,000 lines/s', rate: 1_000, lines: 1_000 * seconds, sink: 'counting' },
  { name: '10,000 lines/s', rate: 10_000, lines: 10_000 * seconds, sink: 'counting' },
  { name: 'as fast as it goes', rate: 0, lines: 50_000 * seconds, sink: 'counting' },
  { name: 'as fast as it goes, into carbon', rate: 0, lines: 10_000 * seconds, sink: 'carbon' },
]

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
const tell = (text: string): void => void process.stderr.write(`${text}\n`)
const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** Both ways take turns, forwards and backwards. */
async function compare(cell: Cell): Promise<string> {
  const runs: Record<Way, Run[]> = { 'plain socket': [], relay: [] }
  for (let round = 0; round < rounds; round++) {
    const order: Way[] = round % 2 === 0 ? ['plain socket', 'relay'] : ['relay', 'plain socket']
    for (const way of order) {
      runs[way].push(await runOnce(cell, way))
      tell(`${cell.name}, round ${round + 1}, ${way}: ${whole(runs[way].at(-1)?.arrived ?? 0)} lines/s`)
    }
  }
  const of = (way: Way, value: (run: Run) => number): number => median(runs[way].map(value))
  const ratio = median(
    runs.relay.map((run, at) => run.arrived / (runs['plain socket'][at]?.arrived ?? Number.NaN)),
  )
  return [
    cell.name,
    whole(of('plain socket', (run) => run.arrived)),
    whole(of('relay', (run) => run.arrived)),
    ratio.toFixed(2),
    of('relay', (run) => run.relayCpu).toFixed(2),
    of('plain socket', (run) => run.sinkCpu).toFixed(2),
    of('relay', (run) => run.sinkCpu).toFixed(2),
    whole(of('relay', (run) => run.peak)),
  ].join(' | ')
}

const stateRow = ({ name, resident, own, peak, cpu }: State): string =>
  [name, whole(resident), whole(own), whole(peak), cpu === undefined ? '' : `${cpu.toFixed(1)} %`].join(' | ')

async function figures(): Promise<string> {
  await compileRelay()
  const load = loadavg().map((value) => value.toFixed(2))
  const conditions = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores for generator, relay and sink together, Linux ${release()}, Node ${process.versions.node}; load average before: ${load.join(' ')}; ${new Date().toISOString().slice(0, 16).replace('T', ' ')}; ${rounds} rounds`
  const rows: string[] = []
  for (const cell of cells) {
    if (cell.sink === 'carbon' && !isInstalled('graphite-carbon', process.env))
      tell('there is no carbon here, so that is left out')
    else rows.push(await compare(cell))
  }
  const states = await memoryStates(seconds, Number(values.buffered))
  return [
    conditions,
    '',
    '| load | plain socket, lines/s | relay, lines/s | ratio | relay: CPU ms / 1,000 lines | sink behind plain socket | sink behind relay | relay: most memory, MB |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
    '',
    '| state of the relay | resident MB | of it its own | most so far | CPU of a core |',
    '|---|---:|---:|---:|---:|',
    ...states.map((state) => `| ${stateRow(state)} |`),
    '',
  ].join('\n')
}

async function run(): Promise<void> {
  try {
    const text = await figures()
    console.log(text)
    if (!values.write) return
    const page = await readFile(PAGE, 'utf8')
    await writeFile(PAGE, `${page.slice(0, page.indexOf(HEADING) + HEADING.length)}\n${text}`)
  } finally {
    await cleanUp()
  }
}

if (values.help) console.log(usage)
else await run()
