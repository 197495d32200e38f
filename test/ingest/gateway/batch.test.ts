import { expect, test } from 'vitest'
import { type BatchLimits, batching } from '../../../ingest/gateway/batch.ts'
import type { BatchWriter, Written } from '../../../ingest/gateway/sink.ts'
import { until } from '../../support/until.ts'

const LIMITS: BatchLimits = { maxQueued: 1_000, writeWithin: 5_000, probeEvery: 5 }

/** A store in memory whose writes end when the test says so. */
const storeInMemory = () => {
  const batches: string[][] = []
  const open: ((outcome?: Written) => void)[] = []
  let stored = 0
  let broken: string | undefined
  let closed = false
  const writer: BatchWriter = {
    write: (events) =>
      new Promise((resolve) => {
        batches.push(events.map(String))
        open.push((outcome) => {
          if (outcome !== undefined) return resolve(outcome)
          const offset = stored
          stored += events.length
          resolve({ kind: 'stored', partition: 0, offset })
        })
      }),
    probe: async () => broken,
    close: async () => {
      closed = true
    },
  }
  return {
    writer,
    batches,
    break: (why: string | undefined) => {
      broken = why
    },
    isClosed: () => closed,
    /** Ends the oldest write under way, once there is one. */
    finish: async (outcome?: Written) => {
      const end = await until(() => open.shift(), { every: 1, what: 'a write' })
      end(outcome)
    },
  }
}

const recording = () => {
  const seen: string[] = []
  return {
    seen,
    wrote: (events: number) => seen.push(`wrote ${events}`),
    failed: (why: string) => seen.push(`failed: ${why}`),
    recovered: () => seen.push('recovered'),
  }
}

const append = (sink: { append(event: Buffer): unknown }, text: string) => sink.append(Buffer.from(text))

test('what arrives during a write goes together with the next one, with offsets in the order of arrival', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, LIMITS, recording())
  const first = append(sink, 'a')
  await until(() => store.batches.length === 1, { every: 1 })
  const others = ['b', 'c', 'd'].map((text) => append(sink, text))
  expect(sink.queued()).toBe(4)
  await store.finish()
  await store.finish()
  expect(await first).toEqual({ kind: 'stored', partition: 0, offset: 0 })
  expect(await Promise.all(others)).toEqual(
    [1, 2, 3].map((offset) => ({ kind: 'stored', partition: 0, offset })),
  )
  expect(store.batches).toEqual([['a'], ['b', 'c', 'd']])
  expect(sink.queued()).toBe(0)
})

test('what arrives in the very moment in which the queue ran empty is written, too', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, LIMITS, recording())
  const first = append(sink, 'a')
  await store.finish()
  await first
  const second = append(sink, 'b')
  await store.finish()
  expect(await second).toMatchObject({ kind: 'stored', offset: 1 })
})

test('nothing is taken beyond the bound of the queue', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, { ...LIMITS, maxQueued: 2 }, recording())
  const taken = [append(sink, 'a'), append(sink, 'b')]
  expect(await append(sink, 'c')).toEqual({ kind: 'full' })
  await store.finish()
  expect(await Promise.all(taken)).toMatchObject([{ kind: 'stored' }, { kind: 'stored' }])
})

test('many events at once are answered one by one; what the queue has no room for is told apart', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, { ...LIMITS, maxQueued: 2 }, recording())
  const all = sink.appendAll(['a', 'b', 'c'].map((text) => Buffer.from(text)))
  await store.finish()
  expect(await all).toEqual([
    { kind: 'stored', partition: 0, offset: 0 },
    { kind: 'stored', partition: 0, offset: 1 },
    { kind: 'full' },
  ])
  expect(store.batches).toEqual([['a', 'b']])
})

test('a failed write fails all of its events, the next ones are tried again', async () => {
  const store = storeInMemory()
  const observer = recording()
  const sink = batching(store.writer, { ...LIMITS, probeEvery: 5_000 }, observer)
  const lost = [append(sink, 'a'), append(sink, 'b')]
  await store.finish({ kind: 'failed', why: 'disk full' })
  expect(await Promise.all(lost)).toEqual([1, 2].map(() => ({ kind: 'failed', why: 'disk full' })))
  expect(sink.failure()).toBe('disk full')
  const next = append(sink, 'c')
  await store.finish()
  expect(await next).toMatchObject({ kind: 'stored', offset: 0 })
  expect(sink.failure()).toBeUndefined()
  expect(observer.seen).toEqual(['failed: disk full', 'wrote 1', 'recovered'])
})

test('a failed store is probed until it works again, without any event', async () => {
  const store = storeInMemory()
  const observer = recording()
  store.break('still full')
  const sink = batching(store.writer, LIMITS, observer)
  const lost = append(sink, 'a')
  await store.finish({ kind: 'failed', why: 'disk full' })
  await lost
  await until(() => sink.failure() === 'still full', { every: 1 })
  store.break(undefined)
  await until(() => sink.failure() === undefined, { every: 1 })
  expect(observer.seen).toEqual(['failed: disk full', 'recovered'])
  const next = append(sink, 'b')
  await store.finish()
  expect(await next).toMatchObject({ kind: 'stored' })
})

test('when a write hangs, nobody waits longer than the bound, and nobody queues behind it', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, { ...LIMITS, writeWithin: 30 }, recording())
  const first = append(sink, 'a')
  await until(() => store.batches.length === 1, { every: 1 })
  const second = append(sink, 'b')
  const why = 'the store has not answered for 30 ms'
  expect(await first).toEqual({ kind: 'failed', why })
  expect(await second).toEqual({ kind: 'failed', why })
  expect(await append(sink, 'c')).toEqual({ kind: 'failed', why })
  expect(sink.failure()).toBe(why)
  await store.finish()
  await until(() => sink.failure() === undefined, { every: 1 })
  const next = append(sink, 'd')
  await store.finish()
  expect(await next).toMatchObject({ kind: 'stored', offset: 1 })
  expect(store.batches).toEqual([['a'], ['d']])
})

test('the close waits for what is queued', async () => {
  const store = storeInMemory()
  const sink = batching(store.writer, LIMITS, recording())
  const taken = append(sink, 'a')
  const closed = sink.close()
  expect(store.isClosed()).toBe(false)
  await store.finish()
  await closed
  expect(await taken).toMatchObject({ kind: 'stored' })
  expect(store.isClosed()).toBe(true)
})
