import type { Broker } from '../../test/support/kafka.ts'
import { CELLS, type Cell, CLIENT_CELLS, type Contender, holdCell, REFERENCE } from './cells.ts'
import { type Figures, figuresOf, rowsOf } from './figures.ts'
import { goalsOf } from './goals.ts'
import type { Conditions } from './machine.ts'
import type { Options } from './options.ts'
import { type Turn, turnsOf } from './rounds.ts'
import { type Bench, idle, run } from './run.ts'
import type { Found } from './tables.ts'

/** What is there to measure with, and what is wanted. */
export interface Plan {
  options: Options
  conditions: Conditions
  broker: Broker | undefined
  /** The program of the reference. */
  reference: string | undefined
  wrk: boolean
  tell(line: string): void
}

const WARM_UP = { seconds: 5, rate: 5_000 }
const IDLE: readonly Contender[] = ['gateway acks=all', REFERENCE]
const IDLE_CLIENTS: readonly Contender[] = ['gateway acks=all', 'gateway on kafkajs']

/** Measures everything that was asked for, one run after the other. */
export async function measure(plan: Plan): Promise<Found> {
  const { options, conditions } = plan
  const missing: string[] = []
  if (plan.broker !== undefined) await attempt('warming Kafka up', missing, plan, () => warmUp(plan))
  const runs = options.hold === 'alone' ? [] : await runAll(plan, missing)
  const resting = options.hold === 'alone' || options.only !== '' ? [] : await idleAll(plan, missing)
  const isHeld =
    options.hold === 'alone' || (options.hold === 'with' && !options.clients && 'hold'.includes(options.only))
  const hold = isHeld && plan.broker !== undefined ? await holdRun(plan, missing) : undefined
  const rows = rowsOf(runs)
  return {
    ...{ conditions, options, runs, rows, idle: resting, missing },
    ...(hold !== undefined && { hold }),
    goals: goalsOf(rows, hold),
  }
}

/** Kafka is a JVM: what it has not done for a while is slow at first. These figures count for nothing. */
async function warmUp(plan: Plan): Promise<void> {
  const cell = holdCell(WARM_UP.rate)
  const turn: Turn = { cell, contender: 'gateway acks=all', round: 0 }
  await run(turn, benchOf(plan, 'warming Kafka up', 1_000, WARM_UP.seconds * 1_000))
}

async function runAll(plan: Plan, missing: string[]): Promise<Figures[]> {
  const { options, tell } = plan
  const cells = (options.clients ? CLIENT_CELLS : CELLS).filter(
    (cell) => cell.name.includes(options.only) && isPossible(cell, plan),
  )
  const turns = turnsOf(
    cells,
    options.rounds,
    (contender) => contender !== REFERENCE || plan.reference !== undefined,
  )
  const runs: Figures[] = []
  for (const [index, turn] of turns.entries()) {
    const what = `${index + 1}/${turns.length} ${turn.cell.name}, ${turn.contender}`
    const bench = benchOf(plan, what, options.warmUp * 1_000, options.seconds * 1_000)
    const ran = await attempt(what, missing, plan, () => run(turn, bench))
    if (ran === undefined) continue
    const figures = figuresOf(ran)
    runs.push(figures)
    tell(`${what}: ${shortly(figures)}`)
  }
  return runs
}

const isPossible = ({ into, generator }: Cell, { broker, wrk }: Plan): boolean =>
  (into !== 'kafka' || broker !== undefined) && (generator !== 'wrk' || wrk)

async function idleAll(plan: Plan, missing: string[]): Promise<Found['idle'][number][]> {
  const all: Found['idle'][number][] = []
  if (plan.broker === undefined) return all
  for (const contender of plan.options.clients ? IDLE_CLIENTS : IDLE) {
    if (contender === REFERENCE && plan.reference === undefined) continue
    const what = `idle, ${contender}`
    plan.tell(what)
    const turn: Turn = { cell: holdCell(1), contender, round: 0 }
    const found = await attempt(what, missing, plan, () => idle(turn, benchOf(plan, what, 0, 0)))
    if (found !== undefined) all.push({ contender, ...found })
  }
  return all
}

async function holdRun(plan: Plan, missing: string[]): Promise<Figures | undefined> {
  const { options, tell } = plan
  const turn: Turn = { cell: holdCell(options.holdRate), contender: 'gateway acks=all', round: 0 }
  const what = `hold, ${turn.contender}, ${options.holdSeconds} s`
  const bench = benchOf(plan, what, options.warmUp * 1_000, options.holdSeconds * 1_000)
  const ran = await attempt(what, missing, plan, () => run(turn, bench))
  if (ran === undefined) return undefined
  const figures = figuresOf(ran)
  tell(`${what}: ${shortly(figures)}`)
  return figures
}

/** What fails is told and left out: the others are measured all the same. */
async function attempt<T>(
  what: string,
  missing: string[],
  { tell }: Plan,
  action: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    const why = `${what}: ${error instanceof Error ? error.message : String(error)}`
    tell(why)
    missing.push(why)
    return undefined
  }
}

let topics = 0

function benchOf(
  { broker, reference, options, tell }: Plan,
  what: string,
  warm: number,
  measured: number,
): Bench {
  let told = 0
  return {
    ...{ broker, reference, profile: options.profile, warmUp: warm, measured },
    tell(text) {
      told++
      if (told % 10 === 0) tell(`${what}: ${text}`)
    },
    topicFor: () => `bench-${++topics}`,
  }
}

function shortly({ eventsPerSecond, latency, failed, cpu, flaws }: Figures): string {
  const rate = `${Math.round(eventsPerSecond).toLocaleString('en-US')} events/s`
  const times =
    latency === undefined ? '' : `, p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`
  const flawed = flaws.map((flaw) => `; ${flaw}`).join('')
  return `${rate}${times}, CPU ${cpu.server.toFixed(1)} us/event, ${failed} failed${flawed}`
}
