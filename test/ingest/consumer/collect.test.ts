import { describe, expect, test } from 'vitest'
import { collect, type Intake } from '../../../ingest/consumer/collect.ts'
import { createParser } from '../../../ingest/consumer/parse.ts'
import { recordOf, recordsFrom } from './memory.ts'

const parse = createParser()
const LIMITS = { events: 4, bytes: 1_000 }

const intake = (partition: number, first: number, count: number): Intake => ({
  topic: 'loader',
  partition,
  records: recordsFrom(first, count),
  end: first + count,
  next: 0,
})

const chunksOf = (queue: Intake[], limits = LIMITS) => {
  const chunks = []
  for (
    let chunk = collect(queue, limits, parse);
    chunk !== undefined;
    chunk = collect(queue, limits, parse)
  ) {
    chunks.push({
      rows: chunk.rows.map(({ partition, offset }) => `${partition}:${offset}`),
      positions: [...chunk.positions].map(([{ partition }, position]) => `${partition}:${position}`),
    })
  }
  return chunks
}

describe('chunks', () => {
  test('nothing is left of an empty queue', () => {
    expect(collect([], LIMITS, parse)).toBeUndefined()
  })

  test('hold rows of several partitions, each in the order of its offsets', () => {
    expect(chunksOf([intake(0, 10, 2), intake(1, 20, 2)])).toEqual([
      { rows: ['0:10', '0:11', '1:20', '1:21'], positions: ['0:12', '1:22'] },
    ])
  })

  test('cut a batch that is too large, which is done up to its next record', () => {
    expect(chunksOf([intake(0, 10, 3), intake(1, 20, 6)])).toEqual([
      { rows: ['0:10', '0:11', '0:12', '1:20'], positions: ['0:13', '1:21'] },
      { rows: ['1:21', '1:22', '1:23', '1:24'], positions: ['1:25'] },
      { rows: ['1:25'], positions: ['1:26'] },
    ])
  })

  test('end before the bytes are too many, but an event that is larger goes alone', () => {
    const small = '{"a":"b"}'
    const large = `{"a":"${'b'.repeat(40)}"}`
    const records = [small, small, large, small].map((value, index) => recordOf(index, value))
    const queue: Intake[] = [{ topic: 'loader', partition: 0, records, end: 4, next: 0 }]
    expect(chunksOf(queue, { events: 10, bytes: 20 }).map(({ rows }) => rows.length)).toEqual([2, 1, 1])
  })

  test('reach behind what follows the last record: offsets have gaps', () => {
    const records = [recordOf(3, '{}'), recordOf(9, '{}')]
    const queue: Intake[] = [{ topic: 'loader', partition: 0, records, end: 12, next: 0 }]
    expect(chunksOf(queue, { events: 1, bytes: 10 })).toEqual([
      { rows: ['0:3'], positions: ['0:9'] },
      { rows: ['0:9'], positions: ['0:12'] },
    ])
  })

  test('count what is dropped or dead as done', () => {
    const dropOdd = createParser((event) => (Number(event['n']) % 2 === 1 ? undefined : event))
    const records = [...recordsFrom(0, 3), recordOf(3, 'poison')]
    const chunk = collect([{ topic: 'loader', partition: 0, records, end: 4, next: 0 }], LIMITS, dropOdd)
    expect(chunk).toMatchObject({
      dropped: 1,
      events: 4,
      dead: [{ partition: 0, reason: 'json', record: records[3] }],
    })
    expect(chunk?.rows.map(({ offset }) => offset)).toEqual([0, 2])
    expect([...(chunk?.positions.values() ?? [])]).toEqual([4])
  })
})
