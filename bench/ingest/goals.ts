import type { Figures, Row } from './figures.ts'

/** Something that the gateway has to reach. `met` is undefined where nothing was measured about it. */
export interface Goal {
  goal: string
  found: string
  met: boolean | undefined
}

const HOLD_P99 = 100
const BATCH = 300_000

export function goalsOf(rows: readonly Row[], hold: Figures | undefined): Goal[] {
  return [
    holdGoal(hold),
    ...['kafka-wrk', 'kafka-closed'].flatMap((cell) => [
      ratioGoal(rows, cell, 'keep-alive'),
      ratioGoal(rows, `${cell}-close`, 'Connection: close'),
    ]),
    cpuGoal(rows, 'kafka-open', 'keep-alive, 10,000/s'),
    cpuGoal(rows, 'kafka-open-close', 'Connection: close, 4,000/s'),
    batchGoal(rows),
  ].filter(({ met }) => met !== undefined)
}

function holdGoal(hold: Figures | undefined): Goal {
  const goal = `one process holds the rate into Kafka, p99 under ${HOLD_P99} ms, nothing lost`
  if (hold === undefined) return { goal, found: '', met: undefined }
  const { latency, eventsPerSecond, failed, flaws, pace } = hold
  const p99 = latency?.p99 ?? Number.POSITIVE_INFINITY
  const found = `${Math.round(eventsPerSecond).toLocaleString('en-US')} events/s, p99 ${p99.toFixed(1)} ms, ${failed} failed, ${flaws.length === 0 ? 'books agree' : flaws.join('; ')}`
  return { goal, found, met: pace.kind === 'held' && p99 < HOLD_P99 && failed === 0 && flaws.length === 0 }
}

const likeOf = (rows: readonly Row[], name: string): Row | undefined =>
  rows.find(({ cell, contender }) => cell === name && contender === 'gateway acks=1')

function ratioGoal(rows: readonly Row[], cell: string, how: string): Goal {
  const goal = `throughput of the Go reference, acks=1 both, ${how} (${cell}); aim: 1.5 times`
  const ratio = likeOf(rows, cell)?.ratio
  if (ratio === undefined) return { goal, found: '', met: undefined }
  const { eventsPerSecond } = ratio
  return { goal, found: `${eventsPerSecond.toFixed(2)} times`, met: eventsPerSecond >= 1 }
}

function cpuGoal(rows: readonly Row[], cell: string, how: string): Goal {
  const goal = `less processor time an event than the Go reference, acks=1 both, ${how}`
  const ratio = likeOf(rows, cell)?.ratio
  if (ratio === undefined) return { goal, found: '', met: undefined }
  return { goal, found: `${ratio.cpu.toFixed(2)} times`, met: ratio.cpu < 1 }
}

function batchGoal(rows: readonly Row[]): Goal {
  const goal = `${BATCH.toLocaleString('en-US')} events/s in batches`
  const best = rows.filter(({ cell }) => cell === 'kafka-batch').map((row) => row.eventsPerSecond.median)
  if (best.length === 0) return { goal, found: '', met: undefined }
  const most = Math.max(...best)
  return { goal, found: `${Math.round(most).toLocaleString('en-US')} events/s`, met: most >= BATCH }
}
