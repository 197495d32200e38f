import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type FileHistoryOptions,
  openFileHistory,
  readFileHistory,
} from '../../../controller/history/file.ts'
import type { History } from '../../../controller/history/history.ts'
import { decisionAt, EIGHT, historyContract, outcomeAt, short } from '../../contract/history.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

const { fs } = realDisk()

const options = (dir: string, change: Partial<FileHistoryOptions> = {}): FileHistoryOptions => ({
  dir,
  fs,
  now: () => EIGHT + 3_600_000,
  ...change,
})

async function opened(dir: string, change: Partial<FileHistoryOptions> = {}): Promise<History> {
  const outcome = await openFileHistory(options(dir, change))
  if (outcome.kind === 'open') return outcome.history
  throw new Error(outcome.detail)
}

const folder = () => tempFolder('history')

/** The lines of all files of entries, oldest first. */
async function linesIn(dir: string): Promise<string[]> {
  const names = (await readdir(dir))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))
  return texts.join('').split('\n').slice(0, -1)
}

historyContract('the file history', async () => opened(await folder()))

test('what was told is there after a close, and another opening adds to it under ids of its own', async () => {
  const dir = await folder()
  for (const seconds of [0, 15, 30]) {
    const history = await opened(dir)
    history.decided(decisionAt(seconds))
    history.happened(outcomeAt(seconds + 1))
    await history.close()
  }
  const history = await opened(dir)
  expect(short(await history.read({}))).toEqual([
    'ingest 0..0 x1',
    'order-host 1',
    'ingest 15..15 x1',
    'order-host 16',
    'ingest 30..30 x1',
    'order-host 31',
  ])
})

test('a fold is written when it begins, every minute, and when it ends; a crash loses less than a minute', async () => {
  const dir = await folder()
  const history = await opened(dir)
  const counts: number[] = []
  for (let seconds = 0; seconds <= 150; seconds += 15) {
    history.decided(decisionAt(seconds))
    await new Promise((resolve) => setImmediate(resolve))
    await expect.poll(() => history.faults().failedWrites).toBe(0)
    // Another process that opens now is what comes after a crash.
    const entries = await readFileHistory(dir, fs, {})
    counts.push(entries.reduce((last, entry) => (entry.kind === 'decision' ? entry.count : last), 0))
  }
  expect(await linesIn(dir)).toHaveLength(3)
  expect(short(await readFileHistory(dir, fs, {}))).toEqual(['ingest 0..120 x9'])
  history.decided(decisionAt(165, { reason: 'missing' }))
  await history.flush()
  expect(short(await readFileHistory(dir, fs, {}))).toEqual(['ingest 0..150 x11', 'ingest 165..165 x1'])
})

test('the fold of a workload that nobody decides on any more is written within a minute of the others', async () => {
  const dir = await folder()
  const history = await opened(dir)
  for (const seconds of [0, 15, 30]) history.decided(decisionAt(seconds, { workload: 'gone' }))
  for (const seconds of [0, 15, 30, 45, 60]) history.decided(decisionAt(seconds))
  await expect
    .poll(async () => short(await readFileHistory(dir, fs, { workload: 'gone' })))
    .toEqual(['gone 0..30 x3'])
})

test('reading shows what is not on disk yet', async () => {
  const dir = await folder()
  const disk = realDisk()
  const history = await opened(dir, { fs: disk.fs })
  history.decided(decisionAt(0))
  await history.flush()
  disk.fill()
  history.decided(decisionAt(15))
  history.happened(outcomeAt(16))
  await history.flush()
  expect(short(await history.read({}))).toEqual(['ingest 0..15 x2', 'order-host 16'])
  expect(short(await readFileHistory(dir, fs, {}))).toEqual(['ingest 0..0 x1'])
})

test('a disk that is full costs nothing: failures are counted and the entries written with the next that can be', async () => {
  const dir = await folder()
  const disk = realDisk()
  const history = await opened(dir, { fs: disk.fs })
  disk.fill()
  for (const seconds of [1, 2, 3]) {
    history.happened(outcomeAt(seconds))
    await history.flush()
  }
  expect(history.faults()).toEqual({
    unreadable: 0,
    failedWrites: expect.any(Number),
    lastError: `${join(dir, 'history-1.jsonl')}: the disk is full: free space on it (ENOSPC)`,
  })
  expect(history.faults().failedWrites).toBeGreaterThanOrEqual(3)
  disk.repair()
  history.happened(outcomeAt(4))
  await history.close()
  expect(short(await readFileHistory(dir, fs, {}))).toEqual([1, 2, 3, 4].map((n) => `order-host ${n}`))
})

test('a write that got half-way is repeated on a line of its own', async () => {
  const dir = await folder()
  let short_ = true
  const open: typeof fs.open = async (path, flags, mode) => {
    const handle = await fs.open(path, flags, mode)
    if (flags !== 'a') return handle
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async (text) => {
      if (!short_) return write(text)
      await write(String(text).slice(0, 250))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    return handle
  }
  const history = await opened(dir, { fs: { ...fs, open } })
  for (const seconds of [1, 2, 3]) history.happened(outcomeAt(seconds))
  await history.flush()
  expect(history.faults().failedWrites).toBe(1)
  short_ = false
  history.happened(outcomeAt(4))
  await history.flush()
  expect(short(await history.read({}))).toEqual([1, 2, 3, 4].map((n) => `order-host ${n}`))
  expect(history.faults().unreadable).toBe(1)
})

test('a torn last line and lines that are none are skipped and counted once, and writing goes on after them', async () => {
  const dir = await folder()
  const first = await opened(dir)
  first.happened(outcomeAt(1))
  await first.close()
  await appendFile(
    join(dir, 'history-1.jsonl'),
    'not json\n{"kind":"outcome","version":1}\n\n{"kind":"outcome","ver',
  )
  const second = await opened(dir)
  second.happened(outcomeAt(2))
  await second.flush()
  for (let reading = 0; reading < 3; reading++)
    expect(short(await second.read({}))).toEqual(['order-host 1', 'order-host 2'])
  expect(second.faults()).toEqual({ unreadable: 3, failedWrites: 0 })
})

test('an entry of a newer version refuses to open, names the remedy and is left alone', async () => {
  const dir = await folder()
  const line = `${JSON.stringify({ kind: 'decision', version: 2, id: 'x', nobody: 'knows' })}\n`
  await writeFile(join(dir, 'history-4.jsonl'), line)
  expect(await openFileHistory(options(dir))).toEqual({
    kind: 'refused',
    reason: 'newer',
    detail: `${dir}: it holds entries of version 2, this Capuchin knows version 1: start the release that wrote them, or a later one, or move the folder away`,
  })
  expect(await linesIn(dir)).toEqual([line.trim()])
})

test.for([
  { name: 'has no parent', path: 'missing/history', says: /does not exist: create it/ },
  { name: 'is a file', path: 'a-file', says: /not a folder/ },
])('a folder that $name is refused with the remedy', async ({ path, says }) => {
  const parent = await folder()
  await writeFile(join(parent, 'a-file'), '')
  expect(await openFileHistory(options(join(parent, path)))).toEqual({
    kind: 'refused',
    reason: 'unwritable',
    detail: expect.stringMatching(says),
  })
})

test('files rotate by size, the oldest go, and what is left reads as one', async () => {
  const dir = await folder()
  const limits = { maxBytes: 2_000, files: 3 }
  const history = await opened(dir, limits)
  for (let seconds = 0; seconds < 100; seconds++) {
    history.happened(outcomeAt(seconds))
    if (seconds % 7 === 0) await history.flush()
  }
  await history.close()
  const names = await readdir(dir)
  expect(names).toHaveLength(3)
  for (const name of names) expect((await stat(join(dir, name))).size).toBeLessThanOrEqual(2_000)
  const again = await opened(dir, limits)
  const entries = short(await again.read({}))
  expect(entries.length).toBeGreaterThan(20)
  expect(entries).toEqual(Array.from(entries, (_, i) => `order-host ${100 - entries.length + i}`))
  again.happened(outcomeAt(100))
  await again.close()
  expect(short(await again.read({ limit: 1 }))).toEqual(['order-host 100'])
})

test('a batch that is larger than a file is spread over several', async () => {
  const dir = await folder()
  const history = await opened(dir, { maxBytes: 1_000, files: 50 })
  for (let seconds = 0; seconds < 50; seconds++) history.happened(outcomeAt(seconds))
  await history.close()
  const names = await readdir(dir)
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) expect((await stat(join(dir, name))).size).toBeLessThanOrEqual(1_000)
  expect(await history.read({})).toHaveLength(50)
})

test('ready counts are there again after a start', async () => {
  const dir = await folder()
  const first = await opened(dir)
  const counts = decisionAt(0).counts
  for (let seconds = 0; seconds <= 600; seconds += 15)
    first.decided(decisionAt(seconds, { counts: { ...counts, ready: seconds < 300 ? 2 : 3 } }))
  const before = first.readyCounts('ingest', EIGHT)
  await first.close()
  expect((await opened(dir)).readyCounts('ingest', EIGHT)).toEqual(before)
  expect(before.map(({ ready }) => ready)).toEqual([2, 3])
})

test('opening and reading the newest do not read what is older', async () => {
  const dir = await folder()
  const first = await opened(dir, { maxBytes: 200_000, files: 20 })
  for (let seconds = 0; seconds < 5_000; seconds++) first.happened(outcomeAt(seconds))
  await first.close()
  const files = (await readdir(dir)).length
  expect(files).toBeGreaterThan(3)
  const read: string[] = []
  const open: typeof fs.open = (path, flags, mode) => {
    if (flags === 'r') read.push(String(path))
    return fs.open(path, flags, mode)
  }
  // Everything is older than a day then: a thousand entries in a row are enough to see that.
  const later = () => EIGHT + 3 * 86_400_000
  const history = await opened(dir, { fs: { ...fs, open }, now: later, maxBytes: 200_000 })
  expect(new Set(read).size).toBeLessThan(files)
  read.length = 0
  expect(await history.read({ limit: 10 })).toHaveLength(10)
  expect(new Set(read).size).toBe(1)
  read.length = 0
  expect(await history.read({ from: EIGHT + 4_990_000 })).toHaveLength(10)
  expect(new Set(read).size).toBeLessThan(files)
})

test('entries that are misdated do not hide those before them', async () => {
  const dir = await folder()
  const history = await opened(dir)
  history.happened(outcomeAt(1))
  history.happened(outcomeAt(-1_700_000_000))
  history.happened(outcomeAt(2))
  await history.flush()
  expect(short(await history.read({ from: EIGHT }))).toEqual(['order-host 1', 'order-host 2'])
})

test('a closed history takes nothing more and says so', async () => {
  const dir = await folder()
  const history = await opened(dir)
  await history.close()
  history.happened(outcomeAt(1))
  expect(history.faults()).toEqual({
    unreadable: 0,
    failedWrites: 1,
    lastError: `${dir}: the history is closed`,
  })
  expect(await linesIn(dir)).toEqual([])
})

test('what waits for a disk that is full is bounded, and the newest of it is kept', async () => {
  const dir = await folder()
  const disk = realDisk()
  const history = await opened(dir, { fs: disk.fs })
  disk.fill()
  for (let seconds = 0; seconds < 12_000; seconds++) history.happened(outcomeAt(seconds))
  await history.flush()
  disk.repair()
  await history.close()
  const lines = await linesIn(dir)
  expect(lines).toHaveLength(10_000)
  expect(lines.at(-1)).toContain(String(EIGHT + 11_999_000))
})

test('the history is for its owner only', async () => {
  const dir = await folder()
  await (await opened(dir)).close()
  expect((await stat(join(dir, 'history-1.jsonl'))).mode & 0o777).toBe(0o600)
})
