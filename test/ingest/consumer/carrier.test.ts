import { describe, expect, test } from 'vitest'
import { type Commit, createCarrier, type Position } from '../../../ingest/consumer/carrier.ts'
import { createFailures } from '../../../ingest/consumer/failures.ts'
import { createParser, type DeadLetter } from '../../../ingest/consumer/parse.ts'
import { createStore } from '../../../ingest/consumer/store.ts'
import { until } from '../../support/until.ts'
import { createMemorySink, recordOf, recordsFrom } from './memory.ts'

const setUp = ({ events = 4, commit }: { events?: number; commit?: Commit } = {}) => {
  const sink = createMemorySink()
  const log: string[] = []
  const committed: Position[] = []
  const letters: DeadLetter[] = []
  const failures = createFailures({
    failed: (part) => log.push(`${part} failed`),
    recovered: (part) => log.push(`${part} recovered`),
  })
  const dead = { why: undefined as string | undefined }
  const store = createStore({
    sink,
    deadLetters: {
      send: async (more) => {
        if (dead.why === undefined) letters.push(...more)
        return dead.why
      },
      close: async () => {},
    },
    failures,
    observer: {
      written: (rows) => log.push(`written ${rows}`),
      deadLettered: (reason) => log.push(`dead ${reason}`),
    },
    backoff: { first: 1, most: 2 },
    random: () => 0.5,
  })
  const commitAll: Commit = async (positions) => {
    committed.push(...positions)
    return undefined
  }
  const carrier = createCarrier({
    store,
    commit: commit ?? commitAll,
    parse: createParser(),
    limits: { events, bytes: 10_000 },
    now: () => 0,
    observer: {
      read: () => {},
      carried: (count) => log.push(`carried ${count}`),
      notCommitted: (count) => log.push(`again ${count}`),
    },
  })
  const take = (partition: number, first: number, count: number) =>
    carrier.take({ topic: 'loader', partition, records: recordsFrom(first, count), end: first + count })
  return { sink, log, committed, letters, dead, failures, carrier, take }
}

const at = (partition: number, position: number) => ({ topic: 'loader', partition, position })

describe('what is taken', () => {
  test('is stored, then committed, in chunks that partitions share', async () => {
    const { take, sink, committed, carrier } = setUp()
    const outcomes = Promise.all([take(0, 10, 3), take(1, 20, 3)])
    expect(carrier.inFlight()).toBe(6)
    expect(await outcomes).toEqual([{ kind: 'carried' }, { kind: 'carried' }])
    expect(sink.batches).toEqual([4, 2])
    expect(committed).toEqual([at(0, 13), at(1, 21), at(1, 23)])
    expect(carrier.inFlight()).toBe(0)
  })

  test('is not committed before the sink has it, and no more of it is read meanwhile than one chunk', async () => {
    const { take, sink, committed, carrier } = setUp()
    const store = Promise.withResolvers<void>()
    sink.answer = async () => {
      await store.promise
      return { kind: 'stored' }
    }
    const outcome = take(0, 0, 12)
    await until(() => sink.writes === 1)
    expect([committed, carrier.inFlight()]).toEqual([[], 12])
    store.resolve()
    expect(await outcome).toEqual({ kind: 'carried' })
    expect(committed.map(({ position }) => position)).toEqual([4, 8, 12])
  })

  test('is written again until the sink has it, and failing is told once', async () => {
    const { take, sink, log, failures } = setUp()
    let attempts = 0
    sink.answer = () => {
      attempts += 1
      return attempts < 4 ? { kind: 'failed', why: 'disk full' } : { kind: 'stored' }
    }
    const outcome = take(0, 0, 2)
    await until(() => failures.first() === 'sink: disk full', { every: 0 })
    expect(await outcome).toEqual({ kind: 'carried' })
    expect(log).toEqual(['sink failed', 'sink recovered', 'written 2', 'carried 2'])
    expect(failures.first()).toBeUndefined()
  })

  test('goes to the dead letters when the sink refuses it, and so does what is no event, before the commit', async () => {
    const { carrier, sink, letters, log, committed, dead } = setUp()
    dead.why = 'no topic'
    sink.answer = () => ({ kind: 'refused', rows: [{ index: 1, why: 'too long' }] })
    const records = [recordOf(0, '{}'), recordOf(1, 'poison'), recordOf(2, '{}')]
    const outcome = carrier.take({ topic: 'loader', partition: 0, records, end: 3 })
    await until(() => log.includes('dead letters failed'))
    expect([sink.writes, committed]).toEqual([1, []])
    dead.why = undefined
    expect(await outcome).toEqual({ kind: 'carried' })
    expect(sink.writes).toBe(1)
    expect(letters.map(({ record, reason, why }) => `${record.offset} ${reason} ${why.slice(0, 8)}`)).toEqual(
      ['1 json the valu', '2 sink too long'],
    )
    expect(log.slice(-3)).toEqual(['dead json', 'dead sink', 'carried 3'])
  })

  test('without a row for the sink does not go there', async () => {
    const { carrier, sink, committed } = setUp()
    await carrier.take({ topic: 'loader', partition: 0, records: [recordOf(0, 'x')], end: 1 })
    expect([sink.writes, committed]).toEqual([0, [at(0, 1)]])
  })
})

describe('in a hurry', () => {
  test('the chunk under way is finished and committed, the rest is given back', async () => {
    const { take, sink, carrier, committed } = setUp()
    sink.answer = () => {
      carrier.hurry()
      return { kind: 'stored' }
    }
    expect(await Promise.all([take(0, 0, 6), take(1, 0, 6)])).toEqual([
      { kind: 'cut', reached: 4 },
      { kind: 'cut', reached: undefined },
    ])
    expect([sink.rows.length, committed, carrier.inFlight()]).toEqual([4, [at(0, 4)], 0])
    expect(await take(1, 0, 1)).toEqual({ kind: 'carried' })
  })

  test('what is abandoned is given back at once, also from a sink that fails, and not committed', async () => {
    const { take, sink, carrier, committed, failures } = setUp()
    sink.answer = () => ({ kind: 'failed', why: 'gone' })
    const outcome = take(0, 0, 2)
    await until(() => sink.writes > 2, { every: 0 })
    carrier.abandon()
    expect(await outcome).toEqual({ kind: 'cut', reached: undefined })
    expect([committed, failures.first()]).toEqual([[], 'sink: gone'])
  })

  test('a write under way is told', async () => {
    const { take, sink, carrier, committed } = setUp()
    sink.answer = (_, signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'stored' })))
    const outcome = take(0, 0, 2)
    await until(() => sink.writes === 1, { every: 0 })
    carrier.abandon()
    expect(await outcome).toEqual({ kind: 'cut', reached: undefined })
    expect(committed).toEqual([])
  })

  test('abandoning nothing does not harm what is taken next', async () => {
    const { take, carrier } = setUp()
    carrier.abandon()
    expect(await take(0, 0, 2)).toEqual({ kind: 'carried' })
  })
})

test('a commit that the brokers refuse gives everything back, with what had been committed before', async () => {
  const error = new Error('ILLEGAL_GENERATION')
  let commits = 0
  const { take, sink, log } = setUp({
    commit: async () => {
      commits += 1
      return commits === 1 ? undefined : error
    },
  })
  expect(await Promise.all([take(0, 0, 9), take(1, 0, 1)])).toEqual([
    { kind: 'refused', error, reached: 4 },
    { kind: 'refused', error, reached: undefined },
  ])
  expect(sink.rows.length).toBe(8)
  expect(log.slice(-3)).toEqual(['carried 4', 'written 4', 'again 4'])
})
