import { explainFault, type FileSystem } from '../../store/file-system.ts'
import { encode, type Known, nothingKnown } from './block.ts'
import { ringNumbers, ringPath, sizeOf } from './files.ts'
import type { Tick } from './tick.ts'

/** `bytes` bounds all ring files together. */
export interface RingOptions {
  fs: FileSystem
  dir: string
  bytes: number
}

/** Appends ticks in the background: those that are pushed in one turn go out as one write. Nothing here throws once it is open. */
export interface RingWriter {
  push(tick: Tick): void
  /** What is not on disk yet. */
  pending(): readonly Tick[]
  /** How far the files hold whole blocks; what follows may be a block that is being written. */
  written(): { number: number; size: number }
  /** Settles when what was pushed so far is written, or has failed to be. */
  drained(): Promise<void>
  faults(): { failedWrites: number; lastError?: string }
  close(): Promise<void>
}

/** The oldest of so many files goes when a new one is begun. */
const FILES = 16
/** Ticks that wait for a disk that does not take them; the oldest go first when there are more. */
const BUFFERED = 20_000
/** A clock that is set back by more than this (ms) begins a new file, so that files can be chosen by their first time. */
const BACK = 300_000

/** Where the next block goes; `last` is the time of the newest block of this opening. */
interface Position {
  number: number
  size: number
  last: number
  known: Known
}

export async function openRing(options: RingOptions): Promise<RingWriter> {
  const number = (await ringNumbers(options.fs, options.dir)).at(-1) ?? 1
  const size = await sizeOf(options.fs, ringPath(options.dir, number))
  // No other opening began to write at the same place, so that its length tells this session from all others in the file.
  return createWriter(options, { number, size, last: Number.NEGATIVE_INFINITY, known: nothingKnown(size) })
}

function createWriter(options: RingOptions, position: Position): RingWriter {
  let buffer: Tick[] = []
  let batch: readonly (readonly Tick[])[] = []
  let writing: Promise<void> | undefined
  let closed = false
  let failedWrites = 0
  let lastError: string | undefined

  async function write(): Promise<void> {
    // What is pushed in the same turn goes out together.
    await Promise.resolve()
    batch = [...Map.groupBy(buffer, ({ at }) => at).values()]
    buffer = []
    try {
      for (; batch[0] !== undefined; batch = batch.slice(1)) await append(options, position, batch[0])
    } catch (error) {
      failedWrites++
      lastError = explainFault(error, ringPath(options.dir, position.number))
      buffer = [...batch.flat(), ...buffer]
      batch = []
      await resume(options, position)
    }
  }

  function begin(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined
    })
    return writing
  }

  async function drained(): Promise<void> {
    const failures = failedWrites
    while ((writing !== undefined || buffer.length > 0) && failedWrites === failures) await begin()
  }

  return {
    push(tick) {
      if (closed) return
      buffer.push(tick)
      if (buffer.length > BUFFERED) buffer.splice(0, buffer.length - BUFFERED)
      void begin()
    },
    pending: () => [...batch.flat(), ...buffer],
    written: () => ({ number: position.number, size: position.size }),
    drained,
    faults: () => ({ failedWrites, ...(lastError !== undefined && { lastError }) }),
    async close() {
      closed = true
      await drained()
    },
  }
}

/** Appends ticks of one time, into a new file whenever the present one would grow too large. */
async function append(options: RingOptions, position: Position, ticks: readonly Tick[]): Promise<void> {
  const at = ticks[0]?.at ?? 0
  if (at < position.last - BACK) await rotate(options, position)
  let block = encode(ticks, position.known)
  if (position.size > 0 && position.size + block.length > options.bytes / FILES) {
    await rotate(options, position)
    block = encode(ticks, position.known)
  }
  const handle = await options.fs.open(ringPath(options.dir, position.number), 'a', 0o600)
  try {
    await handle.writeFile(block)
  } finally {
    await handle.close()
  }
  position.size += block.length
  position.last = at
}

/** After a failure: what was to be known is in a block that nobody can read, and some of it may be in the file. */
async function resume({ fs, dir }: RingOptions, position: Position): Promise<void> {
  position.known.byWorkload.clear()
  const path = ringPath(dir, position.number)
  position.size = await sizeOf(fs, path).catch(() => position.size)
}

/** Begins the next file and removes the oldest ones. */
async function rotate({ fs, dir }: RingOptions, position: Position): Promise<void> {
  position.number++
  position.size = 0
  position.last = Number.NEGATIVE_INFINITY
  position.known = nothingKnown(0)
  for (const number of await ringNumbers(fs, dir))
    if (number <= position.number - FILES) await fs.rm(ringPath(dir, number), { force: true })
}
