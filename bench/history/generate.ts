import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { Decision, RuleNumbers } from '../../controller/decision/decision.ts'
import { pathOf } from '../../controller/history/files.ts'
import type { DecisionEntry } from '../../controller/history/history.ts'
import { formatLine } from '../../controller/history/line.ts'
import { tickOf } from '../../controller/history/ring/tick.ts'
import { openRing } from '../../controller/history/ring/writer.ts'

/** What is generated: so many records of so many workloads with so many rules each, up to a time (epoch ms). */
export interface Generated {
  records: number
  workloads: number
  rules: number
  to: number
}

export const MINUTE = 60_000
const TICK = 15_000
/** A decision holds for so many minutes, and is written in each of them. */
const RUN = 30
/** As large as a controller lets a file grow. */
const FILE = 16 * 1024 * 1024

export const workloadName = (index: number): string => `workload-${index}`

/** Every workload leaves a record a minute, as a controller does that decides the same for half an hour. */
export const minutesOf = ({ records, workloads }: Generated): number => Math.ceil(records / workloads)

export const beginOf = (what: Generated): number => what.to - minutesOf(what) * MINUTE

/** Writes the files of a history, each record in the form that a controller writes, and the numbers beside it. */
export async function generate(dir: string, what: Generated): Promise<void> {
  await fs.mkdir(dir, { recursive: true })
  let lines: string[] = []
  let size = 0
  let number = 0
  const write = async (): Promise<void> => {
    await fs.writeFile(pathOf(dir, ++number), lines.join(''))
    lines = []
    size = 0
  }
  for (let minute = 0; minute < minutesOf(what); minute++) {
    for (let i = 0; i < what.workloads; i++) {
      const line = formatLine(recordOf(i, minute, what))
      if (size + line.length > FILE) await write()
      lines.push(line)
      size += line.length
    }
  }
  await write()
  await generateNumbers(dir, what)
}

function recordOf(index: number, minute: number, what: Generated): DecisionEntry {
  const first = minute - (minute % RUN)
  const at = beginOf(what) + minute * MINUTE
  const decision = decisionOf(index, at, what.rules)
  const spans = decision.rules.flatMap(({ name, load = 0, level = 0 }) => [
    [`${name}.load`, { min: load * 0.9, max: load }] as const,
    [`${name}.level`, { min: level * 0.9, max: level }] as const,
    [`${name}.coverage`, { min: 0.95, max: 1 }] as const,
  ])
  return {
    ...{ kind: 'decision', version: 1, id: `1.0-${first}-${index}`, workload: workloadName(index) },
    ...{ first: beginOf(what) + first * MINUTE, last: at, count: 1 + ((minute % RUN) * MINUTE) / TICK },
    ...{ decision, spans: Object.fromEntries(spans) },
  }
}

/** As many ticks as the ring keeps. */
async function generateNumbers(dir: string, what: Generated): Promise<void> {
  const bytes = 64 * 1024 * 1024
  const ring = await openRing({ fs, dir, bytes })
  const ticks = Math.min((minutesOf(what) * MINUTE) / TICK, bytes / (what.workloads * 16 * what.rules))
  for (let tick = Math.floor(ticks); tick >= 0; tick--) {
    const at = what.to - tick * TICK
    for (let i = 0; i < what.workloads; i++) ring.push(tickOf(decisionOf(i, at, what.rules)))
    await ring.drained()
  }
  await ring.close()
}

/** A decision in the middle of its band, with numbers that move. */
export function decisionOf(index: number, at: number, rules: number): Decision {
  const size = 3 + (index % 5)
  const numbers = Array.from({ length: rules }, (_, i) => ruleOf(i, size, at))
  const workload = workloadName(index)
  const said = numbers.map(({ name, proposal }) => `${name} ${proposal.why}`).join('; ')
  return {
    ...{ workload, pool: 'local', at, min: 2, max: 12, size, wanted: size, granted: size },
    counts: { ready: size, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
    ...{ reason: 'inside-band', sentence: `${workload} stays at ${size}: ${said}` },
    ...{ rules: numbers, clamps: [], next: {}, alarms: [] },
  }
}

function ruleOf(index: number, size: number, at: number): RuleNumbers {
  const level = 50 + 15 * Math.sin(at / 1_800_000 + index)
  return {
    ...{ name: `rule-${index}`, strategy: 'integral', unit: '%', reading: 'whole' },
    ...{ load: level * size, level, coverage: 0.98, newest: at - TICK },
    band: { above: 70, below: 30 },
    proposal: { kind: 'stay', why: `${level.toFixed(1)} % is inside 30 to 70 % (5m mean)` },
  }
}

/** Settings and policies beside the history, so that commands can be asked. */
export async function writePlace(folder: string, { workloads, rules }: Generated): Promise<void> {
  await fs.mkdir(join(folder, 'policies'), { recursive: true })
  const settings = `sources: { main: { type: scrape, interval: 15s } }
pools: { local: { provider: process, slots: 100, hosts: { min: 1, max: ${workloads} } } }
server: { listen: "127.0.0.1:1" }
`
  await fs.writeFile(join(folder, 'capuchin.yaml'), settings)
  const rule = (i: number): string =>
    `  - { name: rule-${i}, source: main, query: "avg(rate(busy_${i}[1m]))", per: workload, window: 5m, integral: { above: 70, below: 30 } }`
  for (let i = 0; i < workloads; i++) {
    const policy = `workload: ${workloadName(i)}
pool: local
run: { command: [node, serve.ts, --port, "\${port}"], slots: 1, probe: { http: /ready, every: 5s } }
size: { min: 2, max: 12 }
rules:
${Array.from({ length: rules }, (_, each) => rule(each)).join('\n')}
`
    await fs.writeFile(join(folder, 'policies', `${workloadName(i)}.yaml`), policy)
  }
}
