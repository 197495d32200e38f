import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Producer } from '@platformatic/kafka'
import type { Decision } from '../../controller/decision/decision.ts'
import { type Controller, makePlace, type Place } from '../support/controller.ts'
import { type Broker, startKafka } from '../support/kafka.ts'
import { until } from '../support/until.ts'

export const TOPIC = 'loader'
export const GROUP = 'consumer'
export const PARTITIONS = 4
/** More than partitions: what lies between must not be used. */
const MOST = 6
/** What the work on one event takes (ms): a consumer manages less than 50 a second. */
const WORK = 20

/** Before anything goes in. */
const HOLD = '10s'

const the = (name: string): string => `\${${name}}`

const policyOf = (broker: string): object => ({
  workload: GROUP,
  pool: 'local',
  run: {
    command: [
      ...['node', resolve('ingest/consumer/main.ts'), '--addr', `127.0.0.1:${the('port')}`],
      ...['--kafka', broker, '--topic', TOPIC, '--group', GROUP, '--sink', 'file', '--dir', the('data')],
      // Longer than the test: who is out of the group has left it, and was not merely not heard of.
      ...['--transform', resolve('demo/work.ts'), '--batch-events', '20', '--session-timeout', '5m'],
    ],
    env: { DEMO_WORK_MS: String(WORK) },
    probe: { http: '/ready', every: '1s', failures: 20, startWithin: '90s' },
    drain: { http: '/drain', grace: '20s' },
  },
  size: { min: 1, max: MOST },
  rules: [
    {
      name: 'lag',
      source: 'kafka',
      query: `lag(group=${GROUP}, topic=${TOPIC})`,
      window: '4s',
      backlog: {
        within: '10s',
        production: `produced(topic=${TOPIC})`,
        consumption: `consumed(group=${GROUP}, topic=${TOPIC})`,
        partitions: `partitions(topic=${TOPIC})`,
        rate: 40,
        over: '8s',
        memory: '20s',
        rebalancing: { query: `rebalancing(group=${GROUP})`, settle: '3s', atMost: '30s' },
        in: { hold: HOLD },
      },
    },
  ],
  out: { step: '100%', wait: '3s', perHour: { count: 100 } },
  in: { step: '50%', wait: '4s', hold: HOLD, perHour: { count: 100 }, sharePerTick: 50 },
})

export type Scene = { broker: Broker; place: Place; controller: Controller; production: Production }

/** A real broker, a real controller that asks it, and the consumers that this starts; nothing is produced yet. */
export const startScene = async (): Promise<Scene> => {
  const broker = await startKafka()
  await broker.createTopic(TOPIC, PARTITIONS)
  const place = await makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      sources: { kafka: { type: 'kafka', brokers: [broker.address], interval: '1s' } },
      pools: { local: { provider: 'process', slots: 4, hosts: { min: 1, max: 2 }, portBase: base } },
      log: { level: 'debug' },
    }),
    policies: { [GROUP]: policyOf(broker.address) },
    count: 8,
  })
  const controller = await place.run()
  return { broker, place, controller, production: produce(broker.address) }
}

/** Records that are written by the clock. */
export type Production = {
  /** From now on so many a second. */
  rate(perSecond: number): void
  /** Ends when all are acknowledged; answers how many there were. */
  stop(): Promise<number>
}

const BEAT = 100

/** Writes events one after the other to the partitions, each with a number. */
const produce = (address: string): Production => {
  const producer = new Producer({ clientId: 'producer', bootstrapBrokers: [address] })
  const underWay = new Set<Promise<void>>()
  let pace = { perSecond: 0, since: performance.now(), sent: 0 }
  let sent = 0
  const send = async (count: number): Promise<void> => {
    const messages = Array.from({ length: count }, () => {
      const n = sent++
      return { topic: TOPIC, partition: n % PARTITIONS, value: Buffer.from(JSON.stringify({ n })) }
    })
    await producer.send({ messages, acks: -1 })
  }
  const beat = setInterval(() => {
    const due = Math.floor(((performance.now() - pace.since) / 1000) * pace.perSecond)
    const count = due - pace.sent
    pace.sent = Math.max(due, pace.sent)
    if (count <= 0) return
    const sending = send(count).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }, BEAT)
  return {
    rate: (perSecond) => {
      pace = { perSecond, since: performance.now(), sent: 0 }
    },
    stop: async () => {
      clearInterval(beat)
      await Promise.all(underWay)
      await producer.close()
      return sent
    },
  }
}

/** Waits for a decision about the consumers that fits; in vain, it tells the last one. */
export const untilDecision = async (
  { controller }: Scene,
  what: string,
  fits: (decision: Decision) => boolean,
  within = 90_000,
): Promise<Decision> => {
  let last: Decision | undefined
  const look = async () => {
    last = (await controller.status())?.workloads[0]
    return last !== undefined && fits(last) && last
  }
  try {
    return await until(look, { what, within, every: 200 })
  } catch (error) {
    throw new Error(`${what} did not come; the last decision: ${JSON.stringify(last)}`, { cause: error })
  }
}

export const untilReady = (scene: Scene, size: number) =>
  untilDecision(scene, `${size} consumers`, ({ granted, counts }) => {
    return granted === size && counts.ready === size && counts.draining + counts.leaving === 0
  })

/** Every decision with which the size changed, oldest first. */
export const changesOf = async ({ controller }: Scene): Promise<Decision[]> => {
  const entries = await controller.history({ kind: 'decision', workload: GROUP })
  return entries.flatMap((entry) =>
    entry.kind === 'decision' && entry.decision.size !== entry.decision.granted ? [entry.decision] : [],
  )
}

/** The numbers of all events that the consumers have stored, of instances that are gone as well. */
export const storedIn = async ({ place }: Scene): Promise<number[]> => {
  const files = await readdir(place.state, { recursive: true })
  const stored: number[] = []
  for (const file of files.filter((name) => name.endsWith('events.jsonl'))) {
    const text = await readFile(join(place.state, file), 'utf8')
    for (const [, n] of text.matchAll(/"event":\{"n":(\d+)\}/g)) stored.push(Number(n))
  }
  return stored
}
