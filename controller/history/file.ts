import { z } from 'zod'
import { ensureFolder, explainFault, type FileSystem } from '../store/file-system.ts'
import { defineHistory, type HistoryDeps, type HistoryOutcome, READY_KEPT } from './define.ts'
import type { History, HistoryEntry, HistoryQuery } from './history.ts'
import { createSearch } from './query.ts'
import { createReader, type Reader } from './reader.ts'
import { createReadyCounts, type ReadyCounts } from './ready.ts'
import { createRecorder } from './recorder.ts'
import { openWriter, type Writer } from './writer.ts'

/** `dir` is made when only its last part is missing. At most `files` files of `maxBytes` each are kept. */
export interface FileHistoryOptions extends HistoryDeps {
  dir: string
  maxBytes?: number
  files?: number
}

const MAX_BYTES = 16 * 1024 * 1024
const FILES = 20
/** Of the last day, no more than so many entries are read at the start. */
const LOADED = 50_000

/**
 * Opens the history in `dir`, which one process writes at a time (the lock of the store sees to that). It reads back only what
 * the ready counts need. A refusal names the place and the remedy.
 */
export async function openFileHistory(options: FileHistoryOptions): Promise<HistoryOutcome> {
  const { dir, fs, now, maxBytes = MAX_BYTES, files = FILES } = options
  try {
    await ensureFolder(fs, dir, 0o755)
    const reader = createReader(fs, dir)
    const ready = createReadyCounts(READY_KEPT)
    const newer = await load(reader, ready, now() - READY_KEPT)
    if (newer !== undefined) return { kind: 'refused', reason: 'newer', detail: sayNewer(dir, newer) }
    const writer = await openWriter({ fs, dir, maxBytes, files })
    return { kind: 'open', history: fileHistory(reader, ready, writer) }
  } catch (error) {
    return { kind: 'refused', reason: 'unwritable', detail: explainFault(error, dir) }
  }
}

/** Fills the ready counts; answers the version of an entry that a newer release wrote. */
async function load(reader: Reader, ready: ReadyCounts, from: number): Promise<number | undefined> {
  const search = createSearch({ from, kind: 'decision', limit: LOADED })
  for await (const line of reader.lines()) {
    if (line.kind === 'newer') return line.version
    if (line.kind === 'entry' && !search.offer(line.entry)) break
  }
  for (const entry of search.found()) if (entry.kind === 'decision') ready.note(entry)
  return undefined
}

const sayNewer = (dir: string, version: number): string =>
  `${dir}: it holds entries of version ${version}, this Capuchin knows version 1: start the release that wrote them, or a later one, or move the folder away`

function fileHistory(reader: Reader, ready: ReadyCounts, writer: Writer): History {
  // Where an opening begins to write is where no other one has, so that ids are unique without a clock.
  const { number, size } = writer.written()
  const recorder = createRecorder(`${number}.${size}`, ready, writer.push)
  return {
    decided: recorder.decided,
    happened: recorder.happened,
    read: (query) => {
      const unwritten = [...recorder.underWay(), ...writer.pending()]
      return search(query, unwritten, reader.lines(writer.written()))
    },
    readyCounts: ready.since,
    flush: async () => {
      recorder.settle()
      await writer.drained()
    },
    faults: () => ({ unreadable: reader.unreadable(), ...writer.faults() }),
    close: async () => {
      recorder.settle()
      await writer.close()
    },
  }
}

async function search(
  query: HistoryQuery,
  unwritten: readonly HistoryEntry[],
  lines: ReturnType<Reader['lines']>,
): Promise<readonly HistoryEntry[]> {
  const wanted = createSearch(query)
  for (const entry of unwritten) wanted.take(entry)
  for await (const line of lines) if (line.kind === 'entry' && !wanted.offer(line.entry)) break
  return wanted.found()
}

/** What is in `dir` by now, without opening it: for `explain` and `status` while a controller runs. Changes nothing. */
export async function readFileHistory(
  dir: string,
  fs: FileSystem,
  query: HistoryQuery,
): Promise<readonly HistoryEntry[]> {
  return search(query, [], createReader(fs, dir).lines())
}

export const file = defineHistory(
  z.strictObject({
    type: z.literal('file'),
    dir: z.string().min(1),
    maxBytes: z.int().min(65_536).default(MAX_BYTES),
    files: z.int().min(2).default(FILES),
  }),
  ({ dir, maxBytes, files }, deps) => openFileHistory({ ...deps, dir, maxBytes, files }),
)
