import { appendFile, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventFile, readEvents } from '../../../../ingest/shared/file/event-file.ts'
import type { Disk } from '../../../../ingest/shared/file/file-writer.ts'
import { type OpenDisk, openDisk, openEventFile } from '../../../../ingest/shared/file/open-file.ts'
import { tempFolder } from '../../../support/process.ts'

const opened = async (dir: string, opening: OpenDisk = openDisk) => {
  const result = await openEventFile(dir, opening)
  if (result.kind === 'refused') throw new Error(result.why)
  return result
}

const events = (...texts: string[]) => texts.map((text) => Buffer.from(text))
const stored = async (dir: string) => {
  const texts: string[] = []
  for await (const event of readEvents(dir)) texts.push(event.toString())
  return texts
}

/** A disk that fails when the test says so, as the real ones do: with half of the bytes written. */
const faultyDisk = () => {
  const faults = { write: false, datasync: false, truncate: false }
  const check = (fault: keyof typeof faults) => {
    if (faults[fault]) throw new Error(`${fault}: no space left on device`)
  }
  const opening: OpenDisk = async (path) => {
    const real = await openDisk(path)
    const disk: Disk = {
      write: async (bytes, from, count, position) => {
        const half = Math.ceil(count / 2)
        if (!faults.write) return real.write(bytes, from, half, position)
        await real.write(bytes, from, half, position)
        throw new Error('write: no space left on device')
      },
      datasync: async () => {
        check('datasync')
        await real.datasync()
      },
      truncate: async (length) => {
        check('truncate')
        await real.truncate(length)
      },
      close: () => real.close(),
    }
    return disk
  }
  return { faults, opening }
}

test('the folder is created, offsets begin at 0 and go on within and across batches', async () => {
  const dir = join(await tempFolder('file'), 'deep', 'er')
  const { writer } = await opened(dir)
  expect(await writer.write(events('{"a":1}', '{"a":2}'))).toEqual({
    kind: 'stored',
    partition: 0,
    offset: 0,
  })
  expect(await writer.write(events('{"a":3}'))).toEqual({ kind: 'stored', partition: 0, offset: 2 })
  expect(await stored(dir)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}'])
  await writer.close()
})

test('offsets go on after a restart', async () => {
  const dir = await tempFolder('file')
  const first = await opened(dir)
  await first.writer.write(events('{}', '{}'))
  await first.writer.close()
  const second = await opened(dir)
  expect(second).toMatchObject({ events: 2, tornBytes: 0 })
  expect(await second.writer.write(events('{}'))).toMatchObject({ offset: 2 })
  await second.writer.close()
})

test.for([
  { name: 'half a line', torn: '{"half', kept: ['{"a":1}'] },
  { name: 'a whole line and half a line', torn: '{"b":2}\n{"half', kept: ['{"a":1}', '{"b":2}'] },
  { name: 'zero bytes, as after a power loss', torn: '{"b":2\0\0\0\n\0', kept: ['{"a":1}'] },
  { name: 'the spaces of a probe', torn: ' '.repeat(4096), kept: ['{"a":1}'] },
])('a crash that left $name is repaired, and offsets stay right', async ({ torn, kept }) => {
  const dir = await tempFolder('file')
  const before = await opened(dir)
  await before.writer.write(events('{"a":1}'))
  await before.writer.close()
  await appendFile(eventFile(dir), torn)
  const after = await opened(dir)
  expect(after.events).toBe(kept.length)
  expect(await readFile(eventFile(dir), 'utf8')).toBe(kept.map((event) => `${event}\n`).join(''))
  expect(await after.writer.write(events('{"next":1}'))).toMatchObject({
    kind: 'stored',
    offset: kept.length,
  })
  expect(await stored(dir)).toEqual([...kept, '{"next":1}'])
  await after.writer.close()
})

test.for(['write', 'datasync'] as const)('after a %s error nothing of the batch is left', async (fault) => {
  const dir = await tempFolder('file')
  const { faults, opening } = faultyDisk()
  const { writer } = await opened(dir, opening)
  await writer.write(events('{"a":1}'))
  faults[fault] = true
  const outcome = await writer.write(events('{"b":2}', '{"c":3}'))
  expect(outcome).toEqual({ kind: 'failed', why: `${fault}: no space left on device` })
  expect(await readFile(eventFile(dir), 'utf8')).toBe('{"a":1}\n')
  faults[fault] = false
  expect(await writer.write(events('{"d":4}'))).toMatchObject({ kind: 'stored', offset: 1 })
  expect(await stored(dir)).toEqual(['{"a":1}', '{"d":4}'])
  await writer.close()
})

test('as long as the remains of a failed batch cannot be cut off, nothing is written behind them', async () => {
  const dir = await tempFolder('file')
  const { faults, opening } = faultyDisk()
  const { writer } = await opened(dir, opening)
  await writer.write(events('{"a":1}'))
  Object.assign(faults, { write: true, truncate: true })
  expect(await writer.write(events('{"a rather long event":2}'))).toMatchObject({ kind: 'failed' })
  faults.write = false
  expect(await writer.write(events('{}'))).toEqual({
    kind: 'failed',
    why: 'truncate: no space left on device',
  })
  expect(await writer.probe()).toBe('truncate: no space left on device')
  faults.truncate = false
  expect(await writer.probe()).toBeUndefined()
  expect(await writer.write(events('{"d":4}'))).toMatchObject({ kind: 'stored', offset: 1 })
  expect(await readFile(eventFile(dir), 'utf8')).toBe('{"a":1}\n{"d":4}\n')
  await writer.close()
})

test('a probe tells whether there is room, and leaves nothing behind', async () => {
  const dir = await tempFolder('file')
  const { faults, opening } = faultyDisk()
  const { writer } = await opened(dir, opening)
  await writer.write(events('{"a":1}'))
  expect(await writer.probe()).toBeUndefined()
  faults.write = true
  expect(await writer.probe()).toBe('write: no space left on device')
  expect(await readFile(eventFile(dir), 'utf8')).toBe('{"a":1}\n')
  await writer.close()
})

test('a second gateway on the same folder is refused until the first one has closed', async () => {
  const dir = await tempFolder('file')
  const first = await opened(dir)
  expect(await openEventFile(dir)).toEqual({ kind: 'refused', why: `${dir} is in use by another process` })
  await first.writer.close()
  await (await opened(dir)).writer.close()
})

test('a folder that cannot be made is refused with its name', async () => {
  const file = join(await tempFolder('file'), 'a-file')
  await writeFile(file, '')
  const dir = join(file, 'data')
  expect(await openEventFile(dir)).toEqual({
    kind: 'refused',
    why: expect.stringContaining(`${dir} cannot be used`),
  })
})

test('a file with more damage than a crash leaves is refused and left as it is', async () => {
  const dir = await tempFolder('file')
  await writeFile(eventFile(dir), '{"a":1}\n')
  await truncate(eventFile(dir), 80 * 1024 * 1024)
  expect(await openEventFile(dir)).toEqual({
    kind: 'refused',
    why: expect.stringContaining('is damaged at byte 8'),
  })
  expect((await stat(eventFile(dir))).size).toBe(80 * 1024 * 1024)
  await rm(eventFile(dir))
  await (await opened(dir)).writer.close()
})

const checkpointed = async (dir: string) => {
  const { writer } = await opened(dir)
  await writer.write(events('{"a":1}', '{"a":2}'))
  await writer.close()
  return join(dir, 'checkpoint.json')
}

test('a restart counts from the checkpoint on', async () => {
  const dir = await tempFolder('file')
  const path = await checkpointed(dir)
  // A count that only the checkpoint can know shows that the lines before it were not counted again.
  const checkpoint = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...checkpoint, events: 1_000 }))
  await appendFile(eventFile(dir), '{"a":3}\n')
  const { writer, events: found } = await opened(dir)
  expect(found).toBe(1_001)
  await writer.close()
})

test.for([
  { name: 'that is missing', spoil: (path: string) => rm(path) },
  { name: 'that is cut short', spoil: (path: string) => truncate(path, 10) },
  {
    name: 'of a later version',
    spoil: (path: string) => writeFile(path, '{"version":2,"events":9,"bytes":8}'),
  },
  {
    name: 'of another file',
    spoil: (path: string) => writeFile(path, '{"version":1,"inode":1,"events":9,"bytes":8}'),
  },
  { name: 'that is a folder', spoil: (path: string) => rm(path).then(() => mkdir(path)) },
])('a checkpoint $name only costs time', async ({ spoil }) => {
  const dir = await tempFolder('file')
  await spoil(await checkpointed(dir))
  const { writer, events: found } = await opened(dir)
  expect(found).toBe(2)
  await writer.close()
})

test('a checkpoint beyond the end of the file is not believed', async () => {
  const dir = await tempFolder('file')
  await checkpointed(dir)
  await truncate(eventFile(dir), 8)
  const { writer, events: found } = await opened(dir)
  expect(found).toBe(1)
  await writer.close()
})
