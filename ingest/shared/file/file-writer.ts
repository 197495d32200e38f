import { toLines, type Whole } from './event-file.ts'

/** What became of a batch: all of it is durable, with consecutive offsets from `offset` on, or none of it counts. */
export type FileWritten =
  | { kind: 'stored'; partition: number; offset: number }
  | { kind: 'failed'; why: string }

/** Appends batches to a file. It is called for one thing at a time. */
export type FileWriter = {
  /** Never rejects. After a failure nothing of the batch stands in the way of the next one. */
  write(events: readonly Buffer[]): Promise<FileWritten>
  /** Tries whether a write would succeed again, without leaving a trace. Answers why not. */
  probe(): Promise<string | undefined>
  close(): Promise<void>
}

/** The part of a file handle that the writer needs; positions and lengths are bytes. */
export type Disk = {
  write(bytes: Buffer, from: number, count: number, position: number): Promise<{ bytesWritten: number }>
  /** Makes everything written so far durable, the file's length included. */
  datasync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** A restart after a crash counts this many bytes of events at most, and one batch. */
const CHECKPOINT_EVERY = 256 * 1024 * 1024

/** A file system's block: a probe of this size needs fresh space on the disk. It has no line end on purpose. */
const PROBE = Buffer.alloc(4096, ' ')

/**
 * Appends batches behind `start`. A batch counts once it is written and synced; after a failure its remains are cut off
 * before anything else is written, so that a torn event is never followed by another one. `checkpoint` is told from
 * time to time, and at the close, up to where all is durable.
 */
export const fileWriter = (
  disk: Disk,
  start: Whole,
  checkpoint: (durable: Whole) => Promise<void>,
): FileWriter => {
  const end = { ...start }
  let checkpointed = start.bytes
  let clean = true

  const repair = async () => {
    if (clean) return
    await disk.truncate(end.bytes)
    clean = true
  }

  const store = async (bytes: Buffer) => {
    await repair()
    clean = false
    await writeFully(disk, bytes, end.bytes)
    await disk.datasync()
  }

  const accept = async (events: number, bytes: number) => {
    end.events += events
    end.bytes += bytes
    clean = true
    if (end.bytes - checkpointed < CHECKPOINT_EVERY) return
    checkpointed = end.bytes
    await checkpoint(end)
  }

  const write = async (events: readonly Buffer[]): Promise<FileWritten> => {
    const bytes = toLines(events)
    const offset = end.events
    const why = await failureOf(() => store(bytes))
    if (why === undefined) {
      await accept(events.length, bytes.length)
      return { kind: 'stored', partition: 0, offset }
    }
    await failureOf(repair)
    return { kind: 'failed', why }
  }

  // A crash in the middle of a probe leaves spaces without a line end, which the next start cuts off as torn.
  const probe = async () => {
    const why = await failureOf(() => store(PROBE))
    const left = await failureOf(repair)
    return why ?? left
  }

  const close = async () => {
    await failureOf(repair)
    await checkpoint(end)
    await disk.close()
  }

  return { write, probe, close }
}

const writeFully = async (disk: Disk, bytes: Buffer, position: number) => {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await disk.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk takes no more bytes')
    done += bytesWritten
  }
}

const failureOf = async (action: () => Promise<void>): Promise<string | undefined> => {
  try {
    await action()
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

/** The sentence of an error, for the log and the client of an outcome. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
