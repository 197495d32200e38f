import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Reading } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { type KafkaPoller, kafkaPoller } from '../../../controller/sources/kafka.ts'
import { kafkaAt } from '../../../controller/sources/kafka-look.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { sourceContract, type World } from '../../contract/source.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { configOf, type Hands, handsOn } from './kafka-brokers.ts'
import { deps } from './wire.ts'

const INTERVAL = 200

let broker: Broker
let hands: Hands
const complaints: string[] = []
/** Of kafkajs, which the fixture and the members of groups use: the source must not be warned of. */
const KAFKAJS = 'TimeoutNegativeWarning'
const complain = (what: unknown): void => {
  if (!String(what).includes(KAFKAJS)) complaints.push(String(what))
}

needs('kafka')('a Kafka source and a real broker', () => {
  beforeAll(async () => {
    process.on('warning', complain)
    process.on('unhandledRejection', complain)
    broker = await startKafka()
    hands = handsOn(broker.address)
  })
  afterAll(async () => {
    process.off('warning', complain)
    process.off('unhandledRejection', complain)
    await hands.close()
    await broker.stop()
  })

  sourceContract('kafka, real', replayed, { kind: 'totals', queries })
  describe('what it answers', answers)
  describe('a broker that comes and goes', comings)
})

const lagQuery = (topic: string): string => `lag(group=contract, topic=contract_${topic})`

const queries = {
  steady: lagQuery('steady'),
  holed: lagQuery('holed'),
  stopped: lagQuery('stopped'),
  nothing: lagQuery('nothing'),
  broken: 'lag(group=contract, topic=',
}

/** The names of the world that the contract asks for, in one partition for each instance. */
const TOPICS = ['contract_steady', 'contract_holed', 'contract_stopped']

let isReplayed = false

/** Goes through the times of a world, and makes and deletes topics as its series come and go. The lag of each is its value. */
async function replayed({ series, now, interval }: World): Promise<KafkaPoller> {
  let clock = 0
  const config = configOf(broker.address, `${interval}ms`)
  const source = kafkaPoller(config, deps({ now: () => clock }), kafkaAt(config, deps()))
  const times = [...new Set(series.flatMap(({ samples }) => samples.map(({ t }) => t)))].toSorted(
    (a, b) => a - b,
  )
  // A second source would find the world as the first has left it.
  for (const time of isReplayed ? [] : times) {
    clock = time
    for (const topic of TOPICS) {
      const of = series.filter(({ name }) => name === topic)
      await show(
        topic,
        of.map(({ samples }) => samples.find(({ t }) => t === time)?.value),
      )
    }
    for (const query of Object.values(queries)) {
      const question = {
        query,
        per: 'workload',
        from: time - 600_000,
        to: time,
        step: interval,
        interval,
      } as const
      await source.read(question, AbortSignal.timeout(1_000))
    }
    await source.round(time)
  }
  isReplayed = true
  clock = now
  return source
}

const shown = new Set<string>()

async function show(topic: string, values: readonly (number | undefined)[]): Promise<void> {
  const isThere = values.some((value) => value !== undefined)
  if (isThere === shown.has(topic)) return
  if (!isThere) {
    shown.delete(topic)
    await broker.deleteTopic(topic)
    return
  }
  shown.add(topic)
  await broker.createTopic(topic, values.length)
  for (const [partition, value] of values.entries()) await hands.produce(topic, partition, value ?? 0)
  await hands.commit(
    'contract',
    topic,
    values.map(() => 0),
  )
}

const opened: Source[] = []
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close()
})

function open(timeout?: string): Source {
  const settings = SourceSettings.parse({
    type: 'kafka',
    brokers: [broker.address],
    interval: `${INTERVAL}ms`,
    ...(timeout !== undefined && { timeout }),
  })
  const source = settings.open(deps())
  opened.push(source)
  return source
}

function read(source: Source, query: string, window = 1_000): Promise<Reading> {
  const to = Date.now() - INTERVAL
  const question = {
    query,
    per: 'workload',
    from: to - window,
    to,
    step: INTERVAL,
    interval: INTERVAL,
  } as const
  return source.read(question, AbortSignal.timeout(5_000))
}

/** Waits for a reading that fits; in vain, it tells the last. */
async function untilRead(
  source: Source,
  query: string,
  fits: (reading: Reading) => boolean,
  window = (): number => 1_000,
  within = 20_000,
): Promise<Reading> {
  let last: Reading | undefined
  try {
    return await until(
      async () => {
        last = await read(source, query, window())
        return fits(last) && last
      },
      { what: query, within },
    )
  } catch (error) {
    throw new Error(`${query} came to ${JSON.stringify(last)}`, { cause: error })
  }
}

const newestOf = (reading: Reading): number | undefined =>
  reading.kind === 'samples' ? reading.samples.at(-1)?.value : undefined

const untilValue = (source: Source, query: string, value: number): Promise<Reading> =>
  untilRead(source, query, (reading) => newestOf(reading) === value)

const untilMissing = (source: Source, query: string, detail: RegExp): Promise<Reading> =>
  untilRead(source, query, (reading) => reading.kind === 'missing' && detail.test(reading.detail))

/** A rebalance may be over between two looks, so one joins and leaves until one is seen. Answers how it leaves in the end. */
async function joinUntilSeen(seen: Promise<unknown>): Promise<() => Promise<void>> {
  let isOver = false
  const over = seen.finally(() => {
    isOver = true
  })
  let leave = await hands.join('readers', 'read')
  while (!isOver) {
    await leave()
    leave = await hands.join('readers', 'read')
  }
  await over
  return leave
}

function answers(): void {
  test('every quantity of a group that reads', async () => {
    const source = open()
    await broker.createTopic('read', 4)
    for (const partition of [0, 1, 2]) await hands.produce('read', partition, 10 * (partition + 1))
    await untilMissing(source, 'lag(group=readers, topic=read)', /there is no group readers: nobody is in it/)
    const leave = await hands.join('readers', 'read')
    await untilValue(source, 'committed(group=readers, topic=read)', 60)
    await untilValue(source, 'lag(group=readers, topic=read)', 0)
    await untilValue(source, 'end(topic=read)', 60)
    await untilValue(source, 'partitions(topic=read)', 4)
    await untilValue(source, 'members(group=readers)', 1)
    await untilValue(source, 'rebalancing(group=readers)', 0)
    const leaveToo = await joinUntilSeen(untilValue(source, 'rebalancing(group=readers)', 1))
    await untilValue(source, 'members(group=readers)', 2)
    await untilValue(source, 'rebalancing(group=readers)', 0)
    await Promise.all([leave(), leaveToo()])
    await untilValue(source, 'members(group=readers)', 0)
    await hands.produce('read', 3, 7)
    await untilValue(source, 'lag(group=readers, topic=read)', 7)
  })

  test('a group of the newer protocol', async () => {
    const source = open()
    await broker.createTopic('newer', 2)
    await hands.produce('newer', 1, 12)
    const leave = await hands.joinByNewer('newcomers', 'newer')
    await untilValue(source, 'members(group=newcomers)', 1)
    await untilValue(source, 'lag(group=newcomers, topic=newer)', 0)
    await untilValue(source, 'rebalancing(group=newcomers)', 0)
    await leave()
    await untilValue(source, 'members(group=newcomers)', 0)
    await hands.produce('newer', 0, 3)
    await untilValue(source, 'lag(group=newcomers, topic=newer)', 3)
  })

  test('rates are those of what is produced and committed, and come to nothing when it ends', async () => {
    const source = open()
    await broker.createTopic('rated', 2)
    await hands.commit('raters', 'rated', [0, 0])
    const [produced, consumed] = ['produced(topic=rated)', 'consumed(group=raters, topic=rated)']
    await untilValue(source, produced, 0)
    await untilValue(source, consumed, 0)
    const produceAll = async (attempt: number): Promise<void> => {
      const [began, former] = [Date.now(), 250 * attempt]
      for (let n = 1; n <= 10; n++) {
        await hands.produce('rated', n % 2, 50)
        await hands.commit('raters', 'rated', [former + 25 * n, former + 25 * n])
      }
      const window = (): number => Date.now() - began + INTERVAL
      const all = [produced, consumed].map((query) => untilRead(source, query, isAll, window, 5_000))
      await Promise.all(all)
    }
    // What the steps hold since then comes to what was produced.
    const total = (reading: Reading): number =>
      reading.kind === 'samples'
        ? reading.samples.reduce((sum, { value }) => sum + (value * INTERVAL) / 1000, 0)
        : 0
    const isAll = (reading: Reading): boolean => Math.abs(total(reading) - 500) < 100
    // On a busy machine a round may be so late that a rate begins anew behind the hole; then it is tried again.
    for (let attempt = 0; attempt < 4; attempt++) {
      const found = await produceAll(attempt).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (found === undefined) break
      if (attempt === 3) throw found
      await untilValue(source, produced, 0)
      await untilValue(source, consumed, 0)
    }
    await untilValue(source, produced, 0)
  })

  test('a topic that is made anew: no rate and no lag below zero, and the old commits go', async () => {
    const source = open()
    await broker.createTopic('again', 1)
    await hands.produce('again', 0, 500)
    await hands.commit('anew', 'again', [400])
    await untilValue(source, 'lag(group=anew, topic=again)', 100)
    await untilValue(source, 'produced(topic=again)', 0)
    await broker.deleteTopic('again')
    await untilMissing(source, 'lag(group=anew, topic=again)', /there is no topic again/)
    await broker.createTopic('again', 1)
    await hands.produce('again', 0, 3)
    await hands.commit('anew', 'again', [1])
    await untilValue(source, 'lag(group=anew, topic=again)', 2)
    const reading = await untilRead(source, 'produced(topic=again)', ({ kind }) => kind === 'samples')
    expect(
      reading.kind === 'samples' && reading.samples.every(({ value }) => value >= 0 && value < 100),
    ).toBe(true)
    await hands.commit('anew', 'again', [400])
    await untilMissing(source, 'lag(group=anew, topic=again)', /committed 400, beyond its end 3/)
  })

  test('records that retention deletes are no lag, and nothing that anybody consumed', async () => {
    const source = open()
    await broker.createTopic('short', 1, { 'segment.bytes': '1048576' })
    await hands.produce('short', 0, 40)
    await hands.commit('slow', 'short', [10])
    await untilValue(source, 'lag(group=slow, topic=short)', 30)
    await hands.deleteRecords('short', [25])
    await untilValue(source, 'lag(group=slow, topic=short)', 15)
    await untilValue(source, 'consumed(group=slow, topic=short)', 0)
    await untilValue(source, 'end(topic=short)', 40)
  })

  test('partitions that are added are counted, and what is in them', async () => {
    const source = open()
    await broker.createTopic('grown', 1)
    await hands.commit('growers', 'grown', [0])
    await untilValue(source, 'partitions(topic=grown)', 1)
    await broker.addPartitions('grown', 3)
    await untilValue(source, 'partitions(topic=grown)', 3)
    await hands.produce('grown', 2, 9)
    await untilValue(source, 'lag(group=growers, topic=grown)', 9)
  })
}

function comings(): void {
  test('killed, started, frozen and thawed: missing with the reason, and back by itself, without a word of warning', async () => {
    const source = open('150ms')
    await broker.createTopic('steady', 1)
    await hands.produce('steady', 0, 5)
    const query = 'end(topic=steady)'
    await untilValue(source, query, 5)
    await broker.kill()
    await untilMissing(
      source,
      query,
      /^kafka at 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\): is it running/,
    )
    await broker.start()
    await untilValue(source, query, 5)
    broker.freeze()
    await untilMissing(source, query, /^kafka at 127\.0\.0\.1:\d+ did not answer within 150 ms/)
    broker.thaw()
    await untilValue(source, query, 5)
    expect(complaints).toEqual([])
  })

  test('it ends in the middle of a round, and is asked nothing any more', async () => {
    const source = open('150ms')
    await read(source, 'end(topic=steady)')
    broker.freeze()
    await source.close()
    expect(await read(source, 'end(topic=steady)')).toMatchObject({ kind: 'missing' })
    broker.thaw()
  })
}
