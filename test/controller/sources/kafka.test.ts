import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../controller/decision/reading.ts'
import { fault } from '../../../controller/sources/fault.ts'
import { type KafkaPoller, kafkaPoller } from '../../../controller/sources/kafka.ts'
import { KafkaConfig } from '../../../controller/sources/kafka-config.ts'
import type {
  GroupSeen,
  Kafka,
  PartitionSeen,
  Seen,
  TopicSeen,
} from '../../../controller/sources/kafka-seen.ts'
import { noTopic } from '../../../controller/sources/kafka-words.ts'
import { sourceContract, type World } from '../../contract/source.ts'
import { deps } from './wire.ts'

const STEP = 15_000
const config = KafkaConfig.parse({
  type: 'kafka',
  brokers: ['127.0.0.1:9092'],
  interval: '15s',
  timeout: '30ms',
})

const lagQuery = (topic: string): string => `lag(group=contract, topic=contract_${topic})`

const contractQueries = {
  steady: lagQuery('steady'),
  holed: lagQuery('holed'),
  stopped: lagQuery('stopped'),
  nothing: lagQuery('nothing'),
  broken: 'lag(group=contract, topic=',
}

const group = (more: Partial<GroupSeen> = {}): GroupSeen => ({
  kind: 'group',
  state: 'Stable',
  members: ['m1'],
  commits: new Map(),
  ...more,
})

/** Each partition is [start, end], or why it is unknown. */
const topic = (partitions: readonly (readonly [number, number] | string)[], id = 'one'): TopicSeen => ({
  kind: 'topic',
  id,
  partitions: new Map(
    partitions.map((given, number): [number, PartitionSeen] => [
      number,
      typeof given === 'string'
        ? { kind: 'unknown', why: given }
        : { kind: 'offsets', start: given[0], end: given[1] },
    ]),
  ),
})

/** Brokers whose topics, at each time, hold in each partition what a series of the world had then. */
async function replayed({ series, now, interval }: World): Promise<KafkaPoller> {
  let clock = 0
  const topicAt = (name: string): TopicSeen | undefined => {
    const ends = series.flatMap((one) => {
      const sample = one.name === name ? one.samples.find(({ t }) => t === clock) : undefined
      return sample === undefined ? [] : [[0, sample.value] as const]
    })
    return ends.length === 0 ? undefined : topic(ends)
  }
  const source = kafkaPoller(
    config,
    deps({ now: () => clock }),
    brokers(({ topics }) => ({
      topics: new Map([...topics].map((name) => [name, topicAt(name) ?? noTopic(name)])),
      groups: new Map([['contract', group()]]),
    })),
  )
  const times = [...new Set(series.flatMap(({ samples }) => samples.map(({ t }) => t)))]
  for (const time of times.toSorted((a, b) => a - b)) {
    clock = time
    for (const query of Object.values(contractQueries)) {
      const question = {
        query,
        per: 'workload',
        from: clock - 400_000,
        to: clock,
        step: interval,
        interval,
      } as const
      await source.read(question, AbortSignal.timeout(1_000))
    }
    await source.round(time)
  }
  clock = now
  return source
}

const brokers = (look: (wanted: Parameters<Kafka['look']>[0]) => Seen | Promise<Seen>): Kafka => ({
  look: async (wanted) => await look(wanted),
  drop: async () => undefined,
})

sourceContract('kafka', replayed, { kind: 'totals', queries: contractQueries })

/** Brokers that show `show` at a time; what is read and the rounds are driven by hand. */
function scene(show: (t: number) => Seen | Promise<Seen>, reset: 'earliest' | 'latest' = 'earliest') {
  const state = { t: 1_000_000_000, drops: 0 }
  const kafka: Kafka = {
    look: async () => await show(state.t),
    drop: async () => {
      state.drops++
    },
  }
  const source = kafkaPoller({ ...config, reset }, deps({ now: () => state.t }), kafka)
  const read = (query: string, points = 4, step = STEP): Promise<Reading> => {
    const to = state.t
    const question = { query, per: 'workload', from: to - points * step, to, step, interval: STEP } as const
    return source.read(question, AbortSignal.timeout(1_000))
  }
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      state.t += STEP
      await source.round(state.t)
    }
  }
  return { state, source, read, rounds }
}

const samplesOf = (reading: Reading) => {
  if (reading.kind === 'missing') throw new Error(reading.detail)
  return reading.samples
}

const valuesOf = (reading: Reading): number[] => samplesOf(reading).map(({ value }) => value)

const only = (seen: TopicSeen, more: Partial<GroupSeen> = {}): Seen => ({
  topics: new Map([['loader', seen]]),
  groups: new Map([['consumer', group(more)]]),
})

const BEGIN = 1_000_000_000
/** How many rounds there were until `t`. */
const nth = (t: number): number => (t - BEGIN) / STEP

describe('what is asked of Kafka', () => {
  test('nothing is known before it is asked for, and a rate takes two rounds', async () => {
    const { read, rounds } = scene((t) => only(topic([[0, nth(t) * 300]])))
    expect(await read('produced(topic=loader)')).toMatchObject({
      kind: 'missing',
      reason: 'no-data',
      detail: expect.stringMatching(/asked for from now on/),
    })
    await rounds(1)
    expect(await read('produced(topic=loader)')).toMatchObject({ kind: 'missing', reason: 'no-data' })
    await rounds(1)
    expect(await read('produced(topic=loader)')).toMatchObject({
      samples: [{ value: 20 }],
      seen: [],
      step: STEP,
    })
    await rounds(8)
    expect(valuesOf(await read('produced(topic=loader)'))).toEqual([20, 20, 20, 20])
  })

  test('over longer steps a rate is the mean, and a level is the newest', async () => {
    // 300, 600, 900 ... records a round.
    const { read, rounds } = scene((t) => only(topic([[0, 150 * nth(t) * (nth(t) + 1)]])))
    await read('produced(topic=loader)')
    await read('end(topic=loader)')
    await rounds(8)
    expect(valuesOf(await read('produced(topic=loader)', 2, 2 * STEP))).toEqual([110, 150])
    expect(valuesOf(await read('end(topic=loader)', 2, 2 * STEP))).toEqual([150 * 6 * 7, 150 * 8 * 9])
  })

  test('all of a group and a topic at one time', async () => {
    const commits = new Map([['loader', new Map([[0, { kind: 'at', offset: 40 } as const]])]])
    const { read, rounds } = scene(() =>
      only(
        topic([
          [0, 100],
          [0, 7],
        ]),
        { commits, members: ['a', 'b', 'c'] },
      ),
    )
    const queries = [
      'lag(group=consumer, topic=loader)',
      'committed(topic=loader, group=consumer)',
      'end(topic=loader)',
      'partitions(topic=loader)',
      'members(group=consumer)',
      'rebalancing(group=consumer)',
      'consumed(group=consumer, topic=loader)',
      'produced(topic=loader)',
    ]
    for (const query of queries) await read(query)
    await rounds(2)
    const answers = await Promise.all(queries.map((query) => read(query)))
    expect(answers.map((answer) => samplesOf(answer).at(-1)?.value)).toEqual([67, 40, 107, 2, 3, 0, 0, 0])
  })

  test.for<[string, string, readonly string[], number]>([
    ['it says so', 'PreparingRebalance', ['a'], 1],
    ['members are being given their partitions', 'CompletingRebalance', ['a'], 1],
    ['a member came since', 'Stable', ['a', 'b'], 1],
    ['one came and one went since', 'Stable', ['b'], 1],
    ['the same are in it', 'Stable', ['a'], 0],
    ['nobody is in it any more', 'Empty', [], 0],
  ])('whether a group rebalances: %s', async ([, state, members, wanted]) => {
    const { read, rounds } = scene((t) =>
      nth(t) < 3 ? only(topic([]), { members: ['a'] }) : only(topic([]), { state, members }),
    )
    await read('rebalancing(group=consumer)')
    await rounds(3)
    expect(valuesOf(await read('rebalancing(group=consumer)'))).toEqual([0, 0, wanted])
  })
})

describe('what is not there', () => {
  test('a partition without a leader makes it partial, with its share and what is known', async () => {
    const { read, rounds } = scene((t) =>
      only(topic([[0, 10], nth(t) > 3 ? 'it has no leader' : [0, 5], [0, 1], [0, 1]])),
    )
    await read('end(topic=loader)')
    await rounds(5)
    const reading = await read('end(topic=loader)')
    expect(reading).toMatchObject({
      kind: 'partial',
      share: 0.75,
      detail: '3 of 4 partitions are known: partition 1: it has no leader',
    })
    expect(valuesOf(reading)).toEqual([17, 17, 12, 12])
  })

  test('one that was without a leader for a while is a hole in the window, once it is back', async () => {
    const { state, read, rounds } = scene((t) =>
      only(topic([[0, 10], nth(t) === 3 ? 'it has no leader' : [0, 5]])),
    )
    await read('end(topic=loader)')
    await rounds(5)
    const reading = await read('end(topic=loader)')
    expect(reading).toMatchObject({ kind: 'samples' })
    expect(samplesOf(reading).map(({ t }) => nth(t))).toEqual([2, 4, 5])
    expect(state.drops).toBe(0)
  })

  test('no partition is known', async () => {
    const { read, rounds } = scene(() => only(topic(['it has no leader', 'it has no leader'])))
    await read('end(topic=loader)')
    await rounds(3)
    expect(await read('end(topic=loader)')).toMatchObject({
      kind: 'missing',
      reason: 'no-data',
      detail: 'no partition is known of end(topic=loader): partition 0: it has no leader',
    })
  })

  test('a topic that goes is missing at once, whatever the window holds', async () => {
    const { read, rounds } = scene((t) =>
      nth(t) < 4
        ? only(topic([[0, 10]]))
        : { topics: new Map([['loader', noTopic('loader')]]), groups: new Map() },
    )
    await read('end(topic=loader)')
    await rounds(3)
    expect(await read('end(topic=loader)')).toMatchObject({ kind: 'samples' })
    await rounds(1)
    expect(await read('end(topic=loader)')).toMatchObject({
      kind: 'missing',
      reason: 'no-data',
      detail: expect.stringMatching(/no topic loader: is the name right/),
    })
  })

  test('a group that cannot be told does not hide the topic', async () => {
    const { read, rounds } = scene(() => ({
      topics: new Map([['loader', topic([[0, 10]])]]),
      groups: new Map([['consumer', fault('refused', 'group consumer: access is denied')]]),
    }))
    await read('end(topic=loader)')
    await read('lag(group=consumer, topic=loader)')
    await rounds(2)
    expect(valuesOf(await read('end(topic=loader)'))).toEqual([10, 10])
    expect(await read('lag(group=consumer, topic=loader)')).toMatchObject({
      kind: 'missing',
      reason: 'refused',
      detail: 'group consumer: access is denied',
    })
  })

  test.for<[string, () => Seen | Promise<Seen>, string, RegExp]>([
    [
      'refused connections',
      () =>
        Promise.reject(
          chain(
            'NetworkError',
            'PLT_KFK_NETWORK',
            'Connection failed',
            chain('Error', 'ECONNREFUSED', 'connect ECONNREFUSED'),
          ),
        ),
      'unreachable',
      /^kafka at 127.0.0.1:9092 refuses connections \(ECONNREFUSED\): is it running/,
    ],
    [
      'silence',
      () => new Promise(() => undefined),
      'timeout',
      /^kafka at 127.0.0.1:9092 did not answer within 30 ms/,
    ],
    [
      'a request that timed out',
      () => Promise.reject(chain('TimeoutError', 'PLT_KFK_NETWORK', 'Request timed out')),
      'timeout',
      /did not answer/,
    ],
    [
      'a password that is not taken',
      () =>
        Promise.reject(
          chain(
            'NetworkError',
            'PLT_KFK_NETWORK',
            'failed',
            chain('AuthenticationError', 'PLT_KFK_AUTHENTICATION', 'SASL authentication failed.'),
          ),
        ),
      'refused',
      /check sasl of the source/,
    ],
    [
      'a certificate of a stranger',
      () =>
        Promise.reject(
          chain(
            'NetworkError',
            'PLT_KFK_NETWORK',
            'failed',
            chain('Error', 'SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'),
          ),
        ),
      'unreachable',
      /set ca of the source/,
    ],
    [
      'a name that does not resolve',
      () => Promise.reject(chain('Error', 'ENOTFOUND', 'getaddrinfo ENOTFOUND kafka')),
      'unreachable',
      /does not resolve/,
    ],
    [
      'something else',
      () => Promise.reject(new Error('the moon')),
      'unreachable',
      /cannot be asked: the moon$/,
    ],
    ['what is no error', () => Promise.reject(undefined), 'unreachable', /cannot be asked: no reason given$/],
  ])('brokers that answer with %s', async ([, answer, reason, detail]) => {
    const away = { is: false }
    const { state, read, rounds } = scene(() => (away.is ? answer() : only(topic([[0, 10]]))))
    await read('end(topic=loader)')
    await rounds(4)
    away.is = true
    await rounds(1)
    expect(await read('end(topic=loader)')).toMatchObject({
      kind: 'missing',
      reason,
      detail: expect.stringMatching(detail),
    })
    expect(state.drops).toBe(1)
    away.is = false
    await rounds(1)
    const back = await read('end(topic=loader)')
    expect(samplesOf(back).map(({ t }) => nth(t))).toEqual([3, 4, 6])
  })
})

/** An error as libraries nest them. */
function chain(name: string, code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { name, code })
}

test('a rate over a hole is not known: it begins again after it', async () => {
  const { state, read, rounds } = scene((t) => only(topic([[0, nth(t) * 300]])))
  await read('produced(topic=loader)')
  await rounds(4)
  state.t += 10 * STEP
  await rounds(3)
  expect(samplesOf(await read('produced(topic=loader)', 8)).map(({ t }) => nth(t))).toEqual([16, 17])
})

test('what nobody asks for any more is not asked of Kafka any more', async () => {
  const wanted: string[][] = []
  const state = { t: BEGIN }
  const source = kafkaPoller(
    config,
    deps({ now: () => state.t }),
    brokers(({ topics }) => {
      wanted.push([...topics].toSorted())
      return { topics: new Map(), groups: new Map() }
    }),
  )
  const read = (topic: string) =>
    source.read(
      {
        query: `end(topic=${topic})`,
        per: 'workload',
        from: state.t - 60_000,
        to: state.t,
        step: STEP,
        interval: STEP,
      },
      AbortSignal.timeout(1_000),
    )
  await source.round(state.t)
  await read('old')
  await read('new')
  await source.round(state.t)
  for (let i = 0; i < 60; i++) {
    state.t += STEP
    await read('new')
  }
  await source.round(state.t)
  expect(wanted).toEqual([['new', 'old'], ['new']])
})

test('after the clock was set back it goes by the new time', async () => {
  const { state, read, rounds } = scene(() => only(topic([[0, 10]])))
  await read('end(topic=loader)')
  await read('produced(topic=loader)')
  state.t += 20 * STEP
  await rounds(2)
  state.t = BEGIN
  await rounds(3)
  expect(samplesOf(await read('end(topic=loader)', 8)).map(({ t }) => nth(t))).toEqual([1, 2, 3])
  expect(samplesOf(await read('produced(topic=loader)', 8)).map(({ t }) => nth(t))).toEqual([2, 3])
})
