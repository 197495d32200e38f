import { z } from 'zod'
import { ensureFolder, explainFault, type FileSystem } from '../store/file-system.ts'
import { defineHistory, type HistoryDeps, type HistoryOutcome, READY_KEPT } from './define.ts'
import type { History, HistoryEntry, HistoryQuery } from './history.ts'
import { newerVersion } from './line.ts'
import { createSearch, type Visit } from './query.ts'
import { createReader, type Reader } from './reader.ts'
import { createReadyCounts, type ReadyCounts } from './ready.ts'
import { createRecorder } from './recorder.ts'
import { type RingReader, ringReader } from './ring/reader.ts'
import { type NumbersQuery, type Tick, tickOf } from './ring/tick.ts'
import { openRing, type RingWriter } from './ring/writer.ts'
import { type End, openWriter, type Writer } from './writer.ts'

/**
 * `dir` is made when only its last part is missing. At most `files` files of `maxBytes` each are kept, and `ringBytes` of numbers.
 */
export interface FileHistoryOptions extends HistoryDeps {
  dir: string
  maxBytes?: number
  files?: number
  ringBytes?: number
}

const MAX_BYTES = 16 * 1024 * 1024
/** With 16 MB each they hold a million entries. */
const FILES = 128
const RING_BYTES = 64 * 1024 * 1024
/** Of the last day, no more than so many lines are looked at during the start: what a thousand workloads leave in an hour. */
const LOADED_LINES = 60_000

/**
 * Opens the history in `dir`, which one process writes at a time (the lock of the store sees to that). It reads back only what
 * the ready counts need. A refusal names the place and the remedy.
 */
export async function openFileHistory(options: FileHistoryOptions): Promise<HistoryOutcome> {
  const { dir, fs, now, maxBytes = MAX_BYTES, files = FILES, ringBytes = RING_BYTES } = options
  try {
    await ensureFolder(fs, dir, 0o755)
    const reader = createReader(fs, dir)
    const ready = createReadyCounts(READY_KEPT)
    const newer = await load(reader, ready, now() - READY_KEPT)
    if (newer !== undefined) return { kind: 'refused', reason: 'newer', detail: sayNewer(dir, newer) }
    const writer = await openWriter({ fs, dir, maxBytes, files })
    const ring = { reader: ringReader(fs, dir), writer: await openRing({ fs, dir, bytes: ringBytes }) }
    return { kind: 'open', history: fileHistory(reader, ready, writer, ring) }
  } catch (error) {
    return { kind: 'refused', reason: 'unwritable', detail: explainFault(error, dir) }
  }
}

/** Fills the ready counts; answers the version of an entry that a newer release wrote. */
async function load(reader: Reader, ready: ReadyCounts, from: number): Promise<number | undefined> {
  const search = createSearch({ from, kind: 'decision', limit: LOADED_LINES })
  let lines = 0
  let newer: number | undefined
  const visit = (text: string): Visit => {
    lines++
    const outcome = search.visit(text)
    if (outcome === 'newer') newer = newerVersion(text)
    return outcome
  }
  const isOver = (): boolean => newer !== undefined || lines >= LOADED_LINES || search.isOver()
  await reader.walk({ visit, isOver }, {})
  for (const entry of search.found()) if (entry.kind === 'decision') ready.note(entry)
  return newer
}

const sayNewer = (dir: string, version: number): string =>
  `${dir}: it holds entries of version ${version}, this Capuchin knows version 1: start the release that wrote them, or a later one, or move the folder away`

interface Ring {
  reader: RingReader
  writer: RingWriter
}

function fileHistory(reader: Reader, ready: ReadyCounts, writer: Writer, ring: Ring): History {
  // Where an opening begins to write is where no other one has, so that ids are unique without a clock.
  const { number, size } = writer.written()
  const recorder = createRecorder(`${number}.${size}`, ready, writer.push)
  return {
    decided(decision) {
      recorder.decided(decision)
      ring.writer.push(tickOf(decision))
    },
    happened: recorder.happened,
    billed: recorder.billed,
    read: (query) => {
      const unwritten = [...recorder.underWay(), ...writer.pending()]
      return search(query, unwritten, reader, writer.written())
    },
    numbers: (query) => {
      const end = { ...ring.writer.written(), unwritten: ring.writer.pending() }
      return ring.reader.numbers(query, end)
    },
    readyCounts: ready.since,
    flush: async () => {
      recorder.settle()
      await Promise.all([writer.drained(), ring.writer.drained()])
    },
    faults: () => faultsOf(reader, writer, ring),
    close: async () => {
      recorder.settle()
      await Promise.all([writer.close(), ring.writer.close()])
    },
  }
}

function faultsOf(reader: Reader, writer: Writer, ring: Ring): ReturnType<History['faults']> {
  const [lines, numbers] = [writer.faults(), ring.writer.faults()]
  const lastError = lines.lastError ?? numbers.lastError
  return {
    unreadable: reader.unreadable() + ring.reader.cut(),
    failedWrites: lines.failedWrites + numbers.failedWrites,
    ...(lastError !== undefined && { lastError }),
  }
}

async function search(
  query: HistoryQuery,
  unwritten: readonly HistoryEntry[],
  reader: Reader,
  end?: End,
): Promise<readonly HistoryEntry[]> {
  const wanted = createSearch(query)
  for (const entry of unwritten) wanted.take(entry)
  await reader.walk(wanted, query, end)
  return wanted.found()
}

/** What is in `dir` by now, without opening it: for `explain` and `status` while a controller runs. Changes nothing. */
export async function readFileHistory(
  dir: string,
  fs: FileSystem,
  query: HistoryQuery,
): Promise<readonly HistoryEntry[]> {
  return search(query, [], createReader(fs, dir))
}

/** The numbers of ticks in `dir` by now, without opening it, as `readFileHistory` reads the entries. */
export async function readFileNumbers(
  dir: string,
  fs: FileSystem,
  query: NumbersQuery,
): Promise<readonly Tick[]> {
  return ringReader(fs, dir).numbers(query)
}

export const file = defineHistory(
  z.strictObject({
    type: z.literal('file'),
    dir: z.string().min(1),
    maxBytes: z.int().min(65_536).default(MAX_BYTES),
    files: z.int().min(2).default(FILES),
    ringBytes: z.int().min(1_048_576).default(RING_BYTES),
  }),
  (config, deps) => openFileHistory({ ...deps, ...config }),
)
