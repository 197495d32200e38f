import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { ConsumerSink } from '../../../../ingest/consumer/sink.ts'
import { stdout } from '../../../../ingest/consumer/sinks/stdout.ts'
import { consumerSinkContract, rowsFrom, type StoredRow, unaborted } from '../../../contract/consumer-sink.ts'

/** A pipe whose reader takes what comes, stops for a while, or is gone. */
const pipe = () => {
  const state = { gone: false, stopped: false, resume: () => {}, text: '' }
  const stream = new Writable({
    write(chunk, _encoding, done) {
      if (state.gone) return done(new Error('write EPIPE'))
      state.text += String(chunk)
      if (state.stopped) state.resume = () => done()
      else done()
    },
  })
  return { state, stream }
}

const opened = async (stream: Writable, writeWithin = 5_000): Promise<ConsumerSink> => {
  const result = await stdout({ writeWithin })({ environment: {}, stdout: stream })
  if (result.kind === 'refused') throw new Error(result.why)
  return result.sink
}

const rowsOf = (text: string): StoredRow[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

consumerSinkContract('the sink to the standard output', async () => {
  const { state, stream } = pipe()
  return {
    sink: await opened(stream),
    stored: async () => rowsOf(state.text),
    damage: async () => void Object.assign(state, { gone: true }),
  }
})

test('a batch counts only once the reader has taken it', async () => {
  const { state, stream } = pipe()
  const sink = await opened(stream)
  state.stopped = true
  let settled = false
  const written = sink.write(rowsFrom(0, 2), unaborted()).finally(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toBe(false)
  state.resume()
  expect(await written).toEqual({ kind: 'stored' })
  await sink.close()
})

test('a reader that stops fails the write in time', async () => {
  const { state, stream } = pipe()
  const sink = await opened(stream, 20)
  state.stopped = true
  expect(await sink.write(rowsFrom(0, 1), unaborted())).toMatchObject({ kind: 'failed' })
  state.resume()
  await sink.close()
})

test('a reader that is gone fails this write and all that follow, and ends nothing else', async () => {
  const { state, stream } = pipe()
  const sink = await opened(stream)
  state.gone = true
  const broken = { kind: 'failed', why: 'the pipe is broken: write EPIPE' }
  expect(await sink.write(rowsFrom(0, 1), unaborted())).toEqual(broken)
  expect(await sink.write(rowsFrom(0, 1), unaborted())).toEqual(broken)
  expect(await sink.probe(unaborted())).toBe('the pipe is broken: write EPIPE')
  await sink.close()
})
