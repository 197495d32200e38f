import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import snappy from 'kafkajs-snappy'
import { type BrokerCommands, prepareBroker, QUICK_JVM } from '../../scripts/kafka/broker.ts'
import { findKafka } from '../../scripts/kafka/home.ts'
import { freePorts } from './ports.ts'
import { type Running, start, tempFolder } from './process.ts'
import { until } from './until.ts'

const { CompressionCodecs, CompressionTypes, Kafka: Client, logLevel } = kafkajs

/** A record as it stands in a topic. */
export type Stored = { partition: number; offset: number; value: Buffer; headers: Record<string, string> }

/** A real Kafka of one node on loopback. Its port and its data stay the same over stop or kill and start. */
export type Broker = {
  /** host:port that clients are given. */
  address: string
  /** The port that it listens on, which differs from that of `address` where something stands in front of it. */
  port: number
  pid(): number
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>
  addPartitions(topic: string, count: number): Promise<void>
  deleteTopic(name: string): Promise<void>
  /** By partition. */
  endOffsets(topic: string): Promise<number[]>
  /** By partition; undefined where the group has committed nothing. */
  committed(group: string, topic: string): Promise<(number | undefined)[]>
  /** Client ids of those who are in the group now. */
  members(group: string): Promise<string[]>
  /** All records up to the present end. */
  readAll(topic: string): Promise<Stored[]>
  /** Ends it in order (SIGTERM). */
  stop(): Promise<void>
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void>
  /** Stops it answering while its port stays open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts it again after stop or kill, on the same port and data. */
  start(): Promise<void>
}

/**
 * `port`: the port that it listens on, a free one by default; `advertise`: the port that clients are told to use, where
 * what stands in front of it has to listen already; `settings`: of server.properties, beyond the usual ones;
 * `jvm`: options of the JVM in place of those that start it quickly.
 */
export type KafkaOptions = {
  port?: number
  advertise?: number
  settings?: Readonly<Record<string, string | number>>
  jvm?: readonly string[]
}

/** Starts Kafka in a temporary folder and waits until it serves. Gated by `needs('kafka')`. Takes 3 to 5 seconds. */
export const startKafka = async (options: KafkaOptions = {}): Promise<Broker> => {
  const { advertise } = options
  const { commands, port } = await prepare(options)
  await format(commands)
  let server = await launch(commands, port)
  const address = `127.0.0.1:${advertise ?? port}`
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    server.signal(signal)
    server.signal('SIGCONT')
    await server.exited
  }
  return {
    address,
    port,
    pid: () => server.pid,
    ...administration(`127.0.0.1:${port}`),
    readAll: (topic) => readAll(address, topic),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void server.signal('SIGSTOP'),
    thaw: () => void server.signal('SIGCONT'),
    start: async () => {
      server = await launch(commands, port)
    },
  }
}

const prepare = async ({ port: wanted, advertise, settings = {}, jvm = QUICK_JVM }: KafkaOptions) => {
  const jars = findKafka(process.env)
  if (jars.kind === 'missing') throw new Error(jars.why)
  // Ports that the system gives to no client: one that tries to reach a broker that is down might connect to itself.
  const [folder, free] = await Promise.all([tempFolder('kafka'), freePorts(2)])
  const port = wanted ?? free
  const controllerPort = free + 1
  const plan = { libs: jars.libs, folder, port, controllerPort, settings, jvm }
  const commands = prepareBroker({ ...plan, ...(advertise !== undefined && { advertise }) })
  return { commands, port }
}

const format = async ({ format: command }: BrokerCommands): Promise<void> => {
  const formatting = await start(command)
  const { code } = await formatting.exited
  if (code !== 0) throw new Error(`Kafka's folder could not be formatted:\n${formatting.stderr()}`)
}

const launch = async ({ run }: BrokerCommands, port: number): Promise<Running> => {
  const server = await start(run)
  const said = () => `${server.stdout()}${server.stderr()}`
  const what = 'Kafka to serve'
  try {
    await until(() => server.exit() !== undefined || serves(port), { what, every: 50, within: 60_000 })
  } catch (error) {
    throw new Error(`Kafka does not serve; it said:\n${said()}`, { cause: error })
  }
  if (server.exit() !== undefined) throw new Error(`Kafka ended at once:\n${said()}`)
  return server
}

/** It serves once it is its own leader for what it was asked; before that it refuses, or answers nothing. */
const serves = (port: number): Promise<boolean> =>
  Promise.race([isSeen(port), sleep(2 * LOOK, false, { ref: false })])

const isSeen = async (port: number): Promise<boolean> => {
  const admin = clientOf(`127.0.0.1:${port}`, LOOK).admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return brokers.length === 1
  } catch {
    return false
  } finally {
    await admin.disconnect()
  }
}

/** A broker that is only just there may take a question and never answer it. Milliseconds. */
const LOOK = 2_000
const QUESTION = 30_000

const clientOf = (address: string, requestTimeout = QUESTION): Kafka =>
  new Client({
    clientId: 'test',
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout,
  })

/** Every question has a connection of its own, so that no client has to survive what tests do to the broker. */
const administration = (address: string) => {
  const ask = async <T>(question: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = clientOf(address).admin()
    await admin.connect()
    try {
      // Right after a start the coordinator of groups is still loading what it knows.
      const answer = await until(async () => ({ is: await question(admin) }), {
        what: 'Kafka to answer',
        every: 100,
      })
      return answer.is
    } finally {
      await admin.disconnect()
    }
  }
  return {
    createTopic: (topic: string, numPartitions: number, settings: Readonly<Record<string, string>> = {}) =>
      ask(async (admin) => {
        const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
        await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: true })
      }),
    addPartitions: (topic: string, count: number) =>
      ask(async (admin) => void (await admin.createPartitions({ topicPartitions: [{ topic, count }] }))),
    deleteTopic: (topic: string) => ask((admin) => admin.deleteTopics({ topics: [topic] })),
    endOffsets: (topic: string) => ask((admin) => endOffsets(admin, topic)),
    committed: (groupId: string, topic: string) =>
      ask(async (admin) => {
        const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] })
        return inOrder(answer?.partitions ?? []).map(({ offset }) => known(Number(offset)))
      }),
    members: (group: string) =>
      ask(async (admin) => {
        const { groups } = await admin.describeGroups([group])
        return groups.flatMap(({ members }) => members.map(({ clientId }) => clientId))
      }),
  }
}

const endOffsets = async (admin: Admin, topic: string): Promise<number[]> =>
  inOrder(await admin.fetchTopicOffsets(topic)).map(({ high }) => Number(high))

const inOrder = <T extends { partition: number }>(partitions: readonly T[]): T[] =>
  partitions.toSorted((a, b) => a.partition - b.partition)

const known = (offset: number): number | undefined => (offset < 0 ? undefined : offset)

CompressionCodecs[CompressionTypes.Snappy] = snappy

const readAll = async (address: string, topic: string): Promise<Stored[]> => {
  const client = clientOf(address)
  const admin = client.admin()
  await admin.connect()
  const ends = await endOffsets(admin, topic)
  await admin.disconnect()
  const total = ends.reduce((sum, end) => sum + end, 0)
  const stored: Stored[] = []
  if (total === 0) return stored
  const consumer = client.consumer({ groupId: `reader-${topic}-${process.hrtime.bigint()}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message: { offset, value, headers = {} } }) => {
      if (Number(offset) >= (ends[partition] ?? 0)) return
      stored.push({
        partition,
        offset: Number(offset),
        value: value ?? Buffer.alloc(0),
        headers: textOf(headers),
      })
    },
  })
  await until(() => stored.length >= total, { what: `all ${total} records of ${topic}`, within: 30_000 })
  await consumer.disconnect()
  return stored.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
}

const textOf = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
