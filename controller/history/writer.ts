import { codeOf, explainFault, type FileSystem } from '../store/file-system.ts'
import { fileNumbers, pathOf } from './files.ts'
import type { HistoryEntry } from './history.ts'
import { formatLine } from './line.ts'

/** Sizes in bytes. At most `files` files of `maxBytes` each are kept. */
export interface WriterOptions {
  fs: FileSystem
  dir: string
  maxBytes: number
  files: number
}

/** Appends entries in the background. Nothing here throws once it is open. */
export interface Writer {
  /** How far the files hold whole lines; what follows may be a line that is being written. */
  written(): End
  push(entry: HistoryEntry): void
  /** What is not on disk yet, newest first. */
  pending(): HistoryEntry[]
  /** Settles when what was pushed so far is written, or has failed to be. */
  drained(): Promise<void>
  faults(): { failedWrites: number; lastError?: string }
  close(): Promise<void>
}

/** Entries that wait for a disk that does not take them; the oldest go first when there are more. */
const BUFFERED = 10_000

/** The number of a file and a length in bytes. */
export interface End {
  number: number
  size: number
}

/** Where the next line goes. */
interface Position extends End {
  /** The file ends in the middle of a line, so the next one has to begin with a line end. */
  torn: boolean
}

/** Throws when the newest file cannot be appended to. */
export async function openWriter(options: WriterOptions): Promise<Writer> {
  const end = await findEnd(options)
  const handle = await options.fs.open(pathOf(options.dir, end.number), 'a', 0o600)
  await handle.close()
  return createWriter(options, end)
}

function createWriter(options: WriterOptions, end: Position): Writer {
  let position = end
  let buffer = new Map<string, HistoryEntry>()
  let batch = new Map<string, HistoryEntry>()
  let writing: Promise<void> | undefined
  let closed = false
  let failedWrites = 0
  let lastError: string | undefined

  function fail(detail: string): void {
    failedWrites++
    lastError = detail
  }

  async function write(): Promise<void> {
    // What is pushed in the same turn goes out together.
    await Promise.resolve()
    batch = buffer
    buffer = new Map()
    try {
      position = await append(options, position, [...batch.values()].map(formatLine))
    } catch (error) {
      fail(explainFault(error, pathOf(options.dir, position.number)))
      buffer = merge(batch, buffer)
      position = await findEnd(options).catch(() => ({ ...position, torn: true }))
    }
    batch = new Map()
  }

  function begin(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined
    })
    return writing
  }

  async function drained(): Promise<void> {
    const failures = failedWrites
    while ((writing !== undefined || buffer.size > 0) && failedWrites === failures) await begin()
  }

  return {
    written: () => position,
    push(entry) {
      if (closed) return fail(`${options.dir}: the history is closed`)
      buffer.delete(entry.id)
      buffer.set(entry.id, entry)
      if (buffer.size > BUFFERED) drop(buffer)
      void begin()
    },
    pending: () => [...merge(batch, buffer).values()].reverse(),
    drained,
    faults: () => ({ failedWrites, ...(lastError !== undefined && { lastError }) }),
    async close() {
      closed = true
      await drained()
    },
  }
}

/** The entries of both; what is in `later` supersedes. */
function merge(
  earlier: ReadonlyMap<string, HistoryEntry>,
  later: ReadonlyMap<string, HistoryEntry>,
): Map<string, HistoryEntry> {
  const merged = new Map([...earlier].filter(([id]) => !later.has(id)))
  for (const [id, entry] of later) merged.set(id, entry)
  while (merged.size > BUFFERED) drop(merged)
  return merged
}

function drop(entries: Map<string, HistoryEntry>): void {
  const oldest = entries.keys().next().value
  if (oldest !== undefined) entries.delete(oldest)
}

/** Appends lines, into a new file whenever the present one would grow too large. */
async function append(options: WriterOptions, start: Position, lines: readonly string[]): Promise<Position> {
  let { number, size } = start
  let batch: string[] = []
  for (const line of start.torn ? ['\n', ...lines] : lines) {
    const length = Buffer.byteLength(line)
    if (size > 0 && size + length > options.maxBytes) {
      await write(options, number, batch)
      number++
      size = 0
      batch = []
      await prune(options, number)
    }
    batch.push(line)
    size += length
  }
  await write(options, number, batch)
  return { number, size, torn: false }
}

async function write({ fs, dir }: WriterOptions, number: number, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const handle = await fs.open(pathOf(dir, number), 'a', 0o600)
  try {
    await handle.writeFile(lines.join(''))
  } finally {
    await handle.close()
  }
}

/** Removes the oldest files so that `newest` is at most the last of as many as may be. */
async function prune({ fs, dir, files }: WriterOptions, newest: number): Promise<void> {
  for (const number of await fileNumbers(fs, dir))
    if (number <= newest - files) await fs.rm(pathOf(dir, number), { force: true })
}

async function findEnd({ fs, dir }: WriterOptions): Promise<Position> {
  const number = (await fileNumbers(fs, dir)).at(-1) ?? 1
  const empty = { number, size: 0, torn: false }
  try {
    const handle = await fs.open(pathOf(dir, number), 'r')
    try {
      const { size } = await handle.stat()
      if (size === 0) return empty
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
      return { number, size, torn: buffer.toString() !== '\n' }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return empty
    throw error
  }
}
