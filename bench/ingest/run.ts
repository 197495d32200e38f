import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker } from '../../test/support/kafka.ts'
import { runGenerator } from './load/child.ts'
import type { Done, Order } from './load/order.ts'
import { useOf } from './load/processor.ts'
import { runWrk } from './load/wrk.ts'
import type { Turn } from './rounds.ts'
import { type Server, startServer } from './servers.ts'

/** What runs are made with. Durations in ms. */
export interface Bench {
  broker: Broker | undefined
  reference: string | undefined
  profile: string | undefined
  warmUp: number
  measured: number
  /** How a run goes, for somebody who waits. */
  tell(text: string): void
  /** Says which events a run left in Kafka, apart from what other runs left. */
  topicFor(turn: Turn): string
}

/** One run. `load`: the load average of the last minute before it. `grown`: events that it left in Kafka. */
export interface Ran extends Turn {
  load: number
  done: Done
  grown: number | undefined
}

export const PARTITIONS = 3

const ANSWER_WITHIN = 5_000

/** Starts the server anew with a topic of its own, loads it, and counts what is in the topic afterwards. */
export async function run(turn: Turn, bench: Bench): Promise<Ran> {
  const load = loadavg()[0] ?? Number.NaN
  const topic = bench.topicFor(turn)
  if (turn.cell.into !== 'kafka') {
    const done = await against(turn, bench, topic)
    return { ...turn, load, done, grown: undefined }
  }
  const broker = brokerOf(bench)
  await broker.createTopic(topic, PARTITIONS)
  const done = await against(turn, bench, topic)
  const grown = (await broker.endOffsets(topic)).reduce((sum, end) => sum + end, 0)
  await broker.deleteTopic(topic)
  return { ...turn, load, done, grown }
}

async function against(turn: Turn, bench: Bench, topic: string): Promise<Done> {
  const server = await start(turn, bench, topic)
  try {
    const order = orderOf(turn, bench, server)
    if (turn.cell.generator === 'wrk') return await runWrk(order)
    return await runGenerator(order, ({ at, acknowledged }) => {
      bench.tell(`${(at / 1_000).toFixed(0)} s, ${acknowledged.toLocaleString('en-US')} acknowledged`)
    })
  } finally {
    await server.stop()
  }
}

const start = ({ cell, contender }: Turn, { broker, reference, profile }: Bench, topic: string) => {
  const kafka = cell.into !== 'kafka' || broker === undefined ? undefined : { address: broker.address, topic }
  return startServer(contender, { kafka, reference, profile })
}

function orderOf({ cell }: Turn, { broker, warmUp, measured }: Bench, server: Server): Order {
  const { shape, connection, loop, connections } = cell
  const watched = { server: server.pid, ...(broker !== undefined && { broker: broker.pid() }) }
  return {
    ...{ host: '127.0.0.1', port: server.port, shape, connection, loop, connections },
    ...{ warmUp, measured, answerWithin: ANSWER_WITHIN, watched },
  }
}

function brokerOf({ broker }: Bench): Broker {
  if (broker === undefined) throw new Error('there is no Kafka')
  return broker
}

/** Processor time of a server that nobody asks anything, percent of a core, and its resident memory, bytes. */
export interface Idle {
  cpu: number
  rss: number
}

const SETTLE = 3_000
const IDLE_FOR = 5_000

export async function idle(turn: Turn, bench: Bench): Promise<Idle> {
  const topic = bench.topicFor(turn)
  await bench.broker?.createTopic(topic, PARTITIONS)
  const server = await start(turn, bench, topic)
  try {
    await sleep(SETTLE)
    const before = useOf(server.pid)
    await sleep(IDLE_FOR)
    const after = useOf(server.pid)
    return { cpu: (100 * (after.cpu - before.cpu)) / IDLE_FOR, rss: after.rss }
  } finally {
    await server.stop()
    await bench.broker?.deleteTopic(topic)
  }
}
