import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ringReader } from '../../../../controller/history/ring/reader.ts'
import { type Tick, tickOf } from '../../../../controller/history/ring/tick.ts'
import { openRing } from '../../../../controller/history/ring/writer.ts'
import { decisionAt, EIGHT } from '../../../contract/history.ts'
import { realDisk } from '../../../support/disk.ts'
import { tempFolder } from '../../../support/process.ts'

const { fs } = realDisk()
const MIB = 1_048_576

/** Whose size tells which one it is. */
const tickAt = (seconds: number, change: Partial<Tick> = {}): Tick => ({
  ...tickOf(decisionAt(seconds)),
  size: seconds,
  rules: [{ name: 'cpu', strategy: 'integral', unit: '%', band: { above: 70 }, level: seconds }],
  ...change,
})

const all = { workload: 'ingest', from: 0, to: 2 * EIGHT }
const between = (from: number, to: number) => ({
  workload: 'ingest',
  from: EIGHT + from * 1000,
  to: EIGHT + to * 1000,
})

const sizes = (ticks: readonly Tick[]): number[] => ticks.map(({ size }) => size)

const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

async function write(dir: string, seconds: readonly number[], bytes = MIB): Promise<void> {
  const ring = await openRing({ fs, dir, bytes })
  for (const second of seconds) {
    ring.push(tickAt(second))
    await ring.drained()
  }
  await ring.close()
  expect(ring.faults()).toEqual({ failedWrites: 0 })
}

test('each opening adds to the file, under definitions of its own', async () => {
  const dir = await tempFolder('ring')
  await write(dir, [1, 2])
  const ring = await openRing({ fs, dir, bytes: MIB })
  ring.push(tickAt(3, { rules: [{ name: 'lag', strategy: 'backlog', unit: 's', band: {}, level: 3 }] }))
  await ring.close()
  await write(dir, [4])
  const ticks = await ringReader(fs, dir).numbers(all)
  expect(ticks.map(({ rules: [rule] }) => `${rule?.name} ${rule?.level}`)).toEqual([
    'cpu 1',
    'cpu 2',
    'lag 3',
    'cpu 4',
  ])
  expect(await readdir(dir)).toEqual(['ring-1.bin'])
})

test('a record that was cut is skipped and counted, and writing goes on behind it', async () => {
  const dir = await tempFolder('ring')
  await write(dir, [1, 2, 3])
  const path = join(dir, 'ring-1.bin')
  await truncate(path, (await stat(path)).size - 5)
  await write(dir, [4, 5])
  await appendFile(path, 'CRN1 and then the light went out')
  const reader = ringReader(fs, dir)
  for (let reading = 0; reading < 3; reading++) expect(sizes(await reader.numbers(all))).toEqual([1, 2, 4, 5])
  expect(reader.cut()).toBe(2)
})

test('whatever is done to one byte, no number is ever told wrong', async () => {
  const dir = await tempFolder('ring')
  await write(dir, [1, 2, 3])
  const path = join(dir, 'ring-1.bin')
  const sound = await readFile(path)
  for (let at = 0; at < sound.length; at += 7) {
    const broken = Buffer.from(sound)
    broken.writeUInt8((broken.readUInt8(at) + 1) % 256, at)
    await writeFile(path, broken)
    const ticks = await ringReader(fs, dir).numbers(all)
    for (const tick of ticks) expect(tick).toEqual(tickAt(tick.size))
    expect(ticks.length).toBeLessThan(3)
  }
})

test('a disk that is full costs nothing: what waits is shown, and written once it can be', async () => {
  const dir = await tempFolder('ring')
  const disk = realDisk()
  const ring = await openRing({ fs: disk.fs, dir, bytes: MIB })
  ring.push(tickAt(1))
  await ring.drained()
  disk.fill()
  for (const seconds of [2, 3]) {
    ring.push(tickAt(seconds))
    await ring.drained()
  }
  expect(ring.faults()).toEqual({
    failedWrites: 2,
    lastError: `${join(dir, 'ring-1.bin')}: the disk is full: free space on it (ENOSPC)`,
  })
  const reader = ringReader(fs, dir)
  expect(sizes(await reader.numbers(all))).toEqual([1])
  const shown = await reader.numbers(all, { ...ring.written(), unwritten: ring.pending() })
  expect(sizes(shown)).toEqual([1, 2, 3])
  disk.repair()
  ring.push(tickAt(4))
  await ring.close()
  expect(sizes(await reader.numbers(all))).toEqual([1, 2, 3, 4])
})

test('what waits for a disk that is full is bounded, and the newest of it is kept', async () => {
  const dir = await tempFolder('ring')
  const disk = realDisk()
  const ring = await openRing({ fs: disk.fs, dir, bytes: MIB })
  disk.fill()
  for (let seconds = 0; seconds < 20_100; seconds++) ring.push(tickAt(seconds))
  await ring.drained()
  expect(ring.pending()).toHaveLength(20_000)
  expect(ring.pending()[0]?.size).toBe(100)
})

test('a block that got half-way is written again behind the half', async () => {
  const dir = await tempFolder('ring')
  let cuts = 1
  const open: typeof fs.open = async (path, flags, mode) => {
    const handle = await fs.open(path, flags, mode)
    if (flags !== 'a') return handle
    const whole = handle.writeFile.bind(handle)
    handle.writeFile = async (data) => {
      if (cuts-- <= 0 || !Buffer.isBuffer(data)) return whole(data)
      await whole(data.subarray(0, 60))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    return handle
  }
  const ring = await openRing({ fs: { ...fs, open }, dir, bytes: MIB })
  for (const seconds of [1, 2]) {
    ring.push(tickAt(seconds))
    await ring.drained()
  }
  await ring.close()
  const reader = ringReader(fs, dir)
  expect(sizes(await reader.numbers(all))).toEqual([1, 2])
  expect([reader.cut(), ring.faults().failedWrites]).toEqual([1, 1])
})

test('files are bounded by bytes, the oldest go, and only those that may hold an answer are read', async () => {
  const dir = await tempFolder('ring')
  const bytes = 16 * 1_000
  const ring = await openRing({ fs, dir, bytes })
  for (let seconds = 0; seconds < 500; seconds++) {
    ring.push(tickAt(seconds * 100))
    await ring.drained()
  }
  await ring.close()
  const files = await readdir(dir)
  expect(files).toHaveLength(16)
  for (const name of files) expect((await stat(join(dir, name))).size).toBeLessThanOrEqual(1_000)
  // Of these nothing but the head is left, so that reading one would be noticed.
  for (const name of files.toSorted(byNumber).slice(0, 12)) await truncate(join(dir, name), 40)
  const reader = ringReader(fs, dir)
  expect(sizes(await reader.numbers(between(49_000, 49_200)))).toEqual([49_000, 49_100, 49_200])
  expect(sizes(await reader.numbers({ ...all, limit: 2 }))).toEqual([49_800, 49_900])
  expect(reader.cut()).toBe(0)
  await reader.numbers(all)
  expect(reader.cut()).toBe(12)
})

test('a clock that is set back hides nothing', async () => {
  const dir = await tempFolder('ring')
  await write(dir, [10_000, 10_015, 5_000, 5_015, 5_010, 10_030])
  const reader = ringReader(fs, dir)
  expect(sizes(await reader.numbers(between(5_000, 6_000)))).toEqual([5_000, 5_010, 5_015])
  expect(sizes(await reader.numbers(between(10_000, 11_000)))).toEqual([10_000, 10_015, 10_030])
})

test('a closed ring takes nothing more, and none has no numbers', async () => {
  const dir = await tempFolder('ring')
  const ring = await openRing({ fs, dir, bytes: MIB })
  await ring.close()
  ring.push(tickAt(1))
  await ring.drained()
  expect(await readdir(dir)).toEqual([])
  expect(await ringReader(fs, join(dir, 'missing')).numbers(all)).toEqual([])
})
