import { createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { encodeBatch } from '../../../../ingest/gateway/kafka/record-batch.ts'

const AT = 1_700_000_000_000

const eventsOf = (sizes: readonly number[]) =>
  sizes.map((size, n) => ({ value: Buffer.alloc(size, n % 256), id: `0123456789ab-${n.toString(36)}` }))

test.for([
  { name: 'one event', sizes: [91] },
  { name: 'an event without bytes', sizes: [0] },
  {
    name: 'sizes on both sides of each length of a number',
    sizes: [62, 63, 64, 65, 8_190, 8_191, 8_192, 8_193, 1_048_576],
  },
  { name: 'more events than one byte counts', sizes: Array.from({ length: 300 }, (_, n) => n % 50) },
])('$name: the client reads what was written, and would itself have written the same', ({ sizes }) => {
  const events = eventsOf(sizes)
  const bytes = encodeBatch(events, AT)
  const read = readRecordsBatch(Reader.from(bytes))
  expect(read).toMatchObject({
    magic: 2,
    firstTimestamp: BigInt(AT),
    lastOffsetDelta: sizes.length - 1,
    producerId: -1n,
  })
  expect(read.records.length).toBe(sizes.length)
  for (const [index, { value, headers, offsetDelta }] of read.records.entries()) {
    expect(offsetDelta).toBe(index)
    expect(value?.equals(events[index]?.value ?? Buffer.alloc(1))).toBe(true)
    expect(headers.map((pair) => pair.map(String))).toEqual([['id', events[index]?.id]])
  }
  const theirs = createRecordsBatch(
    events.map(({ value, id }) => ({
      value,
      headers: new Map([[Buffer.from('id'), Buffer.from(id)]]),
      topic: 'loader',
      timestamp: BigInt(AT),
    })),
    { compression: 'snappy' },
  ).buffer
  // Beside the leader epoch and the producer epoch, on which the two differ, and the checksum, which covers the latter.
  expect(bytes.subarray(0, 12)).toEqual(theirs.subarray(0, 12))
  expect(bytes.subarray(21, 51)).toEqual(theirs.subarray(21, 51))
  expect(bytes.subarray(57).equals(theirs.subarray(57))).toBe(true)
})
