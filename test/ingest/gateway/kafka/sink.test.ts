import { afterEach, expect, test } from 'vitest'
import type { KafkaLimits } from '../../../../ingest/gateway/kafka/sink.ts'
import { until } from '../../../support/until.ts'
import { fakeBrokers, sinkBefore } from './fake-brokers.ts'

const closings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

/** A sink that has found its topic. */
const open = async (limits: Partial<KafkaLimits> = {}, utilisation = 0) => {
  const brokers = fakeBrokers()
  const made = sinkBefore(brokers, limits, utilisation)
  await until(() => made.sink.failure() === undefined, { every: 1 })
  closings.push(async () => {
    brokers.answerAll()
    for (let left = brokers.next(); left !== undefined; left = brokers.next()) left.answer()
    await made.sink.close()
  })
  return { brokers, ...made }
}

const attempts = (brokers: ReturnType<typeof fakeBrokers>, count: number) =>
  until(() => brokers.seen.length >= count && brokers.seen, { every: 1, what: `${count} attempts` })

test('a lone event goes out at once, and is acknowledged with its place', async () => {
  const { brokers, append, told } = await open({ linger: 60_000 })
  const acknowledged = append('a')
  await attempts(brokers, 1)
  brokers.next()?.answer({ kind: 'stored', offset: 17 })
  const first = brokers.seen[0]
  expect(await acknowledged).toEqual({ kind: 'stored', partition: first?.partition, offset: 17 })
  expect(told).toEqual(['opened 3 2', 'stored 1'])
})

test('what comes while a batch is under way goes together as soon as it is back', async () => {
  const { brokers, append } = await open({ linger: 60_000 })
  void append('a')
  await attempts(brokers, 1)
  const others = ['b', 'c', 'd'].map(append)
  brokers.next()?.answer()
  await attempts(brokers, 2)
  expect(brokers.seen[1]?.values).toEqual(['b', 'c', 'd'])
  brokers.next()?.answer({ kind: 'stored', offset: 5 })
  expect((await Promise.all(others)).map((one) => one.kind === 'stored' && one.offset)).toEqual([5, 6, 7])
})

test('behind a slow answer the next batch waits for the linger, and then goes out beside it', async () => {
  const { brokers, append } = await open({ linger: 5 })
  void append('a')
  await attempts(brokers, 1)
  void append('b')
  expect((await attempts(brokers, 2))[1]?.values).toEqual(['b'])
})

test('a process that is short of time lets a few events gather even while nothing is under way', async () => {
  const { brokers, append } = await open({ linger: 30 }, 1)
  brokers.answerAll()
  await append('a')
  const pair = [append('b')]
  await new Promise((resolve) => setImmediate(resolve))
  pair.push(append('c'))
  await Promise.all(pair)
  expect(brokers.seen.map(({ values }) => values)).toEqual([['a'], ['b', 'c']])
})

test('full batches go out at once, in as many lanes as there are, and no more', async () => {
  const { brokers, append } = await open({ batchEvents: 2, lanes: 2, linger: 60_000 })
  for (const text of 'abcdef') void append(text)
  expect(brokers.seen.map(({ values }) => values.join(''))).toEqual(['ab', 'cd'])
  expect(new Set(brokers.seen.map(({ partition }) => partition)).size).toBe(2)
  brokers.next()?.answer()
  await attempts(brokers, 3)
  expect(brokers.seen[2]?.values).toEqual(['e', 'f'])
})

test('a batch has no more bytes than it may, unless one event alone has more', async () => {
  const { brokers, append } = await open({ batchBytes: 300 })
  brokers.answerAll()
  await Promise.all(['x'.repeat(150), 'y'.repeat(150), 'z'.repeat(900)].map(append))
  expect(brokers.seen.map(({ values }) => values.length)).toEqual([1, 1, 1])
})

test('a topic that takes less in one piece makes smaller batches', async () => {
  const brokers = fakeBrokers()
  brokers.promises({ minInSyncReplicas: 1, maxMessageBytes: 2_048 + 300 })
  brokers.answerAll()
  const { sink, append } = sinkBefore(brokers)
  await until(() => sink.failure() === undefined, { every: 1 })
  await Promise.all(['x'.repeat(150), 'y'.repeat(150)].map(append))
  expect(brokers.seen).toHaveLength(2)
  await sink.close()
})

test('a failed attempt is made again with the same ids, elsewhere, and acknowledged once', async () => {
  const { brokers, append, told } = await open({ patience: 60_000 })
  const both = Promise.all(['a', 'b'].map(append))
  await attempts(brokers, 1)
  brokers.next()?.answer({ kind: 'failed', reason: 'network', why: 'reset' })
  const [first, second] = await attempts(brokers, 2)
  brokers.next()?.answer()
  expect(await both).toMatchObject([{ kind: 'stored' }, { kind: 'stored' }])
  expect(second?.ids).toEqual(first?.ids)
  expect(second?.partition).not.toBe(first?.partition)
  expect(told.slice(1)).toEqual(['attempt: network', 'retried', 'stored 2'])
})

test('of a batch that is too large only the event that is too large itself is refused', async () => {
  const { brokers, sink } = await open()
  brokers.answerAll(({ values }) =>
    values.includes('BIG') ? { kind: 'failed', reason: 'too-large', why: 'too large' } : undefined,
  )
  const outcomes = await sink.appendAll(['a', 'b', 'BIG', 'c', 'd'].map((text) => Buffer.from(text)))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'too-large', 'stored', 'stored'])
  expect(sink.failure()).toBeUndefined()
})

test('many at once are answered in their order, whatever batches they went in', async () => {
  const { brokers, sink } = await open({ batchEvents: 3, lanes: 2 })
  brokers.answerAll()
  const texts = Array.from({ length: 50 }, (_, n) => `e${n}`)
  const outcomes = await sink.appendAll(texts.map((text) => Buffer.from(text)))
  const placed = brokers.seen.flatMap(({ values }) => values)
  expect(placed).toEqual(texts)
  expect(outcomes.every(({ kind }) => kind === 'stored')).toBe(true)
  expect(await sink.appendAll([])).toEqual([])
})

test('who waits too long is told: of what was sent that it may be there, of the rest that it is not', async () => {
  const { append } = await open({ answerWithin: 20, lanes: 1, linger: 0, batchEvents: 1 })
  const outcomes = await Promise.all(['sent', 'queued'].map(append))
  expect(outcomes).toEqual([
    { kind: 'failed', why: 'the brokers have not answered in time' },
    { kind: 'full' },
  ])
})

test.for([
  { name: 'no more events are held than there is room for', limits: { events: 2 }, text: 'a' },
  {
    name: 'no more bytes are held than there is room for',
    limits: { bytes: 2_200 },
    text: 'x'.repeat(1_000),
  },
])('$name', async ({ limits, text }) => {
  const { brokers, append, sink } = await open(limits)
  const taken = [append(text), append(text)]
  expect(await append(text)).toEqual({ kind: 'full' })
  await attempts(brokers, 1)
  brokers.next()?.answer()
  expect(await Promise.all(taken)).toMatchObject([{ kind: 'stored' }, { kind: 'stored' }])
  expect(sink.queued()).toBe(0)
})

test('brokers that fail make it refuse new events at once, until what it retries gets through', async () => {
  const { brokers, append, sink, told } = await open()
  const first = append('a')
  await attempts(brokers, 1)
  brokers.next()?.answer({ kind: 'failed', reason: 'timeout', why: 'no answer' })
  await until(() => sink.failure() === 'no answer', { every: 1 })
  expect(await append('b')).toEqual({ kind: 'full' })
  await attempts(brokers, 2)
  brokers.next()?.answer()
  expect(await first).toMatchObject({ kind: 'stored' })
  expect(sink.failure()).toBeUndefined()
  expect(told.slice(-3)).toEqual(['retried', 'recovered', 'stored 1'])
})

test('brokers that fail are looked at until they answer, also when nothing is held', async () => {
  const { brokers, append, sink } = await open({ answerWithin: 1 })
  brokers.answerAll(() => ({ kind: 'failed', reason: 'network', why: 'refused' }))
  brokers.shows({ kind: 'unreachable', why: 'connect ECONNREFUSED' })
  expect(await append('a')).toMatchObject({ kind: 'failed', why: 'refused' })
  await until(() => sink.failure() === 'no broker can be reached: connect ECONNREFUSED', { every: 1 })
  brokers.shows({ kind: 'there', usable: [0], partitions: 1 })
  await until(() => sink.failure() === undefined, { every: 1 })
})

test('until its topic is there it refuses events, and says what to do', async () => {
  const brokers = fakeBrokers()
  brokers.shows({ kind: 'missing' })
  brokers.answerAll()
  const { sink, append } = sinkBefore(brokers)
  expect(sink.failure()).toBe('no broker has been reached yet')
  expect(await append('a')).toEqual({ kind: 'full' })
  await until(() => sink.failure()?.includes('the topic loader does not exist: create it'), { every: 1 })
  brokers.shows({ kind: 'there', usable: [4], partitions: 5 })
  await until(() => sink.failure() === undefined, { every: 1 })
  expect(await append('a')).toMatchObject({ kind: 'stored', partition: 4 })
  await sink.close()
})

test('it closes once everything that it holds is answered', async () => {
  const { brokers, append, sink } = await open()
  const held = append('a')
  await attempts(brokers, 1)
  const closing = sink.close()
  expect(brokers.isClosed()).toBe(false)
  brokers.next()?.answer()
  await closing
  expect(await held).toMatchObject({ kind: 'stored' })
  expect(brokers.isClosed()).toBe(true)
})
