import { describe, expect, test } from 'vitest'
import type { ConsumerSink, Row } from '../../ingest/consumer/sink.ts'

/** What the suite reads back of a row. */
export type StoredRow = Pick<Row, 'topic' | 'partition' | 'offset' | 'id'> & { event: unknown }

/** What the suite has to be able to do to what a sink writes to. */
export type SinkHarness = {
  sink: ConsumerSink
  /** All that is stored, in any order, rows that came again once or several times. */
  stored(): Promise<readonly StoredRow[]>
  /** From now on nothing can be stored, until `mend`. Left out where the store cannot be mended. */
  damage(): Promise<void>
  mend?(): Promise<void>
}

/** A row that is told from others by its place. */
export const row = (offset: number, change: Partial<Row> = {}): Row => {
  const event = change.event ?? { n: offset }
  return {
    topic: 'loader',
    partition: 0,
    offset,
    timestamp: 1_790_000_000_000 + offset,
    id: `id-${offset}`,
    event,
    json: JSON.stringify(event),
    ...change,
  }
}

/** Rows of one partition with consecutive offsets, `to` excluded. */
export const rowsFrom = (from: number, to: number, change: Partial<Row> = {}): Row[] =>
  Array.from({ length: to - from }, (_, index) => row(from + index, change))

/** A signal that is never aborted. */
export const unaborted = (): AbortSignal => new AbortController().signal

const readBack = ({ topic, partition, offset, id, event }: Row): StoredRow => ({
  topic,
  partition,
  offset,
  id,
  event,
})

const placeOf = ({ topic, partition, offset }: StoredRow): string => `${topic}/${partition}/${offset}`

/** The stored rows by place, each once. Rows of one place that differ fail the test. */
const distinct = (rows: readonly StoredRow[]): StoredRow[] => {
  const byPlace = new Map<string, StoredRow>()
  for (const one of rows) {
    expect(byPlace.get(placeOf(one)) ?? one).toEqual(one)
    byPlace.set(placeOf(one), one)
  }
  return [...byPlace.keys()].sort().flatMap((place) => byPlace.get(place) ?? [])
}

const sorted = (rows: readonly Row[]): StoredRow[] => distinct(rows.map(readBack))

const ODD: readonly Record<string, unknown>[] = [
  {},
  { text: 'quotes " and \\ and \t\n', 'key "': null },
  { text: 'žluťoučký 猿 🐒 \u0000 \u2028' },
  { deep: { list: [1, [2, { three: 3.5e-9 }], false] } },
]

export function consumerSinkContract(name: string, harness: () => Promise<SinkHarness>): void {
  describe(`${name} keeps the promises of a consumer's sink`, () => {
    test('what is answered as stored can be read back, with its place, its id and the event as it was', async () => {
      const { sink, stored } = await harness()
      const rows = [
        ...ODD.map((event, index) => row(index, { event })),
        row(0, { partition: 1, id: '' }),
        row(2 ** 40, { topic: 'other.topic-1', timestamp: 0 }),
        row(100, { event: { a: 1 }, json: '{\r\n  "a": 1\n}' }),
      ]
      expect(await sink.write(rows, unaborted())).toEqual({ kind: 'stored' })
      expect(distinct(await stored())).toEqual(sorted(rows))
      await sink.close()
    })

    test('an empty batch is stored', async () => {
      const { sink, stored } = await harness()
      expect(await sink.write([], unaborted())).toEqual({ kind: 'stored' })
      expect(await stored()).toEqual([])
      await sink.close()
    })

    test('rows that come again in batches with other borders are the same rows', async () => {
      const { sink, stored } = await harness()
      const rows = rowsFrom(0, 50)
      for (const size of [50, 7, 1, 13]) {
        for (let from = 0; from < rows.length; from += size) {
          expect(await sink.write(rows.slice(from, from + size), unaborted())).toEqual({ kind: 'stored' })
        }
      }
      expect(distinct(await stored())).toEqual(sorted(rows))
      await sink.close()
    })

    test('a write that is given up before it begins fails, and the next one is stored', async () => {
      const { sink, stored } = await harness()
      expect(await sink.write(rowsFrom(0, 3), AbortSignal.abort())).toMatchObject({ kind: 'failed' })
      expect(await sink.write(rowsFrom(0, 3), unaborted())).toEqual({ kind: 'stored' })
      expect(distinct(await stored())).toEqual(sorted(rowsFrom(0, 3)))
      await sink.close()
    })

    test('a probe of a store that works answers nothing and leaves no trace', async () => {
      const { sink, stored } = await harness()
      expect(await sink.probe(unaborted())).toBeUndefined()
      expect(await stored()).toEqual([])
      await sink.close()
    })

    test('while the store is damaged a write fails with a sentence; once it is mended the same rows are stored', async () => {
      const { sink, stored, damage, mend } = await harness()
      expect(await sink.write(rowsFrom(0, 3), unaborted())).toEqual({ kind: 'stored' })
      await damage()
      const failed = await sink.write(rowsFrom(3, 6), unaborted())
      expect(failed).toEqual({ kind: 'failed', why: expect.stringMatching(/\w+ \w+/) })
      expect(await sink.probe(unaborted())).toMatch(/\w+ \w+/)
      if (mend !== undefined) {
        await mend()
        expect(await sink.probe(unaborted())).toBeUndefined()
        expect(await sink.write(rowsFrom(3, 6), unaborted())).toEqual({ kind: 'stored' })
        expect(distinct(await stored())).toEqual(sorted(rowsFrom(0, 6)))
      }
      await sink.close()
    })
  })
}
