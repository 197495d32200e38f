import kafkajs, { type Message, type Producer } from 'kafkajs'
import { createFailures } from '../../../ingest/consumer/failures.ts'
import { createLagBook } from '../../../ingest/consumer/lag-book.ts'
import { parseOptions } from '../../../ingest/consumer/options.ts'
import { startPipeline } from '../../../ingest/consumer/pipeline.ts'
import type { Transform } from '../../../ingest/consumer/transform.ts'
import type { Broker } from '../../support/kafka.ts'
import { until } from '../../support/until.ts'
import { createMemorySink } from './memory.ts'

/** Sessions as short as tests on a busy machine allow. */
const SHORT = ['--session-timeout', '6s', '--rebalance-timeout', '10s', '--grace', '10s']

/** A member of a group in this process, with a sink in memory: all of the consumer but its HTTP side. */
export const startMember = (
  broker: Broker,
  topic: string,
  more: readonly string[] = [],
  transform?: Transform,
) => {
  const flags = ['--sink', 'stdout', '--kafka', broker.address, '--topic', topic, '--group', topic, ...SHORT]
  const parsed = parseOptions([...flags, ...more])
  if (parsed.kind !== 'run') throw new Error(`wrong flags: ${JSON.stringify(parsed)}`)
  const sink = createMemorySink()
  const book = createLagBook()
  const failures = createFailures({ failed: () => {}, recovered: () => {} })
  const told = { joins: 0, read: 0, dropped: 0, dead: 0, notLeft: 0, again: 0 }
  const pipeline = startPipeline({
    options: parsed.options,
    name: `member-of-${topic}`,
    sink,
    transform,
    book,
    failures,
    observer: {
      read: (events, dropped) => {
        told.read += events
        told.dropped += dropped
      },
      written: () => {},
      deadLettered: () => {
        told.dead += 1
      },
      carried: () => {},
      notCommitted: (events) => {
        told.again += events
      },
      joined: () => {
        told.joins += 1
      },
      notLeft: () => {
        told.notLeft += 1
      },
    },
    clientLog: () => {},
    now: () => performance.now(),
    random: Math.random,
  })
  const leave = async () => {
    await pipeline.leave()
    await pipeline.close()
  }
  return { sink, book, failures, told, pipeline, leave }
}

export type Member = ReturnType<typeof startMember>

/** Starts a member and waits until it is in the group. */
export const joinGroup = async (...plan: Parameters<typeof startMember>): Promise<Member> => {
  const member = startMember(...plan)
  await untilJoined(member)
  return member
}

export const untilJoined = (member: Member) =>
  until(() => member.told.joins > 0, { what: 'the member to join', within: 30_000 })

/** Waits for what a busy machine takes its time for. */
export const eventually = (check: () => boolean | Promise<boolean>, what: string) =>
  until(check, { what, within: 30_000 })

/** A producer of the test, to be disconnected by it. */
export const connectProducer = async ({ address }: Broker): Promise<Producer> => {
  const client = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  return producer
}

/** The events {"n":FIRST} ... with ids, over so many partitions in turn. */
export const numbered = (first: number, count: number, partitions: number): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    value: `{"n":${first + index}}`,
    partition: (first + index) % partitions,
    headers: { id: `id-${first + index}` },
  }))

/** Produces numbered events all the time, some thousand a second, until told to stop; that answers how many. */
export const produceOn = async (
  broker: Broker,
  topic: string,
  partitions: number,
): Promise<() => Promise<number>> => {
  const producer = await connectProducer(broker)
  let count = 0
  let on = true
  const producing = (async () => {
    while (on) {
      await producer.send({ topic, messages: numbered(count, 50, partitions) })
      count += 50
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  })()
  return async () => {
    on = false
    await producing
    await producer.disconnect()
    return count
  }
}

/** Which of the numbers 0 ... COUNT-1 are missing. */
export const missing = (
  rows: readonly { event: Readonly<Record<string, unknown>> }[],
  count: number,
): number[] => {
  const seen = new Set(rows.map(({ event }) => event['n']))
  return Array.from({ length: count }, (_, n) => n).filter((n) => !seen.has(n))
}
