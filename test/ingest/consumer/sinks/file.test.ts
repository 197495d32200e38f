import { appendFile, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ConsumerSink, Row } from '../../../../ingest/consumer/sink.ts'
import { file, fileOn } from '../../../../ingest/consumer/sinks/file.ts'
import { eventFile, readEvents } from '../../../../ingest/shared/file/event-file.ts'
import { type OpenDisk, openDisk } from '../../../../ingest/shared/file/open-file.ts'
import {
  consumerSinkContract,
  row,
  rowsFrom,
  type StoredRow,
  unaborted,
} from '../../../contract/consumer-sink.ts'
import { tempFolder } from '../../../support/process.ts'

const surroundings = { environment: {}, stdout: process.stdout }

const opened = async (dir: string, disk: OpenDisk = openDisk, writeWithin = 5_000): Promise<ConsumerSink> => {
  const result = await fileOn(disk)({ dir, writeWithin })(surroundings)
  if (result.kind === 'refused') throw new Error(result.why)
  return result.sink
}

const storedIn = async (dir: string): Promise<StoredRow[]> => {
  const rows: StoredRow[] = []
  for await (const line of readEvents(dir)) rows.push(JSON.parse(line.toString()))
  return rows
}

/** A disk that is full, or that hangs, while it is told so. */
const badDisk = () => {
  const state = { full: false, hangs: undefined as Promise<void> | undefined }
  const disk: OpenDisk = async (path) => {
    const real = await openDisk(path)
    const datasync = async () => {
      if (state.full) throw new Error('no space left on device')
      await state.hangs
      await real.datasync()
    }
    return {
      write: (bytes, from, count, position) => real.write(bytes, from, count, position),
      datasync,
      truncate: (length) => real.truncate(length),
      close: () => real.close(),
    }
  }
  const hang = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    state.hangs = promise
    return () => {
      state.hangs = undefined
      resolve()
    }
  }
  return { state, disk, hang }
}

consumerSinkContract('the file sink', async () => {
  const dir = await tempFolder('sink')
  const { state, disk } = badDisk()
  return {
    sink: await opened(dir, disk),
    stored: () => storedIn(dir),
    damage: async () => void Object.assign(state, { full: true }),
    mend: async () => void Object.assign(state, { full: false }),
  }
})

test('a line has the place, the id and the event, with the bytes of the event as they were', async () => {
  const dir = await tempFolder('sink')
  const sink = await opened(dir)
  const json = '{"b": 1.0,  "a":"\\u00e9"}'
  const odd: Row = row(7, { partition: 2, json, event: { b: 1, a: 'é' } })
  expect(await sink.write([odd], unaborted())).toEqual({ kind: 'stored' })
  expect(await readFile(eventFile(dir), 'utf8')).toBe(
    `{"topic":"loader","partition":2,"offset":7,"id":"id-7","event":${json}}\n`,
  )
  await sink.close()
})

test('what a crash tore is cut off before anything is written behind it', async () => {
  const dir = await tempFolder('sink')
  const before = await opened(dir)
  await before.write(rowsFrom(0, 2), unaborted())
  await before.close()
  await appendFile(eventFile(dir), '{"topic":"loader","part')
  const after = await opened(dir)
  await after.write(rowsFrom(2, 4), unaborted())
  expect((await storedIn(dir)).map(({ offset }) => offset)).toEqual([0, 1, 2, 3])
  await after.close()
})

test('a second consumer on the same folder is refused', async () => {
  const dir = await tempFolder('sink')
  const first = await opened(dir)
  expect(await file({ dir, writeWithin: 5_000 })(surroundings)).toEqual({
    kind: 'refused',
    why: `${dir} is in use by another process`,
  })
  await first.close()
})

test('a disk that hangs fails the write in time, and nothing else is begun until it has come to its end', async () => {
  const dir = await tempFolder('sink')
  const { disk, hang } = badDisk()
  const sink = await opened(dir, disk, 20)
  const release = hang()
  expect(await sink.write(rowsFrom(0, 1), unaborted())).toEqual({
    kind: 'failed',
    why: 'the write has not ended within 20 ms',
  })
  expect(await sink.write(rowsFrom(0, 1), unaborted())).toEqual({
    kind: 'failed',
    why: 'an earlier write still hangs',
  })
  release()
  // On a slow disk a write may be given up after 20 ms and land all the same, so there may be more than the two.
  await expect.poll(() => sink.write(rowsFrom(0, 1), unaborted())).toEqual({ kind: 'stored' })
  await sink.close()
  const offsets = (await storedIn(dir)).map(({ offset }) => offset)
  expect(offsets.length).toBeGreaterThanOrEqual(2)
  expect(new Set(offsets)).toEqual(new Set([0]))
})

test('a write that hangs is given up as soon as the consumer ends', async () => {
  const { disk, hang } = badDisk()
  const sink = await opened(await tempFolder('sink'), disk)
  const release = hang()
  const ending = new AbortController()
  const written = sink.write(rowsFrom(0, 1), ending.signal)
  ending.abort()
  expect(await written).toEqual({ kind: 'failed', why: 'given up, as the consumer ends' })
  release()
  await sink.close()
})

test('without a folder the command line is wrong', () => {
  expect(() => file({ writeWithin: 1 })).toThrow('--dir is missing')
})
