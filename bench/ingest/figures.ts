import { type Cell, type Contender, REFERENCE } from './cells.ts'
import type { Ran } from './run.ts'

/** What one run came to. Times in ms, processor time in microseconds an event, memory in bytes. */
export interface Figures {
  cell: string
  contender: Contender
  round: number
  load: number
  eventsPerSecond: number
  latency?: { mean: number; p50: number; p99: number; p999: number; max: number }
  /** Requests of the measured stretch that were not answered by 200. */
  failed: number
  failures: readonly { why: string; times: number }[]
  cpu: { server: number; generator?: number; broker?: number }
  rss: number
  /** Share of the stretch that the generator was at work. */
  generatorBusy?: number
  pace: Ran['done']['stretch']['pace']
  books: Books
  /** Why the run does not say what it should. */
  flaws: readonly string[]
}

/** What clients were told against what is in Kafka. `stored` is missing where there is no Kafka. */
export interface Books {
  acknowledged: number
  refused: number
  unsure: number
  stored?: number
}

/** Where the generator is at work for so much of the time, latencies and rates are its own. */
const TOO_BUSY = 0.95

export function figuresOf({ cell, contender, round, load, done, grown }: Ran): Figures {
  const { stretch, acknowledged, refused, unsure, failures } = done
  const { took, events, failed, latency, cpu, rss, pace, busy } = stretch
  const each = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : (1_000 * ms) / events
  const { generator, broker } = { generator: each(cpu['generator']), broker: each(cpu['broker']) }
  const books = { acknowledged, refused, unsure, ...(grown !== undefined && { stored: grown }) }
  return {
    ...{ cell: cell.name, contender, round, load, failed, failures, pace, books },
    eventsPerSecond: (1_000 * events) / took,
    ...(latency !== undefined && { latency }),
    cpu: {
      server: each(cpu['server']) ?? Number.NaN,
      ...(generator !== undefined && { generator }),
      ...(broker !== undefined && { broker }),
    },
    rss: rss['server'] ?? Number.NaN,
    ...(busy !== undefined && { generatorBusy: busy }),
    flaws: [...flawsOfBooks(books), ...flawsOfPace(pace), ...flawsOfGenerator(busy, cell)],
  }
}

/** An acknowledged event that is missing is a loss; more in Kafka than acknowledged and unsure is a duplicate. */
export function flawsOfBooks({ acknowledged, unsure, stored }: Books): string[] {
  if (stored === undefined) return []
  if (stored < acknowledged) return [`LOST: ${acknowledged - stored} acknowledged events are not in Kafka`]
  const most = acknowledged + unsure
  return stored > most ? [`${stored - most} events are in Kafka twice`] : []
}

function flawsOfPace(pace: Figures['pace']): string[] {
  if (pace.kind !== 'short') return []
  const why = pace.because === 'server' ? 'the server was too slow' : 'the generator itself was too slow'
  return [`rate not held: ${pace.sent} of ${pace.due} requests sent in time, ${why}`]
}

function flawsOfGenerator(busy: number | undefined, { into }: Cell): string[] {
  if (busy === undefined || busy < TOO_BUSY || into === 'nothing') return []
  return [`the generator was at work for ${Math.round(100 * busy)} % of the time: the figure may be its own`]
}

export const isLoss = (flaw: string): boolean => flaw.startsWith('LOST')

/** A contender in a cell over all rounds: medians, and for the rate its range. Ratios are the median of those of each round. */
export interface Row {
  cell: string
  contender: Contender
  rounds: number
  /** Load average of the machine before the runs. */
  load: number
  eventsPerSecond: { median: number; least: number; most: number }
  p50: number
  p99: number
  p999: number
  failed: number
  cpu: { server: number; generator: number; broker: number }
  rss: number
  /** To the reference of the same cell and round: events/s, and processor time an event. */
  ratio?: { eventsPerSecond: number; cpu: number }
  flaws: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** In the order of the runs. */
export function rowsOf(runs: readonly Figures[]): Row[] {
  const groups = Map.groupBy(runs, ({ cell, contender }) => `${cell} ${contender}`)
  return [...groups.values()].map((group) => rowOf(group, runs))
}

function rowOf(group: readonly Figures[], runs: readonly Figures[]): Row {
  const of = (value: (run: Figures) => number | undefined): number =>
    median(group.map(value).filter((number) => number !== undefined))
  const rates = group.map(({ eventsPerSecond }) => eventsPerSecond)
  const { cell = '', contender = REFERENCE } = group[0] ?? {}
  const ratio = contender === REFERENCE ? undefined : ratioOf(group, runs)
  return {
    ...{ cell, contender, rounds: group.length, load: of(({ load }) => load) },
    eventsPerSecond: { median: median(rates), least: Math.min(...rates), most: Math.max(...rates) },
    p50: of(({ latency }) => latency?.p50),
    p99: of(({ latency }) => latency?.p99),
    p999: of(({ latency }) => latency?.p999),
    failed: group.reduce((sum, { failed }) => sum + failed, 0),
    cpu: {
      server: of(({ cpu }) => cpu.server),
      generator: of(({ cpu }) => cpu.generator),
      broker: of(({ cpu }) => cpu.broker),
    },
    rss: of(({ rss }) => rss),
    ...(ratio !== undefined && { ratio }),
    flaws: group.flatMap(({ flaws, round }) => flaws.map((flaw) => `round ${round + 1}: ${flaw}`)),
  }
}

function ratioOf(group: readonly Figures[], runs: readonly Figures[]): Row['ratio'] {
  const pairs = group.flatMap((run) => {
    const is = ({ cell, contender, round }: Figures): boolean =>
      cell === run.cell && round === run.round && contender === REFERENCE
    const reference = runs.find(is)
    return reference === undefined ? [] : [{ run, reference }]
  })
  if (pairs.length === 0) return undefined
  return {
    eventsPerSecond: median(
      pairs.map(({ run, reference }) => run.eventsPerSecond / reference.eventsPerSecond),
    ),
    cpu: median(pairs.map(({ run, reference }) => run.cpu.server / reference.cpu.server)),
  }
}
