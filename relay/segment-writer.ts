import { type Clock, createAlarm } from './clock.ts'
import type { Appending, Folder } from './folder.ts'
import type { Range } from './ranges.ts'
import type { Batch } from './record.ts'
import { nameOf, type Segment } from './segments.ts'
import type { Bounds, Loss } from './spool.ts'

/** A buffer is so many files, of which the oldest goes whole when it is full. */
const PARTS = 64
const SMALLEST_PART = 64 * 1024
const LARGEST_PART = 16 * 1024 * 1024

/** Once so often, in ms, what was written is made to survive a loss of power as well. */
const SYNC_EVERY = 1_000

type Surroundings = {
  bounds: Bounds
  clock: Clock
  durable: () => boolean
  lost: (range: Range, why: Loss) => void
}

/** Appends records to files and lets go of the oldest. One call of `write` at a time. */
export const createSegmentWriter = (
  folder: Folder,
  found: Segment[],
  { bounds, clock, durable, lost }: Surroundings,
) => {
  const part = Math.min(LARGEST_PART, Math.max(SMALLEST_PART, Math.floor(bounds.disk / PARTS)))
  let segments = found
  let open: { segment: Segment; file: Appending } | undefined
  let isDirty = false
  let synced = clock.now()
  let used = found.reduce((bytes, segment) => bytes + segment.bytes, 0)
  const alarm = createAlarm(clock)

  /** A file that cannot be removed now is so at the next start. */
  const remove = (segment: Segment) => {
    segments = segments.filter((one) => one !== segment)
    used -= segment.bytes
    folder.remove(segment.name).catch(() => undefined)
  }

  const seal = async () => {
    const sealed = open
    open = undefined
    if (sealed === undefined) return
    const wasDirty = isDirty
    isDirty = false
    // What cannot be synced is written all the same, and read from there as long as the machine runs.
    if (wasDirty && durable()) await sealed.file.sync().catch(() => undefined)
    await sealed.file.close().catch(() => undefined)
  }

  /** Lets go of the oldest until so many bytes more have room. */
  const makeRoom = (bytes: number) => {
    for (const segment of segments) {
      if (used + bytes <= bounds.disk || segment === open?.segment) return
      remove(segment)
      lost(segment, 'full')
    }
  }

  const dropOld = () => {
    const { age } = bounds
    if (age === undefined) return
    for (const segment of segments) {
      if (segment === open?.segment || segment.lastTime >= clock.wall() - age) return
      remove(segment)
      lost(segment, 'age')
    }
  }

  const begin = async (first: Batch) => {
    const { from, time } = first
    const file = await folder.create(nameOf(from))
    open = {
      file,
      segment: { name: nameOf(from), from, to: from, bytes: 0, firstTime: time, lastTime: time },
    }
    segments = [...segments, open.segment]
    return open
  }

  const appendTo = async (
    { file, segment }: NonNullable<typeof open>,
    batches: readonly Batch[],
    bytes: Buffer,
  ) => {
    await file.append(bytes)
    isDirty = true
    segment.bytes += bytes.length
    used += bytes.length
    segment.to = batches.at(-1)?.to ?? segment.to
    segment.lastTime = batches.at(-1)?.time ?? segment.lastTime
  }

  const sync = async () => {
    if (!isDirty || !durable() || open === undefined) return
    if (clock.now() - synced < SYNC_EVERY) return alarm.set(SYNC_EVERY, () => void sync())
    isDirty = false
    synced = clock.now()
    // A disk that cannot sync will fail to write as well, and be told of then.
    await open.file.sync().catch(() => undefined)
  }

  /** Rejects when it cannot be written; then nothing of it counts as written. */
  const write = async (batches: readonly Batch[], records: readonly Buffer[]) => {
    const [first] = batches
    if (first === undefined) return
    const bytes = Buffer.concat(records)
    if (open !== undefined && open.segment.bytes + bytes.length > part) await seal()
    dropOld()
    makeRoom(bytes.length)
    try {
      await appendTo(open ?? (await begin(first)), batches, bytes)
    } catch (error) {
      await abandon()
      throw error
    }
    // Nothing waits for it: a disk may take seconds.
    void sync()
  }

  /** What is behind the sound bytes of a file is not known, so that nothing more may go there. */
  const abandon = async () => {
    const failed = open
    open = undefined
    await failed?.file.close().catch(() => undefined)
    if (failed === undefined || failed.segment.bytes > 0) return
    segments = segments.filter((one) => one !== failed.segment)
    await folder.remove(failed.segment.name).catch(() => undefined)
  }

  return {
    write,
    sync,
    segments: (): readonly Segment[] => segments,
    bytes: () => used,
    /** Lets go of what is wholly before this line, but for the file that is written. */
    trim(before: number) {
      for (const segment of segments) {
        if (segment.to > before || segment === open?.segment) return
        remove(segment)
      }
    },
    close: async () => {
      alarm.clear()
      await seal()
    },
  }
}
