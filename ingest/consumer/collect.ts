import type { DeadLetter, Parse, Place, SourceRecord } from './parse.ts'
import type { Row } from './sink.ts'

/** Records of one partition in the order of their offsets. `end`: the position behind them, when all are done. */
export type Batch = Place & { records: readonly SourceRecord[]; end: number }

/** A batch that is being read: `next` is the index of its first record that is in no chunk yet. */
export type Intake = Batch & { next: number }

/** A chunk ends when it has so many events, or so many bytes of them; an event that is larger goes alone. */
export type ChunkLimits = { events: number; bytes: number }

/** What is done in one go: rows for the sink, letters for the dead, and how far that takes each batch. */
export type Chunk<I extends Intake> = {
  rows: Row[]
  /** Where each row stood in the log, should the sink refuse it. */
  sources: SourceRecord[]
  dead: DeadLetter[]
  dropped: number
  /** All records in it, whatever became of them. */
  events: number
  bytes: number
  /** By batch, the position up to which it is done once this chunk is. */
  positions: Map<I, number>
}

/**
 * Fills a chunk with records from the front of the queue, over partitions, and takes from the queue the batches that it
 * has used up. Undefined when nothing is left. Parsing happens here, so that no more is parsed than is wanted next.
 */
export const collect = <I extends Intake>(
  queue: I[],
  limits: ChunkLimits,
  parse: Parse,
): Chunk<I> | undefined => {
  if (queue.length === 0) return undefined
  const chunk = emptyChunk<I>()
  for (let intake = queue[0]; intake !== undefined; intake = queue[0]) {
    const filled = fill(chunk, intake, limits, parse)
    chunk.positions.set(intake, positionOf(intake))
    if (filled) break
    queue.shift()
  }
  return chunk
}

const emptyChunk = <I extends Intake>(): Chunk<I> => ({
  rows: [],
  sources: [],
  dead: [],
  dropped: 0,
  events: 0,
  bytes: 0,
  positions: new Map(),
})

/** Answers true when the chunk is full before the batch is used up. */
const fill = <I extends Intake>(chunk: Chunk<I>, intake: I, limits: ChunkLimits, parse: Parse): boolean => {
  for (let record = intake.records[intake.next]; record !== undefined; record = intake.records[intake.next]) {
    const size = record.value?.length ?? 0
    if (chunk.events >= limits.events) return true
    if (chunk.events > 0 && chunk.bytes + size > limits.bytes) return true
    add(chunk, intake, record, parse)
    chunk.events += 1
    chunk.bytes += size
    intake.next += 1
  }
  return false
}

const add = <I extends Intake>(chunk: Chunk<I>, place: Place, record: SourceRecord, parse: Parse) => {
  const parsed = parse(place, record)
  if (parsed.kind === 'row') {
    chunk.rows.push(parsed.row)
    chunk.sources.push(record)
  } else if (parsed.kind === 'dropped') chunk.dropped += 1
  else {
    const { topic, partition } = place
    chunk.dead.push({ topic, partition, record, reason: parsed.reason, why: parsed.why })
  }
}

/** Offsets may have gaps, so a batch that is not used up is done up to its next record, not beyond its last one. */
const positionOf = ({ records, next, end }: Intake): number => {
  const following = records[next]
  return following === undefined ? end : Number(following.offset)
}
