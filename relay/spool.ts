import { type Alarm, type Clock, createAlarm } from './clock.ts'
import type { Folder } from './folder.ts'
import type { Range } from './ranges.ts'
import { type Batch, recordOf } from './record.ts'
import { createSegmentWriter } from './segment-writer.ts'
import type { Segment } from './segments.ts'

/** Why lines are lost: the disk buffer was full, or older than wanted, or memory was full while the disk failed, or the file is damaged. */
export type Loss = 'full' | 'age' | 'memory' | 'damaged'

/** What the buffer may take, in bytes, and for how long it keeps lines, in ms. */
export interface Bounds {
  disk: number
  memory: number
  age?: number
}

/** What the buffer tells. */
export interface Heard {
  /** The lines are gone; whether anybody still needed them is not known here. */
  lost(range: Range, why: Loss): void
  /** The disk has begun to fail, or (undefined) works again. */
  failing(why: string | undefined): void
}

/** All lines since the first that somebody still needs: the newest in memory until they are written, the others in files. */
export interface Spool {
  /** Takes a batch at once; it is written soon. */
  append(batch: Batch): void
  /** The number that the next line gets. */
  next(): number
  /** Lines before this one are of no further use. */
  trim(before: number): void
  segments(): readonly Segment[]
  /** What is not written yet, the oldest first. */
  pending(): readonly Batch[]
  bytes(): { disk: number; memory: number }
  failure(): string | undefined
  /** Lines wait from now on: what is written should soon survive a loss of power. */
  secure(): void
  /** Settles when all is written, or cannot be. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** So long after a failure the disk is tried again. */
const RETRY = 5_000

/** `durable`: whether lines wait for a server, so that they should survive a loss of power; then they are synced once a second. */
export const createSpool = (
  folder: Folder,
  found: { segments: Segment[]; next: number },
  { bounds, clock, durable, heard }: { bounds: Bounds; clock: Clock; durable: () => boolean; heard: Heard },
): Spool => {
  const writer = createSegmentWriter(folder, found.segments, { bounds, clock, durable, lost: heard.lost })
  let { next } = found
  let pending: Batch[] = []
  let memory = 0
  let inFlight = 0
  let failure: string | undefined
  let writing: Promise<void> | undefined
  const retry: Alarm = createAlarm(clock)

  const kick = () => {
    if (writing !== undefined || pending.length === 0) return
    writing = write().finally(() => {
      writing = undefined
      if (failure === undefined) kick()
      else retry.set(RETRY, kick)
    })
  }

  const write = async () => {
    const batches = firstOf(pending)
    inFlight = batches.length
    try {
      await writer.write(batches, batches.map(recordOf))
      forget(inFlight)
      if (failure !== undefined) heard.failing(undefined)
      failure = undefined
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (failure === undefined) heard.failing(why)
      failure = why
    }
    inFlight = 0
    shed()
  }

  const forget = (count: number) => {
    for (const { bytes } of pending.slice(0, count)) memory -= bytes.length
    pending = pending.slice(count)
  }

  /** Makes room in memory: the oldest goes first, but what is being written stays. */
  const shed = () => {
    while (memory > bounds.memory && pending.length > inFlight + 1) {
      const [oldest] = pending.splice(inFlight, 1)
      if (oldest === undefined) return
      memory -= oldest.bytes.length
      heard.lost(oldest, 'memory')
    }
  }

  return {
    next: () => next,
    append(batch) {
      next = batch.to
      pending.push(batch)
      memory += batch.bytes.length
      shed()
      if (failure === undefined) kick()
    },
    trim(before) {
      writer.trim(before)
      if (failure === undefined || inFlight > 0) return
      const kept = pending.findIndex(({ to }) => to > before)
      forget(kept < 0 ? pending.length : kept)
    },
    segments: () => writer.segments(),
    pending: () => pending,
    bytes: () => ({ disk: writer.bytes(), memory }),
    failure: () => failure,
    secure: () => void writer.sync(),
    async flush() {
      retry.clear()
      kick()
      while (writing !== undefined) await writing
    },
    close: async () => {
      retry.clear()
      await writer.close()
    },
  }
}

/** What one write takes, in bytes, unless a single batch has more. */
const MOST_AT_ONCE = 256 * 1024

const firstOf = (pending: readonly Batch[]): Batch[] => {
  let bytes = 0
  const some: Batch[] = []
  for (const batch of pending) {
    bytes += batch.bytes.length
    if (some.length > 0 && bytes > MOST_AT_ONCE) break
    some.push(batch)
  }
  return some
}
