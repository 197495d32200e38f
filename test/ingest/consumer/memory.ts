import type { SourceRecord } from '../../../ingest/consumer/parse.ts'
import type { ConsumerSink, Row, Written } from '../../../ingest/consumer/sink.ts'

/** A sink in memory. What it answers can be changed at any time; what it was given stays in `rows`, once it stored it. */
export type MemorySink = ConsumerSink & {
  rows: Row[]
  /** Rows per stored batch. */
  batches: number[]
  /** How many writes were begun. */
  writes: number
  answer: (rows: readonly Row[], signal: AbortSignal) => Written | Promise<Written>
}

export const createMemorySink = (): MemorySink => {
  const sink: MemorySink = {
    rows: [],
    batches: [],
    writes: 0,
    answer: () => ({ kind: 'stored' }),
    write: async (rows, signal) => {
      sink.writes += 1
      const written = await sink.answer(rows, signal)
      if (written.kind === 'failed') return written
      const refused = new Set(written.kind === 'refused' ? written.rows.map(({ index }) => index) : [])
      sink.rows.push(...rows.filter((_, index) => !refused.has(index)))
      sink.batches.push(rows.length)
      return written
    },
    probe: async () => undefined,
    close: async () => {},
  }
  return sink
}

/** A record as it comes from the log. */
export const recordOf = (offset: number, value: string | null, id?: string): SourceRecord => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: null,
  value: value === null ? null : Buffer.from(value),
  ...(id !== undefined && { headers: { id: Buffer.from(id) } }),
})

/** Records with the events {"n":FIRST}, {"n":FIRST+1}, ... at those offsets. */
export const recordsFrom = (first: number, count: number): SourceRecord[] =>
  Array.from({ length: count }, (_, index) => recordOf(first + index, `{"n":${first + index}}`))
