import type { Folder } from './folder.ts'
import { type Batch, cut, parseRecord } from './record.ts'
import { type Segment, WINDOW } from './segments.ts'
import type { Spool } from './spool.ts'

/** Reads what is kept, in order, for one server. */
export interface Reader {
  /**
   * The first kept lines from this one on, at most a batch of them. They begin later where lines are lost; undefined when there are none.
   * Rejects when the disk does.
   */
  read(from: number): Promise<Batch | undefined>
}

/** Holds one window of a file in memory. */
export const createReader = (folder: Folder, spool: Spool): Reader => {
  let ahead: Batch[] = []
  let place: { name: string; position: number; line: number } | undefined

  const read = async (from: number): Promise<Batch | undefined> => {
    for (let at = from; ; ) {
      const known = ahead.find(({ to }) => to > at)
      if (known !== undefined && (ahead[0]?.from ?? 0) <= at) return clipped(known, at)
      const segment = spool.segments().find(({ to, bytes }) => to > at && bytes > 0)
      if (segment === undefined) return fromMemory(spool.pending(), at)
      const { to } = segment
      const found = await look(segment, at)
      if (found !== undefined) return found
      // The last lines of the file are lost; go on behind them.
      at = to
    }
  }

  /** The first batch of the file that ends behind `from`. */
  const look = async (segment: Segment, from: number): Promise<Batch | undefined> => {
    const isBehind = place !== undefined && place.name === segment.name && place.line <= from
    let position = isBehind && place !== undefined ? place.position : 0
    while (position < segment.bytes) {
      const window = await folder.read(segment.name, position, Math.min(WINDOW, segment.bytes - position))
      const { batches, used } = recordsOf(window, segment.to)
      ahead = batches
      place = {
        name: segment.name,
        position: position + used,
        line: batches.at(-1)?.to ?? place?.line ?? segment.from,
      }
      const found = batches.find(({ to }) => to > from)
      if (found !== undefined) return clipped(found, from)
      if (used === 0) break
      position += used
    }
    return undefined
  }

  return { read }
}

const clipped = (batch: Batch, from: number): Batch =>
  from > batch.from ? cut(batch, { from, to: batch.to }) : batch

const fromMemory = (pending: readonly Batch[], from: number): Batch | undefined => {
  const batch = pending.find(({ to }) => to > from)
  return batch && clipped(batch, from)
}

/** The sound records of a window, and how many bytes they are in. */
const recordsOf = (window: Buffer, end: number): { batches: Batch[]; used: number } => {
  const batches: Batch[] = []
  let offset = 0
  while (offset < window.length) {
    const parsed = parseRecord(window, offset)
    if (parsed.kind === 'short') break
    if (parsed.kind === 'record' && parsed.batch.from < end) batches.push(parsed.batch)
    offset = parsed.next
  }
  return { batches, used: offset }
}
