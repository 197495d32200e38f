import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { beginOf, type Generated, generate, MINUTE, minutesOf, workloadName, writePlace } from './generate.ts'
import { direct, sizeOf, type Taken, throughNpm, timeCommand, timeReading, timeRing } from './measure.ts'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    workloads: { type: 'string', default: '20' },
    rules: { type: 'string', default: '3' },
    times: { type: 'string', default: '7' },
  },
})

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const say = (what: string, figure: string): void => console.log(`${what.padEnd(74)} ${figure}`)
const both = ({ wall, cpu }: Taken): string => `${ms(wall)} (${ms(cpu)} of CPU)`
const tell = (line: string): void => void process.stderr.write(`${line}\n`)

async function bench(folder: string, what: Generated, times: number): Promise<void> {
  const dir = join(folder, 'state', 'history')
  tell(`${what.records} records of ${what.workloads} workloads with ${what.rules} rules are written`)
  const begun = performance.now()
  await generate(dir, what)
  await writePlace(folder, what)
  tell(`that took ${Math.round((performance.now() - begun) / 1_000)} s`)
  const size = await sizeOf(dir, /^history-/)
  const middle = beginOf(what) + (minutesOf(what) * MINUTE) / 2 + 7_000
  const recent = what.to - 6 * 60 * MINUTE
  const workload = workloadName(7)
  const at = (time: number): string[] => ['--at', new Date(time).toISOString()]

  say('machine', `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`)
  say(
    'load of the machine (1, 5, 15 minutes)',
    loadavg()
      .map((load) => load.toFixed(1))
      .join(', '),
  )
  say(
    'records',
    `${what.records} over ${Math.round(minutesOf(what) / 1_440)} days, ${Math.round(size / 1e6)} MB`,
  )
  const reading = await timeReading(dir, workload, middle, recent)
  say('files: the decision in the middle, first reading of the process', both(reading.at))
  say('files: the same once more', both(reading.again))
  say(`files: all ${reading.listed} entries of an hour in the middle`, both(reading.hour))
  say(`files: an hour of numbers of one workload (${reading.ticks} ticks)`, both(reading.numbers))
  say('files: a name that is not in them, so that all is read', both(reading.stranger))
  say('files: opened by a controller that starts', both(reading.opening))

  const bare = timeCommand(direct(['status', '--help']), folder, times)
  say('command: node controller/main.ts status --help, for comparison', both(bare))
  for (const [name, command] of [
    ['node controller/main.ts', direct],
    ['npm run capuchin --', throughNpm],
  ] as const) {
    const config = ['--config', join(folder, 'capuchin.yaml')]
    const run = (...args: string[]): Taken => timeCommand(command([...args, ...config]), folder, times)
    say(`command: ${name} explain WORKLOAD, the newest`, both(run('explain', workload)))
    say(
      `command: ${name} explain WORKLOAD --at 6 hours ago, with a chart`,
      both(run('explain', workload, ...at(recent))),
    )
    say(`command: ${name} explain WORKLOAD --at the middle`, both(run('explain', workload, ...at(middle))))
    const hour = [
      '--from',
      new Date(middle - 60 * MINUTE).toISOString(),
      '--to',
      new Date(middle).toISOString(),
    ]
    say(`command: ${name} history, an hour in the middle`, both(run('history', ...hour)))
  }

  const ring = await timeRing(join(folder, 'ring'), 1_000, 3, 240)
  say('ring: what a tick of 1000 workloads x 3 rules waits for', ms(ring.pushed))
  say('ring: CPU of such a tick in all, with what is written behind it', ms(ring.cpu))
  say('ring: bytes a rule and tick, everything counted', ring.bytesARule.toFixed(1))
  say('ring: an hour of one of 1000 workloads is read', both(ring.read))
}

const folder = await mkdtemp(join(tmpdir(), 'capuchin-history-'))
try {
  const { records, workloads, rules, times } = values
  const to = Math.floor(Date.now() / MINUTE) * MINUTE
  const what = { records: Number(records), workloads: Number(workloads), rules: Number(rules), to }
  await bench(folder, what, Number(times))
} finally {
  await rm(folder, { recursive: true, force: true })
}
